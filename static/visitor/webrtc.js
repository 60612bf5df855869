// The usual transport: one WebRTC connection that carries the camera's picture to the server and
// the messages both ways.

import { Protocol, UnreachableError } from './protocol.js';
import { applyPace } from './sender_rate.js';
import { endSession, requestSession } from './signalling.js';

/** @typedef {import('../shared/messages.js').Pace} Pace */

const START_KBITS = 1500;
const GATHER_MS = 1000;
const CONNECT_MS = 8000;
const DISCONNECTED_MS = 3000;

export class WebRtcConnection {
  #peer;
  #channel;
  #sender;
  #options;
  #protocol;
  #session = '';
  /** @type {Promise<void>} */
  #pacing = Promise.resolve();
  #disconnectTimer = 0;

  /** @param {import('./protocol.js').ConnectionOptions} options */
  constructor(options) {
    const track = options.stream.getVideoTracks()[0];
    if (!track) throw new Error('the camera gives no picture');
    this.#options = options;
    this.#peer = new RTCPeerConnection({ iceServers: options.iceServers });
    this.#channel = this.#peer.createDataChannel('vernissage', {
      protocol: 'vernissage.v1',
      ordered: true,
    });
    const sendText = (/** @type {string} */ text) => {
      if (this.#channel.readyState === 'open') this.#channel.send(text);
    };
    this.#protocol = new Protocol(options, sendText, () => this.close());
    const transceiver = this.#peer.addTransceiver(track, {
      direction: 'sendonly',
      streams: [options.stream],
    });
    this.#sender = transceiver.sender;
    preferVp8(transceiver);
  }

  /**
   * Send the offer, apply the answer, and wait for the server's `hello`.
   *
   * @throws {UnreachableError | import('./signalling.js').FullError | Error}
   */
  async open() {
    const began = performance.now();
    try {
      await this.#peer.setLocalDescription(await this.#peer.createOffer());
      await gathered(this.#peer);
      const sdp = this.#peer.localDescription?.sdp ?? '';
      const session = await requestSession(sdp, this.#options.ticket, this.#options.signal);
      this.#session = session.location;
      const answer = startSharp(session.answer);
      this.#listen();
      await this.#peer.setRemoteDescription({ type: 'answer', sdp: answer });
      await this.#protocol.waitForHello(Math.max(0, CONNECT_MS - (performance.now() - began)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Close the connection and end the session on the server. Safe to call twice. */
  close() {
    this.#protocol.end();
    window.clearTimeout(this.#disconnectTimer);
    if (this.#session) endSession(this.#session);
    this.#session = '';
    this.#channel.onmessage = this.#channel.onclose = this.#channel.onopen = null;
    this.#peer.onconnectionstatechange = null;
    this.#peer.close();
  }

  /** @param {boolean} paused whether the server may stop judging frames for now */
  setPaused(paused) {
    this.#protocol.setPaused(paused);
  }

  /** @param {Pace} pace */
  setPace(pace) {
    // One after the other: a sender refuses parameters that were read before another change.
    this.#pacing = this.#pacing.then(() => applyPace(this.#sender, pace));
  }

  #listen() {
    this.#channel.onopen = () => this.#protocol.sendHello();
    this.#channel.onclose = () => this.#protocol.fail(new Error('closed'));
    this.#channel.onmessage = ({ data }) => this.#protocol.receive(data);
    this.#peer.onconnectionstatechange = () => {
      window.clearTimeout(this.#disconnectTimer);
      const state = this.#peer.connectionState;
      if (state === 'failed') this.#protocol.fail(new UnreachableError('no way through'));
      // Wi-Fi often comes back within seconds, without any help.
      else if (state === 'disconnected' && this.#protocol.isOpen)
        this.#disconnectTimer = window.setTimeout(() => this.#protocol.lose(), DISCONNECTED_MS);
    };
  }
}

/**
 * Prefer VP8: every browser can send it, and the server decodes it cheaply.
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
    // The browser keeps its own order.
  }
}

/**
 * Raise the bit rate at which Chromium starts. It starts at 300 kbit/s and takes a second or more
 * to send a sharp picture, and in that second the visitor waits. Other browsers ignore this.
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
 * Wait until the offer holds this phone's addresses, at most `GATHER_MS`.
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
