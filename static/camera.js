// The phone's camera: opening it, saying in one word why it can't be opened, closing it.

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
 * Open the rear camera. 4:3, since that is the whole sensor of most phones: more of a large
 * painting fits. What is sent is scaled down (pace.js); the visitor sees the sharp picture.
 *
 * Must be called from the tap's handler without waiting for anything first: Safari asks for
 * permission only then.
 *
 * @returns {Promise<MediaStream>}
 * @throws {CameraError}
 */
export async function openCamera() {
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: {
        facingMode: { ideal: 'environment' },
        width: { min: 320, ideal: 1280 },
        height: { min: 240, ideal: 960 },
        frameRate: { ideal: 30, max: 30 },
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
