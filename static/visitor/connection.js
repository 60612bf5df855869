// The line to the server, whichever way gets through: WebRTC, or a WebSocket where a network
// lets no WebRTC through. Whoever uses a line knows `Line` only.

import { SocketLine } from './websocket.js';
import { PeerLine } from './webrtc.js';
import { FullError } from './signalling.js';
import { NoWayError, OutdatedError } from './protocol.js';

export { OutdatedError };

/** Once a network has blocked WebRTC, nobody waits for it again until the page is loaded anew. */
let blocked = false;

export class Line {
  #options;
  /** @type {PeerLine | SocketLine | null} */
  #line = null;

  /** @param {import('./protocol.js').LineOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * @throws {import('./signalling.js').FullError | OutdatedError | Error}
   */
  async open() {
    if (!blocked) {
      try {
        return await this.#try(new PeerLine(this.#options));
      } catch (error) {
        if (!(error instanceof NoWayError) || this.#options.signal.aborted) throw error;
      }
    }
    try {
      await this.#try(new SocketLine(this.#options));
      blocked = true;
    } catch (error) {
      blocked ||= error instanceof FullError;
      throw error;
    }
  }

  /** @param {PeerLine | SocketLine} line */
  async #try(line) {
    this.#line = line;
    await line.open();
  }

  /** Hang up. Safe to call twice. */
  close() {
    this.#line?.close();
  }

  /** @param {boolean} paused whether frames need not be judged just now */
  setPaused(paused) {
    this.#line?.setPaused(paused);
  }

  /** @param {import('../shared/messages.js').Pace} pace */
  setPace(pace) {
    this.#line?.setPace(pace);
  }
}
