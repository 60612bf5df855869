// Keeping the page itself, so that what the visitor saw can be read without a network.

const SHELL = 'vernissage-shell';

/** Keep what this page is made of, and let the service worker answer from it when offline. */
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
    // No room, or a certificate that the browser doesn't trust: the page works online only.
    console.info('vernissage: not kept for offline:', error);
  }
}

/** @returns {string[]} what this page has loaded of its own: modules, styles, icons */
function ownFiles() {
  const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
  const own = loaded.filter(
    ({ origin, pathname }) => origin === location.origin && pathname.startsWith('/static/'),
  );
  return [...new Set(own.map(({ pathname }) => pathname))];
}
