// Finding the page's parts: a missing one is a mistake in the page, said at once and by name.

/**
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
 * Put a text into an element; without one the element takes no room.
 *
 * @param {HTMLElement} element
 * @param {string | number | null | undefined} text
 */
export function setText(element, text) {
  element.textContent = String(text ?? '');
  element.hidden = element.textContent === '';
}
