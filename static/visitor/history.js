// The artworks that the visitor saw. They are kept in this browser only, with their pictures, until
// the visitor clears them.

const KEY = 'vernissage.seen';
/** The service worker has the same name, and serves these pictures when there is no network. */
const PICTURES = 'vernissage-pictures';
const MAX_ENTRIES = 200;

/**
 * @typedef {object} HistoryEntry
 * @property {string} id
 * @property {string} title
 * @property {string} artist
 * @property {string} facts
 * @property {string} text
 * @property {string} language of the text
 * @property {string} image address of its picture
 */

/** @returns {HistoryEntry[]} the last seen artwork first */
export function readHistory() {
  try {
    const entries = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(entries) ? entries.filter((one) => one?.id && one.title) : [];
  } catch {
    return [];
  }
}

/**
 * Put an artwork on top of the history.
 *
 * @param {HistoryEntry} entry
 */
export function addToHistory(entry) {
  const others = readHistory().filter(({ id }) => id !== entry.id);
  try {
    localStorage.setItem(KEY, JSON.stringify([entry, ...others].slice(0, MAX_ENTRIES)));
  } catch {
    return; // A private window, or no room left: the visit goes on without a history.
  }
  if (entry.image) void keepPicture(entry.image);
}

export function clearHistory() {
  localStorage.removeItem(KEY);
  if ('caches' in window) void caches.delete(PICTURES);
}

/**
 * Write the history as text, to be sent to somebody.
 *
 * @param {HistoryEntry[]} entries
 * @returns {string}
 */
export function asText(entries) {
  return entries
    .map(({ title, artist, facts }) => `• ${[title, artist, facts].filter(Boolean).join(', ')}`)
    .join('\n');
}

/** @param {string} address */
async function keepPicture(address) {
  try {
    await (await caches.open(PICTURES)).add(address);
  } catch {
    // Without the picture, the history shows only the title when offline.
  }
}
