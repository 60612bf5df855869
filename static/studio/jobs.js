// The progress of jobs on the gallery: shows it, and reports when the gallery has changed.

import { find, setText } from '../shared/dom.js';
import { load } from './api.js';
import { make } from './elements.js';

/**
 * @typedef {object} JobState
 * @property {boolean} busy
 * @property {number} waiting how many jobs wait for the running one.
 * @property {string} step
 * @property {number} done
 * @property {number} total
 * @property {number} finished how many jobs have finished.
 * @property {string[]} failed
 */

const BUSY_MS = 500;
const IDLE_MS = 5000;

export class Jobs {
  #box = find('#work', HTMLElement);
  #bar = find('progress', HTMLProgressElement, this.#box);
  #close = find('button', HTMLButtonElement, this.#box);
  /** @type {number | undefined} */ #finished;
  /** @type {number | undefined} */ #timer;
  #onNewVersion;

  /** @param {() => Promise<void>} onNewVersion called after the gallery has changed. */
  constructor(onNewVersion) {
    this.#onNewVersion = onNewVersion;
    this.#close.onclick = () => this.hide();
  }

  /** Ask the server for the progress now, and then repeatedly. */
  async watch() {
    clearTimeout(this.#timer);
    let busy = false;
    try {
      /** @type {JobState} */
      const state = await load('/studio/work.json');
      busy = state.busy;
      await this.#show(state);
    } catch {
      // The server is asked again, and the curator's own next request reports the problem.
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.watch(), busy ? BUSY_MS : IDLE_MS);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * Show how much of the files is sent.
   *
   * @param {number} share 0..1
   */
  showSending(share) {
    this.#draw('Sending', share);
  }

  /** Hide the progress, because the server refused the files; their sender reports that. */
  hide() {
    this.#box.hidden = true;
  }

  /**
   * Show what failed before a job began.
   *
   * @param {string} text
   */
  showFailure(text) {
    this.#end([text]);
  }

  /** @param {JobState} state */
  async #show(state) {
    if (state.busy) {
      const waits = state.waiting ? `; ${state.waiting} more wait` : '';
      const count = state.total ? ` ${state.done} of ${state.total}` : '';
      this.#draw(`${state.step || 'Beginning'}${count}${waits}`, state.done / (state.total || 1));
    }
    const before = this.#finished;
    this.#finished = state.finished;
    if (before === undefined || before === state.finished) return;
    await this.#onNewVersion();
    if (!state.busy) this.#end(state.failed);
  }

  /**
   * @param {string} step
   * @param {number} share
   */
  #draw(step, share) {
    this.#box.hidden = false;
    this.#bar.hidden = false;
    this.#close.hidden = true;
    this.#bar.value = share;
    setText(find('.step', HTMLElement, this.#box), step);
    find('.failed', HTMLElement, this.#box).replaceChildren();
  }

  /** @param {string[]} failed */
  #end(failed) {
    this.#box.hidden = false;
    this.#bar.hidden = true;
    this.#close.hidden = false;
    const lines = failed.map((line) => make('li', {}, line));
    find('.failed', HTMLElement, this.#box).replaceChildren(...lines);
    const text = failed.length ? 'Not all could be done:' : 'Done: visitors see it now.';
    setText(find('.step', HTMLElement, this.#box), text);
  }
}
