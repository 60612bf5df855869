// The pages' own texts in the visitor's language. Each language is a file in words/; English is
// always loaded and stands in for a language that cannot be loaded.

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
 * Return the text for a key, in the visitor's language. A number called `count` chooses between
 * singular and plural. Numbers are written as the language writes them.
 *
 * @param {WordKey} key
 * @param {Fillings} [fillings]
 * @returns {string}
 */
export function translate(key, fillings = {}) {
  const { count } = fillings;
  const form = typeof count === 'number' ? `${key}.${plurals.select(count)}` : key;
  const text = words[/** @type {WordKey} */ (form)] ?? words[key];
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = fillings[name] ?? whole;
    return typeof value === 'number' ? value.toLocaleString(language) : value;
  });
}

/** Fill every element that names a key in `data-text` (its text) or `data-label` (its label). */
export function translatePage() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-text]')) {
    element.textContent = translate(/** @type {WordKey} */ (element.getAttribute('data-text')));
  }
  for (const element of document.querySelectorAll('[data-label]')) {
    const key = /** @type {WordKey} */ (element.getAttribute('data-label'));
    element.setAttribute('aria-label', translate(key));
  }
}
