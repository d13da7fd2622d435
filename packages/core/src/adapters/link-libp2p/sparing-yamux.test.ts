import './promise-with-resolvers.ts';
import type { MultiaddrConnection, Stream, StreamMuxerFactory } from '@libp2p/interface';
import { multiaddrConnectionPair } from '@libp2p/utils';
import { yamux } from '@libp2p/yamux';
import { expect, test } from 'vitest';
import { sparingYamux } from './sparing-yamux.ts';

const WINDOW_UPDATE = 1;

interface Ends {
  readonly out: Stream;
  readonly into: Stream;
  /** Window updates the receiving side has sent. */
  updates(): number;
}

/** A stream between two muxers, opened and known to both. */
async function openStream(factory: StreamMuxerFactory): Promise<Ends> {
  const [near, far] = multiaddrConnectionPair();
  let updates = 0;
  const sendOf = (connection: MultiaddrConnection): void => {
    const send = connection.send.bind(connection);
    connection.send = (data) => {
      if (data.subarray()[1] === WINDOW_UPDATE) updates++;
      return send(data);
    };
  };
  sendOf(far);
  const [here, there] = [factory.createStreamMuxer(near), factory.createStreamMuxer(far)];
  const coming = new Promise<Stream>((resolve) => there.addEventListener('stream', ({ detail }) => resolve(detail)));
  const out = await here.createStream();
  const into = await coming;
  await heard(out, into, 1);
  return { out, into, updates: () => updates };
}

/** Sends `bytes` and resolves when as many have come. */
async function heard(out: Stream, into: Stream, bytes: number): Promise<void> {
  let left = bytes;
  await new Promise<void>((resolve) => {
    const hear = ({ data }: { readonly data: { readonly byteLength: number } }): void => {
      left -= data.byteLength;
      if (left > 0) return;
      into.removeEventListener('message', hear);
      resolve();
    };
    into.addEventListener('message', hear);
    out.send(new Uint8Array(bytes));
  });
}

async function updatesFor(factory: StreamMuxerFactory, pieces: number, pieceBytes: number): Promise<number> {
  const { out, into, updates } = await openStream(factory);
  const before = updates();
  for (let i = 0; i < pieces; i++) await heard(out, into, pieceBytes);
  return updates() - before;
}

test('small pieces are not answered one by one; the library alone would', async () => {
  expect(await updatesFor(sparingYamux()(), 100, 300)).toBe(0);
  expect(await updatesFor(yamux()(), 100, 300)).toBe(100);
});

test('many times the window passes, in pieces that fit it and in one that does not', async () => {
  const { out, into } = await openStream(sparingYamux()());
  for (let i = 0; i < 100; i++) await heard(out, into, 20_000);
  await heard(out, into, 3_000_000);
  await heard(into, out, 3_000_000);
});
