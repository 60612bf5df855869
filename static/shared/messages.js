// The server's messages: their types, and the check of every text that comes from the network.
// stream/messages.py is the other end; docs/protocol.md describes them.

/** @typedef {[number, number]} Point */
/** @typedef {[Point, Point, Point, Point]} Outline clockwise from the artwork's top left, 0..1 */
/** @typedef {{width: number, height: number}} Size */

/** @typedef {{title?: string, text?: string | null, audio?: string}} Translation */
/**
 * @typedef {object} Artwork
 * @property {string} id
 * @property {string} title
 * @property {string | null} [artist]
 * @property {string | number | null} [year]
 * @property {string | null} [room]
 * @property {string | null} [text]
 * @property {string | null} [image]
 * @property {string[]} [images] further pictures
 * @property {string} [audio]
 * @property {string} [language] the language of title, text and audio
 * @property {Record<string, Translation>} [languages] translations into further languages
 */

/** @typedef {'hold_still' | 'too_dark' | 'too_bright' | 'move_closer' | 'blurred'} Hint */
/** @typedef {{type: 'hello', version: number, gallery: {name: string, artworks: number}}} Hello */
/** @typedef {{type: 'pace', fps: number, width: number, height: number}} Pace */
/** @typedef {{type: 'progress', votes: number, needed: number, hint: Hint | null}} Progress */
/** @typedef {{type: 'match', artwork: Artwork, outline: Outline | null, frame: Size}} Match */
/**
 * @typedef {{type: 'outline', artwork_id: string, outline: Outline | null, frame: Size}} Tracked
 */
/** @typedef {{type: 'lost', artwork_id: string}} Lost */
/** @typedef {{type: 'not_found', looked_ms: number}} NotFound */
/** @typedef {{type: 'error', code: string, message: string}} ErrorMessage */
/** @typedef {{type: 'bye', reason: string}} Bye */
/** @typedef {{type: 'pong', id: string | number}} Pong */
/**
 * @typedef {Hello | Pace | Progress | Match | Tracked | Lost | NotFound | ErrorMessage | Bye |
 *   Pong} ServerMessage
 */

/** The version of the messages that this page understands. */
export const VERSION = 1;

/** @type {(value: any) => boolean} */
const isObject = (value) => typeof value === 'object' && value !== null;
/** @param {unknown} value */
const isText = (value) => typeof value === 'string';
/** @param {unknown} value */
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
/** @param {any} value */
const isSize = (value) => isObject(value) && value.width > 0 && value.height > 0;
/** @param {any} value */
const isOutline = (value) =>
  value === null ||
  (Array.isArray(value) &&
    value.length === 4 &&
    value.every((point) => Array.isArray(point) && isNumber(point[0]) && isNumber(point[1])));

/** @type {Record<string, (message: any) => boolean>} */
const shapes = {
  hello: (m) => isNumber(m.version) && isObject(m.gallery),
  pace: (m) => m.fps > 0 && isSize(m),
  progress: (m) => isNumber(m.votes) && isNumber(m.needed),
  match: (m) =>
    isObject(m.artwork) &&
    isText(m.artwork.id) &&
    isText(m.artwork.title) &&
    isOutline(m.outline) &&
    isSize(m.frame),
  outline: (m) => isText(m.artwork_id) && isOutline(m.outline) && isSize(m.frame),
  lost: (m) => isText(m.artwork_id),
  not_found: () => true,
  error: (m) => isText(m.code),
  bye: () => true,
  pong: () => true,
};

/**
 * Read one message. Anything unknown becomes null, so that a newer server may send more messages
 * without breaking this page.
 *
 * @param {unknown} data
 * @returns {ServerMessage | null}
 */
export function readMessage(data) {
  if (typeof data !== 'string') return null;
  let message;
  try {
    message = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isObject(message) || !isText(message.type)) return null;
  const fits = Object.hasOwn(shapes, message.type) && shapes[message.type]?.(message);
  return fits ? message : null;
}
