// The collection: a page of its artworks as cards, each with its assessment.

import { find, setText } from '../shared/dom.js';
import { artworkAddress, load } from './api.js';
import { localTime, make } from './elements.js';

/** @typedef {'good' | 'weak' | 'confusable' | 'unknown'} Assessed */
/** @typedef {'all' | Assessed} Kind */
/**
 * @typedef {object} Card
 * @property {string} id
 * @property {string} title
 * @property {string} artist
 * @property {string} year
 * @property {Assessed} kind
 * @property {string} thumbnail
 */
/**
 * @typedef {object} Assessment
 * @property {'good' | 'weak' | 'confusable'} kind
 * @property {string} advice
 * @property {number} features
 * @property {number | null} found fraction of its own synthetic views in which it is found, 0..1;
 *   null if it wasn't looked at.
 * @property {{title: string, thumbnail: string} | null} rival
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
 * @property {number} total artworks in the gallery.
 * @property {Partial<Record<Kind, number>>} counts artworks that the search found, by kind.
 * @property {number} from place of the first artwork of this page, from 0.
 * @property {number} page artworks on a page.
 * @property {Card[]} artworks
 */

/** @type {Record<Kind, string>} */
const KINDS = {
  all: 'All',
  good: 'Good',
  weak: 'Weak',
  confusable: 'Confusable',
  unknown: 'Not judged',
};

/** @param {Assessed} kind */
export function badge(kind) {
  const mark = make('span', { className: 'badge' }, KINDS[kind]);
  mark.dataset.kind = kind;
  return mark;
}

/**
 * @param {number} count
 * @returns {string} such as 10,000
 */
function grouped(count) {
  return count.toLocaleString('en');
}

export class Collection {
  #list = find('#artworks', HTMLElement);
  #search = find('#search', HTMLInputElement);
  #pages = find('#pages', HTMLElement);
  #page = find('#page', HTMLInputElement);
  #previous = find('#previous', HTMLButtonElement);
  #next = find('#next', HTMLButtonElement);
  /** @type {Kind} */ #kind = 'all';
  #from = 0;
  #size = 1;
  #asked = 0;
  #onListing;
  #onOpen;
  #onFailure;

  /**
   * @param {(listing: Listing) => void} onListing called with each answer, before it is shown.
   * @param {(artwork: Artwork) => void} onOpen called with the artwork that is chosen.
   * @param {(error: unknown) => void} onFailure called when the server refuses or does not answer.
   */
  constructor(onListing, onOpen, onFailure) {
    this.#onListing = onListing;
    this.#onOpen = onOpen;
    this.#onFailure = onFailure;
    this.#search.oninput = () => this.#go(0);
    this.#page.onchange = () => this.#turn(this.#page.valueAsNumber - 1);
    this.#previous.onclick = () => this.#turn(this.#from / this.#size - 1);
    this.#next.onclick = () => this.#turn(this.#from / this.#size + 1);
  }

  /** Load the page that is chosen, and show it. */
  async load() {
    const asked = ++this.#asked;
    const chosen = { search: this.#search.value, kind: this.#kind, from: String(this.#from) };
    /** @type {Listing} */
    const listing = await load(`/studio/collection.json?${new URLSearchParams(chosen)}`);
    // Answers may overtake each other while the curator types; only the last question counts.
    if (asked !== this.#asked) return;
    this.#onListing(listing);
    this.#from = listing.from;
    this.#size = listing.page;
    const many = `${grouped(listing.total)} artwork${listing.total === 1 ? '' : 's'}`;
    const caveat = listing.fitted ? '' : '. Matches need more than usual until all are judged';
    const made = `enrolled ${localTime(listing.created)}`;
    setText(find('#summary', HTMLElement), `${many}, ${made}${caveat}`);
    this.#drawKinds(listing);
    this.#drawPages(listing);
    this.#list.replaceChildren(...listing.artworks.map((card) => this.#card(card)));
    find('#none', HTMLElement).hidden = listing.artworks.length > 0;
  }

  /**
   * Show the artworks from a place on.
   *
   * @param {number} from
   */
  async #go(from) {
    this.#from = from;
    try {
      await this.load();
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /**
   * Turn to a page, and begin at its top.
   *
   * @param {number} number from 0; the server takes the last page for one beyond it.
   */
  async #turn(number) {
    await this.#go(this.#size * Math.max(0, Math.round(number) || 0));
    scrollTo(0, 0);
  }

  /** @param {Listing} listing */
  #drawKinds({ counts }) {
    const kinds = /** @type {Kind[]} */ (Object.keys(KINDS));
    const there = kinds.filter(
      (kind) => kind !== 'unknown' || counts.unknown || this.#kind === 'unknown',
    );
    const active = document.activeElement;
    const focused = active instanceof HTMLElement && active.dataset.kind;
    const buttons = there.map((kind) => {
      const button = make('button', {}, `${KINDS[kind]} ${grouped(counts[kind] ?? 0)}`);
      button.dataset.kind = kind;
      button.ariaPressed = String(kind === this.#kind);
      button.onclick = () => {
        this.#kind = kind;
        this.#go(0);
      };
      return button;
    });
    find('#kinds', HTMLElement).replaceChildren(...buttons);
    buttons.find((button) => button.dataset.kind === focused)?.focus();
  }

  /** @param {Listing} listing */
  #drawPages({ counts, from, page }) {
    const last = Math.max(1, Math.ceil((counts[this.#kind] ?? 0) / page));
    const number = from / page + 1;
    this.#pages.hidden = last === 1;
    this.#page.value = String(number);
    this.#page.max = String(last);
    this.#previous.disabled = number === 1;
    this.#next.disabled = number === last;
    find('#last-page', HTMLElement).textContent = grouped(last);
  }

  /** @param {Card} card */
  #card({ id, title, artist, year, kind, thumbnail }) {
    const image = make('img', { alt: '', loading: 'lazy', decoding: 'async', src: thumbnail });
    const credit = [artist, year].filter(Boolean).join(', ');
    const button = make(
      'button',
      {},
      image,
      make('b', {}, title),
      make('span', { className: 'credit' }, credit),
      badge(kind),
    );
    button.onclick = async () => {
      try {
        this.#onOpen(await load(artworkAddress(id)));
      } catch (error) {
        this.#onFailure(error);
      }
    };
    const item = make('li', {}, button);
    item.dataset.id = id;
    return item;
  }
}
