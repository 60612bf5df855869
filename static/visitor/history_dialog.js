// The list "What I saw": opened from wherever a button asks for it.

import { setTold } from './card.js';
import { find, setText } from '../shared/dom.js';
import { asText, forgetSeen, readSeen } from './history.js';
import { say } from '../shared/words.js';

/** @typedef {import('./history.js').Seen} Seen */

export class SeenList {
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
    this.#share.addEventListener('click', () => void this.#shareList());
    this.#clear.addEventListener('click', () => {
      if (!window.confirm(say('seen.sure'))) return;
      forgetSeen();
      this.refresh();
      find('#seen-close', HTMLButtonElement).focus();
    });
    this.refresh();
  }

  /** The list has changed. */
  refresh() {
    const seen = readSeen();
    for (const opener of this.#openers)
      if (opener instanceof HTMLElement) opener.hidden = seen.length === 0;
    if (this.#dialog.open || seen.length === 0) this.#fill(seen);
  }

  #open() {
    this.#fill(readSeen());
    setText(this.#remark, '');
    this.#dialog.showModal();
  }

  /** @param {Seen[]} seen */
  #fill(seen) {
    this.#list.replaceChildren(...seen.map(makeItem));
    const { length: count } = seen;
    setText(this.#count, count > 0 ? say('seen.count', { count }) : say('seen.empty'));
    this.#share.hidden = this.#clear.hidden = count === 0;
  }

  /** By the phone's own sheet, or into the clipboard. */
  async #shareList() {
    const gallery = find('#bar-gallery', HTMLElement).textContent ?? '';
    const title = say('seen.heading', { gallery });
    const text = `${title}\n${asText(readSeen())}`;
    try {
      if (navigator.share) await navigator.share({ title, text });
      else {
        await navigator.clipboard.writeText(text);
        setText(this.#remark, say('seen.copied'));
      }
    } catch (error) {
      const changedMind = error instanceof DOMException && error.name === 'AbortError';
      if (!changedMind) setText(this.#remark, say('seen.not_shared'));
    }
  }
}

/** @param {Seen} seen */
function makeItem(seen) {
  const item = document.createElement('li');
  const image = document.createElement('img');
  Object.assign(image, { alt: '', loading: 'lazy', decoding: 'async', src: seen.image });
  image.addEventListener('error', () => (image.style.visibility = 'hidden'));
  const words = document.createElement('div');
  const title = document.createElement('h3');
  title.textContent = seen.title;
  words.append(title);
  for (const line of [seen.artist, seen.facts]) {
    const paragraph = document.createElement('p');
    setText(paragraph, line);
    words.append(paragraph);
  }
  const text = document.createElement('p');
  text.className = 'told';
  setTold(text, { value: seen.text, language: seen.language });
  item.append(image, words, text);
  return item;
}
