// Signalling over HTTP, in the shape of WHIP (RFC 9725): asks the server for a session, ends it.

import { fetchInTime } from '../shared/fetch.js';

/** The server has no free place. */
export class FullError extends Error {
  /**
   * @param {number} retryAfter seconds to wait before asking again
   * @param {{place?: unknown, ticket?: unknown}} queue the place in the waiting queue (1 is next),
   *   and the ticket to ask again with
   */
  constructor(retryAfter, { place, ticket }) {
    super('full');
    this.retryAfter = retryAfter;
    this.place = typeof place === 'number' ? place : null;
    this.ticket = typeof ticket === 'string' ? ticket : '';
  }
}

/**
 * Send an offer to the server and return its answer.
 *
 * @param {string} offer SDP
 * @param {string} ticket from an earlier refusal, or ''
 * @param {AbortSignal} signal
 * @returns {Promise<{location: string, answer: string}>}
 * @throws {FullError | Error}
 */
export async function requestSession(offer, ticket, signal) {
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
 * Add the ticket to an address, if there is one.
 *
 * @param {string} address
 * @param {string} ticket
 * @returns {string}
 */
export function withTicket(address, ticket) {
  return ticket ? `${address}?ticket=${encodeURIComponent(ticket)}` : address;
}

/**
 * End a session, so that its place is free for others. The request is sent even while the page
 * is being closed.
 *
 * @param {string} location
 */
export function endSession(location) {
  fetch(location, { method: 'DELETE', keepalive: true }).catch(() => {
    // The server notices by itself that nobody sends any more.
  });
}

/**
 * Read `Retry-After`: a number of seconds or a date (RFC 9110). Anything else means five seconds.
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
 * Shorten a problem document (RFC 9457) to one line.
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
