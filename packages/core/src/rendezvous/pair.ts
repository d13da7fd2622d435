/**
 * What two devices keep of each other so that one code is enough when they meet again without a network: a number each has told the other,
 * and certificates that serve once. Knows no link and no clock. Rule: docs/protocol/rendezvous.md §8.
 */
import { type Label, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, concat, EMPTY } from '../kernel/bytes.ts';
import type { Reader, Writer } from '../kernel/codec.ts';
import { CERTIFICATES_KEPT } from './limits.ts';

/** A certificate that one side has told of. */
export interface Certificate {
  /** Counts them; the newest is used next. */
  readonly number: number;
  /** SHA-256 of it. */
  readonly fingerprint: Bytes;
}

export interface Pair {
  /** 32 random bytes this side told the other; empty until it did. */
  readonly mine: Bytes;
  /** Those of the other side. */
  readonly theirs: Bytes;
  /** Of this side, the newest first. */
  readonly certificates: readonly Certificate[];
  readonly peerCertificates: readonly Certificate[];
}

export const NO_PAIR: Pair = { mine: EMPTY, theirs: EMPTY, certificates: [], peerCertificates: [] };

const SECRET: Label = label('rendezvous/pair');
const USE: Label = label('rendezvous/again');
const HINT: Label = label('rendezvous/again-hint');
export const HINT_BYTES = 16;

/** 32 bytes that both sides know; `undefined` until both have told. */
export function pairSecret(suite: Suite, { mine, theirs }: Pair): Bytes | undefined {
  if (mine.length !== 32 || theirs.length !== 32) return undefined;
  const [first, second] = isSmaller(mine, theirs) ? [mine, theirs] : [theirs, mine];
  return suite.hash(SECRET, first, second);
}

function isSmaller(a: Bytes, b: Bytes): boolean {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}

/** For one meeting: what user fragments and passwords of both sides come from. */
export function useSecret(suite: Suite, secret: Bytes, nonce: Bytes): Bytes {
  return suite.mac(secret, USE, nonce);
}

/** By this the reader knows which of its pairs is meant, and that the key beside it is theirs; nobody else learns anything. */
export function pairHint(suite: Suite, secret: Bytes, nonce: Bytes, transportKey: Bytes): Bytes {
  return suite.mac(secret, HINT, concat(nonce, transportKey), HINT_BYTES);
}

/** With one more certificate, the oldest gone. */
export function withCertificate(all: readonly Certificate[], one: Certificate): readonly Certificate[] {
  return [one, ...all.filter(({ number }) => number !== one.number)].sort((a, b) => b.number - a.number).slice(0, CERTIFICATES_KEPT);
}

export function writePair(writer: Writer, pair: Pair): void {
  writer.bytes16(pair.mine).bytes16(pair.theirs);
  for (const all of [pair.certificates, pair.peerCertificates]) {
    writer.u8(all.length);
    for (const { number, fingerprint } of all) writer.u32(number).raw(fingerprint);
  }
}

export function readPair(reader: Reader): Pair {
  const [mine, theirs] = [reader.bytes16(32), reader.bytes16(32)];
  const certificates = readCertificates(reader);
  return { mine, theirs, certificates, peerCertificates: readCertificates(reader) };
}

function readCertificates(reader: Reader): readonly Certificate[] {
  const all: Certificate[] = [];
  for (let count = reader.u8(); count > 0 && !reader.failed; count--) all.push({ number: reader.u32(), fingerprint: reader.raw(32) });
  return all;
}
