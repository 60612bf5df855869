// The line to the server: one WebRTC connection that carries the camera's picture there and the
// messages back. Whoever uses it knows `Line` only, so that another way to carry the same
// messages can stand in for this one.

import { readMessage, VERSION } from './messages.js';
import { obeyPace } from './pace.js';
import { askForSession, freeSession } from './sessions.js';

/** @typedef {import('./messages.js').ServerMessage} ServerMessage */
/** @typedef {import('./messages.js').Pace} Pace */

const START_KBITS = 1500;
const GATHER_MS = 1000;
const HELLO_MS = 8000;
const PING_MS = 5000;
const SILENCE_MS = 12000;
const DISCONNECTED_MS = 3000;

/** The server speaks a version of the messages that this page doesn't. */
export class OutdatedError extends Error {}

/**
 * @typedef {object} LineOptions
 * @property {MediaStream} stream
 * @property {RTCIceServer[]} iceServers
 * @property {(message: ServerMessage) => void} onMessage everything from `hello` on
 * @property {() => void} onLost called once, never after `close`
 * @property {AbortSignal} signal
 */

export class Line {
  #peer;
  #channel;
  #sender;
  #options;
  #session = '';
  #open = false;
  #heard = 0;
  #pings = 0;
  /** @type {Promise<void>} */
  #pacing = Promise.resolve();
  #watch = 0;
  #grace = 0;

