// Keeps the page's own files, so that the history can be read without a network.

/**
 * The service worker has the same name, and deletes the caches with other names. Change both when
 * the addresses of the page's files change.
 */
const SHELL = 'vernissage-shell-2';

/** Keep the files of this page, and let the service worker serve them when offline. */
export async function keepForOffline() {
  if (!('serviceWorker' in navigator) || !('caches' in window)) return;
  try {
    await navigator.serviceWorker.register('/service-worker.js');
    const wanted = ['/', ...ownFiles()];
    const cache = await caches.open(SHELL);
    await cache.addAll(wanted);
    for (const kept of await cache.keys())
      if (!wanted.includes(new URL(kept.url).pathname)) await cache.delete(kept);
  } catch (error) {
    // No room, or a certificate that the browser does not trust: the page works online only.
    console.info('vernissage: not kept for offline:', error);
  }
}

/** @returns {string[]} the files of its own that this page has loaded: modules, styles, icons */
function ownFiles() {
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
  const own = loaded.filter(
    ({ origin, pathname }) => origin === location.origin && pathname.startsWith('/static/'),
  );
  return [...new Set(own.map(({ pathname }) => pathname))];
}
