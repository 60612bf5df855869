// What the camera can, as buttons: light, zoom, another lens. Each shows only where it is there.

import { deviceOf } from './camera.js';
import { find } from '../shared/dom.js';
import { chooseLens, listCameras, rankLenses } from './lenses.js';

/** @typedef {{min: number, max: number}} Range */
/** @typedef {{torch?: boolean, zoom?: Range}} Abilities what TypeScript doesn't know of yet */

const ZOOM_STEP = 1.5;
/** Some cameras tell what they can only after a while. */
const ASK_AGAIN_MS = 1000;

export class Tools {
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
   * @param {HTMLElement} stage where two fingers zoom
   * @param {() => void} onLens another lens was chosen
   */
  constructor(stage, onLens) {
    this.#torch.addEventListener('click', () => this.#light(!this.#lit));
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
    this.#offer();
    this.#timer = window.setTimeout(() => this.#offer(), ASK_AGAIN_MS);
  }

  /** The camera is off. */
  detach() {
    window.clearTimeout(this.#timer);
    this.#track = this.#range = null;
    this.#level = 1;
    this.#showLight(false);
    this.#torch.hidden = this.#lens.hidden = this.#zoom.hidden = true;
  }

  #offer() {
    if (!this.#track) return;
    const { torch, zoom } = /** @type {Abilities} */ (this.#track.getCapabilities?.() ?? {});
    this.#torch.hidden = !torch;
    const offered = this.#range !== null;
    this.#range = zoom && zoom.max > zoom.min ? zoom : null;
    this.#zoom.hidden = !this.#range;
    const settings = /** @type {{zoom?: number}} */ (this.#track.getSettings());
    // Once it was offered a visitor may have asked for more than the camera has done yet.
    if (!offered) this.#showZoom(settings.zoom ?? zoom?.min ?? 1);
    void this.#nextLens().then((next) => (this.#lens.hidden = !next));
  }

  /** @returns {Promise<string | null>} the lens after the one in use; null where there is one only */
  async #nextLens() {
    if (!this.#track) return null;
    const opened = deviceOf(new MediaStream([this.#track]));
    const lenses = rankLenses(await listCameras().catch(() => []));
    const at = lenses.findIndex(({ deviceId }) => deviceId === opened);
    return lenses.length > 1 ? (lenses[(at + 1) % lenses.length]?.deviceId ?? null) : null;
  }

  /** @param {boolean} lit */
  async #light(lit) {
    if (await this.#ask({ torch: lit })) this.#showLight(lit);
  }

  /** @param {number} level in the camera's own measure */
  async #zoomTo(level) {
    if (!this.#range) return;
    const { min, max } = this.#range;
    this.#showZoom(Math.min(max, Math.max(min, level)));
    await this.#ask({ zoom: this.#level });
  }

  /**
   * Ask the camera for something, and keep what it was asked for before.
   *
   * @param {{torch?: boolean, zoom?: number}} wish
   * @returns {Promise<boolean>} whether it took it
   */
  async #ask(wish) {
    const kept = { ...(this.#lit && { torch: true }), ...(this.#range && { zoom: this.#level }) };
    const all = /** @type {MediaTrackConstraintSet} */ ({ ...kept, ...wish });
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
 * Two fingers that part or meet.
 *
 * @param {HTMLElement} element
 * @param {() => number} begin gives the level when two fingers are down
 * @param {(level: number) => void} change
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
