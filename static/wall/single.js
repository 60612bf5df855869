// One artwork at a time, as large as the screen allows, for a phone to be pointed at.
// The address's #id says which, so that a link, the back button and a kiosk can choose.

import { find, setText } from '../shared/dom.js';
import { creditLine, frameKind } from './artwork.js';
import { WakeLock } from '../shared/presence.js';

/** @typedef {import('./artwork.js').Hanging} Hanging */

const AWAKE_MS = 2500;
const SWIPE_PX = 40;

export class Single {
  #root;
  #hangings;
  #every;
  #image = find('#single-image', HTMLImageElement);
  #wakeLock = new WakeLock();
  #at = -1;
  #sleep = 0;
  #turn = 0;

  /**
   * @param {HTMLElement} root
   * @param {Hanging[]} hangings at least one
   * @param {number} every seconds until the next one; 0 or NaN: turned by hand
   */
  constructor(root, hangings, every) {
    this.#root = root;
    this.#hangings = hangings;
    this.#every = every > 0 ? Math.max(2, every) : 0;
    window.addEventListener('hashchange', () => this.#follow());
    window.addEventListener('resize', () => this.#fit());
    document.addEventListener('keydown', (event) => this.#key(event));
    document.addEventListener('visibilitychange', () => this.#keepAwake());
    root.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'mouse') this.#wake();
    });
    this.#listenToFingers();
    for (const [selector, act] of /** @type {[string, () => void][]} */ ([
      ['#previous', () => this.#go(-1)],
      ['#next', () => this.#go(1)],
      ['#close', () => this.#leave()],
    ])) {
      find(selector, HTMLButtonElement).addEventListener('click', (event) => {
        event.stopPropagation();
        act();
      });
    }
    if (this.#every && !location.hash) this.#show(0);
    else this.#follow();
  }

  /** Show what the address asks for. */
  #follow() {
    const id = decodeURIComponent(location.hash.slice(1));
    const index = this.#hangings.findIndex((hanging) => hanging.id === id);
    const wasOpen = this.#at >= 0;
    this.#at = index;
    const hanging = this.#hangings[index];
    this.#root.hidden = !hanging;
    document.body.dataset.view = hanging ? 'single' : 'wall';
    window.clearTimeout(this.#turn);
    this.#keepAwake();
    if (!hanging) return;
    this.#image.src = hanging.picture;
    this.#image.alt = hanging.title;
    find('.frame', HTMLElement, this.#root).dataset.kind = frameKind(hanging.id);
    setText(find('#single-title', HTMLElement), hanging.title);
    setText(find('#single-line', HTMLElement), creditLine(hanging));
    this.#fit();
    if (!wasOpen) this.#wake();
    if (this.#every) this.#turn = window.setTimeout(() => this.#go(1), this.#every * 1000);
    // The neighbours come in meanwhile: turning the page then shows no gap.
    for (const step of [1, -1]) new Image().src = this.#neighbour(step).picture;
  }

  /** Fill the screen whichever way it is longer than the picture. */
  #fit() {
    const hanging = this.#hangings[this.#at];
    if (!hanging) return;
    const room = { width: 0.9 * window.innerWidth, height: window.innerHeight - 120 };
    const tall = hanging.height / hanging.width > room.height / room.width;
    this.#image.className = tall ? 'tall' : 'wide';
    this.#image.style.aspectRatio = `${hanging.width} / ${hanging.height}`;
  }

  /** @param {number} step */
  #neighbour(step) {
    const count = this.#hangings.length;
    const index = (Math.max(0, this.#at) + step + count) % count;
    return /** @type {Hanging} */ (this.#hangings[index]);
  }

  /** @param {number} step */
  #go(step) {
    // Turning pages leaves no trail: "back" returns to the wall.
    location.replace(`#${encodeURIComponent(this.#neighbour(step).id)}`);
  }

  /** @param {number} index */
  #show(index) {
    location.hash = encodeURIComponent(this.#hangings[index]?.id ?? '');
  }

  #leave() {
    if (document.fullscreenElement) void document.exitFullscreen();
    const id = this.#hangings[this.#at]?.id ?? '';
    history.replaceState(null, '', location.pathname + location.search);
    this.#follow();
    const link = document.querySelector(`a[href="#${CSS.escape(encodeURIComponent(id))}"]`);
    if (link instanceof HTMLElement) link.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || this.#at < 0) return;
    const onButton = event.target instanceof HTMLButtonElement;
    if (event.key === 'ArrowRight' || event.key === 'PageDown') this.#go(1);
    else if (event.key === 'ArrowLeft' || event.key === 'PageUp') this.#go(-1);
    else if (event.key === ' ' && !onButton) this.#go(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') this.#leave();
    else if (event.key === 'f') void toggleFullscreen();
    else return;
    event.preventDefault();
  }

  /** A tap on the left third goes back, elsewhere on; a swipe goes where it points. */
  #listenToFingers() {
    let startX = 0;
    this.#root.addEventListener('pointerdown', (event) => (startX = event.clientX));
    this.#root.addEventListener('click', (event) => {
      const moved = event.clientX - startX;
      if (Math.abs(moved) > SWIPE_PX) this.#go(moved < 0 ? 1 : -1);
      else this.#go(event.clientX < window.innerWidth / 3 ? -1 : 1);
    });
    this.#root.addEventListener('touchend', (event) => {
      const moved = (event.changedTouches[0]?.clientX ?? startX) - startX;
      if (Math.abs(moved) <= SWIPE_PX) return;
      event.preventDefault();
      this.#go(moved < 0 ? 1 : -1);
    });
  }

  /** Buttons show while somebody moves the mouse, and only then. */
  #wake() {
    this.#root.toggleAttribute('data-awake', true);
    window.clearTimeout(this.#sleep);
    this.#sleep = window.setTimeout(
      () => this.#root.toggleAttribute('data-awake', false),
      AWAKE_MS,
    );
  }

  #keepAwake() {
    if (this.#at >= 0 && !document.hidden) void this.#wakeLock.hold();
    else this.#wakeLock.release();
  }
}

async function toggleFullscreen() {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await document.documentElement.requestFullscreen();
  } catch {
    // iPhones have no full screen for pages.
  }
}
