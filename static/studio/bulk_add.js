// The dialog that adds many artworks: from a CSV with its pictures, or from a IIIF address.

import { find, setText } from '../shared/dom.js';
import { send, upload } from './api.js';
import { errorText, pickedFiles } from './elements.js';

/** @typedef {import('./jobs.js').Jobs} Jobs */

export class BulkAddDialog {
  #dialog = find('#many', HTMLDialogElement);
  #form = find('form', HTMLFormElement, this.#dialog);
  #error = find('.error', HTMLElement, this.#dialog);
  #jobs;

  /** @param {Jobs} jobs */
  constructor(jobs) {
    this.#jobs = jobs;
    find('.close', HTMLElement, this.#dialog).onclick = () => this.#dialog.close();
    this.#form.onsubmit = (event) => {
      event.preventDefault();
      this.#fetch();
    };
    find('input[type=file]', HTMLInputElement, this.#dialog).onchange = (event) => {
      this.#dialog.close();
      this.addTable(pickedFiles(event));
    };
  }

  open() {
    setText(this.#error, '');
    this.#dialog.showModal();
  }

  /**
   * Add the artworks that a CSV among the files lists.
   *
   * @param {File[]} files
   */
  async addTable(files) {
    try {
      await upload('/studio/csv', files, null, (share) => this.#jobs.showSending(share));
      this.#jobs.watch();
    } catch (error) {
      this.#jobs.showFailure(errorText(error));
    }
  }

  async #fetch() {
    const filled = new FormData(this.#form);
    const address = String(filled.get('address') ?? '').trim();
    if (!address) return setText(this.#error, 'an address is needed: it begins with https://');
    try {
      await send('/studio/iiif', 'POST', { address, limit: Number(filled.get('limit')) });
      this.#dialog.close();
      this.#jobs.watch();
    } catch (error) {
      setText(this.#error, errorText(error));
    }
  }
}
