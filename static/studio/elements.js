// Helpers for the studio's elements: creating them, reading their files, asking for confirmation.

import { find } from '../shared/dom.js';

/**
 * Create an element.
 *
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
 * Ask the curator to confirm something.
 *
 * @param {string} question
 * @param {string} more what will happen.
 * @param {string} yes the label of the button that confirms.
 * @returns {Promise<boolean>} whether it was confirmed
 */
export function confirmed(question, more, yes) {
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
 * Return the files that were picked, and clear the input, so that they can be picked again.
 *
 * @param {Event} event
 */
export function pickedFiles(event) {
  const input = event.currentTarget;
  if (!(input instanceof HTMLInputElement)) return [];
  const files = [...(input.files ?? [])];
  input.value = '';
  return files;
}

/**
 * Write a time as the curator's browser writes times.
 *
 * @param {string} time ISO 8601
 */
export function localTime(time) {
  return new Date(time).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}

/**
 * Return the message of whatever was thrown.
 *
 * @param {unknown} error
 */
export function errorText(error) {
  return error instanceof Error ? error.message : String(error);
}
