// Helpers for the page's elements.

/**
 * Find an element. A missing one is a mistake in the page, and is reported at once and by name.
 *
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} kind
 * @param {ParentNode} [root]
 * @returns {T}
 */
export function find(selector, kind, root = document) {
  const element = root.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`the page lacks ${selector}`);
  return element;
}

/**
 * Put a text into an element. An element without text is hidden and takes no room.
 *
 * @param {HTMLElement} element
 * @param {string | number | null | undefined} text
 */
export function setText(element, text) {
  element.textContent = String(text ?? '');
  element.hidden = element.textContent === '';
}

/**
 * Put a translated text into an element, and mark its language for screen readers.
 *
 * @param {HTMLElement} element
 * @param {import('./languages.js').TranslatedText} text
 */
export function setTranslated(element, { value, language }) {
  setText(element, value);
  element.lang = language;
}
