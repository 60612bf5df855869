// The short facts about an artwork, as one line.

import { translate } from './words.js';

/**
 * Join year and room. A bare number or letter needs the word "Room"; "Sala 19" or "East Wing"
 * does not.
 *
 * @param {import('./messages.js').Artwork} artwork
 * @returns {string}
 */
export function factsOf({ year, room }) {
  const bare = /^[\p{L}]?\d+[\p{L}]?$|^\p{L}$/u.test(room ?? '');
  const named = bare ? translate('card.room', { room: room ?? '' }) : room;
  return [year, named].filter(Boolean).join('  ·  ');
}
