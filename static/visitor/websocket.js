// The transport for networks that block WebRTC: JPEG pictures and the same messages over a
// WebSocket. One picture is under way at a time, and it is always the newest.

import { Protocol } from './protocol.js';
import { shrinkFactor } from './sender_rate.js';
import { FullError, withTicket } from './signalling.js';

/** @typedef {import('../shared/messages.js').Pace} Pace */

const HELLO_MS = 8000;
const JPEG_QUALITY = 0.75;
const TRY_AGAIN_LATER = 1013;

export class WebSocketConnection {
  #options;
  #protocol;
  /** @type {WebSocket | null} */
  #socket = null;
  #video = document.createElement('video');
  #canvas = document.createElement('canvas');
  /** @type {Pace} */
  #pace = { type: 'pace', fps: 8, width: 640, height: 480 };
  #paused = false;

  /** @param {import('./protocol.js').ConnectionOptions} options */
  constructor(options) {
    this.#options = options;
    const sendText = (/** @type {string} */ text) => {
      if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
    };
    this.#protocol = new Protocol(options, sendText, () => this.close());
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
      this.#socket.onopen = () => this.#protocol.sendHello();
      this.#socket.onmessage = ({ data }) => this.#protocol.receive(data);
      this.#socket.onclose = ({ code, reason }) =>
        this.#protocol.fail(code === TRY_AGAIN_LATER ? readRefusal(reason) : new Error('closed'));
      await this.#protocol.waitForHello(HELLO_MS);
      this.#video.srcObject = this.#options.stream;
      await this.#video.play();
    } catch (error) {
      this.close();
      throw error;
    }
    void this.#sendPictures();
  }

  /** Close the connection. Safe to call twice. */
  close() {
    this.#protocol.end();
    this.#video.srcObject = null;
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
  }

  /** @param {boolean} paused whether the server may stop judging frames for now */
  setPaused(paused) {
    this.#paused = paused;
    this.#protocol.setPaused(paused);
  }

  /** @param {Pace} pace */
  setPace(pace) {
    this.#pace = pace;
  }

  async #sendPictures() {
    while (this.#protocol.isOpen) {
      const due = performance.now() + 1000 / this.#pace.fps;
      const picture = this.#paused ? null : await this.#takePicture();
      if (picture && this.#protocol.isOpen) {
        this.#socket?.send(picture);
        // The server answers in order, so its pong proves that it has received the picture.
        await this.#protocol.ping();
      }
      const left = Math.max(0, due - performance.now());
      await new Promise((resolve) => window.setTimeout(resolve, left));
    }
  }

  /** @returns {Promise<Blob | null>} the camera's current picture, no larger than asked for */
  #takePicture() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (!width || !height) return Promise.resolve(null);
    const shrink = shrinkFactor({ width, height }, this.#pace);
    this.#canvas.width = Math.round(width / shrink);
    this.#canvas.height = Math.round(height / shrink);
    const context = this.#canvas.getContext('2d', { alpha: false });
    context?.drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
    return new Promise((resolve) => this.#canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY));
  }
}

/**
 * @param {string} reason of the socket's close, JSON
 * @returns {FullError}
 */
function readRefusal(reason) {
  try {
    const queue = JSON.parse(reason);
    return new FullError(Number(queue.retry_after) || 5, queue);
  } catch {
    return new FullError(5, {});
  }
}
