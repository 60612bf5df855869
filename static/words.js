// Every word the pages say, by language. English is complete; another language may leave words
// out and gets the English ones. `{name}` in a text is filled in by `say`.

const english = {
  'app.title': 'Vernissage',
  'welcome.lead': 'Point your camera at an artwork. Learn what it is.',
  'welcome.start': 'Start looking',
  'welcome.permission':
    'Your browser will ask for the camera, so that the artwork in front of you can be recognised.',
  'welcome.privacy': 'Pictures stay in memory for a moment and are never stored.',
  'welcome.count': '{count} artworks in this collection',
  'bar.stop': 'Stop and close the camera',

  'hint.connecting': 'One moment …',
  'hint.reconnecting': 'The connection was lost. Reconnecting …',
  'hint.look': 'Point at an artwork',
  'hint.recognising': 'Hold it there …',
  'hint.hold_still': 'Hold still for a moment',
  'hint.too_dark': 'It is too dark here. Can you find more light?',
  'hint.too_bright': 'Too bright. Turn away from the light a little',
  'hint.move_closer': 'Step a little closer',
  'hint.blurred': 'The picture is blurred. Hold still for a moment',
  'hint.next': 'Point at the next artwork',
  'hint.back': 'Back to “{title}”',

  'not_found.title': 'I don’t recognise this one',
  'not_found.text':
    'Nothing wrong with you: it may not be in the collection, or a reflection hides it. ' +
    'I go on looking; try from the front, or another artwork.',

  'card.label': 'Artwork',
  'card.room': 'Room {room}',
  'card.more': 'Read on',
  'card.less': 'Show less',
  'card.close': 'Keep looking',
  'card.picture': 'Picture of {title}',
  'announce.match': 'Found: {title}, by {artist}.',
  'announce.match_anonymous': 'Found: {title}.',
  'announce.looking': 'Looking for artworks.',

  'error.retry': 'Try again',
  'error.retry_now': 'Try now',
  'error.countdown': 'Trying again in {seconds} s …',
  'error.trying': 'Trying again …',

  'error.no-permission.title': 'The camera is switched off for this page',
  'error.no-permission.text': 'Without it I can’t see the artwork. To allow it:',
  'error.no-permission.ios':
    'Tap the page menu at the side of the address bar (“aA” or a small page).\n' +
    'Open “Website Settings” and set “Camera” to “Allow”.\n' +
    'Come back here and tap “Try again”.',
  'error.no-permission.android':
    'Tap the symbol to the left of the address.\n' +
    'Open “Permissions” and allow the camera.\n' +
    'Come back here and tap “Try again”.',
  'error.no-permission.other':
    'Click the camera symbol in the address bar.\n' +
    'Allow the camera for this page.\n' +
    'Click “Try again”.',

  'error.no-camera.title': 'No camera found',
  'error.no-camera.text':
    'This device has no camera that I can use. Open this page on a phone, or connect a camera.',
  'error.camera-busy.title': 'The camera is busy',
  'error.camera-busy.text':
    'Another app or tab seems to be using it. Close that one, then try again.',

  'error.insecure-origin.title': 'This address is not secure',
  'error.insecure-origin.text':
    'Browsers lend the camera to https addresses only. ' +
    'Scan the code at the entrance again, or open the secure address.',
  'error.insecure-origin.action': 'Open the secure address',

  'error.full.title': 'Many visitors are looking just now',
  'error.full.text': 'Every place is taken. Stay here: you get the next free one by yourself.',

  'error.connection-lost.title': 'The connection was lost',
  'error.connection-lost.text':
    'I keep trying by myself. If it takes long, check that you are on the museum’s Wi-Fi.',

  'error.unsupported.title': 'This browser can’t do it',
  'error.unsupported.text':
    'It can’t send live pictures (WebRTC). ' +
    'Open this page in an up-to-date Safari, Chrome, Firefox or Edge.',
  'error.outdated.title': 'This page is out of date',
  'error.outdated.text': 'The server has moved on to a newer version. Load the page again.',
  'error.outdated.action': 'Load again',

  'wall.title': 'The wall',
  'wall.try': 'Open the visitor page on your phone and point it here:',
  'wall.empty': 'Nothing hangs here yet: this gallery has no pictures.',
  'wall.failed': 'The pictures could not be loaded. Load the page again.',
  'wall.keys': 'Arrow keys turn the page · F fills the screen · Esc goes back',
  'wall.previous': 'Previous artwork',
  'wall.next': 'Next artwork',
  'wall.back': 'Back to the wall',
};

/** @typedef {keyof typeof english} WordKey */
/** @typedef {Record<string, string | number>} Fillings */

/** @type {Record<string, Partial<Record<WordKey, string>>>} */
const tables = { en: english };

/**
 * The first wanted language that there are words in: `de-CH` is served by `de`.
 *
 * @param {readonly string[]} wanted BCP 47 tags, best first
 * @param {readonly string[]} known
 * @returns {string}
 */
export function pickLanguage(wanted, known) {
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    const found = known.find((name) => lower === name || lower.startsWith(`${name}-`));
    if (found) return found;
  }
  return 'en';
}

export const language = pickLanguage(navigator.languages ?? [], Object.keys(tables));

/**
 * The words for a key, in the visitor's language.
 *
 * @param {WordKey} key
 * @param {Fillings} [fillings]
 * @returns {string}
 */
export function say(key, fillings = {}) {
  const text = tables[language]?.[key] ?? english[key];
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(fillings[name] ?? whole));
}

/**
 * Put words into every element that asks for them by `data-say` (text) or `data-say-label`.
 *
 * @param {ParentNode} root
 */
export function fillWords(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll('[data-say]')) {
    element.textContent = say(/** @type {WordKey} */ (element.getAttribute('data-say')));
  }
  for (const element of root.querySelectorAll('[data-say-label]')) {
    const key = /** @type {WordKey} */ (element.getAttribute('data-say-label'));
    element.setAttribute('aria-label', say(key));
  }
}
