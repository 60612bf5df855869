// The visitor page: makes the parts, ties them to the buttons.

import { Card, factsOf } from './card.js';
import { find, setText } from '../shared/dom.js';
import { tell } from '../shared/languages.js';
import { Look } from './presenter.js';
import { Note } from './feedback.js';
import { Notice } from './notice.js';
import { keepForOffline } from './offline.js';
import { Overlay } from './overlay.js';
import { watchPresence } from '../shared/presence.js';
import { Screen } from './screen.js';
import { remember } from './history.js';
import { SeenList } from './history_dialog.js';
import { loadConfig } from './signalling.js';
import { Tools } from './camera_controls.js';
import { Visit } from './visit.js';
import { fillWords, say, wantedLanguages } from '../shared/words.js';

/** @param {{name: string, artworks: number}} gallery */
function showGallery(gallery) {
  for (const id of ['#welcome-gallery', '#bar-gallery'])
    find(id, HTMLElement).textContent = gallery.name || say('app.title');
  const count = gallery.artworks > 0 ? say('welcome.count', { count: gallery.artworks }) : '';
  setText(find('#welcome-count', HTMLElement), count);
}

/** @param {import('./screen.js').Problem} problem */
function wayOut(problem) {
  if (problem === 'insecure-origin') location.protocol = 'https:';
  else if (problem === 'outdated') location.reload();
  else visit.hurry();
}

/** The closing card takes the focus with it: the way back is the next best place. */
function keepLooking() {
  look.keepLooking();
  if (!back.hidden) back.focus({ preventScroll: true });
}

/** @param {import('../shared/messages.js').Artwork} artwork */
function keepSeen(artwork) {
  const text = tell(artwork, 'text', wantedLanguages);
  remember({
    id: artwork.id,
    title: tell(artwork, 'title', wantedLanguages).value,
    artist: artwork.artist ?? '',
    facts: factsOf(artwork),
    text: text.value,
    language: text.language,
    image: artwork.image ?? '',
  });
  seenList.refresh();
}

fillWords(document);
const back = find('#back', HTMLButtonElement);
const screen = new Screen();
const picture = find('#picture', HTMLVideoElement);
const overlay = new Overlay(find('#overlay', HTMLCanvasElement), picture);
const note = new Note(picture);
const card = new Card(find('#card', HTMLElement), {
  onClose: keepLooking,
  onDoubt: (artwork) => note.open(artwork),
});
const seenList = new SeenList();
const tools = new Tools(find('.stage', HTMLElement), () => visit.changeLens());
const look = new Look({ screen, overlay, card, onGallery: showGallery, onSeen: keepSeen });
const visit = new Visit({ screen, notice: new Notice(wayOut), look, tools });

const start = find('#start', HTMLButtonElement);
start.addEventListener('click', () => visit.start());
start.disabled = false;
back.addEventListener('click', () => look.back());
find('#stop', HTMLButtonElement).addEventListener('click', () => {
  visit.stop();
  start.focus();
});
document.addEventListener('keydown', (event) => {
  const inDialog = document.querySelector('dialog[open]') !== null;
  if (event.key === 'Escape' && card.isOpen && !inDialog) keepLooking();
});

let comesBack = false;
watchPresence({
  onHidden: () => visit.hidden(),
  onAway: () => visit.rest(),
  onVisible: () => visit.visible(),
  onLeave: () => {
    comesBack = visit.isUnderWay;
    visit.stop();
  },
  onReturn: () => {
    if (comesBack) visit.start();
  },
});

loadConfig()
  .then((config) => showGallery(config.gallery))
  .catch(() => {
    // Only the name is missing; connecting says what is wrong.
  });
window.addEventListener('load', () => void keepForOffline());
if (new URLSearchParams(location.search).get('autostart') === '1') visit.start();
