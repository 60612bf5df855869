// How far the work on the gallery is: shown, and told to whoever waits for its end.

import { find, setText } from '../shared/dom.js';
import { load } from './api.js';
import { make } from './elements.js';

/**
 * @typedef {object} WorkState
 * @property {boolean} busy
 * @property {number} waiting changes that wait for those being made.
 * @property {string} step
 * @property {number} done
 * @property {number} total
 * @property {number} finished how often changes were finished.
 * @property {string[]} failed
 */

const BUSY_MS = 500;
const IDLE_MS = 5000;

export class Work {
  #box = find('#work', HTMLElement);
  #bar = find('progress', HTMLProgressElement, this.#box);
  #away = find('button', HTMLButtonElement, this.#box);
  /** @type {number | undefined} */ #finished;
  /** @type {number | undefined} */ #timer;
  #onNewVersion;

  /** @param {() => Promise<void>} onNewVersion called after the gallery has changed. */
  constructor(onNewVersion) {
    this.#onNewVersion = onNewVersion;
    this.#away.onclick = () => (this.#box.hidden = true);
  }

  /** Look now, and again and again. */
  async watch() {
    clearTimeout(this.#timer);
    let busy = false;
    try {
      /** @type {WorkState} */
      const state = await load('/studio/work.json');
      busy = state.busy;
      await this.#show(state);
    } catch {
      // Asked again; what the curator does meanwhile says what is wrong.
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.watch(), busy ? BUSY_MS : IDLE_MS);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * Tell of files on their way.
   *
   * @param {number} share 0..1
   */
  sending(share) {
    this.#draw('Sending', share);
  }

  /** What was to be sent was refused; whoever sent it says so. */
  refused() {
    this.#box.hidden = true;
  }

  /**
   * Tell of what went wrong before the work began.
   *
   * @param {string} reason
   */
  failed(reason) {
    this.#end([reason]);
  }

  /** @param {WorkState} state */
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
    this.#away.hidden = true;
    this.#bar.value = share;
    setText(find('.step', HTMLElement, this.#box), step);
    find('.failed', HTMLElement, this.#box).replaceChildren();
  }

  /** @param {string[]} failed */
  #end(failed) {
    this.#box.hidden = false;
    this.#bar.hidden = true;
    this.#away.hidden = false;
    const lines = failed.map((line) => make('li', {}, line));
    find('.failed', HTMLElement, this.#box).replaceChildren(...lines);
    const text = failed.length ? 'Not all could be done:' : 'Done: visitors see it now.';
    setText(find('.step', HTMLElement, this.#box), text);
  }
}
