// Draws a frame beside a photograph, with lines between the features that match.

/** @typedef {[number, number]} Point */
/** @typedef {[number, number, number, number]} Pair x and y in frame and photograph. */

const GAP_PX = 24;
const MAX_LINES = 60;

/** @param {string} address */
async function loaded(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

/**
 * Draw the frame, the outline in it, and the photograph with its lines.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {string} frame
 * @param {{photograph: string, outline: Point[] | null, pairs: Pair[]}} candidate
 */
export async function drawMatches(canvas, frame, candidate) {
  const [seen, known] = await Promise.all([loaded(frame), loaded(candidate.photograph)]);
  const high = 520;
  const seenWide = Math.round((seen.width * high) / seen.height);
  const knownHigh = Math.min(high, Math.round((known.height * seenWide) / known.width));
  const knownWide = Math.round((known.width * knownHigh) / known.height);
  canvas.width = seenWide + GAP_PX + knownWide;
  canvas.height = high;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const left = seenWide + GAP_PX;
  const top = Math.round((high - knownHigh) / 2);
  pen.drawImage(seen, 0, 0, seenWide, high);
  pen.drawImage(known, left, top, knownWide, knownHigh);
  if (candidate.outline) {
    pen.beginPath();
    for (const [x, y] of candidate.outline) pen.lineTo(x * seenWide, y * high);
    pen.closePath();
    pen.lineWidth = 4;
    pen.strokeStyle = '#f2c14e';
    pen.stroke();
  }
  const each = Math.ceil(candidate.pairs.length / MAX_LINES);
  candidate.pairs.forEach(([x, y, u, v], index) => {
    if (index % each) return;
    /** @type {Point} */
    const from = [x * seenWide, y * high];
    /** @type {Point} */
    const to = [left + u * knownWide, top + v * knownHigh];
    const hue = (360 * index) / candidate.pairs.length;
    pen.strokeStyle = pen.fillStyle = `hsl(${hue} 85% 60% / 85%)`;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(from[0], from[1]);
    pen.lineTo(to[0], to[1]);
    pen.stroke();
    for (const [cx, cy] of [from, to]) {
      pen.beginPath();
      pen.arc(cx, cy, 3, 0, 2 * Math.PI);
      pen.fill();
    }
  });
}
