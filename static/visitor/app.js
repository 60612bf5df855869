// The visitor page: creates its parts and connects them to the buttons.

import { find, setText } from '../shared/dom.js';
import { factsOf } from '../shared/facts.js';
import { loadConfig } from '../shared/fetch.js';
import { translated } from '../shared/languages.js';
import { watchPresence } from '../shared/presence.js';
import { translate, translatePage, wantedLanguages } from '../shared/words.js';
import { CameraControls } from './camera_controls.js';
import { Card } from './card.js';
import { FeedbackDialog } from './feedback.js';
import { addToHistory } from './history.js';
import { HistoryDialog } from './history_dialog.js';
import { Notice } from './notice.js';
import { keepForOffline } from './offline.js';
import { Overlay } from './overlay.js';
import { Presenter } from './presenter.js';
import { Screen } from './screen.js';
import { Visit } from './visit.js';

/** @param {{name: string, artworks: number}} gallery */
function showGallery(gallery) {
  for (const id of ['#welcome-gallery', '#bar-gallery'])
    find(id, HTMLElement).textContent = gallery.name || translate('app.title');
  const count = gallery.artworks > 0 ? translate('welcome.count', { count: gallery.artworks }) : '';
  setText(find('#welcome-count', HTMLElement), count);
}

/** @param {import('./screen.js').Problem} problem */
function solve(problem) {
  if (problem === 'insecure-origin') location.protocol = 'https:';
  else if (problem === 'outdated') location.reload();
  else visit.hurry();
}

/** Close the card. It had the focus, so the button that reopens it gets the focus instead. */
function keepLooking() {
  presenter.keepLooking();
  if (!back.hidden) back.focus({ preventScroll: true });
}

/** @param {import('../shared/messages.js').Artwork} artwork */
function remember(artwork) {
  const text = translated(artwork, 'text', wantedLanguages);
  addToHistory({
    id: artwork.id,
    title: translated(artwork, 'title', wantedLanguages).value,
    artist: artwork.artist ?? '',
    facts: factsOf(artwork),
    text: text.value,
    language: text.language,
    image: artwork.image ?? '',
  });
  historyDialog.refresh();
}

translatePage();
const back = find('#back', HTMLButtonElement);
const screen = new Screen();
const picture = find('#picture', HTMLVideoElement);
const overlay = new Overlay(find('#overlay', HTMLCanvasElement), picture);
const feedback = new FeedbackDialog(picture);
const card = new Card(find('#card', HTMLElement), {
  onClose: keepLooking,
  onDoubt: (artwork) => feedback.open(artwork),
});
const historyDialog = new HistoryDialog();
const controls = new CameraControls(find('.stage', HTMLElement), () => visit.changeLens());
const presenter = new Presenter({
  screen,
  overlay,
  card,
  onGallery: showGallery,
  onSeen: remember,
});
const visit = new Visit({ screen, notice: new Notice(solve), presenter, controls });

const start = find('#start', HTMLButtonElement);
start.addEventListener('click', () => visit.start());
start.disabled = false;
back.addEventListener('click', () => presenter.reopen());
find('#stop', HTMLButtonElement).addEventListener('click', () => {
  visit.stop();
  start.focus();
});
document.addEventListener('keydown', (event) => {
  const inDialog = document.querySelector('dialog[open]') !== null;
  if (event.key === 'Escape' && card.isOpen && !inDialog) keepLooking();
});

let resumes = false;
watchPresence({
  onHidden: () => visit.pause(),
  onAway: () => visit.rest(),
  onVisible: () => visit.resume(),
  onLeave: () => {
    resumes = visit.isUnderWay;
    visit.stop();
  },
  onReturn: () => {
    if (resumes) visit.start();
  },
});

loadConfig()
  .then((config) => showGallery(config.gallery))
  .catch(() => {
    // Only the gallery's name is missing; connecting will report the problem.
  });
// The load event does not wait for this module, which waits for the words of its language.
if (document.readyState === 'complete') void keepForOffline();
else window.addEventListener('load', () => void keepForOffline());
if (new URLSearchParams(location.search).get('autostart') === '1') visit.start();
