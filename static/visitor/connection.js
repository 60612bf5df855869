// The connection to the server: WebRTC, or a WebSocket where the network blocks WebRTC. The rest
// of the page knows only `Connection`.

import { OutdatedError, UnreachableError } from './protocol.js';
import { FullError } from './signalling.js';
import { WebRtcConnection } from './webrtc.js';
import { WebSocketConnection } from './websocket.js';

export { OutdatedError };

/** Once a network has blocked WebRTC, it is not tried again until the page is reloaded. */
let blocked = false;

/** Connects to the server in the way that works. */
export class Connection {
  #options;
  /** @type {WebRtcConnection | WebSocketConnection | null} */
  #connection = null;

  /** @param {import('./protocol.js').ConnectionOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /**
   * Connect by WebRTC, or else by WebSocket.
   *
   * @throws {FullError | OutdatedError | Error}
   */
  async open() {
    if (!blocked) {
      try {
        return await this.#try(new WebRtcConnection(this.#options));
      } catch (error) {
        if (!(error instanceof UnreachableError) || this.#options.signal.aborted) throw error;
      }
    }
    try {
      await this.#try(new WebSocketConnection(this.#options));
      blocked = true;
    } catch (error) {
      blocked ||= error instanceof FullError;
      throw error;
    }
  }

  /** @param {WebRtcConnection | WebSocketConnection} connection */
  async #try(connection) {
    this.#connection = connection;
    await connection.open();
  }

  /** Close the connection. Safe to call twice. */
  close() {
    this.#connection?.close();
  }

  /** @param {boolean} paused whether the server may stop judging frames for now */
  setPaused(paused) {
    this.#connection?.setPaused(paused);
  }

  /** @param {import('../shared/messages.js').Pace} pace */
  setPace(pace) {
    this.#connection?.setPace(pace);
  }
}
