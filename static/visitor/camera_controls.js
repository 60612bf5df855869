// Buttons for what the camera can do: light, zoom, another lens. Others are hidden.

import { deviceOf } from './camera.js';
import { find } from '../shared/dom.js';
import { chooseLens, listCameras, rankLenses } from './lenses.js';

/** @typedef {{min: number, max: number}} Range */
/** @typedef {{torch?: boolean, zoom?: Range}} Capabilities not yet in TypeScript's own types */

const ZOOM_STEP = 1.5;
/** Some cameras know what they can do only after a while. */
const ASK_AGAIN_MS = 1000;

export class CameraControls {
  #torch = find('#torch', HTMLButtonElement);
  #lens = find('#lens', HTMLButtonElement);
  #zoom = find('#zoom', HTMLElement);
  #closer = find('#closer', HTMLButtonElement);
  #wider = find('#wider', HTMLButtonElement);
  /** @type {MediaStreamTrack | null} */
  #track = null;
  /** @type {Range | null} */
  #range = null;
  #level = 1;
  #lit = false;
  #timer = 0;

  /**
   * @param {HTMLElement} stage the element on which two fingers zoom
   * @param {() => void} onLens called when another lens was chosen
   */
  constructor(stage, onLens) {
    this.#torch.addEventListener('click', () => this.#setLight(!this.#lit));
    this.#closer.addEventListener('click', () => this.#zoomTo(this.#level * ZOOM_STEP));
    this.#wider.addEventListener('click', () => this.#zoomTo(this.#level / ZOOM_STEP));
    this.#lens.addEventListener('click', async () => {
      const next = await this.#nextLens();
      if (!next) return;
      chooseLens(next);
      onLens();
    });
    watchPinch(stage, () => this.#level, (level) => this.#zoomTo(level));
    this.detach();
  }

  /** @param {MediaStream} stream */
  attach(stream) {
    this.detach();
    this.#track = stream.getVideoTracks()[0] ?? null;
    this.#showOffered();
    this.#timer = window.setTimeout(() => this.#showOffered(), ASK_AGAIN_MS);
  }

  /** Hide all buttons, because the camera is off. */
  detach() {
    window.clearTimeout(this.#timer);
    this.#track = this.#range = null;
    this.#level = 1;
    this.#showLight(false);
    this.#torch.hidden = this.#lens.hidden = this.#zoom.hidden = true;
  }

  #showOffered() {
    if (!this.#track) return;
    const { torch, zoom } = /** @type {Capabilities} */ (this.#track.getCapabilities?.() ?? {});
    this.#torch.hidden = !torch;
    const offered = this.#range !== null;
    this.#range = zoom && zoom.max > zoom.min ? zoom : null;
    this.#zoom.hidden = !this.#range;
    const settings = /** @type {{zoom?: number}} */ (this.#track.getSettings());
    // Once zoom was offered, the visitor may have asked for more than the camera has done yet.
    if (!offered) this.#showZoom(settings.zoom ?? zoom?.min ?? 1);
    void this.#nextLens().then((next) => (this.#lens.hidden = !next));
  }

  /** @returns {Promise<string | null>} the next lens after the one in use, or null */
  async #nextLens() {
    if (!this.#track) return null;
    const opened = deviceOf(new MediaStream([this.#track]));
    const lenses = rankLenses(await listCameras().catch(() => []));
    const at = lenses.findIndex(({ deviceId }) => deviceId === opened);
    return lenses.length > 1 ? (lenses[(at + 1) % lenses.length]?.deviceId ?? null) : null;
  }

  /** @param {boolean} lit */
  async #setLight(lit) {
    if (await this.#apply({ torch: lit })) this.#showLight(lit);
  }

  /** @param {number} level in the camera's own unit */
  async #zoomTo(level) {
    if (!this.#range) return;
    const { min, max } = this.#range;
    this.#showZoom(Math.min(max, Math.max(min, level)));
    await this.#apply({ zoom: this.#level });
  }

  /**
   * Apply a setting to the camera, and keep those that were applied before.
   *
   * @param {{torch?: boolean, zoom?: number}} wanted
   * @returns {Promise<boolean>} whether the camera accepts it
   */
  async #apply(wanted) {
    const kept = { ...(this.#lit && { torch: true }), ...(this.#range && { zoom: this.#level }) };
    const all = /** @type {MediaTrackConstraintSet} */ ({ ...kept, ...wanted });
    try {
      await this.#track?.applyConstraints({ ...this.#track.getConstraints(), advanced: [all] });
      return true;
    } catch {
      return false;
    }
  }

  /** @param {boolean} lit */
  #showLight(lit) {
    this.#lit = lit;
    this.#torch.setAttribute('aria-pressed', String(lit));
  }

  /** @param {number} level */
  #showZoom(level) {
    this.#level = level;
    this.#closer.disabled = level >= (this.#range?.max ?? level);
    this.#wider.disabled = level <= (this.#range?.min ?? level);
  }
}

/**
 * Watch two fingers that move apart or together.
 *
 * @param {HTMLElement} element
 * @param {() => number} begin returns the level when the second finger touches
 * @param {(level: number) => void} change called with the new level
 */
function watchPinch(element, begin, change) {
  /** @type {Map<number, [number, number]>} */
  const fingers = new Map();
  let from = 1;
  let apart = 0;
  const span = () => {
    const [[x1, y1] = [0, 0], [x2, y2] = [0, 0]] = fingers.values();
    return Math.hypot(x1 - x2, y1 - y2);
  };
  element.addEventListener('pointerdown', (event) => {
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (fingers.size === 2) [from, apart] = [begin(), span()];
  });
  element.addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (fingers.size === 2 && apart > 0) change((from * span()) / apart);
  });
  for (const end of ['pointerup', 'pointercancel', 'pointerleave'])
    element.addEventListener(end, (event) => {
      fingers.delete(/** @type {PointerEvent} */ (event).pointerId);
    });
}
