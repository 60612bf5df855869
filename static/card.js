// The card: what the museum says about the artwork in view.

import { find, setText } from './dom.js';
import { say } from './words.js';

/** @typedef {import('./messages.js').Artwork} Artwork */

export class Card {
  #root;
  #title = find('#card-title', HTMLElement);
  #artist = find('#card-artist', HTMLElement);
  #facts = find('#card-facts', HTMLElement);
  #text = find('#card-text', HTMLElement);
  #image = find('#card-image', HTMLImageElement);
  #more = find('#card-more', HTMLButtonElement);
  #body = find('#card-body', HTMLElement);
  #id = '';
  #reading = false;

  /**
   * @param {HTMLElement} root
   * @param {() => void} onClose the visitor wants to keep looking
   */
  constructor(root, onClose) {
    this.#root = root;
    this.#more.addEventListener('click', () => this.#unfold(!root.hasAttribute('data-unfolded')));
    find('#card-close', HTMLButtonElement).addEventListener('click', onClose);
    this.#image.addEventListener('error', () => (this.#image.hidden = true));
    for (const sign of ['pointerdown', 'wheel', 'focusin'])
      root.addEventListener(sign, () => (this.#reading = true), { passive: true });
    window.addEventListener('resize', () => this.#offerMore());
    // The picture makes room for the card, so it must know how much.
    new ResizeObserver(() => {
      document.body.style.setProperty('--card-height', `${root.offsetHeight}px`);
      this.#offerScrolling();
    }).observe(root);
  }

  /** Whether the visitor has touched this card: then it isn't taken from under their eyes. */
  get isBeingRead() {
    return this.#reading;
  }

  get isOpen() {
    return !this.#root.inert;
  }

  /** @param {Artwork} artwork */
  show(artwork) {
    if (this.isOpen && artwork.id === this.#id) return;
    this.#id = artwork.id;
    this.#reading = false;
    this.#unfold(false);
    this.#body.scrollTop = 0;
    setText(this.#title, artwork.title);
    setText(this.#artist, artwork.artist);
    // A bare number or letter needs the word; "Sala 19" or "East Wing" says it itself.
    const bare = /^[\p{L}]?\d+[\p{L}]?$|^\p{L}$/u.test(artwork.room);
    const room = bare ? say('card.room', { room: artwork.room }) : artwork.room;
    setText(this.#facts, [artwork.year, room].filter(Boolean).join('  ·  '));
    setText(this.#text, artwork.text);
    this.#image.hidden = !artwork.image;
    if (artwork.image) this.#image.src = artwork.image;
    this.#image.alt = say('card.picture', { title: artwork.title });
    this.#root.inert = false;
    document.body.dataset.card = 'open';
    this.#offerMore();
  }

  hide() {
    this.#root.inert = true;
    this.#reading = false;
    delete document.body.dataset.card;
  }

  /** @param {boolean} unfolded */
  #unfold(unfolded) {
    this.#root.toggleAttribute('data-unfolded', unfolded);
    this.#more.textContent = say(unfolded ? 'card.less' : 'card.more');
    this.#more.setAttribute('aria-expanded', String(unfolded));
    if (!unfolded) this.#body.scrollTop = 0;
  }

  /** "Read on" only where there is more to read. */
  #offerMore() {
    if (this.#root.hasAttribute('data-unfolded')) return;
    this.#more.hidden = this.#text.scrollHeight <= this.#text.clientHeight + 2;
  }

  /** What scrolls must be within the keyboard's reach. */
  #offerScrolling() {
    const scrolls = this.#body.scrollHeight > this.#body.clientHeight + 2;
    if (scrolls) this.#body.tabIndex = 0;
    else this.#body.removeAttribute('tabindex');
  }
}
