// Which of a phone's cameras to use: the main one at the back, until the visitor chooses another.

/** @typedef {{deviceId: string, label: string}} Lens */

const KEY = 'vernissage.lens';
const FRONT = /front|user|facetime|vorder|frontal|avant|anteriore|delantera/i;
const REAR = /back|rear|environment|rück|arri[eè]re|posterior|trasera/i;
/** Lenses other than the main one, from better to worse; a combined one may start at its widest. */
const OTHERS = [
  /dual|doppel|double|doble|doppia|triple|dreifach|tripla/i,
  /t[eé]l[eé]/i,
  /ultra/i,
  /desk|schreibtisch|bureau|scrivania|escritorio/i,
];

/**
 * Rank the lenses that can face an artwork, the main one first. These are the lenses labelled as at
 * the back, or else all that are not labelled as at the front.
 *
 * @param {readonly Lens[]} cameras in the browser's order
 * @returns {Lens[]}
 */
export function rankLenses(cameras) {
  const rear = cameras.filter(({ label }) => REAR.test(label));
  const lenses = rear.length > 0 ? rear : cameras.filter(({ label }) => !FRONT.test(label));
  return [...lenses].sort((one, other) => {
    const kind = rankOf(one.label) - rankOf(other.label);
    // Android numbers its cameras ("camera2 0, facing back") and begins with the main one.
    return kind || numberOf(one.label) - numberOf(other.label);
  });
}

/**
 * Return the main lens if the browser has opened another one and the labels identify it.
 *
 * @param {readonly Lens[]} cameras
 * @param {string | undefined} opened
 * @returns {Lens | null}
 */
export function betterLens(cameras, opened) {
  const [main] = rankLenses(cameras);
  return main && main.deviceId !== opened && REAR.test(main.label) ? main : null;
}

/** @returns {Promise<Lens[]>} the cameras; their labels are empty until the camera is allowed */
export async function listCameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === 'videoinput');
}

/** @returns {string | null} the lens that the visitor chose last */
export function chosenLens() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string} deviceId */
export function chooseLens(deviceId) {
  try {
    localStorage.setItem(KEY, deviceId);
  } catch {
    // A browser that stores nothing starts with the main lens each time.
  }
}

/** @param {string} label */
function rankOf(label) {
  return Math.max(0, ...OTHERS.map((kind, index) => (kind.test(label) ? index + 1 : 0)));
}

/** @param {string} label */
function numberOf(label) {
  return Number(/\b\d+/.exec(label)?.[0] ?? 0);
}
