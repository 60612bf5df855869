// Whether the visitor is there: watches if the page is visible, and keeps the screen on.

/**
 * @typedef {object} PresenceHandlers
 * @property {() => void} onHidden called as soon as the page is hidden
 * @property {() => void} onAway called when it has been hidden for a while: the camera should rest
 * @property {() => void} onVisible called when the page is visible again
 * @property {() => void} onLeave called when the page is left, perhaps for good
 * @property {() => void} onReturn called when the browser restores a page that was left
 */

/** Milliseconds: a visitor who reads a message keeps the connection, a phone put away does not. */
const AWAY_MS = 3000;

/**
 * Call the handlers whenever the page is hidden, shown, left or restored.
 *
 * @param {PresenceHandlers} handlers
 */
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

/** Keeps the screen on. */
export class WakeLock {
  /** @type {WakeLockSentinel | null} */
  #lock = null;
  #wanted = false;

  /** Keep the screen on. Browsers drop the lock with a hidden page: call this again afterwards. */
  async hold() {
    this.#wanted = true;
    if (this.#lock && !this.#lock.released) return;
    try {
      this.#lock = await navigator.wakeLock.request('screen');
      if (!this.#wanted) this.release();
    } catch {
      // The browser has no wake lock, or refuses it to save the battery: the screen dims as usual.
    }
  }

  /** Let the screen dim as usual. */
  release() {
    this.#wanted = false;
    this.#lock?.release().catch(() => {});
    this.#lock = null;
  }
}
