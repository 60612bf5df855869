// The other line to the server, where a network lets no WebRTC through: JPEG pictures and the
// same messages over a WebSocket. One picture is under way at a time, and always the newest.

import { shrinkFactor } from './sender_rate.js';
import { FullError, withTicket } from './signalling.js';
import { Talk } from './protocol.js';

/** @typedef {import('../shared/messages.js').Pace} Pace */

const HELLO_MS = 8000;
const QUALITY = 0.75;
const TRY_AGAIN_LATER = 1013;

export class SocketLine {
  #options;
  #talk;
  /** @type {WebSocket | null} */
  #socket = null;
  #video = document.createElement('video');
  #canvas = document.createElement('canvas');
  /** @type {Pace} */
  #pace = { type: 'pace', fps: 8, width: 640, height: 480 };
  #paused = false;

  /** @param {import('./protocol.js').LineOptions} options */
  constructor(options) {
    this.#options = options;
    const send = (/** @type {string} */ text) => {
      if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
    };
    this.#talk = new Talk(options, send, () => this.close());
    this.#video.muted = this.#video.playsInline = true;
  }

  /**
   * Connect, and wait for the server's `hello`.
   *
   * @throws {FullError | Error}
   */
  async open() {
    try {
      const address = new URL(withTicket('/sessions/socket', this.#options.ticket), location.href);
      address.protocol = address.protocol.replace('http', 'ws');
      this.#socket = new WebSocket(address, 'vernissage.v1');
      this.#socket.onopen = () => this.#talk.greet();
      this.#socket.onmessage = ({ data }) => this.#talk.hear(data);
      this.#socket.onclose = ({ code, reason }) =>
        this.#talk.fail(code === TRY_AGAIN_LATER ? readRefusal(reason) : new Error('closed'));
      await this.#talk.greeted(HELLO_MS);
      this.#video.srcObject = this.#options.stream;
      await this.#video.play();
    } catch (error) {
      this.close();
      throw error;
    }
    void this.#sendPictures();
  }

  /** Hang up. Safe to call twice. */
  close() {
    this.#talk.end();
    this.#video.srcObject = null;
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  /** @param {boolean} paused whether frames need not be judged just now */
  setPaused(paused) {
    this.#paused = paused;
    this.#talk.setPaused(paused);
  }

  /** @param {Pace} pace */
  setPace(pace) {
    this.#pace = pace;
  }

  async #sendPictures() {
    while (this.#talk.isOpen) {
      const due = performance.now() + 1000 / this.#pace.fps;
      const picture = this.#paused ? null : await this.#shoot();
      if (picture && this.#talk.isOpen) {
        this.#socket?.send(picture);
        // The server answers in order: its answer says that it has taken the picture.
        await this.#talk.ask();
      }
      const left = Math.max(0, due - performance.now());
      await new Promise((resolve) => window.setTimeout(resolve, left));
    }
  }

  /** @returns {Promise<Blob | null>} what the camera sees now, no larger than asked for */
  #shoot() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (!width || !height) return Promise.resolve(null);
    const shrink = shrinkFactor({ width, height }, this.#pace);
    this.#canvas.width = Math.round(width / shrink);
    this.#canvas.height = Math.round(height / shrink);
    const brush = this.#canvas.getContext('2d', { alpha: false });
    brush?.drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
    return new Promise((resolve) => this.#canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  }
}

/**
 * @param {string} reason of the socket's close, JSON
 * @returns {FullError}
 */
function readRefusal(reason) {
  try {
    const line = JSON.parse(reason);
    return new FullError(Number(line.retry_after) || 5, line);
  } catch {
    return new FullError(5, {});
  }
}
