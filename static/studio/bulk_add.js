// Adding many artworks: a CSV with its pictures, or a IIIF address.

import { find, setText } from '../shared/dom.js';
import { send, upload } from './api.js';
import { picked, reason } from './elements.js';

/** @typedef {import('./jobs.js').Work} Work */

export class ManyDialog {
  #dialog = find('#many', HTMLDialogElement);
  #form = find('form', HTMLFormElement, this.#dialog);
  #error = find('.error', HTMLElement, this.#dialog);
  #work;

  /** @param {Work} work */
  constructor(work) {
    this.#work = work;
    find('.close', HTMLElement, this.#dialog).onclick = () => this.#dialog.close();
    this.#form.onsubmit = (event) => {
      event.preventDefault();
      this.#fetch();
    };
    find('input[type=file]', HTMLInputElement, this.#dialog).onchange = (event) => {
      this.#dialog.close();
      this.addTable(picked(event));
    };
  }

  open() {
    setText(this.#error, '');
    this.#dialog.showModal();
  }

  /**
   * Add what a CSV among files lists.
   *
   * @param {File[]} files
   */
  async addTable(files) {
    try {
      await upload('/studio/csv', files, null, (share) => this.#work.sending(share));
      this.#work.watch();
    } catch (error) {
      this.#work.failed(reason(error));
    }
  }

  async #fetch() {
    const asked = new FormData(this.#form);
    const address = String(asked.get('address') ?? '').trim();
    if (!address) return setText(this.#error, 'an address is needed: it begins with https://');
    try {
      await send('/studio/iiif', 'POST', { address, limit: Number(asked.get('limit')) });
      this.#dialog.close();
      this.#work.watch();
    } catch (error) {
      setText(this.#error, reason(error));
    }
  }
}
