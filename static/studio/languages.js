// Texts of an artwork in further languages.

import { find } from '../shared/dom.js';
import { make } from './elements.js';

/** @typedef {Record<string, {title: string, text: string}>} Texts */

const OFFERED = ['en', 'de', 'fr', 'it', 'es', 'nl', 'pt', 'pl', 'ja', 'zh'];
const names = new Intl.DisplayNames(['en'], { type: 'language' });

export class Languages {
  #box;
  #choice;
  #own = '';

  /** @param {HTMLElement} dialog */
  constructor(dialog) {
    this.#box = find('.languages', HTMLElement, dialog);
    this.#choice = find('.add-language select', HTMLSelectElement, dialog);
    this.#choice.onchange = () => {
      const part = this.#add(this.#choice.value, { title: '', text: '' });
      this.#offer();
      find('input', HTMLInputElement, part).focus();
    };
  }

  /**
   * @param {Texts} texts
   * @param {string} own the gallery's own language, which the main fields have.
   */
  show(texts, own) {
    this.#own = own;
    this.#box.replaceChildren();
    for (const [tag, told] of Object.entries(texts)) this.#add(tag, told);
    this.#offer();
  }

  /** @returns {Texts} */
  values() {
    return Object.fromEntries(
      this.#parts().map((part) => [
        part.dataset.language,
        {
          title: find('input', HTMLInputElement, part).value.trim(),
          text: find('textarea', HTMLTextAreaElement, part).value.trim(),
        },
      ]),
    );
  }

  #parts() {
    return [...this.#box.children].filter((part) => part instanceof HTMLElement);
  }

  /**
   * @param {string} tag
   * @param {{title: string, text: string}} told
   */
  #add(tag, told) {
    const part = make(
      'fieldset',
      {},
      make('legend', {}, names.of(tag) ?? tag),
      make('label', {}, 'Title', make('input', { value: told.title, maxLength: 500, lang: tag })),
      make('label', {}, 'Text', make('textarea', { value: told.text, rows: 3, lang: tag })),
    );
    part.dataset.language = tag;
    this.#box.append(part);
    return part;
  }

  #offer() {
    const there = new Set([this.#own, ...this.#parts().map((part) => part.dataset.language)]);
    const free = OFFERED.filter((tag) => !there.has(tag));
    this.#choice.replaceChildren(
      make('option', { value: '', disabled: true, selected: true }, 'Choose a language'),
      ...free.map((tag) => make('option', { value: tag }, names.of(tag) ?? tag)),
    );
  }
}
