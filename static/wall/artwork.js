// An artwork on the wall: its data from the server, its label, its frame.

/**
 * @typedef {object} HungArtwork
 * @property {string} id
 * @property {string} title
 * @property {string} artist
 * @property {string} year
 * @property {string} picture
 * @property {string} thumbnail
 * @property {number} width
 * @property {number} height
 */

const FRAMES = 4;

/**
 * Return the line under the title: artist and year.
 *
 * @param {HungArtwork} artwork
 * @returns {string}
 */
export function creditLine({ artist, year }) {
  return [artist, year].filter(Boolean).join(', ');
}

/**
 * Return the kind of frame for an artwork. The same artwork always has the same frame.
 *
 * @param {string} id
 * @returns {string}
 */
export function frameKind(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return String(sum % FRAMES);
}
