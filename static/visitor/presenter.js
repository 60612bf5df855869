// Presents the server's messages: as the page's state, hints, the outline and the card.

import { translated } from '../shared/languages.js';
import { translate, wantedLanguages } from '../shared/words.js';

/** @typedef {import('../shared/messages.js').ServerMessage} ServerMessage */
/** @typedef {import('../shared/messages.js').Match} Match */
/** @typedef {import('../shared/messages.js').Artwork} Artwork */
/** @typedef {import('../shared/messages.js').Progress} Progress */

/** Milliseconds that a lost artwork stays, so that the card does not flicker in a shaky hand. */
const LINGER_MS = 1500;
const NOT_FOUND_MS = 6000;
const HINT_MS = 1200;
const ANNOUNCE_MS = 6000;

/**
 * @typedef {object} PresenterParts
 * @property {import('./screen.js').Screen} screen
 * @property {import('./overlay.js').Overlay} overlay
 * @property {import('./card.js').Card} card
 * @property {(gallery: {name: string, artworks: number}) => void} onGallery
 * @property {(artwork: Artwork) => void} onSeen called when an artwork is found
 */

export class Presenter {
  #parts;
  /** @type {Match | null} the artwork that the server sees */
  #declared = null;
  /** Whether the visitor has closed the declared artwork's card. */
  #dismissed = false;
  #timer = 0;
  #hintUntil = 0;
  #announcedAt = -Infinity;

  /** @param {PresenterParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {ServerMessage} message */
  handle(message) {
    const { overlay } = this.#parts;
    if (message.type === 'hello') this.#onHello(message.gallery);
    else if (message.type === 'progress') this.#onProgress(message);
    else if (message.type === 'match') this.#onMatch(message);
    else if (message.type === 'lost') this.#onLost(message.artwork_id);
    else if (message.type === 'not_found') this.#onNotFound();
    else if (message.type === 'error') console.warn('vernissage:', message.code, message.message);
    else if (message.type === 'outline') {
      if (message.artwork_id === this.#declared?.artwork.id && !this.#dismissed)
        overlay.follow(message.outline, message.frame);
    }
  }

  /** Close the card for the visitor, and look for the next artwork. */
  keepLooking() {
    this.#parts.card.hide();
    if (this.#parts.screen.state !== 'matched') return;
    this.#dismissed = this.#declared !== null;
    this.#resumeLooking();
    if (this.#declared) {
      const title = translated(this.#declared.artwork, 'title', wantedLanguages).value;
      this.#parts.screen.offerBack(title);
      this.#parts.screen.showHint(translate('hint.next'));
    }
  }

  /** Show the card that the visitor closed. */
  reopen() {
    if (this.#declared) this.#onMatch(this.#declared);
  }

  /** Forget what is in view, because the connection is lost. An open card stays. */
  interrupt() {
    window.clearTimeout(this.#timer);
    this.#declared = null;
    this.#dismissed = false;
    this.#parts.overlay.fade();
  }

  /** Forget what is in view, and close the card. */
  forget() {
    this.interrupt();
    this.#parts.card.hide();
  }

  /** @param {{name: string, artworks: number}} gallery */
  #onHello(gallery) {
    this.#parts.onGallery(gallery);
    this.interrupt();
    this.#resumeLooking();
    this.#parts.screen.announce(translate('announce.looking'));
  }

  #resumeLooking() {
    const { screen, overlay, card } = this.#parts;
    window.clearTimeout(this.#timer);
    overlay.fade();
    if (!card.isBeingRead) card.hide();
    screen.enter('looking');
    screen.showHint(translate('hint.look'));
  }

  /** @param {Progress} progress */
  #onProgress({ votes, needed, hint }) {
    const { screen } = this.#parts;
    if (screen.state === 'not-found' && votes >= 2) this.#resumeLooking();
    if (screen.state !== 'looking' || this.#dismissed) return;
    screen.showProgress(votes, needed);
    const now = performance.now();
    // A hint stays long enough to be read, whatever the next frames show.
    if (hint) this.#hintUntil = now + HINT_MS;
    else if (now < this.#hintUntil) return;
    if (hint) this.#announceHint(translate(`hint.${hint}`), now);
    else screen.showHint(translate(votes > 0 ? 'hint.recognising' : 'hint.look'));
  }

  /**
   * Show a hint. It is announced too, but not repeatedly.
   *
   * @param {string} text
   * @param {number} now
   */
  #announceHint(text, now) {
    this.#parts.screen.showHint(text);
    if (now - this.#announcedAt < ANNOUNCE_MS) return;
    this.#announcedAt = now;
    this.#parts.screen.announce(text);
  }

  /** @param {Match} match */
  #onMatch(match) {
    const { screen, overlay, card } = this.#parts;
    const { artwork } = match;
    window.clearTimeout(this.#timer);
    const isNew = screen.state !== 'matched' || this.#declared?.artwork.id !== artwork.id;
    this.#declared = match;
    this.#dismissed = false;
    // The old outline belongs to another artwork, and the new one may not have an outline.
    if (isNew) overlay.fade();
    card.show(artwork);
    screen.enter('matched', { artwork: artwork.id });
    overlay.follow(match.outline, match.frame);
    if (!isNew) return;
    this.#parts.onSeen(artwork);
    const title = translated(artwork, 'title', wantedLanguages).value;
    const { artist } = artwork;
    const text = artist
      ? translate('announce.match', { title, artist })
      : translate('announce.match_anonymous', { title });
    screen.announce(text);
  }

  /** @param {string} id */
  #onLost(id) {
    if (id !== this.#declared?.artwork.id) return;
    const { screen, overlay } = this.#parts;
    this.#declared = null;
    overlay.fade();
    if (this.#dismissed) {
      this.#dismissed = false;
      screen.offerBack(null);
      screen.showHint(translate('hint.look'));
    } else {
      this.#timer = window.setTimeout(() => this.#resumeLooking(), LINGER_MS);
    }
  }

  #onNotFound() {
    const { screen } = this.#parts;
    if (this.#declared) return;
    window.clearTimeout(this.#timer);
    screen.enter('not-found');
    screen.announce(`${translate('not_found.title')}. ${translate('not_found.text')}`);
    this.#timer = window.setTimeout(() => this.#resumeLooking(), NOT_FOUND_MS);
  }
}
