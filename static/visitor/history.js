// What the visitor saw: kept by this browser only, with its pictures, until the visitor clears it.

const KEY = 'vernissage.seen';
const PICTURES = 'vernissage-pictures';
const MOST = 200;

/**
 * @typedef {object} Seen
 * @property {string} id
 * @property {string} title
 * @property {string} artist
 * @property {string} facts
 * @property {string} text
 * @property {string} language of the text
 * @property {string} image address of its picture
 */

/** @returns {Seen[]} last seen first */
export function readSeen() {
  try {
    const seen = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(seen) ? seen.filter((one) => one?.id && one.title) : [];
  } catch {
    return [];
  }
}

/**
 * Put an artwork on top of the list.
 *
 * @param {Seen} artwork
 */
export function remember(artwork) {
  const others = readSeen().filter(({ id }) => id !== artwork.id);
  try {
    localStorage.setItem(KEY, JSON.stringify([artwork, ...others].slice(0, MOST)));
  } catch {
    return; // A private window, or full: the visit goes on without a list.
  }
  if (artwork.image) void keepPicture(artwork.image);
}

export function forgetSeen() {
  localStorage.removeItem(KEY);
  if ('caches' in window) void caches.delete(PICTURES);
}

/**
 * The list as text, to send to somebody.
 *
 * @param {Seen[]} seen
 * @returns {string}
 */
export function asText(seen) {
  return seen
    .map(({ title, artist, facts }) => `• ${[title, artist, facts].filter(Boolean).join(', ')}`)
    .join('\n');
}

/** @param {string} address */
async function keepPicture(address) {
  try {
    await (await caches.open(PICTURES)).add(address);
  } catch {
    // Without it the list shows the title alone when offline.
  }
}
