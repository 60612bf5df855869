// Serves the page from its caches when there is no network. Online, everything comes from the
// server, so that an old page never meets a new server. Sessions, messages and video never pass
// through here.

/** The page's own files. visitor/offline.js fills this cache, and has the same name. */
const SHELL = 'vernissage-shell-2';
/** Pictures of what the visitor saw. visitor/history.js fills this cache, and has the same name. */
const PICTURES = 'vernissage-pictures';

/** @typedef {{respondWith: (answer: Promise<Response>) => void, request: Request}} Fetching */

self.addEventListener('install', () => /** @type {any} */ (self).skipWaiting());
self.addEventListener('activate', (event) => {
  const taken = [deleteOldCaches(), /** @type {any} */ (self).clients.claim()];
  /** @type {any} */ (event).waitUntil(Promise.all(taken));
});
self.addEventListener('fetch', (event) => {
  const { request, respondWith } = /** @type {Fetching} */ (/** @type {unknown} */ (event));
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  const cacheName = cacheFor(pathname);
  if (cacheName) respondWith.call(event, fetchOrRead(request, pathname, cacheName));
});

/** Delete the caches of earlier versions: their pages name files that are gone. */
async function deleteOldCaches() {
  const names = await caches.keys();
  const old = names.filter(
    (name) => name.startsWith('vernissage-') && name !== SHELL && name !== PICTURES,
  );
  await Promise.all(old.map((name) => caches.delete(name)));
}

/**
 * @param {string} pathname
 * @returns {string | null} the cache that may hold this path
 */
function cacheFor(pathname) {
  if (pathname === '/' || pathname.startsWith('/static/')) return SHELL;
  return /^\/artworks\/.+\.jpg$/.test(pathname) ? PICTURES : null;
}

/**
 * Fetch from the server, or else read from a cache.
 *
 * @param {Request} request
 * @param {string} pathname the key in the cache; the request's query is ignored
 * @param {string} cacheName
 * @returns {Promise<Response>}
 */
async function fetchOrRead(request, pathname, cacheName) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(pathname, { cacheName });
    if (kept) return kept;
    throw error;
  }
}
