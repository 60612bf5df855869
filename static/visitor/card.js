// The card: what the museum says about the artwork in view.

import { find, setText } from '../shared/dom.js';
import { tell } from '../shared/languages.js';
import { Speech } from './speech.js';
import { say, wantedLanguages } from '../shared/words.js';

/** @typedef {import('../shared/messages.js').Artwork} Artwork */
/** @typedef {{value: string, language: string}} Told */

/**
 * Year and room in one line. A bare number or letter needs the word; "Sala 19" or "East Wing"
 * says it itself.
 *
 * @param {Artwork} artwork
 * @returns {string}
 */
export function factsOf({ year, room }) {
  const bare = /^[\p{L}]?\d+[\p{L}]?$|^\p{L}$/u.test(room ?? '');
  return [year, bare ? say('card.room', { room: room ?? '' }) : room].filter(Boolean).join('  ·  ');
}

/**
 * Put what is told into an element, with its language for whoever reads it aloud.
 *
 * @param {HTMLElement} element
 * @param {Told} told
 */
export function setTold(element, { value, language }) {
  setText(element, value);
  element.lang = language;
}

export class Card {
  #root;
  #title = find('#card-title', HTMLElement);
  #artist = find('#card-artist', HTMLElement);
  #facts = find('#card-facts', HTMLElement);
  #text = find('#card-text', HTMLElement);
  #image = find('#card-image', HTMLImageElement);
  #images = find('#card-images', HTMLElement);
  #audio = find('#card-audio', HTMLAudioElement);
  #read = find('#card-read', HTMLButtonElement);
  #more = find('#card-more', HTMLButtonElement);
  #body = find('#card-body', HTMLElement);
  #speech = new Speech((speaking) => this.#showReading(speaking));
  /** @type {Artwork | null} */
  #artwork = null;
  #touched = false;

  /**
   * @param {HTMLElement} root
   * @param {{onClose: () => void, onDoubt: (artwork: Artwork) => void}} visitor wants to keep
   *   looking, or sees something else than this
   */
  constructor(root, { onClose, onDoubt }) {
    this.#root = root;
    this.#more.addEventListener('click', () => this.#unfold(!root.hasAttribute('data-unfolded')));
    this.#read.addEventListener('click', () => this.#readAloud());
    this.#audio.addEventListener('play', () => this.#speech.stop());
    find('#card-close', HTMLButtonElement).addEventListener('click', onClose);
    find('#card-doubt', HTMLButtonElement).addEventListener('click', () => {
      if (this.#artwork) onDoubt(this.#artwork);
    });
    this.#image.addEventListener('error', () => (this.#image.hidden = true));
    for (const sign of ['pointerdown', 'wheel', 'focusin'])
      root.addEventListener(sign, () => (this.#touched = true), { passive: true });
    // The picture makes room for the card, so it must know how much.
    new ResizeObserver(() => {
      document.body.style.setProperty('--card-height', `${root.offsetHeight}px`);
      this.#offerScrolling();
    }).observe(root);
  }

  /** Whether the visitor has touched this card: then it isn't taken from under their eyes. */
  get isBeingRead() {
    return this.#touched;
  }

  get isOpen() {
    return !this.#root.inert;
  }

  /** @param {Artwork} artwork */
  show(artwork) {
    if (this.isOpen && artwork.id === this.#artwork?.id) return;
    this.#silence();
    this.#artwork = artwork;
    this.#touched = false;
    this.#unfold(false);
    const title = tell(artwork, 'title', wantedLanguages);
    setTold(this.#title, title);
    setText(this.#artist, artwork.artist);
    setText(this.#facts, factsOf(artwork));
    const text = tell(artwork, 'text', wantedLanguages);
    setTold(this.#text, text);
    this.#image.hidden = !artwork.image;
    if (artwork.image) this.#image.src = artwork.image;
    this.#image.alt = say('card.picture', { title: title.value });
    this.#showImages(artwork.images ?? [], title.value);
    const audio = tell(artwork, 'audio', wantedLanguages);
    this.#audio.hidden = !audio.value;
    if (audio.value) this.#audio.src = audio.value;
    this.#audio.setAttribute('aria-label', say('card.audio', { title: title.value }));
    this.#read.hidden = !text.value || !Speech.possible;
    this.#root.inert = false;
    document.body.dataset.card = 'open';
  }

  hide() {
    this.#silence();
    this.#root.inert = true;
    this.#touched = false;
    delete document.body.dataset.card;
  }

  /** Nothing is heard of a card that isn't there. */
  #silence() {
    this.#speech.stop();
    this.#audio.pause();
    this.#audio.removeAttribute('src');
  }

  #readAloud() {
    const artwork = this.#artwork;
    if (this.#speech.speaking || !artwork) return this.#speech.stop();
    this.#audio.pause();
    this.#speech.read([
      tell(artwork, 'title', wantedLanguages),
      tell(artwork, 'text', wantedLanguages),
    ]);
  }

  /** @param {boolean} speaking */
  #showReading(speaking) {
    this.#read.setAttribute('aria-label', say(speaking ? 'card.hush' : 'card.read'));
    this.#read.toggleAttribute('data-on', speaking);
  }

  /**
   * @param {string[]} addresses
   * @param {string} title
   */
  #showImages(addresses, title) {
    this.#images.hidden = addresses.length === 0;
    this.#images.replaceChildren(
      ...addresses.map((address, index) => {
        const image = document.createElement('img');
        const alt = say('card.view', { title, number: index + 2 });
        Object.assign(image, { alt, loading: 'lazy', decoding: 'async', src: address });
        image.addEventListener('error', () => image.remove());
        return image;
      }),
    );
  }

  /** @param {boolean} unfolded */
  #unfold(unfolded) {
    this.#root.toggleAttribute('data-unfolded', unfolded);
    this.#more.textContent = say(unfolded ? 'card.less' : 'card.more');
    this.#more.setAttribute('aria-expanded', String(unfolded));
    if (!unfolded) this.#body.scrollTop = 0;
  }

  /** What scrolls must be within the keyboard's reach. */
  #offerScrolling() {
    const scrolls = this.#body.scrollHeight > this.#body.clientHeight + 2;
    if (scrolls) this.#body.tabIndex = 0;
    else this.#body.removeAttribute('tabindex');
  }
}
