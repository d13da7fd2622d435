/** Decoders of packages/core/src/adapters. */

import { type Aside, decodeAside, encodeAside } from '../../../packages/core/src/adapters/link-libp2p/by-hand/aside.ts';
import { type Candidate, readCandidate, writeCandidate } from '../../../packages/core/src/adapters/link-libp2p/by-hand/candidate.ts';
import {
  decodeAgain,
  decodeAnswer,
  decodeOffer,
  encodeAgain,
  encodeAnswer,
  encodeOffer,
} from '../../../packages/core/src/adapters/link-libp2p/by-hand/code.ts';
import { readDescription, writeDescription } from '../../../packages/core/src/adapters/link-libp2p/by-hand/session-description.ts';
import { decodeIceOffer, encodeIceOffer } from '../../../packages/core/src/adapters/link-libp2p/ice-offer.ts';
import { decodeBeacon, encodeBeacon } from '../../../packages/core/src/adapters/link-libp2p/node/beacon/packet.ts';
import {
  decodeObserved,
  decodePunch,
  decodeQuestion,
  decodeVerdict,
  encodePunch,
  encodeQuestion,
  encodeVerdict,
} from '../../../packages/core/src/adapters/link-libp2p/node/outside/messages.ts';
import {
  decodePlace as decodeOutside,
  encodePlace as encodeOutside,
} from '../../../packages/core/src/adapters/link-libp2p/node/outside/place.ts';
import { readFields, writeFields } from '../../../packages/core/src/adapters/link-libp2p/node/outside/protobuf.ts';
import { readToLink, readToNode } from '../../../packages/core/src/adapters/link-message-port/messages.ts';
import { decodePlace, encodePlace, encodeRecord, readRecord } from '../../../packages/core/src/adapters/store-leveldb/segment-record.ts';
import { decodeSegment, segmentKey } from '../../../packages/core/src/adapters/store-leveldb/segment-table.ts';
import { type Bytes, fromHex, toHex } from '../../../packages/core/src/kernel/bytes.ts';
import { Reader, Writer } from '../../../packages/core/src/kernel/codec.ts';
import { encodeUtf8 } from '../../../packages/core/src/kernel/utf8.ts';
import { counting, type Decoder, textOf } from './decoder.ts';

function handDecoders(): readonly Decoder[] {
  const candidates: readonly Candidate[] = [
    { family: 'ip4', type: 'host', address: counting(4, 10), port: 50_000 },
    { family: 'name', type: 'host', address: counting(16, 20), port: 50_001 },
    { family: 'ip6', type: 'srflx', address: counting(16, 32), port: 50_002 },
  ];
  const credentials = [
    { fragment: 'aB+/', password: 'abcdefghijklmnopqrstuv+/' },
    { fragment: '0a1b2c3d', password: '00112233445566778899aabbccddeeff' },
    { fragment: 'another', password: 'anotherpasswordanother' },
  ];
  const sides = credentials.map((one) => ({ credentials: one, fingerprint: counting(32, 1), candidates }));
  const written = (encode: (side: (typeof sides)[number]) => Bytes | undefined): Bytes[] =>
    sides.map(encode).filter((code): code is Bytes => code !== undefined);
  const again = encodeAgain(candidates, 60);
  const [candidate] = candidates;
  const writer = new Writer();
  if (candidate !== undefined) writeCandidate(writer, candidate);
  const at = 'adapters/link-libp2p/by-hand';
  const asides: readonly Aside[] = [
    { kind: 'welcome' },
    { kind: 'candidates', candidates },
    ...sides.map((side): Aside => ({ kind: 'renew', side })),
  ];
  // candidates stand to the end of a code, so that less of them is a code too
  return [
    { at: `${at}/code.ts decodeOffer`, examples: written((side) => encodeOffer(side, 200)), read: decodeOffer, takesParts: true },
    {
      at: `${at}/code.ts decodeAnswer`,
      examples: written((side) => encodeAnswer({ mark: counting(2, 9), ...side }, 200)),
      read: decodeAnswer,
      takesParts: true,
    },
    { at: `${at}/code.ts decodeAgain`, examples: again === undefined ? [] : [again], read: decodeAgain, takesParts: true },
    {
      at: `${at}/candidate.ts readCandidate`,
      examples: [writer.finish()],
      read: (bytes) => readCandidate(new Reader(bytes)),
      takesParts: true,
    },
    {
      at: `${at}/aside.ts decodeAside`,
      examples: asides.map(encodeAside).filter((words) => words !== undefined),
      read: decodeAside,
      takesParts: true,
    },
    {
      at: `${at}/session-description.ts readDescription`,
      examples: sides.map((side) => encodeUtf8(writeDescription('offer', side).sdp ?? '')),
      read: (bytes) => readDescription(textOf(bytes)),
      takesParts: true,
      spare: { bytes: 40_000, reason: 'it reads text, a line at a time, of the browser alone' },
    },
  ];
}

