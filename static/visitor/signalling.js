// Asking the server for a place: signalling over HTTP, in the shape of WHIP (RFC 9725).

/** Every place is taken. */
export class FullError extends Error {
  /**
   * @param {number} retryAfter when to ask again, in seconds
   * @param {{place?: unknown, ticket?: unknown}} line the place in the line, 1 for who is next, and
   *   the ticket to ask again with
   */
  constructor(retryAfter, { place, ticket }) {
    super('full');
    this.retryAfter = retryAfter;
    this.place = typeof place === 'number' ? place : null;
    this.ticket = typeof ticket === 'string' ? ticket : '';
  }
}

const ANSWER_MS = 8000;

/**
 * @typedef {object} ClientConfig
 * @property {RTCIceServer[]} ice_servers
 * @property {{name: string, artworks: number}} gallery
 */

/**
 * What the server tells a page before it connects.
 *
 * @returns {Promise<ClientConfig>}
 */
export async function loadConfig() {
  const response = await fetchInTime('/client.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`client.json: ${response.status}`);
  return response.json();
}

/**
 * @param {string} offer SDP
 * @param {string} ticket from an earlier refusal, or ''
 * @param {AbortSignal} signal
 * @returns {Promise<{location: string, answer: string}>}
 * @throws {FullError | Error}
 */
export async function askForSession(offer, ticket, signal) {
  const headers = { 'Content-Type': 'application/sdp' };
  const address = withTicket('/sessions', ticket);
  const response = await fetchInTime(address, { method: 'POST', headers, body: offer }, signal);
  if (response.status === 503)
    throw new FullError(readRetryAfter(response), await response.json().catch(() => ({})));
  if (!response.ok) throw new Error(await readProblem(response));
  const location = response.headers.get('Location');
  if (!location) throw new Error('the server named no session');
  return { location: new URL(location, response.url).href, answer: await response.text() };
}

/**
 * @param {string} address
 * @param {string} ticket
 * @returns {string} the address, with the ticket if there is one
 */
export function withTicket(address, ticket) {
  return ticket ? `${address}?ticket=${encodeURIComponent(ticket)}` : address;
}

/**
 * Give a place back; still sent while the page goes away.
 *
 * @param {string} location
 */
export function freeSession(location) {
  fetch(location, { method: 'DELETE', keepalive: true }).catch(() => {
    // The server notices by itself that nobody sends any more.
  });
}

/**
 * Fetch; a server that hangs counts as one that is gone.
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
 * `Retry-After` is a number of seconds or a date (RFC 9110); anything else waits five seconds.
 *
 * @param {Response} response
 * @returns {number} 1 to 120 seconds
 */
function readRetryAfter(response) {
  const value = response.headers.get('Retry-After') ?? '';
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(120, Math.max(1, Math.ceil(seconds))) : 5;
}

/**
 * One line out of a problem document (RFC 9457).
 *
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function readProblem(response) {
  try {
    const problem = await response.json();
    return [response.status, problem.title, problem.detail].filter(Boolean).join(': ');
  } catch {
    return `the server answered ${response.status}`;
  }
}
