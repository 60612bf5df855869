// The collection: its artworks as cards, each with its assessment.

import { find, setText } from '../shared/dom.js';
import { localTime, make } from './elements.js';

/**
 * @typedef {object} Assessment
 * @property {'good' | 'weak' | 'confusable'} kind
 * @property {string} advice
 * @property {number} features
 * @property {number} found fraction of its own synthetic views in which it is found, 0..1.
 * @property {string | null} rival_id
 * @property {number} likeness
 */
/**
 * @typedef {object} Artwork
 * @property {string} id
 * @property {string} title
 * @property {string} artist
 * @property {string} year
 * @property {string} room
 * @property {string} text
 * @property {'flat' | 'solid'} form
 * @property {Record<string, {title: string, text: string}>} languages
 * @property {{address: string, original: string}[]} pictures
 * @property {Assessment | null} verdict
 */
/**
 * @typedef {object} Listing
 * @property {string} name
 * @property {string} language
 * @property {string} created
 * @property {string} refused why nothing can be changed, or empty.
 * @property {boolean} fitted whether the thresholds were fitted to this gallery.
 * @property {boolean} keeps_originals
 * @property {Artwork[]} artworks
 */

/** @typedef {'all' | 'good' | 'weak' | 'confusable' | 'unknown'} Kind */

/** @type {Record<Kind, string>} */
export const KINDS = {
  all: 'All',
  good: 'Good',
  weak: 'Weak',
  confusable: 'Confusable',
  unknown: 'Not judged',
};

/**
 * @param {Artwork} artwork
 * @returns {Kind}
 */
export function kindOf(artwork) {
  return artwork.verdict?.kind ?? 'unknown';
}

/** @param {Artwork} artwork */
export function badge(artwork) {
  const mark = make('span', { className: 'badge' }, KINDS[kindOf(artwork)]);
  mark.dataset.kind = kindOf(artwork);
  return mark;
}

export class Collection {
  #list = find('#artworks', HTMLElement);
  #search = find('#search', HTMLInputElement);
  /** @type {Kind} */ #kind = 'all';
  /** @type {Artwork[]} */ #artworks = [];
  #onOpen;

  /** @param {(artwork: Artwork) => void} onOpen called with the artwork that is chosen */
  constructor(onOpen) {
    this.#onOpen = onOpen;
    this.#search.oninput = () => this.#draw();
  }

  /** @param {Listing} listing */
  show(listing) {
    this.#artworks = listing.artworks;
    const many = `${listing.artworks.length} artwork${listing.artworks.length === 1 ? '' : 's'}`;
    const caveat = listing.fitted ? '' : '. Matches need more than usual until all are judged';
    const made = `enrolled ${localTime(listing.created)}`;
    setText(find('#summary', HTMLElement), `${many}, ${made}${caveat}`);
    this.#draw();
  }

  /** @param {string | null} id */
  byId(id) {
    return this.#artworks.find((artwork) => artwork.id === id);
  }

  #draw() {
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#artworks.filter((artwork) => {
      const text = `${artwork.title} ${artwork.artist} ${artwork.room} ${artwork.id}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    this.#drawKinds(found);
    const shown = found.filter((one) => this.#kind === 'all' || kindOf(one) === this.#kind);
    this.#list.replaceChildren(...shown.map((artwork) => this.#card(artwork)));
    find('#none', HTMLElement).hidden = shown.length > 0;
  }

  /** @param {Artwork[]} found */
  #drawKinds(found) {
    const kinds = /** @type {Kind[]} */ (Object.keys(KINDS));
    const there = kinds.filter(
      (kind) => kind !== 'unknown' || this.#artworks.some((one) => kindOf(one) === kind),
    );
    const active = document.activeElement;
    const focused = active instanceof HTMLElement && active.dataset.kind;
    const buttons = there.map((kind) => {
      const count = found.filter((one) => kind === 'all' || kindOf(one) === kind).length;
      const button = make('button', {}, `${KINDS[kind]} ${count}`);
      button.dataset.kind = kind;
      button.ariaPressed = String(kind === this.#kind);
      button.onclick = () => {
        this.#kind = kind;
        this.#draw();
      };
      return button;
    });
    find('#kinds', HTMLElement).replaceChildren(...buttons);
    buttons.find((button) => button.dataset.kind === focused)?.focus();
  }

  /** @param {Artwork} artwork */
  #card(artwork) {
    const image = make('img', {
      alt: '',
      loading: 'lazy',
      decoding: 'async',
      src: artwork.pictures[0]?.address ?? '',
    });
    const credit = [artwork.artist, artwork.year].filter(Boolean).join(', ');
    const button = make(
      'button',
      {},
      image,
      make('b', {}, artwork.title),
      make('span', { className: 'credit' }, credit),
      badge(artwork),
    );
    button.onclick = () => this.#onOpen(artwork);
    const item = make('li', {}, button);
    item.dataset.id = artwork.id;
    return item;
  }
}
