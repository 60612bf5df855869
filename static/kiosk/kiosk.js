// The screen of a kiosk: shows what the server's events say, in the words of its browser.

import { factsOf } from '../visitor/card.js';
import { find, setText } from '../shared/dom.js';
import { tell } from '../shared/languages.js';
import { WakeLock } from '../shared/presence.js';
import { fillWords, say, wantedLanguages } from '../shared/words.js';

/** @typedef {import('../shared/messages.js').Artwork} Artwork */
/** @typedef {'idle' | 'looking' | 'artwork' | 'camera-lost'} State */
/** @typedef {{title: string, state: State, artwork: Artwork | null}} Shown */

const picture = find('#picture', HTMLImageElement);
const trouble = find('#trouble', HTMLElement);

/** @param {Artwork} artwork */
function showArtwork(artwork) {
  const title = tell(artwork, 'title', wantedLanguages);
  const text = tell(artwork, 'text', wantedLanguages);
  // From three metres the thumbnail is too small.
  const larger = (artwork.image ?? '').replace('/thumbnail.jpg', '/picture.jpg');
  if (picture.getAttribute('src') !== larger) picture.src = larger;
  picture.alt = say('card.picture', { title: title.value });
  const name = find('#name', HTMLElement);
  setText(name, title.value);
  name.lang = title.language;
  setText(find('#artist', HTMLElement), artwork.artist);
  setText(find('#facts', HTMLElement), factsOf(artwork));
  const story = find('#text', HTMLElement);
  setText(story, text.value);
  story.lang = text.language;
}

/** @param {Shown} shown */
function show({ title, state, artwork }) {
  setText(find('#title', HTMLElement), title);
  document.title = title;
  if (artwork) showArtwork(artwork);
  else {
    const key = /** @type {'idle' | 'looking' | 'camera-lost'} */ (state);
    setText(find('#headline', HTMLElement), say(`kiosk.${key}`));
    setText(find('#advice', HTMLElement), key === 'looking' ? '' : say(`kiosk.${key}.advice`));
  }
  find('#artwork', HTMLElement).hidden = !artwork;
  find('#message', HTMLElement).hidden = !!artwork;
  if (artwork) document.body.dataset.artwork = artwork.id;
  else delete document.body.dataset.artwork;
  document.body.dataset.state = state;
}

fillWords(document);
void new WakeLock().hold();
document.addEventListener('click', () => void document.documentElement.requestFullscreen?.());
const events = new EventSource(`${location.pathname}/events`);
events.onopen = () => setText(trouble, '');
events.onerror = () => {
  setText(trouble, say('kiosk.no-server'));
  // A browser comes back by itself from a lost server, but not from one that answered wrongly.
  if (events.readyState === EventSource.CLOSED) window.setTimeout(() => location.reload(), 5000);
};
events.onmessage = (/** @type {MessageEvent<string>} */ event) => show(JSON.parse(event.data));
