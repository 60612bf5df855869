// Deutsch

/** @type {import('../words.js').Words} */
const words = {
  'app.title': 'Vernissage',
  'welcome.lead': 'Richten Sie die Kamera auf ein Kunstwerk und erfahren Sie, was es ist.',
  'welcome.start': 'Los geht’s',
  'welcome.permission':
    'Ihr Browser wird nach der Kamera fragen, damit das Kunstwerk vor Ihnen erkannt werden kann.',
  'welcome.privacy': 'Bilder bleiben einen Moment im Arbeitsspeicher und werden nie gespeichert.',
  'welcome.count': '{count} Kunstwerke in dieser Sammlung',
  'welcome.count.one': '{count} Kunstwerk in dieser Sammlung',
  'bar.stop': 'Beenden und Kamera ausschalten',
  'bar.seen': 'Was ich sah',
  'tools.torch': 'Licht',
  'tools.lens': 'Anderes Objektiv der Kamera',
  'tools.closer': 'Vergrößern',
  'tools.wider': 'Verkleinern',

  'hint.connecting': 'Einen Moment …',
  'hint.reconnecting': 'Die Verbindung ist abgerissen. Ich verbinde neu …',
  'hint.look': 'Richten Sie die Kamera auf ein Kunstwerk',
  'hint.recognising': 'So halten …',
  'hint.hold_still': 'Bitte kurz ruhig halten',
  'hint.too_dark': 'Hier ist es zu dunkel. Gibt es irgendwo mehr Licht?',
  'hint.too_bright': 'Zu hell. Drehen Sie sich etwas vom Licht weg',
  'hint.move_closer': 'Gehen Sie etwas näher heran',
  'hint.blurred': 'Das Bild ist unscharf. Bitte kurz ruhig halten',
  'hint.next': 'Auf zum nächsten Kunstwerk',
  'hint.back': 'Zurück zu „{title}“',

  'not_found.title': 'Das erkenne ich nicht',
  'not_found.text':
    'An Ihnen liegt es nicht: Vielleicht gehört es nicht zur Sammlung, oder es spiegelt. ' +
    'Ich suche weiter; versuchen Sie es von vorn oder mit einem anderen Kunstwerk.',

  'card.label': 'Kunstwerk',
  'card.room': 'Raum {room}',
  'card.more': 'Mehr',
  'card.less': 'Weniger',
  'card.close': 'Weiterschauen',
  'card.picture': 'Bild von {title}',
  'card.view': '{title}, Bild {number}',
  'card.images': 'Weitere Bilder',
  'card.audio': 'Tonaufnahme zu {title}',
  'card.read': 'Vorlesen',
  'card.hush': 'Nicht mehr vorlesen',
  'card.note': 'Nicht das, was Sie sehen?',
  'announce.match': 'Gefunden: {title}, von {artist}.',
  'announce.match_anonymous': 'Gefunden: {title}.',
  'announce.looking': 'Ich suche nach Kunstwerken.',

  'note.title': 'Nicht das, was Sie sehen?',
  'note.lead': 'Sagen Sie dem Museum, was nicht stimmt, damit es berichtigt werden kann.',
  'note.another': 'Das ist ein anderes Kunstwerk',
  'note.nothing': 'Hier ist kein Kunstwerk',
  'note.text': 'Was hier steht, stimmt nicht',
  'note.words': 'In eigenen Worten, wenn Sie mögen',
  'note.picture': 'Auch dieses eine Kamerabild senden',
  'note.preview': 'Das Kamerabild, das gesendet würde',
  'note.send': 'Senden',
  'note.cancel': 'Abbrechen',
  'note.thanks': 'Danke. Das Museum wird es lesen.',
  'note.failed': 'Das ließ sich nicht senden. Bitte versuchen Sie es gleich noch einmal.',

  'seen.title': 'Was ich sah',
  'seen.lead': 'Diese Liste liegt nur auf Ihrem Telefon.',
  'seen.count': '{count} Kunstwerke',
  'seen.count.one': '{count} Kunstwerk',
  'seen.empty': 'Noch nichts. Was Sie finden, steht dann hier.',
  'seen.share': 'Teilen',
  'seen.heading': 'Was ich sah: {gallery}',
  'seen.copied': 'Als Text kopiert.',
  'seen.not_shared': 'Dieser Browser kann nicht teilen.',
  'seen.clear': 'Liste leeren',
  'seen.sure': 'Die ganze Liste leeren?',
  'seen.close': 'Schließen',

  'error.retry': 'Noch einmal versuchen',
  'error.retry_now': 'Jetzt versuchen',
  'error.countdown': 'Neuer Versuch in {seconds} s …',
  'error.trying': 'Neuer Versuch …',

  'error.no-permission.title': 'Die Kamera ist für diese Seite ausgeschaltet',
  'error.no-permission.text': 'Ohne sie kann ich das Kunstwerk nicht sehen. So erlauben Sie sie:',
  'error.no-permission.ios':
    'Tippen Sie auf das Seitenmenü neben der Adresse („aA“ oder eine kleine Seite).\n' +
    'Öffnen Sie „Website-Einstellungen“ und stellen Sie „Kamera“ auf „Erlauben“.\n' +
    'Kommen Sie zurück und tippen Sie auf „Noch einmal versuchen“.',
  'error.no-permission.android':
    'Tippen Sie auf das Symbol links neben der Adresse.\n' +
    'Öffnen Sie „Berechtigungen“ und erlauben Sie die Kamera.\n' +
    'Kommen Sie zurück und tippen Sie auf „Noch einmal versuchen“.',
  'error.no-permission.other':
    'Klicken Sie auf das Kamerasymbol in der Adressleiste.\n' +
    'Erlauben Sie die Kamera für diese Seite.\n' +
    'Klicken Sie auf „Noch einmal versuchen“.',

  'error.no-camera.title': 'Keine Kamera gefunden',
  'error.no-camera.text':
    'Dieses Gerät hat keine Kamera, die ich benutzen kann. ' +
    'Öffnen Sie die Seite auf einem Telefon, oder schließen Sie eine Kamera an.',
  'error.camera-busy.title': 'Die Kamera ist besetzt',
  'error.camera-busy.text':
    'Eine andere App oder ein anderer Tab scheint sie zu benutzen. ' +
    'Schließen Sie das, und versuchen Sie es noch einmal.',

  'error.insecure-origin.title': 'Diese Adresse ist nicht sicher',
  'error.insecure-origin.text':
    'Browser geben die Kamera nur für https-Adressen frei. ' +
    'Scannen Sie den Code am Eingang noch einmal, oder öffnen Sie die sichere Adresse.',
  'error.insecure-origin.action': 'Sichere Adresse öffnen',

  'error.full.title': 'Gerade schauen viele Gäste',
  'error.full.text': 'Alle Plätze sind besetzt. Bleiben Sie hier: Der nächste freie ist Ihrer.',
  'error.place': 'Sie sind Nummer {place} in der Reihe.',
  'error.next': 'Sie sind als Nächstes dran.',

  'error.connection-lost.title': 'Die Verbindung ist abgerissen',
  'error.connection-lost.text':
    'Ich versuche es weiter. Dauert es lange, prüfen Sie, ob Sie im WLAN des Museums sind.',

  'error.unsupported.title': 'Dieser Browser kann das nicht',
  'error.unsupported.text':
    'Er kann keine Livebilder senden (WebRTC). ' +
    'Öffnen Sie diese Seite in einem aktuellen Safari, Chrome, Firefox oder Edge.',
  'error.outdated.title': 'Diese Seite ist veraltet',
  'error.outdated.text': 'Der Server ist schon weiter. Laden Sie die Seite neu.',
  'error.outdated.action': 'Neu laden',

  'wall.title': 'Die Wand',
  'wall.try': 'Öffnen Sie die Besucherseite auf dem Telefon, und richten Sie es hierher:',
  'wall.empty': 'Hier hängt noch nichts: Diese Galerie hat keine Bilder.',
  'wall.failed': 'Die Bilder konnten nicht geladen werden. Laden Sie die Seite neu.',
  'wall.keys': 'Pfeiltasten blättern · F füllt den Bildschirm · Esc führt zurück',
  'wall.previous': 'Voriges Kunstwerk',
  'wall.next': 'Nächstes Kunstwerk',
  'wall.back': 'Zurück zur Wand',
  'kiosk.idle': 'Halten Sie ein Kunstwerk vor die Kamera',
  'kiosk.idle.advice': 'Dann erfahren Sie, was es ist.',
  'kiosk.looking': 'Bitte so halten …',
  'kiosk.camera-lost': 'Die Kamera macht Pause',
  'kiosk.camera-lost.advice': 'Sie wird immer wieder gefragt und kommt von selbst zurück.',
  'kiosk.no-server': 'Der Server ist nicht erreichbar. Neuer Versuch …',
};

export default words;
