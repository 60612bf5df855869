// The screen of a kiosk: shows the server's events, in the language of its browser.

import { find, setText, setTranslated } from '../shared/dom.js';
import { factsOf } from '../shared/facts.js';
import { translated } from '../shared/languages.js';
import { WakeLock } from '../shared/presence.js';
import { translate, translatePage, wantedLanguages } from '../shared/words.js';

/** @typedef {import('../shared/messages.js').Artwork} Artwork */
/** @typedef {'idle' | 'looking' | 'artwork' | 'camera-lost'} State */
/** @typedef {{title: string, state: State, artwork: Artwork | null}} DisplayState */

const picture = find('#picture', HTMLImageElement);
const trouble = find('#trouble', HTMLElement);

/** @param {Artwork} artwork */
function showArtwork(artwork) {
  const title = translated(artwork, 'title', wantedLanguages);
  // The thumbnail is too small to be seen from three metres.
  const larger = (artwork.image ?? '').replace('/thumbnail.jpg', '/picture.jpg');
  if (picture.getAttribute('src') !== larger) picture.src = larger;
  picture.alt = translate('card.picture', { title: title.value });
  setTranslated(find('#name', HTMLElement), title);
  setText(find('#artist', HTMLElement), artwork.artist);
  setText(find('#facts', HTMLElement), factsOf(artwork));
  setTranslated(find('#text', HTMLElement), translated(artwork, 'text', wantedLanguages));
}

/** @param {DisplayState} display */
function show({ title, state, artwork }) {
  setText(find('#title', HTMLElement), title);
  document.title = title;
  if (artwork) showArtwork(artwork);
  else {
    const key = /** @type {'idle' | 'looking' | 'camera-lost'} */ (state);
    setText(find('#headline', HTMLElement), translate(`kiosk.${key}`));
    const advice = key === 'looking' ? '' : translate(`kiosk.${key}.advice`);
    setText(find('#advice', HTMLElement), advice);
  }
  find('#artwork', HTMLElement).hidden = !artwork;
  find('#message', HTMLElement).hidden = !!artwork;
  if (artwork) document.body.dataset.artwork = artwork.id;
  else delete document.body.dataset.artwork;
  document.body.dataset.state = state;
}

translatePage();
void new WakeLock().hold();
document.addEventListener('click', () => void document.documentElement.requestFullscreen?.());
const events = new EventSource(`${location.pathname}/events`);
events.onopen = () => setText(trouble, '');
events.onerror = () => {
  setText(trouble, translate('kiosk.no-server'));
  // The browser reconnects by itself to a lost server, but not to one that answered with an error.
  if (events.readyState === EventSource.CLOSED) window.setTimeout(() => location.reload(), 5000);
};
events.onmessage = (/** @type {MessageEvent<string>} */ event) => show(JSON.parse(event.data));
