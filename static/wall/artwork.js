// An artwork as it hangs on the wall: what the server tells of it, its label, its frame.

/**
 * @typedef {object} Hanging
 * @property {string} id
 * @property {string} title
 * @property {string | null} artist
 * @property {string | number | null} year
 * @property {string | null} room
 * @property {string | null} text
 * @property {string} picture
 * @property {string} thumbnail
 * @property {number} width
 * @property {number} height
 */

const FRAMES = 4;

/**
 * Under the title: who and when.
 *
 * @param {Hanging} hanging
 * @returns {string}
 */
export function creditLine(hanging) {
  return [hanging.artist, hanging.year].filter(Boolean).join(', ');
}

/**
 * The same artwork always hangs in the same frame.
 *
 * @param {string} id
 * @returns {string}
 */
export function frameKind(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return String(sum % FRAMES);
}
