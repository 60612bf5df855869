// Every word the pages say, in the visitor's language: a file each in words/. English is always
// there; where another language's file can't be had, it stands in.

import { matchLanguage } from './languages.js';
import english from './words/en.js';

/** @typedef {Record<keyof typeof english, string>} Words */
/** @typedef {keyof typeof english} WordKey */
/** @typedef {Record<string, string | number>} Fillings */

const LANGUAGES = ['en', 'de', 'fr', 'it', 'es'];

/** The languages of the browser, best first. */
export const wantedLanguages = navigator.languages ?? [];

/** @returns {Promise<{language: string, words: Words}>} */
async function load() {
  const language = matchLanguage(wantedLanguages, LANGUAGES) ?? 'en';
  if (language === 'en') return { language, words: english };
  try {
    return { language, words: (await import(`./words/${language}.js`)).default };
  } catch {
    return { language: 'en', words: english };
  }
}

const { language, words } = await load();
const plurals = new Intl.PluralRules(language);

export { language };

/**
 * The words for a key, in the visitor's language. A number called `count` chooses between
 * singular and plural; numbers are written as the language writes them.
 *
 * @param {WordKey} key
 * @param {Fillings} [fillings]
 * @returns {string}
 */
export function say(key, fillings = {}) {
  const { count } = fillings;
  const form = typeof count === 'number' ? `${key}.${plurals.select(count)}` : key;
  const text = words[/** @type {WordKey} */ (form)] ?? words[key];
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = fillings[name] ?? whole;
    return typeof value === 'number' ? value.toLocaleString(language) : value;
  });
}

/**
 * Put words into every element that asks for them by `data-say` (text) or `data-say-label`.
 *
 * @param {ParentNode} root
 */
export function fillWords(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll('[data-say]')) {
    element.textContent = say(/** @type {WordKey} */ (element.getAttribute('data-say')));
  }
  for (const element of root.querySelectorAll('[data-say-label]')) {
    const key = /** @type {WordKey} */ (element.getAttribute('data-say-label'));
    element.setAttribute('aria-label', say(key));
  }
}
