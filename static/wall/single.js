// One artwork at a time, as large as the screen allows, so that a phone can be pointed at it. The
// address's #id chooses the artwork, so that links, the back button and kiosks can choose it too.

import { find, setText } from '../shared/dom.js';
import { WakeLock } from '../shared/presence.js';
import { creditLine, frameKind } from './artwork.js';

/** @typedef {import('./artwork.js').HungArtwork} HungArtwork */
/** @typedef {import('./hanging.js').Hanging} Hanging */

const AWAKE_MS = 2500;
const SWIPE_PX = 40;

export class Single {
  #root;
  #hanging;
  #every;
  #image = find('#single-image', HTMLImageElement);
  #wakeLock = new WakeLock();
  #at = -1;
  /** @type {HungArtwork | undefined} */ #artwork;
  #sleep = 0;
  #turn = 0;

  /**
   * @param {HTMLElement} root
   * @param {Hanging} hanging has at least one artwork
   * @param {number} every seconds until the next one; 0 or NaN: it changes by hand only
   */
  constructor(root, hanging, every) {
    this.#root = root;
    this.#hanging = hanging;
    this.#every = every > 0 ? Math.max(2, every) : 0;
    window.addEventListener('hashchange', () => this.#followAddress());
    window.addEventListener('resize', () => this.#fit());
    document.addEventListener('keydown', (event) => this.#onKey(event));
    document.addEventListener('visibilitychange', () => this.#keepAwake());
    root.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'mouse') this.#showButtons();
    });
    this.#listenToTouch();
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
    if (this.#every && !location.hash) void this.#show(0);
    else void this.#followAddress();
  }

  /** Show the artwork that the address names. */
  async #followAddress() {
    const hash = location.hash;
    const at = await this.#hanging.placeOf(decodeURIComponent(hash.slice(1))).catch(() => -1);
    const artwork = at < 0 ? undefined : await this.#hanging.at(at).catch(() => undefined);
    if (hash !== location.hash) return;
    const wasOpen = this.#at >= 0;
    this.#at = artwork ? at : -1;
    this.#artwork = artwork;
    this.#root.hidden = !artwork;
    document.body.dataset.view = artwork ? 'single' : 'wall';
    window.clearTimeout(this.#turn);
    this.#keepAwake();
    if (!artwork) return;
    this.#image.src = artwork.picture;
    this.#image.alt = artwork.title;
    find('.frame', HTMLElement, this.#root).dataset.kind = frameKind(artwork.id);
    setText(find('#single-title', HTMLElement), artwork.title);
    setText(find('#single-line', HTMLElement), creditLine(artwork));
    this.#fit();
    if (!wasOpen) this.#showButtons();
    this.#turnLater();
    // The neighbours are loaded now, so that no gap shows when the page is turned.
    for (const step of [1, -1]) {
      const near = await this.#neighbour(step);
      if (near) new Image().src = near.picture;
    }
  }

  #turnLater() {
    if (this.#every) this.#turn = window.setTimeout(() => this.#go(1), this.#every * 1000);
  }

  /** Make the picture as large as the screen allows. */
  #fit() {
    const artwork = this.#artwork;
    if (!artwork) return;
    const room = { width: 0.9 * window.innerWidth, height: window.innerHeight - 120 };
    const tall = artwork.height / artwork.width > room.height / room.width;
    this.#image.className = tall ? 'tall' : 'wide';
    this.#image.style.aspectRatio = `${artwork.width} / ${artwork.height}`;
  }

  /**
   * @param {number} step
   * @returns {Promise<HungArtwork | undefined>} undefined if the server does not answer
   */
  async #neighbour(step) {
    const { total } = this.#hanging;
    return this.#hanging.at((this.#at + step + total) % total).catch(() => undefined);
  }

  /** @param {number} step */
  async #go(step) {
    const artwork = await this.#neighbour(step);
    // Turned pages are not kept in the history: "back" returns to the wall.
    if (artwork) location.replace(`#${encodeURIComponent(artwork.id)}`);
    else this.#turnLater();
  }

  /** @param {number} place */
  async #show(place) {
    const artwork = await this.#hanging.at(place);
    location.hash = encodeURIComponent(artwork?.id ?? '');
  }

  async #leave() {
    if (document.fullscreenElement) void document.exitFullscreen();
    const id = this.#artwork?.id ?? '';
    history.replaceState(null, '', location.pathname + location.search);
    await this.#followAddress();
    const link = document.querySelector(`a[href="#${CSS.escape(encodeURIComponent(id))}"]`);
    if (link instanceof HTMLElement) link.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
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

  /** Turn the page by touch: a tap on the left third or a swipe to the right goes back. */
  #listenToTouch() {
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

  /** Show the buttons for a moment; they are hidden while nobody moves the mouse. */
  #showButtons() {
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
