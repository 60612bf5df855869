// The phone's camera: opening it, saying in one word why it can't be opened, closing it.

import { betterLens, chosenLens, listCameras } from './lenses.js';

/** @typedef {'no-permission' | 'no-camera' | 'camera-busy'} CameraProblem */

/** The camera can't be had; `problem` says why. */
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
 * What keeps this page from ever using a camera here, before asking for one.
 *
 * @returns {'insecure-origin' | 'unsupported' | null}
 */
export function environmentProblem() {
  if (!window.isSecureContext) return 'insecure-origin';
  if (!navigator.mediaDevices?.getUserMedia || !window.RTCPeerConnection) return 'unsupported';
  return null;
}

/**
 * Open the chosen lens, or else the main one at the back: some browsers give the ultra-wide one
 * first, which shows artworks small and bent.
 *
 * Must be called from the tap's handler without waiting for anything first: Safari asks for
 * permission only then.
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
    // Browsers give lenses new names now and then.
    if (!(error instanceof CameraError) || error.problem !== 'no-camera') throw error;
  }
  const stream = await askForCamera(rear);
  const better = betterLens(await listCameras().catch(() => []), deviceOf(stream));
  if (!better) return stream;
  // Most phones open one camera at a time.
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
 * 4:3, since that is the whole sensor of most phones: more of a large painting fits. What is sent
 * is scaled down (sender_rate.js); the visitor sees the sharp picture.
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
        // Some browsers lend the zoom only to pages that ask for it with the camera.
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
 * Call back once when the visitor allows the camera in the browser's own settings, where the
 * browser tells.
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
    // Firefox and older Safari don't know this permission: the button remains.
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
