// "Try it": shows each step of how a photograph or a clip is recognized.

import { find, setText } from '../shared/dom.js';
import { request } from './api.js';
import { drawMatches } from './drawing.js';
import { errorText, make, pickedFiles } from './elements.js';

/** @typedef {import('./drawing.js').Point} Point */
/**
 * @typedef {object} Candidate
 * @property {string} id
 * @property {string} title
 * @property {number} score the model's similarity, -1..1.
 * @property {number} inliers
 * @property {number} matches
 * @property {number} agreement fraction of its visible surface that looks alike, 0..1.
 * @property {number} belief 0..1
 * @property {boolean} chosen
 * @property {Point[] | null} outline
 * @property {string} photograph
 * @property {import('./drawing.js').Pair[]} pairs
 */
/**
 * @typedef {object} FrameTrace
 * @property {string} picture
 * @property {string[]} crops
 * @property {string} look how the frame was recognized, a key of `METHODS`.
 * @property {number} details
 * @property {number} needed inliers for a vote.
 * @property {string} decision
 * @property {string} refused why the quality gate rejects a frame like this, or empty.
 * @property {number} looked_at how many artworks were compared by their features.
 * @property {Candidate[]} candidates
 * @property {{embed: number, search: number, verify: number}} ms
 */
/**
 * @typedef {object} Step
 * @property {string} [small]
 * @property {number} [t] seconds since the clip began.
 * @property {string} [reason]
 * @property {{id: string, title: string} | null} [vote]
 * @property {number} [inliers]
 * @property {string | null} [declared]
 * @property {string[]} [said] the types of the messages that a visitor would get now.
 * @property {FrameTrace} [whole]
 */

const METHODS = /** @type {Record<string, string>} */ ({
  first: 'recognized in full',
  suspected: 'a second try for artworks that earlier frames nearly found',
  closer: 'a second pass over all artworks',
  confirmed: 'confirmed from what an earlier frame found likely',
  tracked: 'tracked: only the declared artwork was looked for',
  followed: 'carried from an earlier frame by optical flow',
});

export class Trial {
  #status = find('#try-said', HTMLElement);
  #votes = find('#votes', HTMLElement);
  #traces = find('#traces', HTMLElement);
  #number = 0;

  constructor() {
    for (const id of ['#try-file', '#try-camera']) {
      find(id, HTMLInputElement).onchange = (event) => {
        const [file] = pickedFiles(event);
        if (file) this.begin(file);
      };
    }
  }

  /**
   * Send a file, and show the steps as they come. A new file replaces the one before.
   *
   * @param {File} file
   */
  async begin(file) {
    const number = ++this.#number;
    this.#votes.replaceChildren();
    this.#votes.hidden = true;
    this.#traces.replaceChildren();
    setText(this.#status, `Looking at ${file.name} …`);
    try {
      const response = await request('/studio/try', {
        method: 'POST',
        headers: { 'Content-Type': file.type },
        body: file,
      });
      let steps = 0;
      for await (const step of lines(response)) {
        if (number !== this.#number) return;
        if (step.small) steps += 1;
        this.#show(step);
        if (step.t !== undefined) setText(this.#status, `${steps} frames judged, ${step.t} s …`);
      }
      setText(this.#status, steps > 1 ? `${steps} frames judged.` : '');
    } catch (error) {
      if (number === this.#number) setText(this.#status, errorText(error));
    }
  }

  /** @param {Step} step */
  #show(step) {
    if (step.small && step.t !== undefined) {
      this.#votes.hidden = false;
      this.#votes.append(makeVote(step));
    }
    if (step.whole) this.#traces.append(this.#makeTrace(step.whole, step));
  }

  /**
   * @param {FrameTrace} trace
   * @param {Step} step
   */
  #makeTrace(trace, step) {
    const { embed, search, verify } = trace.ms;
    const heading = step.t === undefined ? trace.decision : `${step.t} s: ${trace.decision}`;
    const facts = [
      `${trace.details} details seen, ${trace.looked_at} artworks compared by them`,
      METHODS[trace.look] ?? trace.look,
      `${embed} ms to embed, ${search} to search, ${verify} to verify`,
    ];
    if (trace.refused) facts.push(`a visitor's frame like this is left out: ${trace.refused}`);
    const best = trace.candidates.find((one) => one.chosen) ?? trace.candidates[0];
    const canvas = make('canvas', { ariaLabel: 'The frame, and the details that agree' });
    canvas.role = 'img';
    const rows = trace.candidates.map((candidate) => {
      const row = makeCandidate(candidate, trace.needed);
      row.onclick = () => drawMatches(canvas, trace.picture, candidate);
      return row;
    });
    const crops = trace.crops.map((crop, index) =>
      make('img', { src: crop, alt: `What the model sees: ${index ? 'the middle' : 'all'}` }),
    );
    if (best) drawMatches(canvas, trace.picture, best);
    return make(
      'article',
      { className: 'trace' },
      make('h2', {}, heading),
      make('p', { className: 'hint' }, `${facts.join('; ')}.`),
      best ? canvas : make('img', { src: trace.picture, alt: 'The frame' }),
      make('div', { className: 'crops' }, ...crops),
      make('div', { className: 'candidates' }, ...rows),
    );
  }
}

/**
 * @param {Candidate} candidate
 * @param {number} needed
 */
function makeCandidate(candidate, needed) {
  const meter = make('meter', { min: 0, max: 2 * needed, value: candidate.inliers, low: needed });
  meter.ariaLabel = `${candidate.inliers} matches agree, ${needed} are needed`;
  const { score, inliers, matches, agreement } = candidate;
  const alike = inliers ? `, ${Math.round(100 * agreement)}% looks alike` : '';
  const facts = `score ${score.toFixed(2)}, ${inliers} of ${matches} matches agree${alike}`;
  const row = make(
    'button',
    {},
    make('img', { src: candidate.photograph, alt: '' }),
    make('b', {}, candidate.title),
    make('span', {}, facts),
    meter,
    make('span', {}, `${Math.round(100 * candidate.belief)}% sure`),
  );
  row.dataset.chosen = String(candidate.chosen);
  return row;
}

/** @param {Step} step */
function makeVote(step) {
  const vote = step.vote?.title ?? step.reason ?? '';
  const item = make(
    'li',
    { title: `${step.t} s: ${vote || 'no vote'}` },
    make('img', { src: step.small ?? '', alt: '' }),
    make('span', {}, vote || 'no vote'),
    make('small', {}, step.said?.length ? step.said.join(', ').replace('_', ' ') : `${step.t} s`),
  );
  item.dataset.vote = String(!!step.vote);
  item.dataset.declared = String(!!step.declared);
  return item;
}

/**
 * Read JSON lines as they arrive: one object per line.
 *
 * @param {Response} response
 * @returns {AsyncGenerator<Step>}
 */
async function* lines(response) {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    const parts = (rest + (value ?? '')).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) yield JSON.parse(part);
    if (done) return;
  }
}
