// Español

/** @type {import('../words.js').Words} */
const words = {
  'app.title': 'Vernissage',
  'welcome.lead': 'Apunte la cámara a una obra y descubra qué es.',
  'welcome.start': 'Empezar',
  'welcome.permission':
    'El navegador pedirá la cámara, para reconocer la obra que tiene delante.',
  'welcome.privacy': 'Las imágenes están un momento en la memoria y nunca se guardan.',
  'welcome.count': '{count} obras en esta colección',
  'welcome.count.one': '{count} obra en esta colección',
  'bar.stop': 'Parar y apagar la cámara',
  'bar.seen': 'Lo que he visto',
  'tools.torch': 'Luz',
  'tools.lens': 'Otro objetivo de la cámara',
  'tools.closer': 'Acercar',
  'tools.wider': 'Alejar',

  'hint.connecting': 'Un momento …',
  'hint.reconnecting': 'Se ha perdido la conexión. Conectando de nuevo …',
  'hint.look': 'Apunte a una obra',
  'hint.recognising': 'Así, un momento …',
  'hint.hold_still': 'No se mueva un momento',
  'hint.too_dark': 'Aquí está demasiado oscuro. ¿Hay más luz en otro sitio?',
  'hint.too_bright': 'Demasiada luz. Gírese un poco',
  'hint.move_closer': 'Acérquese un poco',
  'hint.blurred': 'La imagen está borrosa. No se mueva un momento',
  'hint.next': 'Apunte a la siguiente obra',
  'hint.back': 'Volver a «{title}»',

  'not_found.title': 'Esta no la reconozco',
  'not_found.text':
    'No es culpa suya: quizá no está en la colección, o la tapa un reflejo. ' +
    'Sigo buscando; pruebe de frente, o con otra obra.',

  'card.label': 'Obra',
  'card.room': 'Sala {room}',
  'card.more': 'Más',
  'card.less': 'Menos',
  'card.close': 'Seguir mirando',
  'card.picture': 'Imagen de {title}',
  'card.view': '{title}, imagen {number}',
  'card.images': 'Más imágenes',
  'card.audio': 'Audio sobre {title}',
  'card.read': 'Leer en voz alta',
  'card.hush': 'Dejar de leer',
  'card.note': '¿No es lo que ve?',
  'announce.match': 'Encontrada: {title}, de {artist}.',
  'announce.match_anonymous': 'Encontrada: {title}.',
  'announce.looking': 'Busco obras de arte.',

  'note.title': '¿No es lo que ve?',
  'note.lead': 'Diga al museo qué está mal, para que pueda corregirlo.',
  'note.another': 'Es otra obra',
  'note.nothing': 'Aquí no hay ninguna obra',
  'note.text': 'Lo que pone está mal',
  'note.words': 'Con sus palabras, si quiere',
  'note.picture': 'Enviar también esta única imagen de la cámara',
  'note.preview': 'La imagen que se enviaría',
  'note.send': 'Enviar',
  'note.cancel': 'Cancelar',
  'note.thanks': 'Gracias. El museo lo leerá.',
  'note.failed': 'No se ha podido enviar. Inténtelo de nuevo en un momento.',

  'seen.title': 'Lo que he visto',
  'seen.lead': 'Esta lista está solo en su teléfono.',
  'seen.count': '{count} obras',
  'seen.count.one': '{count} obra',
  'seen.empty': 'Todavía nada. Aquí aparecerá lo que encuentre.',
  'seen.share': 'Compartir',
  'seen.heading': 'Lo que he visto: {gallery}',
  'seen.copied': 'Copiado como texto.',
  'seen.not_shared': 'Este navegador no puede compartir.',
  'seen.clear': 'Vaciar la lista',
  'seen.sure': '¿Vaciar toda la lista?',
  'seen.close': 'Cerrar',

  'error.retry': 'Intentar de nuevo',
  'error.retry_now': 'Intentar ahora',
  'error.countdown': 'Nuevo intento en {seconds} s …',
  'error.trying': 'Nuevo intento …',

  'error.no-permission.title': 'La cámara está desactivada para esta página',
  'error.no-permission.text': 'Sin ella no puedo ver la obra. Para permitirla:',
  'error.no-permission.ios':
    'Toque el menú de la página junto a la dirección («aA» o una página pequeña).\n' +
    'Abra «Configuración del sitio web» y ponga «Cámara» en «Permitir».\n' +
    'Vuelva aquí y toque «Intentar de nuevo».',
  'error.no-permission.android':
    'Toque el símbolo a la izquierda de la dirección.\n' +
    'Abra «Permisos» y permita la cámara.\n' +
    'Vuelva aquí y toque «Intentar de nuevo».',
  'error.no-permission.other':
    'Haga clic en el símbolo de la cámara en la barra de direcciones.\n' +
    'Permita la cámara para esta página.\n' +
    'Haga clic en «Intentar de nuevo».',

  'error.no-camera.title': 'No se ha encontrado ninguna cámara',
  'error.no-camera.text':
    'Este dispositivo no tiene una cámara que pueda usar. ' +
    'Abra esta página en un teléfono, o conecte una cámara.',
  'error.camera-busy.title': 'La cámara está ocupada',
  'error.camera-busy.text':
    'Parece que la usa otra aplicación u otra pestaña. Ciérrela e inténtelo de nuevo.',

  'error.insecure-origin.title': 'Esta dirección no es segura',
  'error.insecure-origin.text':
    'Los navegadores solo prestan la cámara a direcciones https. ' +
    'Escanee otra vez el código de la entrada, o abra la dirección segura.',
  'error.insecure-origin.action': 'Abrir la dirección segura',

  'error.full.title': 'Muchos visitantes están mirando ahora',
  'error.full.text': 'Todas las plazas están ocupadas. Quédese aquí: la próxima libre es suya.',
  'error.place': 'Usted es el número {place} de la fila.',
  'error.next': 'Es su turno en breve.',

  'error.connection-lost.title': 'Se ha perdido la conexión',
  'error.connection-lost.text':
    'Sigo intentándolo. Si tarda mucho, compruebe que está en la wifi del museo.',

  'error.unsupported.title': 'Este navegador no puede hacerlo',
  'error.unsupported.text':
    'No puede enviar imágenes en directo (WebRTC). ' +
    'Abra esta página en un Safari, Chrome, Firefox o Edge actualizado.',
  'error.outdated.title': 'Esta página no está al día',
  'error.outdated.text': 'El servidor tiene una versión más nueva. Cargue la página de nuevo.',
  'error.outdated.action': 'Cargar de nuevo',

  'wall.title': 'La pared',
  'wall.try': 'Abra la página de visitantes en el teléfono y apunte aquí:',
  'wall.empty': 'Aquí aún no cuelga nada: esta galería no tiene imágenes.',
  'wall.failed': 'No se han podido cargar las imágenes. Cargue la página de nuevo.',
  'wall.keys': 'Las flechas pasan la página · F llena la pantalla · Esc vuelve',
  'wall.previous': 'Obra anterior',
  'wall.next': 'Obra siguiente',
  'wall.back': 'Volver a la pared',
  'kiosk.idle': 'Muestre una obra a la cámara',
  'kiosk.idle.advice': 'Entonces sabrá qué es.',
  'kiosk.looking': 'Manténgala así …',
  'kiosk.camera-lost': 'La cámara está en pausa',
  'kiosk.camera-lost.advice': 'Se la llama una y otra vez y vuelve por sí sola.',
  'kiosk.no-server': 'No se puede contactar con el servidor. Nuevo intento …',
};

export default words;
