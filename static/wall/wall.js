// The wall page: all enrolled artworks, and each of them alone on the screen.

import { find, setText } from '../shared/dom.js';
import { loadConfig } from '../shared/fetch.js';
import { translate, translatePage } from '../shared/words.js';
import { creditLine, frameKind } from './artwork.js';
import { Single } from './single.js';

/** @typedef {import('./artwork.js').HungArtwork} HungArtwork */

/** @param {HungArtwork} artwork */
function makeItem(artwork) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = `#${encodeURIComponent(artwork.id)}`;
  const frame = document.createElement('div');
  frame.className = 'frame';
  frame.dataset.kind = frameKind(artwork.id);
  const image = document.createElement('img');
  // The sizes come first, so that nothing moves when the pictures are loaded.
  Object.assign(image, { alt: '', loading: 'lazy', decoding: 'async' });
  image.style.aspectRatio = `${artwork.width} / ${artwork.height}`;
  image.src = artwork.thumbnail;
  const label = document.createElement('div');
  label.className = 'label';
  const title = document.createElement('b');
  title.textContent = artwork.title;
  const credit = document.createElement('span');
  setText(credit, creditLine(artwork));
  frame.append(image);
  label.append(title, credit);
  link.append(frame, label);
  item.append(link);
  return item;
}

/** @param {import('../shared/words.js').WordKey} key */
function remark(key) {
  setText(find('#remark', HTMLElement), translate(key));
}

async function open() {
  const response = await fetch('/wall/artworks.json');
  if (!response.ok) throw new Error(`artworks.json: ${response.status}`);
  /** @type {HungArtwork[]} */
  const artworks = await response.json();
  if (artworks.length === 0) return remark('wall.empty');
  find('#pictures', HTMLElement).replaceChildren(...artworks.map(makeItem));
  const every = Number(new URLSearchParams(location.search).get('every'));
  new Single(find('#single', HTMLElement), artworks, every);
}

translatePage();
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
