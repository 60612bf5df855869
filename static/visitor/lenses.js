// Which of a phone's cameras to look through: the main one at the back, until the visitor chooses.

/** @typedef {{deviceId: string, label: string}} Lens */

const KEY = 'vernissage.lens';
const FRONT = /front|user|facetime|vorder|frontal|avant|anteriore|delantera/i;
const REAR = /back|rear|environment|rück|arri[eè]re|posterior|trasera/i;
/** What isn't the main lens, worse and worse; several at once may begin with the widest. */
const LESSER = [
  /dual|doppel|double|doble|doppia|triple|dreifach|tripla/i,
  /t[eé]l[eé]/i,
  /ultra/i,
  /desk|schreibtisch|bureau|scrivania|escritorio/i,
];

/**
 * The lenses that can look at an artwork, the main one first: those at the back where labels tell
 * that, else all that aren't at the front.
 *
 * @param {readonly Lens[]} cameras in the browser's order
 * @returns {Lens[]}
 */
export function rankLenses(cameras) {
  const rear = cameras.filter(({ label }) => REAR.test(label));
  const lenses = rear.length > 0 ? rear : cameras.filter(({ label }) => !FRONT.test(label));
  return [...lenses].sort((one, other) => {
    const kind = lesser(one.label) - lesser(other.label);
    // Android numbers its cameras ("camera2 0, facing back"), the main one first.
    return kind || number(one.label) - number(other.label);
  });
}

/**
 * The main lens, where the browser has opened another one and labels tell which is which.
 *
 * @param {readonly Lens[]} cameras
 * @param {string | undefined} opened
 * @returns {Lens | null}
 */
export function betterLens(cameras, opened) {
  const [main] = rankLenses(cameras);
  return main && main.deviceId !== opened && REAR.test(main.label) ? main : null;
}

/** @returns {Promise<Lens[]>} labels are empty until the camera is allowed */
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
    // A browser that keeps nothing starts with the main lens each time.
  }
}

/** @param {string} label */
function lesser(label) {
  return Math.max(0, ...LESSER.map((kind, index) => (kind.test(label) ? index + 1 : 0)));
}

/** @param {string} label */
function number(label) {
  return Number(/\b\d+/.exec(label)?.[0] ?? 0);
}
