// Records: how often artworks were recognized, visitors' notes, the versions of the gallery.

import { find, setText } from '../shared/dom.js';
import { load, send } from './api.js';
import { confirmed, errorText, localTime, make } from './elements.js';

/** @typedef {{id: string, title: string, matches: number, median_s: number | null}} Count */
/**
 * @typedef {object} Day
 * @property {string} day
 * @property {number} matches
 * @property {number} not_found
 */
/**
 * @typedef {object} Note
 * @property {string} id
 * @property {string} received
 * @property {string} title of the artwork that it is about.
 * @property {string} thumbnail of that artwork; empty if it has gone.
 * @property {'another' | 'nothing' | 'text'} choice
 * @property {string} text
 * @property {string} language
 * @property {boolean} has_picture
 */

const CHOICES = {
  another: 'It is another artwork',
  nothing: 'There was no artwork',
  text: 'What the card says is wrong',
};
const DAYS_SHOWN = 30;

export async function showVisits() {
  /** @type {{days: Day[], artworks: Count[], left_out: number}} */
  const { days, artworks, left_out } = await load('/studio/visits.json');
  const matches = days.reduce((sum, one) => sum + one.matches, 0);
  const missed = days.reduce((sum, one) => sum + one.not_found, 0);
  const summary = days.length
    ? `${matches} artworks recognized and ${missed} attempts without an answer, on ${days.length} days`
    : 'No visit has been counted yet.';
  setText(find('#visits-summary', HTMLElement), summary);
  const last = days.slice(-DAYS_SHOWN);
  const most = Math.max(1, ...last.map((one) => one.matches + one.not_found));
  const bars = last.map((one) => {
    const label = `${one.day}: ${one.matches} recognized, ${one.not_found} not found`;
    const bar = make('div', { className: 'day', title: label }, make('i'), make('b'));
    bar.role = 'img';
    bar.ariaLabel = label;
    find('b', HTMLElement, bar).style.height = `${(100 * one.matches) / most}%`;
    find('i', HTMLElement, bar).style.height = `${(100 * one.not_found) / most}%`;
    return bar;
  });
  find('#days', HTMLElement).replaceChildren(...bars);
  const rows = artworks.map((one) =>
    make(
      'tr',
      {},
      make('td', {}, one.title),
      make('td', {}, String(one.matches)),
      make('td', {}, one.median_s === null ? '' : `${one.median_s.toFixed(1)} s`),
    ),
  );
  const columns = ['Artwork', 'Recognized', 'Median time'];
  const heads = columns.map((column) => make('th', { scope: 'col' }, column));
  const head = make('thead', {}, make('tr', {}, ...heads));
  const table = make('table', {}, head, make('tbody', {}, ...rows));
  find('#counts', HTMLElement).replaceChildren(...(rows.length ? [table] : []));
  const more = left_out ? `${left_out} artworks were recognized less often; the CSV has all.` : '';
  setText(find('#left-out', HTMLElement), more);
}

export async function showNotes() {
  /** @type {Note[]} */
  const notes = await load('/studio/notes.json');
  const items = notes.map((note) => {
    const shown = note.has_picture ? `/studio/notes/${note.id}.jpg` : note.thumbnail;
    const alt = note.has_picture ? 'What the visitor saw' : '';
    const image = make('img', { alt, loading: 'lazy' });
    if (shown) image.src = shown;
    const remove = make('button', { className: 'quiet' }, 'Delete');
    remove.onclick = async () => {
      if (!(await confirmed('Delete this note?', 'It can’t be had back.', 'Delete'))) return;
      await send(`/studio/notes/${note.id}`, 'DELETE');
      await showNotes();
    };
    const about = `${note.title}, ${localTime(note.received)}`;
    const words = make('div', {}, make('b', {}, CHOICES[note.choice]), make('span', {}, about));
    if (note.text) words.append(make('q', { lang: note.language }, note.text));
    return make('li', {}, ...(shown ? [image] : []), words, remove);
  });
  find('#notes', HTMLElement).replaceChildren(...items);
  find('#no-notes', HTMLElement).hidden = items.length > 0;
}

/** @param {() => void} onNewVersion */
export async function showVersions(onNewVersion) {
  /** @type {{name: string, replaced: string, artworks: number}[]} */
  const versions = await load('/studio/versions.json');
  const items = versions.map(({ name, replaced, artworks }) => {
    const back = make('button', { className: 'changing' }, 'Put back');
    const error = make('p', { className: 'error', hidden: true });
    error.role = 'alert';
    back.onclick = async () => {
      const more = `Its ${artworks} artworks are what visitors see from then on.`;
      if (!(await confirmed('Put this version back?', more, 'Put back'))) return;
      try {
        await send(`/studio/versions/${encodeURIComponent(name)}`, 'POST');
        onNewVersion();
        await showVersions(onNewVersion);
      } catch (refused) {
        setText(error, errorText(refused));
      }
    };
    const label = `${artworks} artworks, in use until ${localTime(replaced)}`;
    return make('li', {}, make('span', {}, label), back, error);
  });
  find('#versions', HTMLElement).replaceChildren(...items);
  find('#no-versions', HTMLElement).hidden = items.length > 0;
}
