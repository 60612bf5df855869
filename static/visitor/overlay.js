// The outline on the artwork: it follows the server's messages smoothly, and fades when they stop.

import { approach, coverOutline, distance, sameWayUp, shapeDifference } from './geometry.js';

/** @typedef {import('../shared/messages.js').Outline} Outline */
/** @typedef {import('../shared/messages.js').Size} Size */

const STALE_MS = 1200;
const FADE_MS = 320;
const HALF_LIFE_MS = 55;
/** Corners that moved further than this fraction of the frame have jumped, not moved. */
const JUMP = 0.3;
/** A hand moves an outline slowly. A shape that changes more than this at once is a mistake. */
const WARP = 0.035;
const GOLD = '#e3bd74';

export class Overlay {
  #canvas;
  #video;
  #pen;
  #reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');
  /** @type {Outline | null} */
  #shown = null;
  /** @type {Outline | null} */
  #target = null;
  /** @type {Outline | null} an outline of another shape, shown only if the next one confirms it */
  #doubted = null;
  /** @type {Size} */
  #frame = { width: 4, height: 3 };
  #lastHeard = 0;
  #opacity = 0;
  #last = 0;
  #request = 0;

  /**
   * @param {HTMLCanvasElement} canvas lies exactly over the video
   * @param {HTMLVideoElement} video
   */
  constructor(canvas, video) {
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no 2d canvas');
    this.#canvas = canvas;
    this.#video = video;
    this.#pen = pen;
  }

  /**
   * Move the outline to where the artwork is now. Null means that its place is unknown.
   *
   * @param {Outline | null} outline
   * @param {Size} frame
   */
  follow(outline, frame) {
    if (!outline || this.#isDoubtful(outline)) return;
    const jumped = !this.#shown || distance(this.#shown, outline) > JUMP;
    if (jumped || this.#reducedMotion.matches) this.#shown = outline;
    if (jumped) this.#opacity = 0;
    this.#target = outline;
    this.#frame = frame;
    this.#lastHeard = performance.now();
    if (!this.#request) {
      this.#last = this.#lastHeard;
      this.#request = requestAnimationFrame(this.#draw);
    }
  }

  /**
   * Return whether to ignore an outline: one odd outline is ignored, two that agree are not.
   *
   * @param {Outline} outline
   */
  #isDoubtful(outline) {
    const odd = this.#target !== null && shapeDifference(this.#target, outline) > WARP;
    const confirmed = this.#doubted !== null && shapeDifference(this.#doubted, outline) <= WARP;
    this.#doubted = odd && !confirmed ? outline : null;
    return this.#doubted !== null;
  }

  /** Let the outline fade away. */
  fade() {
    this.#lastHeard = -Infinity;
    this.#target = this.#doubted = null;
  }

  /** @param {number} now */
  #draw = (now) => {
    const elapsed = Math.max(0, now - this.#last);
    this.#last = now;
    const fresh = performance.now() - this.#lastHeard < STALE_MS && this.#fits();
    const step = this.#reducedMotion.matches ? 1 : elapsed / FADE_MS;
    this.#opacity = Math.min(1, Math.max(0, this.#opacity + (fresh ? step : -step)));
    if (this.#shown && this.#target)
      this.#shown = approach(this.#shown, this.#target, elapsed, HALF_LIFE_MS);
    this.#paint();
    const over = !fresh && this.#opacity === 0;
    if (over) this.#shown = this.#target = this.#doubted = null;
    this.#request = over ? 0 : requestAnimationFrame(this.#draw);
  };

  /** The size of the picture on the screen. */
  #picture() {
    const { videoWidth: width, videoHeight: height } = this.#video;
    return width && height ? { width, height } : this.#frame;
  }

  #fits() {
    return sameWayUp(this.#frame, this.#picture());
  }

  #paint() {
    const box = { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight };
    // More than twice the density costs time, and nobody sees it on a thin line.
    const density = Math.min(2, window.devicePixelRatio || 1);
    const width = Math.round(box.width * density);
    const height = Math.round(box.height * density);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const pen = this.#pen;
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, box.width, box.height);
    if (!this.#shown || this.#opacity === 0) return;
    const corners = coverOutline(this.#shown, this.#picture(), box);
    pen.globalAlpha = this.#opacity;
    pen.lineJoin = pen.lineCap = 'round';
    this.#dimAround(corners, box);
    this.#trace(corners, 5, 'rgb(0 0 0 / 45%)');
    this.#trace(corners, 2, GOLD);
    this.#markCorners(corners);
  }

  /**
   * @param {Outline} corners
   * @param {Size} box
   */
  #dimAround(corners, box) {
    const pen = this.#pen;
    pen.beginPath();
    pen.rect(0, 0, box.width, box.height);
    this.#path(corners);
    pen.fillStyle = 'rgb(10 8 6 / 38%)';
    pen.fill('evenodd');
  }

  /**
   * @param {Outline} corners
   * @param {number} width
   * @param {string} colour
   */
  #trace(corners, width, colour) {
    this.#pen.beginPath();
    this.#path(corners);
    this.#pen.lineWidth = width;
    this.#pen.strokeStyle = colour;
    this.#pen.stroke();
  }

  /** @param {Outline} corners */
  #path(corners) {
    corners.forEach(([x, y], index) =>
      index === 0 ? this.#pen.moveTo(x, y) : this.#pen.lineTo(x, y),
    );
    this.#pen.closePath();
  }

  /** @param {Outline} corners */
  #markCorners(corners) {
    const pen = this.#pen;
    pen.beginPath();
    for (let index = 0; index < 4; index++) {
      const corner = corners[index] ?? [0, 0];
      const before = towards(corner, corners[(index + 3) % 4] ?? corner);
      const after = towards(corner, corners[(index + 1) % 4] ?? corner);
      pen.moveTo(...before);
      pen.lineTo(...corner);
      pen.lineTo(...after);
    }
    pen.lineWidth = 5;
    pen.strokeStyle = GOLD;
    pen.stroke();
  }
}

/**
 * Return the point a short way along an edge.
 *
 * @param {[number, number]} from
 * @param {[number, number]} to
 * @returns {[number, number]}
 */
function towards(from, to) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const part = Math.min(26, length / 4) / length;
  return [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part];
}
