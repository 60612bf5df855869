// The protocol of a connection: hello, messages, pings, and closing a connection that is silent.
// The transports (webrtc.js, websocket.js) carry its texts.

import { readMessage, VERSION } from '../shared/messages.js';

/** @typedef {import('../shared/messages.js').ServerMessage} ServerMessage */

const PING_MS = 5000;
const SILENCE_MS = 12000;

/** The server uses a version of the messages that this page does not understand. */
export class OutdatedError extends Error {}

/** The server cannot be reached by this transport, but perhaps by another one. */
export class UnreachableError extends Error {}

/**
 * @typedef {object} ConnectionOptions
 * @property {MediaStream} stream
 * @property {RTCIceServer[]} iceServers
 * @property {string} ticket for a place in the waiting queue, or ''
 * @property {(message: ServerMessage) => void} onMessage called with every message, `hello` first
 * @property {() => void} onLost called once, never after `close`
 * @property {AbortSignal} signal
 */

export class Protocol {
  #options;
  #sendText;
  #disconnect;
  #open = false;
  #lastHeard = 0;
  #pings = 0;
  #keepAliveTimer = 0;
  /** @type {(error?: Error) => void} */
  #settle = () => {};
  /** @type {Map<number, () => void>} */
  #pending = new Map();

  /**
   * @param {ConnectionOptions} options
   * @param {(text: string) => void} sendText
   * @param {() => void} disconnect
   */
  constructor(options, sendText, disconnect) {
    this.#options = options;
    this.#sendText = sendText;
    this.#disconnect = disconnect;
  }

  /** @returns {boolean} whether the server has sent `hello` and the connection still stands */
  get isOpen() {
    return this.#open;
  }

  /**
   * Wait for the server's `hello`.
   *
   * @param {number} ms
   * @returns {Promise<void>}
   * @throws {UnreachableError | OutdatedError | Error}
   */
  async waitForHello(ms) {
    const { signal } = this.#options;
    const giveUp = () => this.#settle(new Error('given up'));
    const timer = window.setTimeout(() => this.fail(new UnreachableError('no hello in time')), ms);
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
    this.#lastHeard = performance.now();
    this.#keepAliveTimer = window.setInterval(() => this.#keepAlive(), PING_MS);
  }

  sendHello() {
    this.#send({ type: 'hello', client: `page/${VERSION}` });
  }

  /** @param {unknown} data text from the server */
  receive(data) {
    this.#lastHeard = performance.now();
    const message = readMessage(data);
    if (!message) return;
    if (message.type === 'hello' && message.version !== VERSION)
      return this.#settle(new OutdatedError(`version ${message.version}`));
    if (message.type === 'hello') this.#settle();
    if (message.type === 'pong') this.#onPong(Number(message.id));
    if (message.type === 'bye' && !this.#open) this.fail(new Error(`bye: ${message.reason}`));
    this.#options.onMessage(message);
    if (message.type === 'bye') this.lose();
  }

  /**
   * End a connection that failed: opening it fails with this error, an open one is lost.
   *
   * @param {Error} error
   */
  fail(error) {
    if (this.#open) this.lose();
    else this.#settle(error);
  }

  /** Close an open connection and report that it is lost. */
  lose() {
    if (!this.#open) return;
    this.#disconnect();
    this.#options.onLost();
  }

  /** Stop the pings and settle those that are not answered yet. */
  end() {
    this.#open = false;
    window.clearInterval(this.#keepAliveTimer);
    this.#pending.forEach((settle) => settle());
    this.#pending.clear();
  }

  /** @param {boolean} paused whether the server may stop judging frames for now */
  setPaused(paused) {
    this.#send({ type: paused ? 'pause' : 'resume' });
    if (paused) return;
    // The connection of a phone that slept may be dead: ping, and wait only briefly for the pong.
    this.#lastHeard = performance.now() - SILENCE_MS + PING_MS / 2;
    void this.ping();
  }

  /** @returns {Promise<void>} settles when the server has answered, or the connection ends */
  ping() {
    const id = ++this.#pings;
    this.#send({ type: 'ping', id });
    return new Promise((resolve) => this.#pending.set(id, resolve));
  }

  /**
   * Settle this ping and all earlier ones: pongs come in order, so a missing one never comes.
   *
   * @param {number} id
   */
  #onPong(id) {
    for (const [ping, settle] of this.#pending) {
      if (ping > id) continue;
      this.#pending.delete(ping);
      settle();
    }
  }

  /** Ping; a connection that has been silent for too long is lost. */
  #keepAlive() {
    // Timers of a hidden page hardly run, so its silence proves nothing.
    if (document.hidden) this.#lastHeard = performance.now();
    if (performance.now() - this.#lastHeard > SILENCE_MS) this.lose();
    else void this.ping();
  }

  /** @param {Record<string, unknown>} message */
  #send(message) {
    this.#sendText(JSON.stringify(message));
  }
}
