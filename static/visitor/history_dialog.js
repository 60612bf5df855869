// The dialog "What I saw", opened by any button with `data-open="seen"`.

import { find, setText, setTranslated } from '../shared/dom.js';
import { translate } from '../shared/words.js';
import { asText, clearHistory, readHistory } from './history.js';

/** @typedef {import('./history.js').HistoryEntry} HistoryEntry */

export class HistoryDialog {
  #dialog = find('#seen', HTMLDialogElement);
  #list = find('#seen-list', HTMLElement);
  #count = find('#seen-count', HTMLElement);
  #remark = find('#seen-remark', HTMLElement);
  #share = find('#seen-share', HTMLButtonElement);
  #clear = find('#seen-clear', HTMLButtonElement);
  #openers = document.querySelectorAll('[data-open="seen"]');

  constructor() {
    for (const opener of this.#openers) opener.addEventListener('click', () => this.#open());
    find('#seen-close', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    this.#share.addEventListener('click', () => void this.#shareHistory());
    this.#clear.addEventListener('click', () => {
      if (!window.confirm(translate('seen.sure'))) return;
      clearHistory();
      this.refresh();
      find('#seen-close', HTMLButtonElement).focus();
    });
    this.refresh();
  }

  /** Show the history after it has changed. */
  refresh() {
    const entries = readHistory();
    for (const opener of this.#openers)
      if (opener instanceof HTMLElement) opener.hidden = entries.length === 0;
    if (this.#dialog.open || entries.length === 0) this.#fill(entries);
  }

  #open() {
    this.#fill(readHistory());
    setText(this.#remark, '');
    this.#dialog.showModal();
  }

  /** @param {HistoryEntry[]} entries */
  #fill(entries) {
    this.#list.replaceChildren(...entries.map(makeItem));
    const { length: count } = entries;
    const text = count > 0 ? translate('seen.count', { count }) : translate('seen.empty');
    setText(this.#count, text);
    this.#share.hidden = this.#clear.hidden = count === 0;
  }

  /** Share the history by the phone's own dialog, or else copy it to the clipboard. */
  async #shareHistory() {
    const gallery = find('#bar-gallery', HTMLElement).textContent ?? '';
    const title = translate('seen.heading', { gallery });
    const text = `${title}\n${asText(readHistory())}`;
    try {
      if (navigator.share) await navigator.share({ title, text });
      else {
        await navigator.clipboard.writeText(text);
        setText(this.#remark, translate('seen.copied'));
      }
    } catch (error) {
      const cancelled = error instanceof DOMException && error.name === 'AbortError';
      if (!cancelled) setText(this.#remark, translate('seen.not_shared'));
    }
  }
}

/** @param {HistoryEntry} entry */
function makeItem(entry) {
  const item = document.createElement('li');
  const image = document.createElement('img');
  Object.assign(image, { alt: '', loading: 'lazy', decoding: 'async', src: entry.image });
  image.addEventListener('error', () => (image.style.visibility = 'hidden'));
  const heading = document.createElement('div');
  const title = document.createElement('h3');
  title.textContent = entry.title;
  heading.append(title);
  for (const line of [entry.artist, entry.facts]) {
    const paragraph = document.createElement('p');
    setText(paragraph, line);
    heading.append(paragraph);
  }
  const text = document.createElement('p');
  text.className = 'text';
  setTranslated(text, { value: entry.text, language: entry.language });
  item.append(image, heading, text);
  return item;
}
