// The card: the museum's texts, pictures and audio about the artwork in view.

import { find, setText, setTranslated } from '../shared/dom.js';
import { factsOf } from '../shared/facts.js';
import { translated } from '../shared/languages.js';
import { translate, wantedLanguages } from '../shared/words.js';
import { Speech } from './speech.js';

/** @typedef {import('../shared/messages.js').Artwork} Artwork */

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
   * @param {{onClose: () => void, onDoubt: (artwork: Artwork) => void}} handlers called when the
   *   visitor closes the card, or sees another artwork than the card says
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
    for (const touch of ['pointerdown', 'wheel', 'focusin'])
      root.addEventListener(touch, () => (this.#touched = true), { passive: true });
    // The camera's picture makes room for the card, so its style needs the card's height.
    new ResizeObserver(() => {
      document.body.style.setProperty('--card-height', `${root.offsetHeight}px`);
      this.#allowScrolling();
    }).observe(root);
  }

  /** @returns {boolean} whether the visitor has touched this card: then it must stay */
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
    const title = translated(artwork, 'title', wantedLanguages);
    setTranslated(this.#title, title);
    setText(this.#artist, artwork.artist);
    setText(this.#facts, factsOf(artwork));
    const text = translated(artwork, 'text', wantedLanguages);
    setTranslated(this.#text, text);
    this.#image.hidden = !artwork.image;
    if (artwork.image) this.#image.src = artwork.image;
    this.#image.alt = translate('card.picture', { title: title.value });
    this.#showImages(artwork.images ?? [], title.value);
    const audio = translated(artwork, 'audio', wantedLanguages);
    this.#audio.hidden = !audio.value;
    if (audio.value) this.#audio.src = audio.value;
    this.#audio.setAttribute('aria-label', translate('card.audio', { title: title.value }));
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

  /** Stop all sound of this card. */
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
      translated(artwork, 'title', wantedLanguages),
      translated(artwork, 'text', wantedLanguages),
    ]);
  }

  /** @param {boolean} speaking */
  #showReading(speaking) {
    this.#read.setAttribute('aria-label', translate(speaking ? 'card.hush' : 'card.read'));
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
        const alt = translate('card.view', { title, number: index + 2 });
        Object.assign(image, { alt, loading: 'lazy', decoding: 'async', src: address });
        image.addEventListener('error', () => image.remove());
        return image;
      }),
    );
  }

  /** @param {boolean} unfolded */
  #unfold(unfolded) {
    this.#root.toggleAttribute('data-unfolded', unfolded);
    this.#more.textContent = translate(unfolded ? 'card.less' : 'card.more');
    this.#more.setAttribute('aria-expanded', String(unfolded));
    if (!unfolded) this.#body.scrollTop = 0;
  }

  /** Let the keyboard reach the text if it scrolls. */
  #allowScrolling() {
    const scrolls = this.#body.scrollHeight > this.#body.clientHeight + 2;
    if (scrolls) this.#body.tabIndex = 0;
    else this.#body.removeAttribute('tabindex');
  }
}
