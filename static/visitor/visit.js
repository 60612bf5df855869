// A visit from tap to good-bye: camera, line and what the server says, as states of the screen.

import { CameraError, closeCamera, environmentProblem } from './camera.js';
import { openCamera, whenCameraAllowed } from './camera.js';
import { WakeLock } from '../shared/presence.js';
import { FullError, loadConfig } from './signalling.js';
import { Line, OutdatedError } from './connection.js';
import { backOff, Wait } from './retry.js';
import { say } from '../shared/words.js';

/** @typedef {import('./screen.js').Problem} Problem */
/** @typedef {import('./screen.js').ErrorCode} ErrorCode */
/** @typedef {import('../shared/messages.js').ServerMessage} ServerMessage */

/** Failures in a row, or time without a line, until a hint becomes a notice. */
const PATIENCE = 2;
const PATIENCE_MS = 7000;

/**
 * @typedef {object} VisitParts
 * @property {import('./screen.js').Screen} screen
 * @property {import('./notice.js').Notice} notice
 * @property {import('./presenter.js').Look} look what the server sees
 * @property {import('./camera_controls.js').Tools} tools what the camera can
 */

export class Visit {
  #parts;
  #wait = new Wait();
  #wakeLock = new WakeLock();
  /** @type {AbortController | null} null while idle */
  #run = null;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {Line | null} */
  #line = null;
  #resting = false;
  /** A place in the line of those who wait; kept while the page is open. */
  #ticket = '';

  /** @param {VisitParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** From the tap; nothing may be waited for before the camera is asked for. */
  start() {
    const problem = environmentProblem();
    if (problem) this.#fail(problem);
    else if (!this.#run) void this.#begin();
  }

  /** Back to the start page, camera off. */
  stop() {
    this.#end();
    this.#parts.look.forget();
    this.#parts.screen.enter('idle');
  }

  /** Try again now what is being waited for. */
  hurry() {
    if (this.#run) this.#wait.cutShort();
    else this.start();
  }

  /** Go on with another lens; the server takes it for a new visitor. */
  changeLens() {
    if (!this.#stream) return;
    this.#end();
    this.#parts.look.forget();
    void this.#begin();
  }

  hidden() {
    this.#line?.setPaused(true);
  }

  /** Hidden: the camera rests, the place on the server is free for others; a card may be read on. */
  rest() {
    if (!this.#run) return;
    this.#end();
    this.#resting = true;
    this.#parts.look.interrupt();
    this.#parts.screen.enter('connecting');
  }

  visible() {
    if (this.#resting) void this.#begin();
    else this.#line?.setPaused(false);
    if (this.#run) void this.#wakeLock.hold();
  }

  /** @returns {boolean} whether to come back by itself where the page does */
  get isUnderWay() {
    return this.#run !== null || this.#resting;
  }

  async #begin() {
    this.#resting = false;
    const run = (this.#run = new AbortController());
    const { screen } = this.#parts;
    screen.enter('connecting');
    screen.showHint(say('hint.connecting'));
    let stream;
    try {
      stream = await openCamera();
    } catch (error) {
      if (run.signal.aborted) return;
      this.#fail(error instanceof CameraError ? error.problem : 'no-camera');
      return;
    }
    if (run.signal.aborted) return closeCamera(stream);
    this.#stream = stream;
    stream.getVideoTracks()[0]?.addEventListener('ended', () => this.#cameraEnded(run));
    screen.showPicture(stream);
    this.#parts.tools.attach(stream);
    void this.#wakeLock.hold();
    await this.#connect(stream, run.signal);
  }

  /**
   * Try until the line is open.
   *
   * @param {MediaStream} stream
   * @param {AbortSignal} signal
   */
  async #connect(stream, signal) {
    const began = performance.now();
    for (let failures = 0; !signal.aborted; ) {
      try {
        const config = await loadConfig();
        if (signal.aborted) return;
        this.#line = this.#makeLine(stream, config.ice_servers, signal);
        await this.#line.open();
        if (document.hidden) this.#line.setPaused(true);
        return;
      } catch (error) {
        this.#line = null;
        if (signal.aborted) return;
        if (error instanceof OutdatedError) return this.#fail('outdated');
        console.warn('vernissage: no connection:', error);
        failures += 1;
        const patient = failures <= PATIENCE && performance.now() - began < PATIENCE_MS;
        if (error instanceof FullError) {
          this.#ticket = error.ticket;
          await this.#waitFor('full', error.retryAfter, signal, error.place);
        } else if (patient) await this.#wait.countDown(backOff(failures), signal);
        else await this.#waitFor('connection-lost', backOff(failures), signal);
      }
    }
  }

  /**
   * When a server restarts, everybody loses their line at once: don't all come back at once.
   *
   * @param {MediaStream} stream
   * @param {AbortSignal} signal
   */
  async #reconnect(stream, signal) {
    await this.#wait.countDown(0.3 + Math.random() * 0.9, signal);
    await this.#connect(stream, signal);
  }

  /**
   * @param {MediaStream} stream
   * @param {RTCIceServer[]} iceServers
   * @param {AbortSignal} signal
   */
  #makeLine(stream, iceServers, signal) {
    const line = new Line({
      stream,
      iceServers,
      ticket: this.#ticket,
      signal,
      onMessage: (message) => {
        if (message.type === 'pace') line.setPace(message);
        if (message.type === 'hello') this.#parts.notice.clear();
        this.#parts.look.take(message);
      },
      onLost: () => {
        this.#line = null;
        this.#parts.look.interrupt();
        this.#parts.screen.enter('connecting');
        this.#parts.screen.showHint(say('hint.reconnecting'));
        void this.#reconnect(stream, signal);
      },
    });
    return line;
  }

  /**
   * A passing problem: say it, count down, go on.
   *
   * @param {'full' | 'connection-lost'} problem
   * @param {number} seconds
   * @param {AbortSignal} signal
   * @param {number | null} [place] in the line of those who wait
   */
  async #waitFor(problem, seconds, signal, place = null) {
    this.#parts.look.forget();
    this.#parts.screen.enter('error', { error: problem });
    this.#parts.notice.show(problem);
    this.#parts.notice.place(place);
    await this.#wait.countDown(seconds, signal, (left) => this.#parts.notice.count(left));
  }

  /** @param {Problem} problem that only the visitor can end */
  #fail(problem) {
    this.#end();
    this.#parts.look.forget();
    this.#parts.screen.enter('error', { error: codeOf(problem) });
    this.#parts.notice.show(problem);
    const permitted = () => this.#parts.screen.state === 'error' && this.start();
    if (problem === 'no-permission') void whenCameraAllowed(permitted);
  }

  /** @param {AbortController} run */
  #cameraEnded(run) {
    if (this.#run !== run) return;
    // The system took it away (a call, another app, unplugged): ask for it again when in view.
    this.rest();
    if (!document.hidden) void this.#begin();
  }

  #end() {
    this.#run?.abort();
    this.#run = null;
    this.#resting = false;
    this.#line?.close();
    this.#line = null;
    closeCamera(this.#stream);
    this.#stream = null;
    this.#parts.tools.detach();
    this.#parts.screen.showPicture(null);
    this.#wakeLock.release();
  }
}

/**
 * @param {Problem} problem
 * @returns {ErrorCode}
 */
function codeOf(problem) {
  if (problem === 'camera-busy') return 'no-camera';
  return problem === 'outdated' ? 'unsupported' : problem;
}
