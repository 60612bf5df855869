// The wall page: the enrolled artworks as a wall, and one by one behind it.

import { find, setText } from '../shared/dom.js';
import { creditLine, frameKind } from './artwork.js';
import { loadConfig } from '../visitor/signalling.js';
import { Single } from './single.js';
import { fillWords, say } from '../shared/words.js';

/** @typedef {import('./artwork.js').Hanging} Hanging */

/** @param {Hanging} hanging */
function hang(hanging) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = `#${encodeURIComponent(hanging.id)}`;
  const frame = document.createElement('div');
  frame.className = 'frame';
  frame.dataset.kind = frameKind(hanging.id);
  const image = document.createElement('img');
  // Sizes first, so that nothing moves when the pictures come in.
  Object.assign(image, { alt: '', loading: 'lazy', decoding: 'async' });
  image.style.aspectRatio = `${hanging.width} / ${hanging.height}`;
  image.src = hanging.thumbnail;
  const label = document.createElement('div');
  label.className = 'label';
  const title = document.createElement('b');
  title.textContent = hanging.title;
  const credit = document.createElement('span');
  setText(credit, creditLine(hanging));
  frame.append(image);
  label.append(title, credit);
  link.append(frame, label);
  item.append(link);
  return item;
}

/** @param {import('../shared/words.js').WordKey} key */
function remark(key) {
  setText(find('#remark', HTMLElement), say(key));
}

async function open() {
  const response = await fetch('/wall/artworks.json');
  if (!response.ok) throw new Error(`artworks.json: ${response.status}`);
  /** @type {Hanging[]} */
  const hangings = await response.json();
  if (hangings.length === 0) return remark('wall.empty');
  find('#pictures', HTMLElement).replaceChildren(...hangings.map(hang));
  const every = Number(new URLSearchParams(location.search).get('every'));
  new Single(find('#single', HTMLElement), hangings, every);
}

fillWords(document);
const visitorPage = find('#visitor-page', HTMLAnchorElement);
visitorPage.textContent = visitorPage.host;
loadConfig()
  .then(({ gallery }) => {
    if (gallery.name) find('#gallery', HTMLElement).textContent = gallery.name;
  })
  .catch(() => {
    // The heading stays what it is.
  });
open().catch((error) => {
  console.error(error);
  remark('wall.failed');
});
