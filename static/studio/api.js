// The studio's requests to the server.

/** The server refused a request. The message is written for the curator. */
export class RefusedError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * @param {string} text
 * @param {number} status
 */
function refusal(text, status) {
  if (status === 401) document.dispatchEvent(new Event('signed-out'));
  try {
    return new RefusedError(status, JSON.parse(text).detail);
  } catch {
    return new RefusedError(status, `the server answered ${status}`);
  }
}

/**
 * Send a request.
 *
 * @param {string} address
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 * @throws {RefusedError} if the server refuses or does not answer
 */
export async function request(address, init) {
  let response;
  try {
    response = await fetch(address, init);
  } catch {
    throw new RefusedError(0, 'the server does not answer; is it running, and this network up?');
  }
  if (!response.ok) throw refusal(await response.text(), response.status);
  return response;
}

/**
 * Load JSON.
 *
 * @param {string} address
 */
export async function load(address) {
  return (await request(address)).json();
}

/**
 * Send JSON, or nothing.
 *
 * @param {string} address
 * @param {'POST' | 'PUT' | 'DELETE'} method
 * @param {object} [body]
 */
export async function send(address, method, body) {
  const headers = body && { 'Content-Type': 'application/json' };
  await request(address, { method, headers, body: body && JSON.stringify(body) });
}

/**
 * Send files. XMLHttpRequest reports how much is sent, which `fetch` cannot.
 *
 * @param {string} address
 * @param {File[]} files
 * @param {object | null} fields
 * @param {(share: number) => void} onProgress called with the fraction that is sent, 0..1.
 * @returns {Promise<void>}
 */
export function upload(address, files, fields, onProgress) {
  const form = new FormData();
  if (fields) form.append('fields', JSON.stringify(fields));
  for (const file of files) form.append('files', file, file.name);
  const sending = new XMLHttpRequest();
  sending.open('POST', address);
  sending.upload.onprogress = ({ loaded, total }) => onProgress(loaded / (total || 1));
  return new Promise((done, failed) => {
    sending.onload = () => {
      if (sending.status < 300) return done();
      failed(refusal(sending.responseText, sending.status));
    };
    sending.onerror = () => failed(new RefusedError(0, 'the connection broke; send it again'));
    sending.send(form);
  });
}

/** @param {string} id */
export function artworkAddress(id) {
  return `/studio/artworks/${encodeURIComponent(id)}`;
}
