// The dialog of one artwork: a new one with its photographs, or one of the collection.

import { find, setText } from '../shared/dom.js';
import { artworkAddress, send, upload } from './api.js';
import { badge } from './collection.js';
import { Languages } from './languages.js';
import { confirmed, errorText, make, pickedFiles } from './elements.js';

/** @typedef {import('./collection.js').Artwork} Artwork */
/** @typedef {import('./jobs.js').Jobs} Jobs */

const FIELDS = /** @type {const} */ (['title', 'artist', 'year', 'room', 'form', 'text']);

export class ArtworkDialog {
  #dialog = find('#artwork', HTMLDialogElement);
  #form = find('form', HTMLFormElement, this.#dialog);
  #pictures = find('.pictures', HTMLElement, this.#dialog);
  #languages = new Languages(this.#dialog);
  /** @type {File[]} */ #files = [];
  /** @type {Artwork | null} */ #artwork = null;
  #jobs;

  /** @param {Jobs} jobs */
  constructor(jobs) {
    this.#jobs = jobs;
    this.#form.onsubmit = (event) => {
      event.preventDefault();
      this.#run(() => this.#save());
    };
    find('.close', HTMLElement, this.#dialog).onclick = () => this.#dialog.close();
    find('.remove', HTMLElement, this.#dialog).onclick = () => this.#run(() => this.#remove());
    for (const input of this.#dialog.querySelectorAll('[data-pick]')) {
      input.addEventListener('change', (event) => this.add(pickedFiles(event)));
    }
    this.#dialog.addEventListener('close', () => this.#forget());
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /**
   * Open the dialog.
   *
   * @param {Artwork | null} artwork null for a new one.
   * @param {string} language of the gallery's own texts.
   */
  open(artwork, language) {
    this.#forget();
    this.#artwork = artwork;
    setText(find('h2', HTMLElement, this.#dialog), artwork?.title ?? 'A new artwork');
    for (const name of FIELDS) {
      this.#field(name).value = artwork?.[name] ?? (name === 'form' ? 'flat' : '');
    }
    this.#languages.show(artwork?.languages ?? {}, language);
    find('.remove', HTMLElement, this.#dialog).hidden = !artwork;
    this.#showError('');
    this.#drawAssessment();
    this.#drawPictures();
    this.#dialog.showModal();
  }

  /**
   * Add photographs to those that will be sent.
   *
   * @param {File[]} files
   */
  add(files) {
    this.#files.push(...files);
    this.#drawPictures();
  }

  #drawAssessment() {
    const box = find('.verdict', HTMLElement, this.#dialog);
    const assessment = this.#artwork?.verdict;
    box.hidden = !assessment;
    if (!assessment) return;
    const share = assessment.found;
    const found = share === null ? '' : `, found in ${Math.round(100 * share)}% of its views`;
    box.replaceChildren(
      badge(assessment.kind),
      make('p', {}, `${assessment.advice}. ${assessment.features} details${found}.`),
    );
    const { rival } = assessment;
    if (!rival) return;
    const likeness = assessment.likeness.toFixed(2);
    box.append(
      make(
        'figure',
        {},
        make('img', { src: rival.thumbnail, alt: '' }),
        make('figcaption', {}, `Nearest other artwork: ${rival.title} (likeness ${likeness})`),
      ),
    );
  }

  #drawPictures() {
    const artwork = this.#artwork;
    const there = (artwork?.pictures ?? []).map(({ address, original }, index, all) => {
      const label = `Remove photograph ${index + 1}`;
      const remove = make('button', { type: 'button', ariaLabel: label }, '✕');
      remove.className = 'changing';
      remove.onclick = () => this.#run(() => this.#removePicture(original));
      const image = make('img', { src: address, alt: `Photograph ${index + 1}` });
      return make('li', {}, image, ...(all.length > 1 ? [remove] : []));
    });
    const added = this.#files.map((file, index) => {
      const image = make('img', { src: URL.createObjectURL(file), alt: file.name });
      image.onload = () => URL.revokeObjectURL(image.src);
      const remove = make('button', { type: 'button', ariaLabel: `Leave out ${file.name}` }, '✕');
      remove.onclick = () => {
        this.#files.splice(index, 1);
        this.#drawPictures();
      };
      return make('li', { className: 'new' }, image, remove);
    });
    this.#pictures.replaceChildren(...there, ...added);
    find('.several', HTMLElement, this.#dialog).hidden = !!artwork || this.#files.length < 2;
    const [first] = this.#files;
    if (!artwork && first && !this.#field('title').value) {
      this.#field('title').value = titleOf(first);
    }
  }

  async #save() {
    const fields = {
      ...Object.fromEntries(FIELDS.map((name) => [name, this.#field(name).value.trim()])),
      languages: this.#languages.values(),
    };
    const files = [...this.#files];
    if (!this.#artwork && files.length === 0) {
      throw new Error('an artwork needs a photograph: add one, or take one');
    }
    this.#jobs.showSending(0);
    if (this.#artwork) {
      const address = artworkAddress(this.#artwork.id);
      if (files.length) await this.#send(`${address}/pictures`, files, null);
      await send(address, 'PUT', fields);
    } else if (new FormData(this.#form).get('several') === 'each' && files.length > 1) {
      for (const file of files) {
        await this.#send('/studio/artworks', [file], { ...fields, title: titleOf(file) });
      }
    } else {
      await this.#send('/studio/artworks', files, fields);
    }
  }

  async #remove() {
    const artwork = this.#artwork;
    if (!artwork) return;
    const more = 'Visitors will not see it any more. History can put it back.';
    if (!(await confirmed(`Remove “${artwork.title}”?`, more, 'Remove'))) return false;
    await send(artworkAddress(artwork.id), 'DELETE');
  }

  /** @param {string} original */
  async #removePicture(original) {
    const artwork = this.#artwork;
    if (!artwork) return;
    const more = 'What else is written in this dialog is not saved with it.';
    if (!(await confirmed('Remove this photograph?', more, 'Remove'))) return false;
    await send(`${artworkAddress(artwork.id)}/pictures/${encodeURIComponent(original)}`, 'DELETE');
  }

  /**
   * @param {string} address
   * @param {File[]} files
   * @param {object | null} fields
   */
  #send(address, files, fields) {
    return upload(address, files, fields, (share) => this.#jobs.showSending(share));
  }

  /**
   * Run an action once. The dialog stays open if the action fails or is not confirmed.
   *
   * @param {() => Promise<false | void>} action
   */
  async #run(action) {
    const save = find('.save', HTMLButtonElement, this.#dialog);
    if (save.disabled) return;
    save.disabled = true;
    this.#showError('');
    try {
      if ((await action()) === false) return;
      this.#dialog.close();
      this.#jobs.watch();
    } catch (error) {
      this.#jobs.hide();
      this.#showError(errorText(error));
    } finally {
      save.disabled = false;
    }
  }

  #forget() {
    this.#files = [];
    this.#artwork = null;
  }

  /** @param {string} text */
  #showError(text) {
    setText(find('.error', HTMLElement, this.#dialog), text);
  }

  /** @param {string} name */
  #field(name) {
    const field = this.#form.elements.namedItem(name);
    if (
      field instanceof HTMLInputElement ||
      field instanceof HTMLTextAreaElement ||
      field instanceof HTMLSelectElement
    ) {
      return field;
    }
    throw new Error(`the form lacks ${name}`);
  }
}

/** @param {File} file */
function titleOf(file) {
  return file.name.replace(/\.[^.]*$/, '').replaceAll(/[_-]+/g, ' ').trim() || 'Untitled';
}
