// English; every other language has the same keys. `{name}` is filled in, `.one` is the singular.

export default {
  'app.title': 'Vernissage',
  'welcome.lead': 'Point your camera at an artwork. Learn what it is.',
  'welcome.start': 'Start looking',
  'welcome.permission':
    'Your browser will ask for the camera, so that the artwork in front of you can be recognised.',
  'welcome.privacy': 'Pictures stay in memory for a moment and are never stored.',
  'welcome.count': '{count} artworks in this collection',
  'welcome.count.one': '{count} artwork in this collection',
  'bar.stop': 'Stop and close the camera',
  'bar.seen': 'What I saw',
  'tools.torch': 'Light',
  'tools.lens': 'Another lens of the camera',
  'tools.closer': 'Zoom in',
  'tools.wider': 'Zoom out',

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
  'card.more': 'More',
  'card.less': 'Less',
  'card.close': 'Keep looking',
  'card.picture': 'Picture of {title}',
  'card.view': '{title}, picture {number}',
  'card.images': 'Further pictures',
  'card.audio': 'Audio about {title}',
  'card.read': 'Read aloud',
  'card.hush': 'Stop reading',
  'card.note': 'Not what you see?',
  'announce.match': 'Found: {title}, by {artist}.',
  'announce.match_anonymous': 'Found: {title}.',
  'announce.looking': 'Looking for artworks.',

  'note.title': 'Not what you see?',
  'note.lead': 'Tell the museum what is wrong, so that it can be put right.',
  'note.another': 'This is another artwork',
  'note.nothing': 'There is no artwork here',
  'note.text': 'What it says is wrong',
  'note.words': 'In your own words, if you like',
  'note.picture': 'Send this one camera picture too',
  'note.preview': 'The camera picture that would be sent',
  'note.send': 'Send',
  'note.cancel': 'Cancel',
  'note.thanks': 'Thank you. The museum will read it.',
  'note.failed': 'It could not be sent. Please try again in a moment.',

  'seen.title': 'What I saw',
  'seen.lead': 'This list is kept on your phone only.',
  'seen.count': '{count} artworks',
  'seen.count.one': '{count} artwork',
  'seen.empty': 'Nothing yet. What you find is listed here.',
  'seen.share': 'Share',
  'seen.heading': 'What I saw at {gallery}',
  'seen.copied': 'Copied as text.',
  'seen.not_shared': 'This browser can’t share it.',
  'seen.clear': 'Clear the list',
  'seen.sure': 'Clear the whole list?',
  'seen.close': 'Close',

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
  'error.place': 'You are number {place} in line.',
  'error.next': 'You are next.',

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

  'kiosk.idle': 'Hold an artwork up to the camera',
  'kiosk.idle.advice': 'Then I tell you what it is.',
  'kiosk.looking': 'Hold it there …',
  'kiosk.camera-lost': 'The camera is resting',
  'kiosk.camera-lost.advice': 'It is asked again and again, and comes back by itself.',
  'kiosk.no-server': 'The server can’t be reached. Trying again …',
};
