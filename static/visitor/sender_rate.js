// Sending no more than the server asks for (`pace`), while the visitor's own view stays sharp.

/** @typedef {import('../shared/messages.js').Pace} Pace */

/**
 * Bits that a pixel may take. Browsers grant a stream as many bits whatever its rate, so few frames
 * would be large; beyond this nothing more is recognized, and receiving takes longer.
 */
const BITS_A_PIXEL = 0.25;

/**
 * How much smaller than the camera's picture the sent one must be, whichever way up the phone is.
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
 * @returns {number} bits a second that frames may take together
 */
function bitRate({ fps, width, height }) {
  return Math.round(fps * width * height * BITS_A_PIXEL);
}

/**
 * Obey a `pace` message: shrink and thin out in the sender; where a browser can't do that,
 * slow the camera itself down. A camera that gives less than asked for is asked for more.
 *
 * @param {RTCRtpSender} sender
 * @param {Pace} pace
 * @returns {Promise<void>}
 */
export async function obeyPace(sender, pace) {
  const track = sender.track;
  if (!track || track.readyState !== 'live') return;
  const picture = track.getSettings();
  const tooSmall =
    Math.max(picture.width ?? 0, picture.height ?? 0) < Math.max(pace.width, pace.height);
  if (tooSmall) await askCamera(track, pace);
  if (!(await askSender(sender, pace)) && !tooSmall) await askCamera(track, pace);
}

/**
 * @param {RTCRtpSender} sender
 * @param {Pace} pace
 * @returns {Promise<boolean>} whether the sender took it
 */
async function askSender(sender, pace) {
  try {
    const parameters = sender.getParameters();
    const encoding = parameters.encodings?.[0];
    if (!encoding) return false;
    encoding.maxFramerate = pace.fps;
    encoding.maxBitrate = bitRate(pace);
    encoding.scaleResolutionDownBy = shrinkFactor(sender.track?.getSettings() ?? {}, pace);
    // Fewer sharp pictures are worth more than many soft ones: each is judged by itself.
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
async function askCamera(track, pace) {
  try {
    await track.applyConstraints({
      ...track.getConstraints(),
      width: { ideal: pace.width },
      height: { ideal: pace.height },
      frameRate: { ideal: pace.fps },
    });
  } catch {
    // A camera that can't is used as it is: the server scales what it gets.
  }
}
