// A notice fills the screen where nothing can go on: what is the matter, and the way out.

import { find, setText } from '../shared/dom.js';
import { say } from '../shared/words.js';

/** @typedef {import('./screen.js').Problem} Problem */
/** @typedef {import('../shared/words.js').WordKey} WordKey */

/** Problems that end by themselves: the button only shortens the wait. */
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
    this.#title.textContent = say(/** @type {WordKey} */ (`error.${problem}.title`));
    this.#text.textContent = say(/** @type {WordKey} */ (`error.${problem}.text`));
    const steps = problem === 'no-permission' ? say(permissionSteps()).split('\n') : [];
    this.#steps.replaceChildren(...steps.map(listItem));
    this.#steps.hidden = steps.length === 0;
    setText(this.#action, actionWords(problem));
    // So that a screen reader starts here, and the keyboard is one step from the way out.
    this.#title.focus({ preventScroll: true });
  }

  /** @param {number | null} place in the line of those who wait, 1 for who is next */
  place(place) {
    if (place === null) setText(this.#place, '');
    else setText(this.#place, place > 1 ? say('error.place', { place }) : say('error.next'));
  }

  /** @param {number} seconds until the next try; 0 while trying */
  count(seconds) {
    const words = seconds > 0 ? say('error.countdown', { seconds }) : say('error.trying');
    setText(this.#countdown, words);
  }

  /** Forget the notice, so that the next one is read out even if it is the same. */
  clear() {
    delete this.#action.dataset.problem;
  }
}

/** @param {Problem} problem */
function actionWords(problem) {
  if (problem === 'unsupported') return '';
  if (problem === 'insecure-origin') return say('error.insecure-origin.action');
  if (problem === 'outdated') return say('error.outdated.action');
  return say(PASSING.has(problem) ? 'error.retry_now' : 'error.retry');
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
