// The usual line to the server: one WebRTC connection that carries the camera's picture there and
// the messages back.

import { obeyPace } from './sender_rate.js';
import { askForSession, freeSession } from './signalling.js';
import { NoWayError, Talk } from './protocol.js';

/** @typedef {import('../shared/messages.js').Pace} Pace */

const START_KBITS = 1500;
const GATHER_MS = 1000;
const CONNECT_MS = 8000;
const DISCONNECTED_MS = 3000;

export class PeerLine {
  #peer;
  #channel;
  #sender;
  #options;
  #talk;
  #session = '';
  /** @type {Promise<void>} */
  #pacing = Promise.resolve();
  #grace = 0;

  /** @param {import('./protocol.js').LineOptions} options */
  constructor(options) {
    const track = options.stream.getVideoTracks()[0];
    if (!track) throw new Error('the camera gives no picture');
    this.#options = options;
    this.#peer = new RTCPeerConnection({ iceServers: options.iceServers });
    this.#channel = this.#peer.createDataChannel('vernissage', {
      protocol: 'vernissage.v1',
      ordered: true,
    });
    const send = (/** @type {string} */ text) => {
      if (this.#channel.readyState === 'open') this.#channel.send(text);
    };
    this.#talk = new Talk(options, send, () => this.close());
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
   * @throws {NoWayError | import('./signalling.js').FullError | Error}
   */
  async open() {
    const began = performance.now();
    try {
      await this.#peer.setLocalDescription(await this.#peer.createOffer());
      await gathered(this.#peer);
      const sdp = this.#peer.localDescription?.sdp ?? '';
      const session = await askForSession(sdp, this.#options.ticket, this.#options.signal);
      this.#session = session.location;
      const answer = startSharp(session.answer);
      this.#listen();
      await this.#peer.setRemoteDescription({ type: 'answer', sdp: answer });
      await this.#talk.greeted(Math.max(0, CONNECT_MS - (performance.now() - began)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Hang up and give the place on the server back. Safe to call twice. */
  close() {
    this.#talk.end();
    window.clearTimeout(this.#grace);
    if (this.#session) freeSession(this.#session);
    this.#session = '';
    this.#channel.onmessage = this.#channel.onclose = this.#channel.onopen = null;
    this.#peer.onconnectionstatechange = null;
    this.#peer.close();
  }

  /** @param {boolean} paused whether frames need not be judged just now */
  setPaused(paused) {
    this.#talk.setPaused(paused);
  }

  /** @param {Pace} pace */
  setPace(pace) {
    // One after the other: a sender refuses parameters read before another change.
    this.#pacing = this.#pacing.then(() => obeyPace(this.#sender, pace));
  }

  #listen() {
    this.#channel.onopen = () => this.#talk.greet();
    this.#channel.onclose = () => this.#talk.fail(new Error('closed'));
    this.#channel.onmessage = ({ data }) => this.#talk.hear(data);
    this.#peer.onconnectionstatechange = () => {
      window.clearTimeout(this.#grace);
      const state = this.#peer.connectionState;
      if (state === 'failed') this.#talk.fail(new NoWayError('no way through'));
      // Wi-Fi often comes back within seconds, without any help.
      else if (state === 'disconnected' && this.#talk.isOpen)
        this.#grace = window.setTimeout(() => this.#talk.lose(), DISCONNECTED_MS);
    };
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