  /** @param {LineOptions} options */
  constructor(options) {
    const track = options.stream.getVideoTracks()[0];
    if (!track) throw new Error('the camera gives no picture');
    this.#options = options;
    this.#peer = new RTCPeerConnection({ iceServers: options.iceServers });
    this.#channel = this.#peer.createDataChannel('vernissage', {
      protocol: 'vernissage.v1',
      ordered: true,
    });
    const transceiver = this.#peer.addTransceiver(track, {
      direction: 'sendonly',
      streams: [options.stream],
    });
    this.#sender = transceiver.sender;
    preferVp8(transceiver);
  }

  /**
   * Offer, get the answer, wait for the server's `hello`.
   *
   * @throws {import('./sessions.js').FullError | OutdatedError | Error}
   */
  async open() {
    const { signal } = this.#options;
    try {
      await this.#peer.setLocalDescription(await this.#peer.createOffer());
      await gathered(this.#peer);
      const sdp = this.#peer.localDescription?.sdp ?? '';
      const session = await askForSession(sdp, signal);
      this.#session = session.location;
      const answer = startSharp(session.answer);
      await this.#peer.setRemoteDescription({ type: 'answer', sdp: answer });
      await this.#greeted(signal);
    } catch (error) {
      this.close();
      throw error;
    }
    this.#open = true;
    this.#heard = performance.now();
    this.#watch = window.setInterval(() => this.#keepAlive(), PING_MS);
  }

  /** Hang up and give the place on the server back. Safe to call twice. */
  close() {
    this.#open = false;
    window.clearInterval(this.#watch);
    window.clearTimeout(this.#grace);
    if (this.#session) freeSession(this.#session);
    this.#session = '';
    this.#channel.onmessage = this.#channel.onclose = this.#channel.onopen = null;
    this.#peer.onconnectionstatechange = null;
    this.#peer.close();
  }

  /** @param {boolean} paused whether frames need not be judged just now */
  setPaused(paused) {
    this.#send({ type: paused ? 'pause' : 'resume' });
    if (paused) return;
    // A phone that slept may hold a dead line: ask, and don't wait long for the answer.
    this.#heard = performance.now() - SILENCE_MS + PING_MS / 2;
    this.#send({ type: 'ping', id: ++this.#pings });
  }

  /** @param {Pace} pace */
  setPace(pace) {
    // One after the other: a sender refuses parameters read before another change.
    this.#pacing = this.#pacing.then(() => obeyPace(this.#sender, pace));
  }

  /**
   * Wait for `hello`, sending ours as soon as the channel opens.
   *
   * @param {AbortSignal} signal
   * @returns {Promise<void>}
   */
  #greeted(signal) {
    return new Promise((resolve, reject) => {
      /** @param {Error} [error] */
      const settle = (error) => {
        window.clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        if (error) reject(error);
        else resolve();
      };
      const onAbort = () => settle(new Error('given up'));
      const timer = window.setTimeout(() => settle(new Error('no hello in time')), HELLO_MS);
      signal.addEventListener('abort', onAbort);
      const greet = () => this.#send({ type: 'hello', client: `page/${VERSION}` });
      if (this.#channel.readyState === 'open') greet();
      this.#channel.onopen = greet;
      this.#channel.onclose = () => (this.#open ? this.#lose() : settle(new Error('closed')));
      this.#channel.onmessage = ({ data }) => {
        this.#heard = performance.now();
        const message = readMessage(data);
        if (!message) return;
        if (message.type === 'hello') {
          const known = message.version === VERSION;
          settle(known ? undefined : new OutdatedError(`version ${message.version}`));
          if (!known) return;
        }
        if (message.type === 'bye' && !this.#open) settle(new Error(`bye: ${message.reason}`));
        this.#options.onMessage(message);
        if (message.type === 'bye' && this.#open) this.#lose();
      };
      this.#peer.onconnectionstatechange = () => {
        window.clearTimeout(this.#grace);
        const state = this.#peer.connectionState;
        if (state === 'failed' && !this.#open) settle(new Error('no way through'));
        else if (state === 'failed') this.#lose();
        // Wi-Fi often comes back within seconds, without any help.
        else if (state === 'disconnected' && this.#open)
          this.#grace = window.setTimeout(() => this.#lose(), DISCONNECTED_MS);
      };
    });
  }

  /** A dead line says nothing: ask, and take silence for an answer. */
  #keepAlive() {
    // Timers of a hidden page hardly run, so its silence proves nothing.
    if (document.hidden) this.#heard = performance.now();
    if (performance.now() - this.#heard > SILENCE_MS) this.#lose();
    else this.#send({ type: 'ping', id: ++this.#pings });
  }

  #lose() {
    if (!this.#open) return;
    this.close();
    this.#options.onLost();
  }

  /** @param {Record<string, unknown>} message */
  #send(message) {
    if (this.#channel.readyState === 'open') this.#channel.send(JSON.stringify(message));
  }
}

/**
 * VP8 first: every browser can send it, and it is cheap to decode for the server.
 *
 * @param {RTCRtpTransceiver} transceiver
 */
function preferVp8(transceiver) {
  const codecs = RTCRtpSender.getCapabilities?.('video')?.codecs;
  if (!codecs || !transceiver.setCodecPreferences) return;
  /** @param {{mimeType: string}} codec */
  const isVp8 = (codec) => codec.mimeType.toLowerCase() === 'video/vp8';
  try {
    transceiver.setCodecPreferences([...codecs.filter(isVp8), ...codecs.filter((c) => !isVp8(c))]);
  } catch {
    // The browser's own order will do.
  }
}

/**
 * Chromium starts at 300 kbit/s and takes a second or more to send a sharp picture. That second
 * is when the visitor waits, so let it start higher; other browsers skip what they don't know.
 *
 * @param {string} answer SDP
 * @returns {string}
 */
function startSharp(answer) {
  return answer.replace(
    /^a=rtpmap:(\d+) VP8\/90000(\r?\n)/m,
    `$&a=fmtp:$1 x-google-start-bitrate=${START_KBITS}$2`,
  );
}

/**
 * Wait until the offer holds this phone's addresses; a slow network doesn't hold it up for long.
 *
 * @param {RTCPeerConnection} peer
 * @returns {Promise<void>}
 */
function gathered(peer) {
  return new Promise((resolve) => {
    const check = () => {
      if (peer.iceGatheringState === 'complete') resolve();
    };
    peer.addEventListener('icegatheringstatechange', check);
    window.setTimeout(resolve, GATHER_MS);
    check();
  });
}
