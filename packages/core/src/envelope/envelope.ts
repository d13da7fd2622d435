/**
 * The sealed unit the mesh carries: a 44-byte header and a padded body. It says nothing about people: not who wrote it, not for whom.
 * Immutable; what changes on the way (copies, age) travels beside it. Rule: docs/protocol/envelope.md.
 */
import { type Label, label, type Suite } from '../crypto/suite.ts';
import { assert } from '../kernel/assert.ts';
import type { Brand } from '../kernel/brand.ts';
import { type Bytes, concat, sameBytes } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { BODY_BYTES, LIFETIME_HOURS } from './limits.ts';
import type { EnvelopeRefusal } from './refusals.ts';

export type EnvelopeId = Brand<Bytes, 'EnvelopeId'>;

/** 1 small (anything typed), 2 media, 3 bulk. */
export type EnvelopeClass = 1 | 2 | 3;

export interface EnvelopeHeader {
  readonly class: EnvelopeClass;
  /** For asking by part of the tag in large meshes; 0 in small ones. */
  readonly bucket: number;
  readonly tag: Bytes;
  /** Hours since 1970. */
  readonly createdHour: number;
  readonly expiryHour: number;
  readonly purgeHash: Bytes;
}

export interface Envelope {
  readonly id: EnvelopeId;
  readonly header: EnvelopeHeader;
  /** Header and body as they travel. */
  readonly bytes: Bytes;
}

export const HEADER_BYTES = 44;
export const ID_BYTES = 32;
const VERSION = 1;
const BODY: Label = label('envelope/body');
const ID: Label = label('envelope/id');
const PURGE: Label = label('envelope/purge');

export function hourOf(timeMs: number): number {
  return Math.floor(timeMs / 3_600_000);
}

export function purgeHashOf(suite: Suite, purgeKey: Uint8Array): Bytes {
  return suite.hash(PURGE, purgeKey).slice(0, 16);
}

export function encodeHeader(header: EnvelopeHeader): Bytes {
  const writer = new Writer(HEADER_BYTES).u8(VERSION).u8(header.class).u16(header.bucket).raw(header.tag);
  return writer.u32(header.createdHour).u32(header.expiryHour).raw(header.purgeHash).finish();
}

/** The header of an envelope made now. */
export function headerFor(tag: Bytes, purgeHash: Bytes, envelopeClass: EnvelopeClass, nowMs: number): EnvelopeHeader {
  const createdHour = hourOf(nowMs);
  return { class: envelopeClass, bucket: 0, tag, createdHour, expiryHour: createdHour + LIFETIME_HOURS[envelopeClass], purgeHash };
}

export function bodyHashOf(suite: Suite, body: Uint8Array): Bytes {
  return suite.hash(BODY, body);
}

function idOf(suite: Suite, header: Uint8Array, bodyHash: Uint8Array): EnvelopeId {
  return suite.hash(ID, header, bodyHash) as EnvelopeId;
}

/** Joins an encoded header and a body of an allowed length. */
export function makeEnvelope(suite: Suite, header: EnvelopeHeader, encoded: Bytes, body: Bytes): Envelope {
  assert(BODY_BYTES.includes(body.length), 'a body is padded to one of the allowed lengths');
  return { id: idOf(suite, encoded, bodyHashOf(suite, body)), header, bytes: concat(encoded, body) };
}

function readHeader(reader: Reader): Result<EnvelopeHeader, EnvelopeRefusal> {
  const version = reader.u8();
  const envelopeClass = reader.u8();
  const bucket = reader.u16();
  const tag = reader.raw(16);
  const createdHour = reader.u32();
  const expiryHour = reader.u32();
  const purgeHash = reader.raw(16);
  if (reader.failed) return refuse({ kind: 'malformed' });
  if (version !== VERSION) return refuse({ kind: 'unknown-version', found: version });
  if (envelopeClass !== 1 && envelopeClass !== 2 && envelopeClass !== 3) return refuse({ kind: 'unknown-class', found: envelopeClass });
  const hours = expiryHour - createdHour;
  const expected = LIFETIME_HOURS[envelopeClass];
  if (hours !== expected) return refuse({ kind: 'wrong-lifetime', hours, expected });
  return ok({ class: envelopeClass, bucket, tag, createdHour, expiryHour, purgeHash });
}

/** Where the tag stands in an envelope's bytes; nothing else of them is looked at, and there may be too few. */
export function tagIn(bytes: Bytes): Bytes {
  return bytes.subarray(4, 20);
}

/** Reads an envelope from any bytes. Whether it is too old or too new is for the carrier to say. */
export function readEnvelope(suite: Suite, bytes: Bytes): Result<Envelope, EnvelopeRefusal> {
  const bodyBytes = bytes.length - HEADER_BYTES;
  if (!BODY_BYTES.includes(bodyBytes)) return refuse({ kind: 'wrong-length', bytes: bodyBytes });
  const header = readHeader(new Reader(bytes));
  if (!header.ok) return header;
  const id = idOf(suite, bytes.subarray(0, HEADER_BYTES), bodyHashOf(suite, bytes.subarray(HEADER_BYTES)));
  return ok({ id, header: header.value, bytes });
}

export function headerBytesOf(envelope: Envelope): Bytes {
  return envelope.bytes.slice(0, HEADER_BYTES);
}

export function bodyOf(envelope: Envelope): Bytes {
  return envelope.bytes.slice(HEADER_BYTES);
}

/** Header and hash of the body, from which the id is made; a token begins with them. */
const ID_INPUT_BYTES: number = HEADER_BYTES + 32;

/** Proof that whoever could read an envelope lets it be forgotten: header, hash of the body, purge key. */
export const PURGE_TOKEN_BYTES: number = ID_INPUT_BYTES + 32;

export function makePurgeToken(suite: Suite, envelope: Envelope, purgeKey: Uint8Array): Bytes {
  return concat(headerBytesOf(envelope), bodyHashOf(suite, bodyOf(envelope)), purgeKey);
}

/** The envelope that a token lets go, if the token proves it. */
export function checkPurgeToken(suite: Suite, token: Bytes): { readonly id: EnvelopeId; readonly expiryHour: number } | undefined {
  if (token.length !== PURGE_TOKEN_BYTES) return undefined;
  const header = readHeader(new Reader(token));
  // Both are public: the hash stands in every envelope, and the key in the token.
  if (!header.ok || !sameBytes(purgeHashOf(suite, token.subarray(ID_INPUT_BYTES)), header.value.purgeHash)) return undefined;
  return { id: suite.hash(ID, token.subarray(0, ID_INPUT_BYTES)) as EnvelopeId, expiryHour: header.value.expiryHour };
}
