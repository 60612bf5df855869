// The wall page: all enrolled artworks, and each of them alone on the screen.

import { find, setText } from '../shared/dom.js';
import { loadConfig } from '../shared/fetch.js';
import { translate, translatePage } from '../shared/words.js';
import { creditLine, frameKind } from './artwork.js';
import { Hanging } from './hanging.js';
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

/** Hang the artworks that come next, each time the end of the wall comes near. */
async function hang() {
  const pictures = find('#pictures', HTMLElement);
  const place = pictures.childElementCount;
  const artworks = await hanging.from(place);
  if (hanging.total === 0) return remark('wall.empty');
  pictures.append(...artworks.map(makeItem));
  const last = pictures.lastElementChild;
  if (last && place + artworks.length < hanging.total) end.observe(last);
}

function onFailure(/** @type {unknown} */ error) {
  console.error(error);
  remark('wall.failed');
}

async function open() {
  await hang();
  const every = Number(new URLSearchParams(location.search).get('every'));
  if (hanging.total) new Single(find('#single', HTMLElement), hanging, every);
}

const hanging = new Hanging();
const end = new IntersectionObserver(
  (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    end.disconnect();
    hang().catch(onFailure);
  },
  { rootMargin: '1500px' },
);
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
open().catch(onFailure);
