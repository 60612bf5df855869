// Limits what is sent to the `pace` that the server asks for. The visitor's own view stays sharp.

/** @typedef {import('../shared/messages.js').Pace} Pace */

/**
 * The most bits for a pixel. Browsers give a stream the same bit rate at any frame rate, so at a
 * low one frames would be large. More bits do not help recognition, and take longer to receive.
 */
const BITS_PER_PIXEL = 0.25;

/**
 * Return by which factor the camera's picture must shrink to fit, whichever way the phone is held.
 *
 * @param {{width?: number, height?: number}} picture
 * @param {{width: number, height: number}} wanted
 * @returns {number} at least 1
 */
export function shrinkFactor(picture, wanted) {
  const width = picture.width ?? wanted.width;
  const height = picture.height ?? wanted.height;
  const long = Math.max(width, height) / Math.max(wanted.width, wanted.height);
  const short = Math.min(width, height) / Math.min(wanted.width, wanted.height);
  return Math.max(1, long, short);
}

/**
 * @param {Pace} pace
 * @returns {number} bits per second for all frames together
 */
function bitRate({ fps, width, height }) {
  return Math.round(fps * width * height * BITS_PER_PIXEL);
}

/**
 * Apply a `pace` message: the sender shrinks pictures and drops frames. Where a browser cannot do
 * that, the camera is slowed down instead. A camera whose picture is too small is asked for more.
 *
 * @param {RTCRtpSender} sender
 * @param {Pace} pace
 * @returns {Promise<void>}
 */
export async function applyPace(sender, pace) {
  const track = sender.track;
  if (!track || track.readyState !== 'live') return;
  const picture = track.getSettings();
  const tooSmall =
    Math.max(picture.width ?? 0, picture.height ?? 0) < Math.max(pace.width, pace.height);
  if (tooSmall) await limitCamera(track, pace);
  if (!(await limitSender(sender, pace)) && !tooSmall) await limitCamera(track, pace);
}

/**
 * @param {RTCRtpSender} sender
 * @param {Pace} pace
 * @returns {Promise<boolean>} whether the sender accepts the limits
 */
async function limitSender(sender, pace) {
  try {
    const parameters = sender.getParameters();
    const encoding = parameters.encodings?.[0];
    if (!encoding) return false;
    encoding.maxFramerate = pace.fps;
    encoding.maxBitrate = bitRate(pace);
    encoding.scaleResolutionDownBy = shrinkFactor(sender.track?.getSettings() ?? {}, pace);
    // The server judges each picture alone, so a few sharp ones are better than many soft ones.
    Object.assign(parameters, { degradationPreference: 'maintain-resolution' });
    await sender.setParameters(parameters);
    return sender.getParameters().encodings?.[0]?.scaleResolutionDownBy !== undefined;
  } catch {
    return false;
  }
}

/**
 * @param {MediaStreamTrack} track
 * @param {Pace} pace
 */
async function limitCamera(track, pace) {
  try {
    await track.applyConstraints({
      ...track.getConstraints(),
      width: { ideal: pace.width },
      height: { ideal: pace.height },
      frameRate: { ideal: pace.fps },
    });
  } catch {
    // A camera that cannot do this is used as it is: the server scales its pictures.
  }
}
