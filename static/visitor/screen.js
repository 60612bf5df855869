// The state of the visitor page, its hints and its progress. `data-state`, `data-artwork` and
// `data-error` on <body> are an interface: tests and kiosks rely on them.

import { find, setText } from '../shared/dom.js';
import { translate } from '../shared/words.js';

/** @typedef {'idle' | 'connecting' | 'looking' | 'matched' | 'not-found' | 'error'} State */
/**
 * @typedef {'no-permission' | 'no-camera' | 'insecure-origin' | 'full' | 'connection-lost' |
 *   'unsupported'} ErrorCode
 */
/** @typedef {ErrorCode | 'camera-busy' | 'outdated'} Problem */

export class Screen {
  #body = document.body;
  #video = find('#picture', HTMLVideoElement);
  #hint = find('#hint', HTMLElement);
  #dots = find('#dots', HTMLElement);
  #back = find('#back', HTMLButtonElement);
  #announcer = find('#announcer', HTMLElement);
  #announcing = 0;

  /** @returns {State} */
  get state() {
    return /** @type {State} */ (this.#body.dataset.state);
  }

  /**
   * @param {State} state
   * @param {{artwork?: string, error?: ErrorCode}} [details]
   */
  enter(state, details = {}) {
    // The details come first, so that they are in place when the state changes.
    setData(this.#body, 'artwork', details.artwork);
    setData(this.#body, 'error', details.error);
    this.#body.dataset.state = state;
    if (state !== 'looking') this.showProgress(0, 0);
    if (state !== 'looking') this.offerBack(null);
  }

  /** @param {MediaStream | null} stream */
  showPicture(stream) {
    this.#video.srcObject = stream;
    if (!stream) return;
    // A muted, inline video plays by itself; where a browser still needs a tap, it refuses.
    this.#video.play().catch(() => {});
  }

  /** @param {string} text */
  showHint(text) {
    if (this.#hint.textContent !== text) this.#hint.textContent = text;
  }

  /**
   * Show a dot for each vote so far. No dots are shown before the first vote.
   *
   * @param {number} votes
   * @param {number} needed
   */
  showProgress(votes, needed) {
    while (this.#dots.childElementCount > needed) this.#dots.lastElementChild?.remove();
    while (this.#dots.childElementCount < needed) this.#dots.append(document.createElement('i'));
    [...this.#dots.children].forEach((dot, index) =>
      dot.toggleAttribute('data-lit', index < votes),
    );
    this.#dots.hidden = votes <= 0;
    this.#body.toggleAttribute('data-warm', votes > 0);
  }

  /** @param {string | null} title the artwork that the visitor turned away from */
  offerBack(title) {
    setText(this.#back, title === null ? '' : translate('hint.back', { title }));
  }

  /** @param {string} text read aloud by a screen reader, not shown */
  announce(text) {
    this.#announcer.textContent = '';
    window.clearTimeout(this.#announcing);
    // A live region is read when its text changes, so the same text twice needs a gap.
    this.#announcing = window.setTimeout(() => (this.#announcer.textContent = text), 60);
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 * @param {string | undefined} value
 */
function setData(element, name, value) {
  if (value === undefined) delete element.dataset[name];
  else element.dataset[name] = value;
}
