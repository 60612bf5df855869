// Requests to the server that give up in time, and the settings that it gives every page.

const ANSWER_MS = 8000;

/**
 * @typedef {object} ClientConfig
 * @property {RTCIceServer[]} ice_servers
 * @property {{name: string, artworks: number}} gallery
 */

/**
 * Fetch an address. A server that does not answer in time counts as one that is gone.
 *
 * @param {string} address
 * @param {RequestInit} init
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
export async function fetchInTime(address, init, signal) {
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  const timer = window.setTimeout(abort, ANSWER_MS);
  signal?.addEventListener('abort', abort);
  try {
    return await fetch(address, { ...init, signal: giveUp.signal });
  } finally {
    window.clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * Load what a page must know before it connects: the ICE servers and the gallery's name.
 *
 * @returns {Promise<ClientConfig>}
 */
export async function loadConfig() {
  const response = await fetchInTime('/client.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`client.json: ${response.status}`);
  return response.json();
}
