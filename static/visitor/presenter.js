// What the server sees, message by message, turned into states, hints, the outline and the card.

import { tell } from '../shared/languages.js';
import { say, wantedLanguages } from '../shared/words.js';

/** @typedef {import('../shared/messages.js').ServerMessage} ServerMessage */
/** @typedef {import('../shared/messages.js').Match} Match */
/** @typedef {import('../shared/messages.js').Artwork} Artwork */
/** @typedef {import('../shared/messages.js').Progress} Progress */

/** A lost artwork stays this long: a hand that trembles doesn't make the card flicker. */
const LINGER_MS = 1500;
const NOT_FOUND_MS = 6000;
const HINT_MS = 1200;
const SPEAK_MS = 6000;

/**
 * @typedef {object} LookParts
 * @property {import('./screen.js').Screen} screen
 * @property {import('./overlay.js').Overlay} overlay
 * @property {import('./card.js').Card} card
 * @property {(gallery: {name: string, artworks: number}) => void} onGallery
 * @property {(artwork: Artwork) => void} onSeen an artwork was found
 */

export class Look {
  #parts;
  /** @type {Match | null} what the server says is in view */
  #declared = null;
  /** The visitor has put the declared artwork's card away. */
  #dismissed = false;
  #timer = 0;
  #hintUntil = 0;
  #spokeAt = -Infinity;

  /** @param {LookParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {ServerMessage} message */
  take(message) {
    const { overlay } = this.#parts;
    if (message.type === 'hello') this.#begin(message.gallery);
    else if (message.type === 'progress') this.#progress(message);
    else if (message.type === 'match') this.#match(message);
    else if (message.type === 'lost') this.#lost(message.artwork_id);
    else if (message.type === 'not_found') this.#notFound();
    else if (message.type === 'error') console.warn('vernissage:', message.code, message.message);
    else if (message.type === 'outline') {
      if (message.artwork_id === this.#declared?.artwork.id && !this.#dismissed)
        overlay.follow(message.outline, message.frame);
    }
  }

  /** The visitor is done with this card. */
  keepLooking() {
    this.#parts.card.hide();
    if (this.#parts.screen.state !== 'matched') return;
    this.#dismissed = this.#declared !== null;
    this.#goOnLooking();
    if (this.#declared) {
      const title = tell(this.#declared.artwork, 'title', wantedLanguages).value;
      this.#parts.screen.offerBack(title);
      this.#parts.screen.showHint(say('hint.next'));
    }
  }

  /** ... and wants it back. */
  back() {
    if (this.#declared) this.#match(this.#declared);
  }

  /** The line broke: what is in view is unknown now, but a card may be read on. */
  interrupt() {
    window.clearTimeout(this.#timer);
    this.#declared = null;
    this.#dismissed = false;
    this.#parts.overlay.fade();
  }

  /** Nothing of this look is kept. */
  forget() {
    this.interrupt();
    this.#parts.card.hide();
  }

  /** @param {{name: string, artworks: number}} gallery */
  #begin(gallery) {
    this.#parts.onGallery(gallery);
    this.interrupt();
    this.#goOnLooking();
    this.#parts.screen.announce(say('announce.looking'));
  }

  #goOnLooking() {
    const { screen, overlay, card } = this.#parts;
    window.clearTimeout(this.#timer);
    overlay.fade();
    if (!card.isBeingRead) card.hide();
    screen.enter('looking');
    screen.showHint(say('hint.look'));
  }

  /** @param {Progress} progress */
  #progress({ votes, needed, hint }) {
    const { screen } = this.#parts;
    if (screen.state === 'not-found' && votes >= 2) this.#goOnLooking();
    if (screen.state !== 'looking' || this.#dismissed) return;
    screen.showProgress(votes, needed);
    const now = performance.now();
    // A hint stays long enough to be read, whatever the next frames are like.
    if (hint) this.#hintUntil = now + HINT_MS;
    else if (now < this.#hintUntil) return;
    if (hint) this.#sayHint(say(`hint.${hint}`), now);
    else screen.showHint(say(votes > 0 ? 'hint.recognising' : 'hint.look'));
  }

  /**
   * Show a hint; say it aloud too, but not on and on.
   *
   * @param {string} words
   * @param {number} now
   */
  #sayHint(words, now) {
    this.#parts.screen.showHint(words);
    if (now - this.#spokeAt < SPEAK_MS) return;
    this.#spokeAt = now;
    this.#parts.screen.announce(words);
  }

  /** @param {Match} match */
  #match(match) {
    const { screen, overlay, card } = this.#parts;
    const { artwork } = match;
    window.clearTimeout(this.#timer);
    const isNews = screen.state !== 'matched' || this.#declared?.artwork.id !== artwork.id;
    this.#declared = match;
    this.#dismissed = false;
    // The outline is another artwork's, and a work without a plane has none.
    if (isNews) overlay.fade();
    card.show(artwork);
    screen.enter('matched', { artwork: artwork.id });
    overlay.follow(match.outline, match.frame);
    if (!isNews) return;
    this.#parts.onSeen(artwork);
    const title = tell(artwork, 'title', wantedLanguages).value;
    const { artist } = artwork;
    const words = artist
      ? say('announce.match', { title, artist })
      : say('announce.match_anonymous', { title });
    screen.announce(words);
  }

  /** @param {string} id */
  #lost(id) {
    if (id !== this.#declared?.artwork.id) return;
    const { screen, overlay } = this.#parts;
    this.#declared = null;
    overlay.fade();
    if (this.#dismissed) {
      this.#dismissed = false;
      screen.offerBack(null);
      screen.showHint(say('hint.look'));
    } else {
      this.#timer = window.setTimeout(() => this.#goOnLooking(), LINGER_MS);
    }
  }

  #notFound() {
    const { screen } = this.#parts;
    if (this.#declared) return;
    window.clearTimeout(this.#timer);
    screen.enter('not-found');
    screen.announce(`${say('not_found.title')}. ${say('not_found.text')}`);
    this.#timer = window.setTimeout(() => this.#goOnLooking(), NOT_FOUND_MS);
  }
}
