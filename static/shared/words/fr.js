// Français

/** @type {import('../words.js').Words} */
const words = {
  'app.title': 'Vernissage',
  'welcome.lead': 'Dirigez l’appareil photo vers une œuvre et découvrez ce que c’est.',
  'welcome.start': 'Commencer',
  'welcome.permission':
    'Votre navigateur va demander l’accès à l’appareil photo, ' +
    'pour reconnaître l’œuvre qui est devant vous.',
  'welcome.privacy': 'Les images restent un instant en mémoire et ne sont jamais enregistrées.',
  'welcome.count': '{count} œuvres dans cette collection',
  'welcome.count.one': '{count} œuvre dans cette collection',
  'bar.stop': 'Arrêter et éteindre l’appareil photo',
  'bar.seen': 'Ce que j’ai vu',
  'tools.torch': 'Lumière',
  'tools.lens': 'Un autre objectif de l’appareil photo',
  'tools.closer': 'Zoom avant',
  'tools.wider': 'Zoom arrière',

  'hint.connecting': 'Un instant …',
  'hint.reconnecting': 'La connexion est interrompue. Reconnexion …',
  'hint.look': 'Visez une œuvre',
  'hint.recognising': 'Restez ainsi …',
  'hint.hold_still': 'Ne bougez pas un instant',
  'hint.too_dark': 'Il fait trop sombre ici. Y a-t-il plus de lumière ailleurs ?',
  'hint.too_bright': 'Trop clair. Tournez-vous un peu à l’écart de la lumière',
  'hint.move_closer': 'Approchez-vous un peu',
  'hint.blurred': 'L’image est floue. Ne bougez pas un instant',
  'hint.next': 'Visez l’œuvre suivante',
  'hint.back': 'Retour à « {title} »',

  'not_found.title': 'Je ne reconnais pas celle-ci',
  'not_found.text':
    'Vous n’y êtes pour rien : elle n’est peut-être pas dans la collection, ou un reflet la cache. ' +
    'Je continue à chercher ; essayez de face, ou une autre œuvre.',

  'card.label': 'Œuvre',
  'card.room': 'Salle {room}',
  'card.more': 'Plus',
  'card.less': 'Moins',
  'card.close': 'Continuer',
  'card.picture': 'Image de {title}',
  'card.view': '{title}, image {number}',
  'card.images': 'Autres images',
  'card.audio': 'Enregistrement sur {title}',
  'card.read': 'Lire à haute voix',
  'card.hush': 'Arrêter la lecture',
  'card.note': 'Ce n’est pas ce que vous voyez ?',
  'announce.match': 'Trouvé : {title}, de {artist}.',
  'announce.match_anonymous': 'Trouvé : {title}.',
  'announce.looking': 'Je cherche des œuvres.',

  'note.title': 'Ce n’est pas ce que vous voyez ?',
  'note.lead': 'Dites au musée ce qui ne va pas, pour qu’il puisse le corriger.',
  'note.another': 'C’est une autre œuvre',
  'note.nothing': 'Il n’y a pas d’œuvre ici',
  'note.text': 'Ce qui est écrit est faux',
  'note.words': 'Avec vos mots, si vous le souhaitez',
  'note.picture': 'Envoyer aussi cette seule image de l’appareil photo',
  'note.preview': 'L’image qui serait envoyée',
  'note.send': 'Envoyer',
  'note.cancel': 'Annuler',
  'note.thanks': 'Merci. Le musée le lira.',
  'note.failed': 'L’envoi a échoué. Veuillez réessayer dans un instant.',

  'seen.title': 'Ce que j’ai vu',
  'seen.lead': 'Cette liste reste sur votre téléphone.',
  'seen.count': '{count} œuvres',
  'seen.count.one': '{count} œuvre',
  'seen.empty': 'Rien encore. Ce que vous trouverez apparaîtra ici.',
  'seen.share': 'Partager',
  'seen.heading': 'Ce que j’ai vu : {gallery}',
  'seen.copied': 'Copié en texte.',
  'seen.not_shared': 'Ce navigateur ne peut pas partager.',
  'seen.clear': 'Vider la liste',
  'seen.sure': 'Vider toute la liste ?',
  'seen.close': 'Fermer',

  'error.retry': 'Réessayer',
  'error.retry_now': 'Essayer maintenant',
  'error.countdown': 'Nouvel essai dans {seconds} s …',
  'error.trying': 'Nouvel essai …',

  'error.no-permission.title': 'L’appareil photo est désactivé pour cette page',
  'error.no-permission.text': 'Sans lui, je ne vois pas l’œuvre. Pour l’autoriser :',
  'error.no-permission.ios':
    'Touchez le menu de la page à côté de l’adresse (« aA » ou une petite page).\n' +
    'Ouvrez « Réglages du site web » et mettez « Appareil photo » sur « Autoriser ».\n' +
    'Revenez ici et touchez « Réessayer ».',
  'error.no-permission.android':
    'Touchez le symbole à gauche de l’adresse.\n' +
    'Ouvrez « Autorisations » et autorisez l’appareil photo.\n' +
    'Revenez ici et touchez « Réessayer ».',
  'error.no-permission.other':
    'Cliquez sur le symbole de caméra dans la barre d’adresse.\n' +
    'Autorisez la caméra pour cette page.\n' +
    'Cliquez sur « Réessayer ».',

  'error.no-camera.title': 'Aucun appareil photo trouvé',
  'error.no-camera.text':
    'Cet appareil n’a pas de caméra utilisable. ' +
    'Ouvrez cette page sur un téléphone, ou branchez une caméra.',
  'error.camera-busy.title': 'L’appareil photo est occupé',
  'error.camera-busy.text':
    'Une autre application ou un autre onglet semble l’utiliser. Fermez-le, puis réessayez.',

  'error.insecure-origin.title': 'Cette adresse n’est pas sécurisée',
  'error.insecure-origin.text':
    'Les navigateurs ne prêtent l’appareil photo qu’aux adresses https. ' +
    'Scannez à nouveau le code à l’entrée, ou ouvrez l’adresse sécurisée.',
  'error.insecure-origin.action': 'Ouvrir l’adresse sécurisée',

  'error.full.title': 'Beaucoup de visiteurs regardent en ce moment',
  'error.full.text': 'Toutes les places sont prises. Restez ici : la prochaine libre est à vous.',
  'error.place': 'Vous êtes numéro {place} dans la file.',
  'error.next': 'C’est bientôt à vous.',

  'error.connection-lost.title': 'La connexion est interrompue',
  'error.connection-lost.text':
    'Je continue d’essayer. Si cela dure, vérifiez que vous êtes sur le Wi-Fi du musée.',

  'error.unsupported.title': 'Ce navigateur ne le peut pas',
  'error.unsupported.text':
    'Il ne peut pas envoyer d’images en direct (WebRTC). ' +
    'Ouvrez cette page dans un Safari, Chrome, Firefox ou Edge à jour.',
  'error.outdated.title': 'Cette page n’est plus à jour',
  'error.outdated.text': 'Le serveur est passé à une version plus récente. Rechargez la page.',
  'error.outdated.action': 'Recharger',

  'wall.title': 'Le mur',
  'wall.try': 'Ouvrez la page des visiteurs sur votre téléphone et visez ici :',
  'wall.empty': 'Rien n’est encore accroché : cette galerie n’a pas d’images.',
  'wall.failed': 'Les images n’ont pas pu être chargées. Rechargez la page.',
  'wall.keys': 'Les flèches tournent la page · F remplit l’écran · Échap revient',
  'wall.previous': 'Œuvre précédente',
  'wall.next': 'Œuvre suivante',
  'wall.back': 'Retour au mur',
  'kiosk.idle': 'Présentez une œuvre à la caméra',
  'kiosk.idle.advice': 'Vous saurez alors ce que c’est.',
  'kiosk.looking': 'Ne bougez plus …',
  'kiosk.camera-lost': 'La caméra fait une pause',
  'kiosk.camera-lost.advice': 'Elle est rappelée sans cesse et reviendra d’elle-même.',
  'kiosk.no-server': 'Le serveur est injoignable. Nouvel essai …',
};

export default words;
