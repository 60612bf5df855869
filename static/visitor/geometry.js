// Geometry of outlines: where they are on the screen, and how they move there. Pure functions.

/** @typedef {import('../shared/messages.js').Outline} Outline */
/** @typedef {import('../shared/messages.js').Size} Size */

/**
 * Map an outline (0..1 of the frame) into a box that shows the frame with `object-fit: cover`: the
 * frame is centred and scaled until it fills the box, and the rest is cut off.
 *
 * @param {Outline} outline
 * @param {Size} frame
 * @param {Size} box
 * @returns {Outline}
 */
export function coverOutline(outline, frame, box) {
  const scale = Math.max(box.width / frame.width, box.height / frame.height);
  const left = (box.width - frame.width * scale) / 2;
  const top = (box.height - frame.height * scale) / 2;
  return mapPoints(outline, ([x, y]) => [
    left + x * frame.width * scale,
    top + y * frame.height * scale,
  ]);
}

/**
 * Return whether two pictures have the same orientation. While a phone is being turned, an outline
 * may still belong to a frame of the other orientation.
 *
 * @param {Size} one
 * @param {Size} other
 * @returns {boolean}
 */
export function sameWayUp(one, other) {
  return Math.abs(Math.log((one.width * other.height) / (one.height * other.width))) < 0.2;
}

/**
 * Move an outline part of the way to another one. The speed does not depend on the frame rate.
 *
 * @param {Outline} from
 * @param {Outline} to
 * @param {number} elapsedMs
 * @param {number} halfLifeMs half of the way is done after this time
 * @returns {Outline}
 */
export function approach(from, to, elapsedMs, halfLifeMs) {
  const part = 1 - 2 ** (-elapsedMs / halfLifeMs);
  return mapPoints(from, ([x, y], index) => {
    const target = to[index] ?? [x, y];
    return [x + (target[0] - x) * part, y + (target[1] - y) * part];
  });
}

/**
 * Return the mean distance between the corners of two outlines.
 *
 * @param {Outline} one
 * @param {Outline} other
 * @returns {number}
 */
export function distance(one, other) {
  const sum = one.reduce((total, [x, y], index) => {
    const point = other[index] ?? [x, y];
    return total + Math.hypot(point[0] - x, point[1] - y);
  }, 0);
  return sum / one.length;
}

/**
 * Return how much two outlines differ in shape, regardless of where they are.
 *
 * @param {Outline} one
 * @param {Outline} other
 * @returns {number}
 */
export function shapeDifference(one, other) {
  const dx = other.reduce((sum, [x], index) => sum + x - (one[index]?.[0] ?? x), 0) / 4;
  const dy = other.reduce((sum, [, y], index) => sum + y - (one[index]?.[1] ?? y), 0) / 4;
  return distance(
    mapPoints(one, ([x, y]) => [x + dx, y + dy]),
    other,
  );
}

/**
 * @param {Outline} outline
 * @param {(point: [number, number], index: number) => [number, number]} change
 * @returns {Outline}
 */
function mapPoints(outline, change) {
  return /** @type {Outline} */ (outline.map(change));
}
