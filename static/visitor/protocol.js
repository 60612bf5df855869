// What is said on a line, whichever way it goes: hello, messages, pings, and taking silence for
// an answer. Lines (peer.js, fallback.js) bring the texts there and back.

import { readMessage, VERSION } from '../shared/messages.js';

/** @typedef {import('../shared/messages.js').ServerMessage} ServerMessage */

const PING_MS = 5000;
const SILENCE_MS = 12000;

/** The server speaks a version of the messages that this page doesn't. */
export class OutdatedError extends Error {}

/** The server can be reached, but not in the way that was tried. */
export class NoWayError extends Error {}

/**
 * @typedef {object} LineOptions
 * @property {MediaStream} stream
 * @property {RTCIceServer[]} iceServers
 * @property {string} ticket for a place in the line of those who wait, or ''
 * @property {(message: ServerMessage) => void} onMessage everything from `hello` on
 * @property {() => void} onLost called once, never after `close`
 * @property {AbortSignal} signal
 */

export class Talk {
  #options;
  #send;
  #hangUp;
  #open = false;
  #heard = 0;
  #pings = 0;
  #watch = 0;
  /** @type {(error?: Error) => void} */
  #settle = () => {};
  /** @type {Map<number, () => void>} */
  #asked = new Map();

  /**
   * @param {LineOptions} options
   * @param {(text: string) => void} send
   * @param {() => void} hangUp
   */
  constructor(options, send, hangUp) {
    this.#options = options;
    this.#send = send;
    this.#hangUp = hangUp;
  }

  /** @returns {boolean} whether the server has said hello, and nothing has ended since */
  get isOpen() {
    return this.#open;
  }

  /**
   * Wait for the server's `hello`.
   *
   * @param {number} ms
   * @returns {Promise<void>}
   * @throws {NoWayError | OutdatedError | Error}
   */
  async greeted(ms) {
    const { signal } = this.#options;
    const giveUp = () => this.#settle(new Error('given up'));
    const timer = window.setTimeout(() => this.fail(new NoWayError('no hello in time')), ms);
    signal.addEventListener('abort', giveUp);
    try {
      await new Promise((resolve, reject) => {
        this.#settle = (error) => (error ? reject(error) : resolve(undefined));
      });
    } finally {
      window.clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
    this.#open = true;
    this.#heard = performance.now();
    this.#watch = window.setInterval(() => this.#keepAlive(), PING_MS);
  }

  greet() {
    this.#say({ type: 'hello', client: `page/${VERSION}` });
  }

  /** @param {unknown} data text from the server */
  hear(data) {
    this.#heard = performance.now();
    const message = readMessage(data);
    if (!message) return;
    if (message.type === 'hello' && message.version !== VERSION)
      return this.#settle(new OutdatedError(`version ${message.version}`));
    if (message.type === 'hello') this.#settle();
    if (message.type === 'pong') this.#answer(Number(message.id));
    if (message.type === 'bye' && !this.#open) this.fail(new Error(`bye: ${message.reason}`));
    this.#options.onMessage(message);
    if (message.type === 'bye') this.lose();
  }

  /** @param {Error} error what ends the line before it is open; afterwards it is lost */
  fail(error) {
    if (this.#open) this.lose();
    else this.#settle(error);
  }

  lose() {
    if (!this.#open) return;
    this.#hangUp();
    this.#options.onLost();
  }

  /** Say and hear no more. */
  end() {
    this.#open = false;
    window.clearInterval(this.#watch);
    this.#asked.forEach((answered) => answered());
    this.#asked.clear();
  }

  /** @param {boolean} paused whether frames need not be judged just now */
  setPaused(paused) {
    this.#say({ type: paused ? 'pause' : 'resume' });
    if (paused) return;
    // A phone that slept may hold a dead line: ask, and don't wait long for the answer.
    this.#heard = performance.now() - SILENCE_MS + PING_MS / 2;
    void this.ask();
  }

  /** @returns {Promise<void>} when the server has answered a ping, or all is over */
  ask() {
    const id = ++this.#pings;
    this.#say({ type: 'ping', id });
    return new Promise((resolve) => this.#asked.set(id, resolve));
  }

  /** @param {number} id answers come in order: one that is missing never comes */
  #answer(id) {
    for (const [asked, answered] of this.#asked) {
      if (asked > id) continue;
      this.#asked.delete(asked);
      answered();
    }
  }

  /** A dead line says nothing: ask, and take silence for an answer. */
  #keepAlive() {
    // Timers of a hidden page hardly run, so its silence proves nothing.
    if (document.hidden) this.#heard = performance.now();
    if (performance.now() - this.#heard > SILENCE_MS) this.lose();
    else void this.ask();
  }

  /** @param {Record<string, unknown>} message */
  #say(message) {
    this.#send(JSON.stringify(message));
  }
}