/** Protobuf ends where its bytes end, so that less of it is a message too. */
function outsideDecoders(): readonly Decoder[] {
  const at = 'adapters/link-libp2p/node/outside';
  const place = { host: '9.8.7.6', port: 4001 };
  const observed = writeFields([{ number: 4, value: encodeOutside(place) }]);
  const punch = encodePunch({ kind: 'connect', places: [place, place] });
  const verdict = encodeVerdict('in-vain', place);
  return [
    { at: `${at}/place.ts decodePlace`, examples: [encodeOutside(place)], read: decodeOutside },
    { at: `${at}/protobuf.ts readFields`, examples: [punch, verdict], read: readFields, takesParts: true },
    {
      at: `${at}/messages.ts decodeQuestion`,
      examples: [encodeQuestion({ peer: counting(38, 7), places: [place] })],
      read: decodeQuestion,
      takesParts: true,
    },
    { at: `${at}/messages.ts decodeVerdict`, examples: [verdict], read: decodeVerdict, takesParts: true },
    { at: `${at}/messages.ts decodePunch`, examples: [punch, encodePunch({ kind: 'sync' })], read: decodePunch, takesParts: true },
    { at: `${at}/messages.ts decodeObserved`, examples: [observed], read: decodeObserved, takesParts: true },
  ];
}

/** What structured cloning can carry, written as JSON with byte strings as `{ bytes: hex }`. */
function portMessage(bytes: Bytes): unknown {
  try {
    return JSON.parse(textOf(bytes), (_, value) =>
      typeof value === 'object' && value !== null && typeof value.bytes === 'string' ? (fromHex(value.bytes) ?? value) : value,
    );
  } catch {
    return textOf(bytes);
  }
}

export function adapterDecoders(): readonly Decoder[] {
  const id = counting(32, 5);
  const segmentRecord = encodeRecord(id, counting(5000, 8));
  const segmentPlace = { segment: 1, at: 0, bytes: segmentRecord.bytes.length, checksum: segmentRecord.checksum };
  const said = (value: unknown): Bytes => encodeUtf8(JSON.stringify(value));
  const frame = { bytes: toHex(counting(40, 1)) };
  const up = { kind: 'up', neighbour: 1, key: 'k', path: 'direct', dialled: true, dial: 2, frameBytesMax: 4 };
  const port = { bytes: 40_000, reason: 'the message is made from text here' };
  return [
    ...handDecoders(),
    ...outsideDecoders(),
    {
      at: 'adapters/store-leveldb/segment-record.ts readRecord',
      examples: [segmentRecord.bytes],
      read: (bytes) => readRecord(bytes, id, segmentPlace),
    },
    { at: 'adapters/store-leveldb/segment-record.ts decodePlace', examples: [encodePlace(segmentPlace)], read: decodePlace },
    {
      at: 'adapters/store-leveldb/segment-table.ts decodeSegment',
      examples: [counting(8, 3)],
      read: (bytes) => decodeSegment(segmentKey(7), bytes),
    },
    {
      at: 'adapters/link-libp2p/node/beacon/packet.ts decodeBeacon',
      examples: [encodeBeacon(counting(32, 9), 4001)],
      read: decodeBeacon,
    },
    {
      at: 'adapters/link-libp2p/ice-offer.ts decodeIceOffer',
      examples: [encodeIceOffer({ port: 4003, username: '1700000000:ab', credential: 'c2VjcmV0', lifetimeMs: 43_200_000 })],
      read: decodeIceOffer,
    },
    {
      at: 'adapters/link-message-port/messages.ts readToLink',
      examples: [
        said({ kind: 'send', neighbour: 1, frame }),
        said({ kind: 'credit', neighbour: 1, frames: 2, bytes: 3 }),
        said({ kind: 'command', command: { kind: 'dial', id: 1, address: '/a', expectedKey: 'k' } }),
        said({ kind: 'command', command: { kind: 'listen', seed: { bytes: toHex(counting(32, 1)) } } }),
        said({ kind: 'command', command: { kind: 'hand-answer', hand: 1, offer: frame, expectedKey: 'k', codeBytesMax: 80 } }),
        said({
          kind: 'command',
          command: {
            kind: 'hand-again',
            hand: 1,
            secret: { bytes: toHex(counting(32, 1)) },
            certificate: 'c',
            peerFingerprint: { bytes: toHex(counting(32, 2)) },
            shown: frame,
          },
        }),
        said({ kind: 'stop' }),
      ],
      read: (bytes) => readToLink(portMessage(bytes)),
      spare: port,
    },
    {
      at: 'adapters/link-message-port/messages.ts readToNode',
      examples: [
        said({ kind: 'event', event: up }),
        said({ kind: 'event', event: { kind: 'frame', neighbour: 1, frame } }),
        said({ kind: 'event', event: { kind: 'found', key: 'k', addresses: ['/a'] } }),
        said({ kind: 'event', event: { kind: 'dial-failed', dial: 1, reason: 'refused' } }),
        said({ kind: 'event', event: { kind: 'path', neighbour: 1, path: 'circuit' } }),
        said({ kind: 'event', event: { kind: 'hand-code', hand: 1, code: frame } }),
        said({ kind: 'event', event: { kind: 'hand-certificate', name: 'c', fingerprint: { bytes: toHex(counting(32, 1)) } } }),
        said({ kind: 'stopped' }),
      ],
      read: (bytes) => readToNode(portMessage(bytes)),
      spare: port,
    },
  ];
}
