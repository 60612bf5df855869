// Italiano

/** @type {import('../words.js').Words} */
const words = {
  'app.title': 'Vernissage',
  'welcome.lead': 'Inquadri un’opera e scopra che cos’è.',
  'welcome.start': 'Inizia',
  'welcome.permission':
    'Il browser chiederà la fotocamera, per riconoscere l’opera che ha davanti.',
  'welcome.privacy': 'Le immagini restano un attimo in memoria e non vengono mai salvate.',
  'welcome.count': '{count} opere in questa collezione',
  'welcome.count.one': '{count} opera in questa collezione',
  'bar.stop': 'Ferma e spegni la fotocamera',
  'bar.seen': 'Che cosa ho visto',
  'tools.torch': 'Luce',
  'tools.lens': 'Un altro obiettivo della fotocamera',
  'tools.closer': 'Ingrandisci',
  'tools.wider': 'Riduci',

  'hint.connecting': 'Un attimo …',
  'hint.reconnecting': 'La connessione è caduta. Mi ricollego …',
  'hint.look': 'Inquadri un’opera',
  'hint.recognising': 'Così, un momento …',
  'hint.hold_still': 'Tenga fermo un momento',
  'hint.too_dark': 'Qui è troppo buio. C’è più luce altrove?',
  'hint.too_bright': 'Troppa luce. Si giri un po’ dall’altra parte',
  'hint.move_closer': 'Si avvicini un po’',
  'hint.blurred': 'L’immagine è mossa. Tenga fermo un momento',
  'hint.next': 'Inquadri la prossima opera',
  'hint.back': 'Torna a «{title}»',

  'not_found.title': 'Questa non la riconosco',
  'not_found.text':
    'Non è colpa sua: forse non è nella collezione, o la nasconde un riflesso. ' +
    'Continuo a cercare; provi di fronte, o con un’altra opera.',

  'card.label': 'Opera',
  'card.room': 'Sala {room}',
  'card.more': 'Di più',
  'card.less': 'Di meno',
  'card.close': 'Continua',
  'card.picture': 'Immagine di {title}',
  'card.view': '{title}, immagine {number}',
  'card.images': 'Altre immagini',
  'card.audio': 'Audio su {title}',
  'card.read': 'Leggi ad alta voce',
  'card.hush': 'Smetti di leggere',
  'card.note': 'Non è ciò che vede?',
  'announce.match': 'Trovata: {title}, di {artist}.',
  'announce.match_anonymous': 'Trovata: {title}.',
  'announce.looking': 'Cerco opere d’arte.',

  'note.title': 'Non è ciò che vede?',
  'note.lead': 'Dica al museo che cosa non va, così potrà correggerlo.',
  'note.another': 'È un’altra opera',
  'note.nothing': 'Qui non c’è nessuna opera',
  'note.text': 'Quello che c’è scritto è sbagliato',
  'note.words': 'Con parole sue, se vuole',
  'note.picture': 'Invia anche questa sola immagine della fotocamera',
  'note.preview': 'L’immagine che verrebbe inviata',
  'note.send': 'Invia',
  'note.cancel': 'Annulla',
  'note.thanks': 'Grazie. Il museo lo leggerà.',
  'note.failed': 'Non è stato possibile inviarlo. Riprovi tra un momento.',

  'seen.title': 'Che cosa ho visto',
  'seen.lead': 'Questo elenco resta solo sul suo telefono.',
  'seen.count': '{count} opere',
  'seen.count.one': '{count} opera',
  'seen.empty': 'Ancora niente. Qui comparirà ciò che trova.',
  'seen.share': 'Condividi',
  'seen.heading': 'Che cosa ho visto: {gallery}',
  'seen.copied': 'Copiato come testo.',
  'seen.not_shared': 'Questo browser non può condividere.',
  'seen.clear': 'Svuota l’elenco',
  'seen.sure': 'Svuotare tutto l’elenco?',
  'seen.close': 'Chiudi',

  'error.retry': 'Riprova',
  'error.retry_now': 'Prova ora',
  'error.countdown': 'Nuovo tentativo tra {seconds} s …',
  'error.trying': 'Nuovo tentativo …',

  'error.no-permission.title': 'La fotocamera è disattivata per questa pagina',
  'error.no-permission.text': 'Senza, non posso vedere l’opera. Per consentirla:',
  'error.no-permission.ios':
    'Tocchi il menu della pagina accanto all’indirizzo («aA» o una piccola pagina).\n' +
    'Apra «Impostazioni sito web» e metta «Fotocamera» su «Consenti».\n' +
    'Torni qui e tocchi «Riprova».',
  'error.no-permission.android':
    'Tocchi il simbolo a sinistra dell’indirizzo.\n' +
    'Apra «Autorizzazioni» e consenta la fotocamera.\n' +
    'Torni qui e tocchi «Riprova».',
  'error.no-permission.other':
    'Faccia clic sul simbolo della fotocamera nella barra degli indirizzi.\n' +
    'Consenta la fotocamera per questa pagina.\n' +
    'Faccia clic su «Riprova».',

  'error.no-camera.title': 'Nessuna fotocamera trovata',
  'error.no-camera.text':
    'Questo dispositivo non ha una fotocamera che io possa usare. ' +
    'Apra questa pagina su un telefono, o colleghi una fotocamera.',
  'error.camera-busy.title': 'La fotocamera è occupata',
  'error.camera-busy.text':
    'Sembra che la usi un’altra app o un’altra scheda. La chiuda, poi riprovi.',

  'error.insecure-origin.title': 'Questo indirizzo non è sicuro',
  'error.insecure-origin.text':
    'I browser prestano la fotocamera solo a indirizzi https. ' +
    'Scansioni di nuovo il codice all’ingresso, o apra l’indirizzo sicuro.',
  'error.insecure-origin.action': 'Apri l’indirizzo sicuro',

  'error.full.title': 'Molti visitatori stanno guardando ora',
  'error.full.text': 'Tutti i posti sono occupati. Resti qui: il prossimo libero è suo.',
  'error.place': 'Lei è il numero {place} in fila.',
  'error.next': 'Il prossimo turno è suo.',

  'error.connection-lost.title': 'La connessione è caduta',
  'error.connection-lost.text':
    'Continuo a provare. Se dura a lungo, controlli di essere sul Wi-Fi del museo.',

  'error.unsupported.title': 'Questo browser non può farlo',
  'error.unsupported.text':
    'Non può inviare immagini dal vivo (WebRTC). ' +
    'Apra questa pagina in Safari, Chrome, Firefox o Edge aggiornati.',
  'error.outdated.title': 'Questa pagina non è aggiornata',
  'error.outdated.text': 'Il server ha una versione più recente. Ricarichi la pagina.',
  'error.outdated.action': 'Ricarica',

  'wall.title': 'La parete',
  'wall.try': 'Apra la pagina dei visitatori sul telefono e inquadri qui:',
  'wall.empty': 'Qui non c’è ancora niente: questa galleria non ha immagini.',
  'wall.failed': 'Non è stato possibile caricare le immagini. Ricarichi la pagina.',
  'wall.keys': 'Le frecce voltano pagina · F riempie lo schermo · Esc torna indietro',
  'wall.previous': 'Opera precedente',
  'wall.next': 'Opera successiva',
  'wall.back': 'Torna alla parete',
  'kiosk.idle': 'Mostri un’opera alla fotocamera',
  'kiosk.idle.advice': 'Saprà subito che cos’è.',
  'kiosk.looking': 'La tenga così …',
  'kiosk.camera-lost': 'La fotocamera è in pausa',
  'kiosk.camera-lost.advice': 'Viene richiamata di continuo e torna da sola.',
  'kiosk.no-server': 'Il server non è raggiungibile. Nuovo tentativo …',
};

export default words;
