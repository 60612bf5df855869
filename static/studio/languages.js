// The fields for an artwork's texts in further languages.

import { find } from '../shared/dom.js';
import { make } from './elements.js';

/** @typedef {{title: string, text: string}} Translation */
/** @typedef {Record<string, Translation>} Translations by language */

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
   * Show the fields.
   *
   * @param {Translations} translations
   * @param {string} own the gallery's own language, which the main fields are in.
   */
  show(translations, own) {
    this.#own = own;
    this.#box.replaceChildren();
    for (const [tag, translation] of Object.entries(translations)) this.#add(tag, translation);
    this.#offer();
  }

  /** @returns {Translations} */
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
   * @param {Translation} translation
   */
  #add(tag, { title, text }) {
    const part = make(
      'fieldset',
      {},
      make('legend', {}, names.of(tag) ?? tag),
      make('label', {}, 'Title', make('input', { value: title, maxLength: 500, lang: tag })),
      make('label', {}, 'Text', make('textarea', { value: text, rows: 3, lang: tag })),
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
