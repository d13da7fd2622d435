/** The encrypted header of a message: ratchet key, length of the previous chain, number, epochs. 24-byte nonce, 44 bytes, 16-byte tag. Rule: docs/protocol/session.md §4. */
import { LENGTHS, type Suite } from '../crypto/suite.ts';
import { type Bytes, concat, EMPTY } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';

export interface Header {
  readonly ratchetKey: Bytes;
  /** Messages in the writer's previous sending chain. */
  readonly previousLength: number;
  /** Number of this message in its chain, from 0. */
  readonly number: number;
  /** Post-quantum epoch of this chain. */
  readonly epoch: number;
  /** Newest epoch the writer knows. */
  readonly knows: number;
}

export const SEALED_HEADER_BYTES: number = LENGTHS.nonce + LENGTHS.publicKey + 4 + 4 + 2 + 2 + LENGTHS.sealTag;

/** `nonce` is 24 random bytes; it stands first in what is returned. */
export function sealHeader(suite: Suite, headerKey: Uint8Array, nonce: Bytes, header: Header): Bytes {
  const plain = new Writer(44)
    .raw(header.ratchetKey)
    .u32(header.previousLength)
    .u32(header.number)
    .u16(header.epoch)
    .u16(header.knows)
    .finish();
  return concat(nonce, suite.seal(headerKey, nonce, EMPTY, plain));
}

export function openHeader(suite: Suite, headerKey: Uint8Array, sealed: Uint8Array): Header | undefined {
  const plain = suite.open(headerKey, sealed.subarray(0, LENGTHS.nonce), EMPTY, sealed.subarray(LENGTHS.nonce));
  if (plain === undefined) return undefined;
  const reader = new Reader(plain);
  const header = {
    ratchetKey: reader.raw(LENGTHS.publicKey),
    previousLength: reader.u32(),
    number: reader.u32(),
    epoch: reader.u16(),
    knows: reader.u16(),
  };
  return reader.finish(header);
}
