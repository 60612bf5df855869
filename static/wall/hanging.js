// The artworks in the order in which they hang. The server gives them a page at a time.

/** @typedef {import('./artwork.js').HungArtwork} HungArtwork */
/** @typedef {{total: number, from: number, page: number, artworks: HungArtwork[]}} Page */

export class Hanging {
  /** @type {HungArtwork[]} */ #loaded = [];
  /** @type {Map<string, number>} */ #places = new Map();
  /** Number of artworks that hang here; known once anything is loaded. */
  total = 0;

  /**
   * Load an artwork, and its page with it.
   *
   * @param {number} place from 0
   * @returns {Promise<HungArtwork | undefined>} undefined where nothing hangs
   */
  async at(place) {
    if (!this.#loaded[place]) await this.#load(`from=${place}`);
    return this.#loaded[place];
  }

  /**
   * Load the page that a place is on.
   *
   * @param {number} place from 0
   * @returns {Promise<HungArtwork[]>} the artworks from this place to the end of its page
   */
  async from(place) {
    const { from, artworks } = await this.#load(`from=${place}`);
    return artworks.slice(place - from);
  }

  /**
   * Find where an artwork hangs.
   *
   * @param {string} id
   * @returns {Promise<number>} -1 if it isn't here
   */
  async placeOf(id) {
    const known = this.#places.get(id);
    if (known !== undefined || id === '') return known ?? -1;
    try {
      await this.#load(`id=${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof NotHereError)) throw error;
    }
    return this.#places.get(id) ?? -1;
  }

  /**
   * @param {string} query
   * @returns {Promise<Page>}
   */
  async #load(query) {
    const response = await fetch(`/wall/artworks.json?${query}`);
    if (response.status === 404) throw new NotHereError(query);
    if (!response.ok) throw new Error(`artworks.json: ${response.status}`);
    /** @type {Page} */
    const page = await response.json();
    this.total = page.total;
    page.artworks.forEach((artwork, nth) => {
      this.#loaded[page.from + nth] = artwork;
      this.#places.set(artwork.id, page.from + nth);
    });
    return page;
  }
}

class NotHereError extends Error {}
