// "Try it": a photograph or a clip, and everything that is made of it.

import { find, setText } from '../shared/dom.js';
import { ask } from './api.js';
import { drawAgreement } from './drawing.js';
import { make, picked, reason } from './elements.js';

/** @typedef {import('./drawing.js').Point} Point */
/**
 * @typedef {object} Candidate
 * @property {string} id
 * @property {string} title
 * @property {number} score of the model, -1..1.
 * @property {number} inliers
 * @property {number} matches
 * @property {number} agreement share of its detail in view that looks alike, 0..1.
 * @property {number} belief 0..1
 * @property {boolean} chosen
 * @property {Point[] | null} outline
 * @property {string} photograph
 * @property {import('./drawing.js').Pair[]} pairs
 */
/**
 * @typedef {object} Whole
 * @property {string} picture
 * @property {string[]} crops
 * @property {string} look
 * @property {number} details
 * @property {number} needed inliers for a vote.
 * @property {string} decision
 * @property {string} refused why a visitor's frame like this isn't judged; empty if it is.
 * @property {number} looked_at
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
 * @property {string[]} [said]
 * @property {Whole} [whole]
 */

const LOOKS = /** @type {Record<string, string>} */ ({
  first: 'a first look',
  suspected: 'a closer look at what is suspected',
  closer: 'a closer look at every artwork',
  confirmed: 'a look for what the model had just named',
  tracked: 'a look for the declared artwork alone',
  followed: 'followed from the frame before',
});

export class Attempt {
  #said = find('#try-said', HTMLElement);
  #votes = find('#votes', HTMLElement);
  #wholes = find('#wholes', HTMLElement);
  #number = 0;

  constructor() {
    for (const id of ['#try-file', '#try-camera']) {
      find(id, HTMLInputElement).onchange = (event) => {
        const [file] = picked(event);
        if (file) this.begin(file);
      };
    }
  }

  /** @param {File} file */
  async begin(file) {
    const number = ++this.#number;
    this.#votes.replaceChildren();
    this.#votes.hidden = true;
    this.#wholes.replaceChildren();
    setText(this.#said, `Looking at ${file.name} …`);
    try {
      const response = await ask('/studio/try', {
        method: 'POST',
        headers: { 'Content-Type': file.type },
        body: file,
      });
      let steps = 0;
      for await (const step of lines(response)) {
        if (number !== this.#number) return;
        if (step.small) steps += 1;
        this.#show(step);
        if (step.t !== undefined) setText(this.#said, `${steps} frames judged, ${step.t} s …`);
      }
      setText(this.#said, steps > 1 ? `${steps} frames judged.` : '');
    } catch (error) {
      if (number === this.#number) setText(this.#said, reason(error));
    }
  }

  /** @param {Step} step */
  #show(step) {
    if (step.small && step.t !== undefined) {
      this.#votes.hidden = false;
      this.#votes.append(voteOf(step));
    }
    if (step.whole) this.#wholes.append(this.#wholeOf(step.whole, step));
  }

  /**
   * @param {Whole} whole
   * @param {Step} step
   */
  #wholeOf(whole, step) {
    const { embed, search, verify } = whole.ms;
    const heading = step.t === undefined ? whole.decision : `${step.t} s: ${whole.decision}`;
    const facts = [
      `${whole.details} details seen, ${whole.looked_at} artworks compared by them`,
      LOOKS[whole.look] ?? whole.look,
      `${embed} ms to embed, ${search} to search, ${verify} to verify`,
    ];
    if (whole.refused) facts.push(`a visitor's frame like this is left out: ${whole.refused}`);
    const best = whole.candidates.find((one) => one.chosen) ?? whole.candidates[0];
    const canvas = make('canvas', { ariaLabel: 'The frame, and the details that agree' });
    canvas.role = 'img';
    const rows = whole.candidates.map((candidate) => {
      const row = candidateRow(candidate, whole.needed);
      row.onclick = () => drawAgreement(canvas, whole.picture, candidate);
      return row;
    });
    const crops = whole.crops.map((crop, index) =>
      make('img', { src: crop, alt: `What the model sees: ${index ? 'the middle' : 'all'}` }),
    );
    if (best) drawAgreement(canvas, whole.picture, best);
    return make(
      'article',
      { className: 'whole' },
      make('h2', {}, heading),
      make('p', { className: 'hint' }, `${facts.join('; ')}.`),
      best ? canvas : make('img', { src: whole.picture, alt: 'The frame' }),
      make('div', { className: 'crops' }, ...crops),
      make('div', { className: 'candidates' }, ...rows),
    );
  }
}

/**
 * @param {Candidate} candidate
 * @param {number} needed
 */
function candidateRow(candidate, needed) {
  const meter = make('meter', { min: 0, max: 2 * needed, value: candidate.inliers, low: needed });
  meter.ariaLabel = `${candidate.inliers} matches agree, ${needed} are needed`;
  const { score, inliers, matches, agreement } = candidate;
  const alike = inliers ? `, ${Math.round(100 * agreement)}% looks alike` : '';
  const told = `score ${score.toFixed(2)}, ${inliers} of ${matches} matches agree${alike}`;
  const row = make(
    'button',
    {},
    make('img', { src: candidate.photograph, alt: '' }),
    make('b', {}, candidate.title),
    make('span', {}, told),
    meter,
    make('span', {}, `${Math.round(100 * candidate.belief)}% sure`),
  );
  row.dataset.chosen = String(candidate.chosen);
  return row;
}

/** @param {Step} step */
function voteOf(step) {
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
 * Read JSON, an object a line, as it comes.
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
