// Where a point of the camera's frame is on the screen, and how an outline moves there. Pure.

/** @typedef {import('../shared/messages.js').Outline} Outline */
/** @typedef {import('../shared/messages.js').Size} Size */

/**
 * Map an outline (0..1 of the frame) into a box that shows the frame as `object-fit: cover` does:
 * scaled until it fills the box, centred, the rest cut off.
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
 * Whether two pictures are the same way up. While a phone is being turned, an outline may still
 * belong to a frame taken the other way.
 *
 * @param {Size} one
 * @param {Size} other
 * @returns {boolean}
 */
export function sameWayUp(one, other) {
  return Math.abs(Math.log((one.width * other.height) / (one.height * other.width))) < 0.2;
}

/**
 * Go part of the way from one outline to another; frame rate plays no part in how fast.
 *
 * @param {Outline} from
 * @param {Outline} to
 * @param {number} elapsedMs
 * @param {number} halfLifeMs half of the way is gone after this time
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
 * How far the corners of two outlines are apart, on average.
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
 * How much two outlines differ in shape, wherever they are.
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
