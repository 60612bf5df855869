// Choosing among languages, by BCP 47 tags. Pure.

/**
 * The first wanted language that there is: `de-CH` is served by `de-CH`, else by `de`, else by
 * any other German.
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
 * What is told of an artwork, in the best language that it is told in: each of title, text and
 * audio by itself, so that a missing one doesn't take the others along.
 *
 * @param {import('./messages.js').Artwork} artwork
 * @param {'title' | 'text' | 'audio'} field
 * @param {readonly string[]} wanted languages, best first
 * @returns {{value: string, language: string}} both empty where nothing is told
 */
export function tell(artwork, field, wanted) {
  /** @type {[string, import('./messages.js').Translation][]} */
  const told = [[artwork.language ?? '', artwork], ...Object.entries(artwork.languages ?? {})];
  const known = told.filter(([, words]) => words[field]);
  const tag = matchLanguage([...wanted, 'en'], known.map(([name]) => name));
  const [language, words] = known.find(([name]) => name === tag) ?? known[0] ?? ['', {}];
  return { value: words[field] ?? '', language };
}

/** @param {string} tag */
function baseOf(tag) {
  return tag.split('-')[0];
}
