// A visit from the first tap to the end: opens the camera, connects, reconnects, reports problems.

import { loadConfig } from '../shared/fetch.js';
import { WakeLock } from '../shared/presence.js';
import { translate } from '../shared/words.js';
import { CameraError, closeCamera, environmentProblem } from './camera.js';
import { openCamera, whenCameraAllowed } from './camera.js';
import { Connection, OutdatedError } from './connection.js';
import { backOff, Countdown } from './retry.js';
import { FullError } from './signalling.js';

/** @typedef {import('./screen.js').Problem} Problem */
/** @typedef {import('./screen.js').ErrorCode} ErrorCode */

/** A lost connection is only a hint until so many failures or milliseconds; then it is a notice. */
const PATIENCE = 2;
const PATIENCE_MS = 7000;

/**
 * @typedef {object} VisitParts
 * @property {import('./screen.js').Screen} screen
 * @property {import('./notice.js').Notice} notice
 * @property {import('./presenter.js').Presenter} presenter
 * @property {import('./camera_controls.js').CameraControls} controls
 */

export class Visit {
  #parts;
  #countdown = new Countdown();
  #wakeLock = new WakeLock();
  /** @type {AbortController | null} null while idle */
  #run = null;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {Connection | null} */
  #connection = null;
  #resting = false;
  /** The ticket for a place in the waiting queue, kept while the page is open. */
  #ticket = '';

  /** @param {VisitParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Start. The camera must be asked for directly in the handler of the tap, without any wait. */
  start() {
    const problem = environmentProblem();
    if (problem) this.#fail(problem);
    else if (!this.#run) void this.#begin();
  }

  /** Close the camera and return to the start page. */
  stop() {
    this.#end();
    this.#parts.presenter.forget();
    this.#parts.screen.enter('idle');
  }

  /** Try again now instead of later. */
  hurry() {
    if (this.#run) this.#countdown.skip();
    else this.start();
  }

  /** Continue with another lens. To the server, this is a new visitor. */
  changeLens() {
    if (!this.#stream) return;
    this.#end();
    this.#parts.presenter.forget();
    void this.#begin();
  }

  /** Pause, because the page was hidden. */
  pause() {
    this.#connection?.setPaused(true);
  }

  /** Close the camera and free the place on the server, but leave an open card to be read. */
  rest() {
    if (!this.#run) return;
    this.#end();
    this.#resting = true;
    this.#parts.presenter.interrupt();
    this.#parts.screen.enter('connecting');
  }

  /** Go on, because the page is visible again. */
  resume() {
    if (this.#resting) void this.#begin();
    else this.#connection?.setPaused(false);
    if (this.#run) void this.#wakeLock.hold();
  }

  /** @returns {boolean} whether the visit should go on when the page is restored */
  get isUnderWay() {
    return this.#run !== null || this.#resting;
  }

  async #begin() {
    this.#resting = false;
    const run = (this.#run = new AbortController());
    const { screen } = this.#parts;
    screen.enter('connecting');
    screen.showHint(translate('hint.connecting'));
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
    stream.getVideoTracks()[0]?.addEventListener('ended', () => this.#onCameraEnded(run));
    screen.showPicture(stream);
    this.#parts.controls.attach(stream);
    void this.#wakeLock.hold();
    await this.#connect(stream, run.signal);
  }

  /**
   * Try until the connection is open.
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
        this.#connection = this.#makeConnection(stream, config.ice_servers, signal);
        await this.#connection.open();
        if (document.hidden) this.#connection.setPaused(true);
        return;
      } catch (error) {
        this.#connection = null;
        if (signal.aborted) return;
        if (error instanceof OutdatedError) return this.#fail('outdated');
        console.warn('vernissage: no connection:', error);
        failures += 1;
        const patient = failures <= PATIENCE && performance.now() - began < PATIENCE_MS;
        if (error instanceof FullError) {
          this.#ticket = error.ticket;
          await this.#waitFor('full', error.retryAfter, signal, error.place);
        } else if (patient) await this.#countdown.run(backOff(failures), signal);
        else await this.#waitFor('connection-lost', backOff(failures), signal);
      }
    }
  }

  /**
   * Reconnect after a random delay. A server that restarts loses all visitors at once, and they
   * must not all return at the same moment.
   *
   * @param {MediaStream} stream
   * @param {AbortSignal} signal
   */
  async #reconnect(stream, signal) {
    await this.#countdown.run(0.3 + Math.random() * 0.9, signal);
    await this.#connect(stream, signal);
  }

  /**
   * @param {MediaStream} stream
   * @param {RTCIceServer[]} iceServers
   * @param {AbortSignal} signal
   */
  #makeConnection(stream, iceServers, signal) {
    const { notice, presenter, screen } = this.#parts;
    const connection = new Connection({
      stream,
      iceServers,
      ticket: this.#ticket,
      signal,
      onMessage: (message) => {
        if (message.type === 'pace') connection.setPace(message);
        if (message.type === 'hello') notice.clear();
        presenter.handle(message);
      },
      onLost: () => {
        this.#connection = null;
        presenter.interrupt();
        screen.enter('connecting');
        screen.showHint(translate('hint.reconnecting'));
        void this.#reconnect(stream, signal);
      },
    });
    return connection;
  }

  /**
   * Show a problem that ends by itself, and count down to the next try.
   *
   * @param {'full' | 'connection-lost'} problem
   * @param {number} seconds
   * @param {AbortSignal} signal
   * @param {number | null} [place] in the waiting queue
   */
  async #waitFor(problem, seconds, signal, place = null) {
    this.#parts.presenter.forget();
    this.#parts.screen.enter('error', { error: problem });
    this.#parts.notice.show(problem);
    this.#parts.notice.place(place);
    await this.#countdown.run(seconds, signal, (left) => this.#parts.notice.count(left));
  }

  /** @param {Problem} problem that only the visitor can solve */
  #fail(problem) {
    this.#end();
    this.#parts.presenter.forget();
    this.#parts.screen.enter('error', { error: codeOf(problem) });
    this.#parts.notice.show(problem);
    const permitted = () => this.#parts.screen.state === 'error' && this.start();
    if (problem === 'no-permission') void whenCameraAllowed(permitted);
  }

  /** @param {AbortController} run */
  #onCameraEnded(run) {
    if (this.#run !== run) return;
    // The system took the camera (a call, another app, unplugged): reopen it when visible.
    this.rest();
    if (!document.hidden) void this.#begin();
  }

  #end() {
    this.#run?.abort();
    this.#run = null;
    this.#resting = false;
    this.#connection?.close();
    this.#connection = null;
    closeCamera(this.#stream);
    this.#stream = null;
    this.#parts.controls.detach();
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
