// What the studio asks of the server.

/** The server refused; the message says why, for people. */
export class Refused extends Error {
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
    return new Refused(status, JSON.parse(text).detail);
  } catch {
    return new Refused(status, `the server answered ${status}`);
  }
}

/**
 * @param {string} address
 * @param {RequestInit} [init]
 */
export async function ask(address, init) {
  let response;
  try {
    response = await fetch(address, init);
  } catch {
    throw new Refused(0, 'the server does not answer; is it running, and this network up?');
  }
  if (!response.ok) throw refusal(await response.text(), response.status);
  return response;
}

/** @param {string} address */
export async function load(address) {
  return (await ask(address)).json();
}

/**
 * @param {string} address
 * @param {'POST' | 'PUT' | 'DELETE'} method
 * @param {object} [body]
 */
export async function send(address, method, body) {
  const headers = body && { 'Content-Type': 'application/json' };
  await ask(address, { method, headers, body: body && JSON.stringify(body) });
}

/**
 * Send files; `fetch` can't say how far it is.
 *
 * @param {string} address
 * @param {File[]} files
 * @param {object | null} fields
 * @param {(share: number) => void} onProgress told how much is sent, 0..1.
 * @returns {Promise<void>}
 */
export function upload(address, files, fields, onProgress) {
  const form = new FormData();
  if (fields) form.append('fields', JSON.stringify(fields));
  for (const file of files) form.append('files', file, file.name);
  const request = new XMLHttpRequest();
  request.open('POST', address);
  request.upload.onprogress = ({ loaded, total }) => onProgress(loaded / (total || 1));
  return new Promise((done, failed) => {
    request.onload = () => {
      if (request.status < 300) return done();
      failed(refusal(request.responseText, request.status));
    };
    request.onerror = () => failed(new Refused(0, 'the connection broke; send it again'));
    request.send(form);
  });
}

/** @param {string} id */
export function artworkAddress(id) {
  return `/studio/artworks/${encodeURIComponent(id)}`;
}
