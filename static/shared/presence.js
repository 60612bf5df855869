// Whether somebody is there: the page in view or hidden, the phone kept awake while looking.

/**
 * @typedef {object} PresenceHandlers
 * @property {() => void} onHidden at once
 * @property {() => void} onAway hidden for a while: the camera should rest
 * @property {() => void} onVisible
 * @property {() => void} onLeave the page goes away, perhaps for good
 * @property {() => void} onReturn ... but was brought back as it was
 */

/** A glance at a message shouldn't cost a visitor the line; a phone put away should. */
const AWAY_MS = 3000;

/** @param {PresenceHandlers} handlers */
export function watchPresence(handlers) {
  let timer = 0;
  document.addEventListener('visibilitychange', () => {
    window.clearTimeout(timer);
    if (document.hidden) {
      handlers.onHidden();
      timer = window.setTimeout(handlers.onAway, AWAY_MS);
    } else {
      handlers.onVisible();
    }
  });
  window.addEventListener('pagehide', handlers.onLeave);
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) handlers.onReturn();
  });
}

export class WakeLock {
  /** @type {WakeLockSentinel | null} */
  #lock = null;
  #wanted = false;

  /** Keep the screen on; to be called again when the page is back in view. */
  async hold() {
    this.#wanted = true;
    if (this.#lock && !this.#lock.released) return;
    try {
      this.#lock = await navigator.wakeLock.request('screen');
      if (!this.#wanted) this.release();
    } catch {
      // Not there, or refused to save the battery: the screen dims as usual.
    }
  }

  release() {
    this.#wanted = false;
    this.#lock?.release().catch(() => {});
    this.#lock = null;
  }
}
