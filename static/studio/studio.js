// The studio: signing in, switching its parts, and taking the files dropped on the page.

import { find, setText } from '../shared/dom.js';
import { request } from './api.js';
import { ArtworkDialog } from './artwork.js';
import { BulkAddDialog } from './bulk_add.js';
import { Collection } from './collection.js';
import { errorText } from './elements.js';
import { Jobs } from './jobs.js';
import { showNotes, showVersions, showVisits } from './records.js';
import { Trial } from './trial.js';

const PARTS = ['collection', 'try', 'visits', 'history'];
const jobs = new Jobs(() => collection.load());
const collection = new Collection(
  showListing,
  (artwork) => dialog.open(artwork, language),
  (error) => jobs.showFailure(errorText(error)),
);
const dialog = new ArtworkDialog(jobs);
const bulkAdd = new BulkAddDialog(jobs);
const trial = new Trial();
let language = 'en';
let writable = false;

/** @param {import('./collection.js').Listing} listing */
function showListing(listing) {
  language = listing.language;
  const old =
    'This gallery was made before photographs were kept: enrol it once more to change it.';
  const refused = listing.refused || (listing.keeps_originals ? '' : old);
  writable = !refused;
  document.body.dataset.writable = String(writable);
  setText(find('#refused', HTMLElement), refused);
  find('#name', HTMLElement).textContent = listing.name || 'The studio';
  document.title = `${listing.name || 'Vernissage'}: the studio`;
}

function partNow() {
  const part = location.hash.slice(1);
  return PARTS.includes(part) ? part : PARTS[0];
}

async function showPart() {
  const now = partNow();
  for (const part of PARTS) find(`#${part}[data-part]`, HTMLElement).hidden = part !== now;
  for (const link of document.querySelectorAll('nav a')) {
    link.ariaCurrent = link.getAttribute('href') === `#${now}` ? 'page' : null;
  }
  scrollTo(0, 0);
  try {
    if (now === 'visits') await Promise.all([showVisits(), showNotes()]);
    if (now === 'history') await showVersions(() => collection.load());
  } catch (error) {
    jobs.showFailure(errorText(error));
  }
}

async function open() {
  await collection.load();
  document.body.dataset.view = 'studio';
  await showPart();
  jobs.watch();
}

function signedOut() {
  jobs.stop();
  document.body.dataset.view = 'sign-in';
  find('#token', HTMLInputElement).focus();
}

/** @param {File[]} files */
function take(files) {
  const [first] = files;
  if (!first) return;
  if (partNow() === 'try') return trial.begin(first);
  if (!writable) return;
  const hasTable = files.some((file) => file.name.toLowerCase().endsWith('.csv'));
  if (hasTable) return bulkAdd.addTable(files);
  const pictures = files.filter((file) => file.type.startsWith('image/'));
  if (pictures.length === 0) return jobs.showFailure('photographs or a CSV can be dropped here');
  if (!dialog.isOpen) {
    location.hash = 'collection';
    dialog.open(null, language);
  }
  dialog.add(pictures);
}

const signIn = find('#sign-in form', HTMLFormElement);
signIn.onsubmit = async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const token = find('#token', HTMLInputElement);
  const error = find('.error', HTMLElement, signIn);
  setText(error, '');
  try {
    await request('/studio/session', { method: 'POST', body: token.value.trim() });
    token.value = '';
    await open();
  } catch (refused) {
    setText(error, errorText(refused));
  }
};
find('#sign-out', HTMLElement).onclick = async () => {
  await request('/studio/session', { method: 'DELETE' });
  signedOut();
};
find('#add', HTMLElement).onclick = () => dialog.open(null, language);
find('#add-many', HTMLElement).onclick = () => bulkAdd.open();
document.addEventListener('signed-out', signedOut);
addEventListener('hashchange', showPart);

addEventListener('dragover', (event) => {
  event.preventDefault();
  if (writable || partNow() === 'try') document.body.dataset.dropping = '';
});
addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) delete document.body.dataset.dropping;
});
addEventListener('drop', (event) => {
  event.preventDefault();
  delete document.body.dataset.dropping;
  take([...(event.dataTransfer?.files ?? [])]);
});

open().catch((error) => {
  signedOut();
  if (error.status !== 401) setText(find('.error', HTMLElement, signIn), errorText(error));
});
