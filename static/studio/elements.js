// Making the page's parts, and asking before what can't be undone at once.

import { find } from '../shared/dom.js';

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  element.append(...children);
  return element;
}

/**
 * Ask before doing something.
 *
 * @param {string} question
 * @param {string} more what will happen.
 * @param {string} yes the button that does it.
 * @returns {Promise<boolean>}
 */
export function sure(question, more, yes) {
  const dialog = find('#sure', HTMLDialogElement);
  find('h2', HTMLElement, dialog).textContent = question;
  find('p', HTMLElement, dialog).textContent = more;
  find('[value=yes]', HTMLElement, dialog).textContent = yes;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener('close', () => answer(dialog.returnValue === 'yes'), { once: true });
  });
}

/**
 * Files that were picked; the same may be picked again.
 *
 * @param {Event} event
 */
export function picked(event) {
  const input = event.currentTarget;
  if (!(input instanceof HTMLInputElement)) return [];
  const files = [...(input.files ?? [])];
  input.value = '';
  return files;
}

/** @param {string} time ISO 8601 */
export function local(time) {
  return new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}

/** @param {unknown} error */
export function reason(error) {
  return error instanceof Error ? error.message : String(error);
}
