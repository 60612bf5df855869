// Answers for the page when the network doesn't. Online everything comes from the server, so that
// no old page meets a new server; sessions, messages and video never pass through here.

/** @typedef {{respondWith: (answer: Promise<Response>) => void, request: Request}} Fetching */

self.addEventListener('install', () => /** @type {any} */ (self).skipWaiting());
self.addEventListener('activate', (event) => {
  /** @type {any} */ (event).waitUntil(/** @type {any} */ (self).clients.claim());
});
self.addEventListener('fetch', (event) => {
  const { request, respondWith } = /** @type {Fetching} */ (/** @type {unknown} */ (event));
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  const kept = pathname === '/' || /^\/static\/|^\/artworks\/.+\.jpg$/.test(pathname);
  if (kept) respondWith.call(event, fromServerOrKept(request, pathname));
});

/**
 * @param {Request} request
 * @param {string} pathname under which it may be kept, whatever was asked of it
 * @returns {Promise<Response>}
 */
async function fromServerOrKept(request, pathname) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(pathname);
    if (kept) return kept;
    throw error;
  }
}
