// "Not what you see?": a note to the museum, with one camera picture if the visitor agrees.

import { find, setText } from '../shared/dom.js';
import { fetchInTime } from '../shared/fetch.js';
import { language, translate } from '../shared/words.js';

/** @typedef {import('../shared/messages.js').Artwork} Artwork */

const PICTURE_PX = 640;

export class FeedbackDialog {
  #dialog = find('#note', HTMLDialogElement);
  #form = find('#note form', HTMLFormElement);
  #preview = find('#note-preview', HTMLCanvasElement);
  #consent = find('#note-consent', HTMLInputElement);
  #remark = find('#note-remark', HTMLElement);
  #send = find('#note-send', HTMLButtonElement);
  #video;
  #artworkId = '';

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.#video = video;
    this.#consent.addEventListener('change', () => this.#showPreview());
    find('#note-cancel', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    // The picture is erased when the dialog closes.
    this.#dialog.addEventListener('close', () => (this.#preview.width = this.#preview.height = 0));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  /** @param {Artwork} artwork on the card */
  open(artwork) {
    this.#artworkId = artwork.id;
    this.#form.reset();
    setText(this.#remark, '');
    this.#send.disabled = false;
    find('#note-picture', HTMLElement).hidden = !this.#keepFrame();
    this.#showPreview();
    this.#dialog.showModal();
  }

  /** Keep the current picture in memory, because visitors lower the phone to type. */
  #keepFrame() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (!width || !height) return false;
    const scale = Math.min(1, PICTURE_PX / Math.max(width, height));
    this.#preview.width = Math.round(width * scale);
    this.#preview.height = Math.round(height * scale);
    const context = this.#preview.getContext('2d');
    context?.drawImage(this.#video, 0, 0, this.#preview.width, this.#preview.height);
    return context !== null;
  }

  #showPreview() {
    this.#preview.hidden = !this.#consent.checked;
  }

  async #submit() {
    this.#send.disabled = true;
    const filled = new FormData(this.#form);
    const note = {
      artwork_id: this.#artworkId,
      choice: filled.get('choice'),
      text: filled.get('text'),
      language,
      // A data URL is "data:image/jpeg;base64," followed by the picture.
      picture: this.#consent.checked
        ? this.#preview.toDataURL('image/jpeg', 0.8).split(',')[1]
        : null,
    };
    try {
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify(note);
      const response = await fetchInTime('/notes', { method: 'POST', headers, body });
      if (!response.ok) throw new Error(`notes: ${response.status}`);
      setText(this.#remark, translate('note.thanks'));
      window.setTimeout(() => this.#dialog.close(), 1500);
    } catch (error) {
      console.warn('vernissage: note not sent:', error);
      setText(this.#remark, translate('note.failed'));
      this.#send.disabled = false;
    }
  }
}
