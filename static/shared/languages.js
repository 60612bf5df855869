// Choosing among languages, by BCP 47 tags. Pure functions.

/** @typedef {{value: string, language: string}} TranslatedText a text and the language it is in */

/**
 * Find the first wanted language that is available: `de-CH` is served by `de-CH`, else by `de`,
 * else by any other German.
 *
 * @param {readonly string[]} wanted best first
 * @param {readonly string[]} known
 * @returns {string | null} one of the known
 */
export function matchLanguage(wanted, known) {
  for (const tag of wanted.map((one) => one.toLowerCase())) {
    const found =
      known.find((name) => tag === name.toLowerCase()) ??
      known.find((name) => tag.startsWith(`${name.toLowerCase()}-`)) ??
      known.find((name) => baseOf(tag) === baseOf(name.toLowerCase()));
    if (found) return found;
  }
  return null;
}

/**
 * Pick the best translation of one field of an artwork. Title, text and audio are picked
 * separately, so that a missing one does not hide the others.
 *
 * @param {import('./messages.js').Artwork} artwork
 * @param {'title' | 'text' | 'audio'} field
 * @param {readonly string[]} wanted languages, best first
 * @returns {TranslatedText} both parts are empty if the artwork lacks the field
 */
export function translated(artwork, field, wanted) {
  /** @type {[string, import('./messages.js').Translation][]} */
  const all = [[artwork.language ?? '', artwork], ...Object.entries(artwork.languages ?? {})];
  const known = all.filter(([, translation]) => translation[field]);
  const tag = matchLanguage([...wanted, 'en'], known.map(([name]) => name));
  const [language, translation] = known.find(([name]) => name === tag) ?? known[0] ?? ['', {}];
  return { value: translation[field] ?? '', language };
}

/** @param {string} tag */
function baseOf(tag) {
  return tag.split('-')[0];
}
