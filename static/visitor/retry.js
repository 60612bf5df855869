// Waiting that can be seen, cut short and given up.

/** Seconds before the nth try after a failure: quick at first, then sparing of the server. */
const DELAYS = [1, 2, 4, 8, 15];

/**
 * @param {number} failures 1 after the first
 * @returns {number} seconds
 */
export function backOff(failures) {
  return DELAYS[Math.min(failures, DELAYS.length) - 1] ?? 1;
}

export class Wait {
  /** @type {() => void} */
  #finish = () => {};

  constructor() {
    window.addEventListener('online', () => this.cutShort());
  }

  /**
   * @param {number} seconds
   * @param {AbortSignal} signal
   * @param {(left: number) => void} [onSecond]
   * @returns {Promise<void>} when over, cut short or given up
   */
  countDown(seconds, signal, onSecond) {
    return new Promise((resolve) => {
      const end = performance.now() + seconds * 1000;
      const tick = () => {
        const left = Math.ceil((end - performance.now()) / 1000);
        if (left <= 0) finish();
        else onSecond?.(left);
      };
      const timer = window.setInterval(tick, 250);
      const finish = () => {
        window.clearInterval(timer);
        signal.removeEventListener('abort', finish);
        onSecond?.(0);
        resolve();
      };
      this.#finish = finish;
      signal.addEventListener('abort', finish);
      tick();
    });
  }

  /** Go on now. */
  cutShort() {
    this.#finish();
  }
}
