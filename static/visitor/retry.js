// Waiting before the next try: how long, and a countdown that can be skipped or aborted.

/** Seconds before the nth try: short at first, then longer, to spare the server. */
const DELAYS = [1, 2, 4, 8, 15];

/**
 * Return how long to wait after a number of failures.
 *
 * @param {number} failures at least 1
 * @returns {number} seconds
 */
export function backOff(failures) {
  return DELAYS[Math.min(failures, DELAYS.length) - 1] ?? 1;
}

export class Countdown {
  /** @type {() => void} */
  #finish = () => {};

  constructor() {
    window.addEventListener('online', () => this.skip());
  }

  /**
   * Wait.
   *
   * @param {number} seconds
   * @param {AbortSignal} signal
   * @param {(left: number) => void} [onSecond]
   * @returns {Promise<void>} settles when the time is over, skipped or aborted
   */
  run(seconds, signal, onSecond) {
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

  /** End the wait now. */
  skip() {
    this.#finish();
  }
}
