// The notice that fills the screen when the visit cannot go on: the problem and what to do.

import { find, setText } from '../shared/dom.js';
import { translate } from '../shared/words.js';

/** @typedef {import('./screen.js').Problem} Problem */
/** @typedef {import('../shared/words.js').WordKey} WordKey */

/** Problems that end by themselves. Their button only shortens the wait. */
const PASSING = new Set(['full', 'connection-lost']);

export class Notice {
  #title = find('#notice-title', HTMLElement);
  #text = find('#notice-text', HTMLElement);
  #steps = find('#notice-steps', HTMLOListElement);
  #action = find('#notice-action', HTMLButtonElement);
  #place = find('#notice-place', HTMLElement);
  #countdown = find('#notice-countdown', HTMLElement);

  /** @param {(problem: Problem) => void} onAction */
  constructor(onAction) {
    this.#action.addEventListener('click', () => {
      const problem = /** @type {Problem} */ (this.#action.dataset.problem);
      onAction(problem);
    });
  }

  /** @param {Problem} problem */
  show(problem) {
    setText(this.#countdown, '');
    setText(this.#place, '');
    if (this.#action.dataset.problem === problem && this.#title.isConnected) return;
    this.#action.dataset.problem = problem;
    this.#title.textContent = translate(/** @type {WordKey} */ (`error.${problem}.title`));
    this.#text.textContent = translate(/** @type {WordKey} */ (`error.${problem}.text`));
    const steps = problem === 'no-permission' ? translate(permissionSteps()).split('\n') : [];
    this.#steps.replaceChildren(...steps.map(listItem));
    this.#steps.hidden = steps.length === 0;
    setText(this.#action, actionText(problem));
    // A screen reader starts reading here, and the button is the next element for the keyboard.
    this.#title.focus({ preventScroll: true });
  }

  /** @param {number | null} place in the waiting queue; 1 is next */
  place(place) {
    if (place === null) setText(this.#place, '');
    else if (place > 1) setText(this.#place, translate('error.place', { place }));
    else setText(this.#place, translate('error.next'));
  }

  /** @param {number} seconds until the next try; 0 while trying */
  count(seconds) {
    const text =
      seconds > 0 ? translate('error.countdown', { seconds }) : translate('error.trying');
    setText(this.#countdown, text);
  }

  /** Forget the notice, so that the next one is read out even if it is the same one. */
  clear() {
    delete this.#action.dataset.problem;
  }
}

/** @param {Problem} problem */
function actionText(problem) {
  if (problem === 'unsupported') return '';
  if (problem === 'insecure-origin') return translate('error.insecure-origin.action');
  if (problem === 'outdated') return translate('error.outdated.action');
  return translate(PASSING.has(problem) ? 'error.retry_now' : 'error.retry');
}

/** @returns {WordKey} */
function permissionSteps() {
  const agent = navigator.userAgent;
  // An iPad calls itself a Mac, but no Mac can be touched with several fingers.
  const isIpad = /Macintosh/.test(agent) && navigator.maxTouchPoints > 1;
  if (/iPhone|iPad|iPod/.test(agent) || isIpad) return 'error.no-permission.ios';
  return /Android/.test(agent) ? 'error.no-permission.android' : 'error.no-permission.other';
}

/** @param {string} text */
function listItem(text) {
  const item = document.createElement('li');
  item.textContent = text;
  return item;
}
