// The phone's camera: opens it, names the problem if it cannot be opened, closes it.

import { betterLens, chosenLens, listCameras } from './lenses.js';

/** @typedef {'no-permission' | 'no-camera' | 'camera-busy'} CameraProblem */

/** The camera cannot be opened; `problem` names the reason. */
export class CameraError extends Error {
  /**
   * @param {CameraProblem} problem
   * @param {unknown} cause
   */
  constructor(problem, cause) {
    super(problem, { cause });
    this.problem = problem;
  }
}

/**
 * Return what keeps this page from using any camera, before it asks for one.
 *
 * @returns {'insecure-origin' | 'unsupported' | null}
 */
export function environmentProblem() {
  if (!window.isSecureContext) return 'insecure-origin';
  if (!navigator.mediaDevices?.getUserMedia || !window.RTCPeerConnection) return 'unsupported';
  return null;
}

/**
 * Open the chosen lens, or else the main one at the back. Some browsers open the ultra-wide lens
 * first, which shows artworks small and distorted.
 *
 * This must be called directly in the handler of the tap: Safari asks for permission only then.
 *
 * @returns {Promise<MediaStream>}
 * @throws {CameraError}
 */
export async function openCamera() {
  const chosen = chosenLens();
  const rear = { facingMode: { ideal: 'environment' } };
  try {
    if (chosen) return await askForCamera({ deviceId: { exact: chosen } });
  } catch (error) {
    // Browsers sometimes give lenses new ids.
    if (!(error instanceof CameraError) || error.problem !== 'no-camera') throw error;
  }
  const stream = await askForCamera(rear);
  const better = betterLens(await listCameras().catch(() => []), deviceOf(stream));
  if (!better) return stream;
  // Most phones can open only one camera at a time.
  closeCamera(stream);
  return askForCamera({ deviceId: { exact: better.deviceId } }).catch(() => askForCamera(rear));
}

/**
 * @param {MediaStream} stream
 * @returns {string | undefined}
 */
export function deviceOf(stream) {
  return stream.getVideoTracks()[0]?.getSettings().deviceId;
}

/**
 * Ask for a camera in 4:3, which is the whole sensor of most phones: more of a large painting fits.
 * What is sent is scaled down (sender_rate.js); the visitor sees the sharp picture.
 *
 * @param {MediaTrackConstraints} which
 * @returns {Promise<MediaStream>}
 * @throws {CameraError}
 */
async function askForCamera(which) {
  const zoom = /** @type {MediaTrackConstraintSet} */ ({ zoom: true });
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: {
        ...which,
        width: { min: 320, ideal: 1280 },
        height: { min: 240, ideal: 960 },
        frameRate: { ideal: 30, max: 30 },
        // Some browsers allow the zoom only to pages that ask for it with the camera.
        advanced: [zoom],
      },
      audio: false,
    });
  } catch (error) {
    throw new CameraError(nameProblem(error), error);
  }
}

/** @param {MediaStream | null} stream */
export function closeCamera(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}

/**
 * Call back once when the visitor allows the camera in the browser's settings. Not every browser
 * reports this.
 *
 * @param {() => void} allowed
 */
export async function whenCameraAllowed(allowed) {
  try {
    const name = /** @type {PermissionName} */ ('camera');
    const permission = await navigator.permissions.query({ name });
    permission.onchange = () => {
      if (permission.state !== 'granted') return;
      permission.onchange = null;
      allowed();
    };
  } catch {
    // Firefox and older Safari do not know this permission; the visitor can still use the button.
  }
}

/**
 * @param {unknown} error
 * @returns {CameraProblem}
 */
function nameProblem(error) {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'no-permission';
  if (name === 'NotReadableError' || name === 'AbortError') return 'camera-busy';
  return 'no-camera';
}
