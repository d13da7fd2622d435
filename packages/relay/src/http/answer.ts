/** What the relay says to one request, as a value; and the one place that puts it on the wire. Never decides what to say. */
import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | FileBody;
}

export interface FileBody {
  readonly path: string;
  readonly size: number;
}

export function text(status: number, sentence: string): Answer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }, body: `${sentence}\n` };
}

export function json(status: number, value: unknown): Answer {
  return { status, headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }, body: `${JSON.stringify(value)}\n` };
}

export function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...headers, ...answer.headers } };
}

/** Sends it: `HEAD` gets the headers alone, and a matching `If-None-Match` gets 304. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const etag = answer.headers['ETag'];
  if (answer.status === 200 && etag !== undefined && matches(request.headers['if-none-match'], etag)) {
    const { 'Content-Type': _type, 'Content-Encoding': _encoding, ...headers } = answer.headers;
    response.writeHead(304, headers).end();
    return;
  }
  const { body } = answer;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body instanceof Uint8Array ? body.length : body.size;
  response.writeHead(answer.status, { ...answer.headers, 'Content-Length': String(length) });
  if (request.method === 'HEAD') response.end();
  else if (typeof body === 'string' || body instanceof Uint8Array) response.end(body);
  // A file that changes under us, or a client that goes, ends the connection; there is nobody left to tell.
  else pipeline(createReadStream(body.path, { end: Math.max(0, body.size - 1) }), response, () => {});
}

function matches(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*') ?? false;
}
