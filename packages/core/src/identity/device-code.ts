/**
 * What a new device shows so that a device of the account can take it in: a code, and a link bundle deposited under the code's secret.
 * It begins with another byte than an invitation, so that neither is ever taken for the other. Rule: docs/protocol/identity.md §10.
 */
import { type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, concat, EMPTY, toBase64Url } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { type PrekeySecrets, type Prekeys, publicPrekeys, readPrekeys, writePrekeys } from './bundle.ts';
import { bytesOfCode } from './code-text.ts';
import type { Device } from './device-list.ts';
import { LINK_CODE_BYTES_MAX, LINK_CODE_RELAYS_MAX } from './limits.ts';
import type { LinkCodeRefusal, OfferRefusal } from './refusals.ts';

export interface LinkRelay {
  /** Transport key, 32 bytes. */
  readonly key: Bytes;
  readonly address: string;
}

export interface LinkCode {
  readonly secret: Bytes;
  readonly bundleHash: Bytes;
  /** Transport key of the new device. */
  readonly transportKey: Bytes;
  readonly expiryHour: number;
  /** At most one. */
  readonly relays: readonly LinkRelay[];
}

/** A device that has no account yet, and its prekeys. */
export interface LinkBundle {
  readonly device: Device;
  readonly prekeys: Prekeys;
  /** Hours since 1970. */
  readonly expiryHour: number;
}

const MARK = 0x4c;
/** First byte of an invitation (docs/protocol/rendezvous.md §1). */
const INVITATION_MARK = 0x4b;
const VERSION = 1;
const HOUR_MS = 3_600_000;
const HASH: Label = label('identity/link-hash');
const TAG: Label = label('identity/link-tag');
const KEY: Label = label('identity/link-key');
const PURGE: Label = label('identity/link-purge');
const SIGNED: Label = label('identity/link-bundle');
const TAG_BYTES = 16;

function encodeCode(code: LinkCode, relays: readonly LinkRelay[]): Bytes {
  const writer = new Writer(LINK_CODE_BYTES_MAX).u8(MARK).u8(VERSION).raw(code.secret).raw(code.bundleHash).raw(code.transportKey);
  writer.u32(code.expiryHour).u8(relays.length);
  for (const relay of relays) writer.raw(relay.key).text16(relay.address);
  return writer.finish();
}

/** Letters, digits, `-` and `_`. The relay is left out where the text would grow too long for a QR code. */
export function linkCodeText(code: LinkCode): string {
  const full = encodeCode(code, code.relays.slice(0, LINK_CODE_RELAYS_MAX));
  return toBase64Url(full.length <= LINK_CODE_BYTES_MAX ? full : encodeCode(code, []));
}

/** Reads a text that may stand in a link or have white space around it. */
export function readLinkCode(text: string, nowMs: number): Result<LinkCode, LinkCodeRefusal> {
  const bytes = bytesOfCode(text);
  if (bytes?.[0] === INVITATION_MARK) return refuse({ kind: 'is-an-invitation' });
  if (bytes?.[0] !== MARK) return refuse({ kind: 'not-a-link-code' });
  if ((bytes[1] as number) > VERSION) return refuse({ kind: 'newer-version' });
  const reader = new Reader(bytes.subarray(2));
  const secret = reader.raw(LENGTHS.key);
  const bundleHash = reader.raw(LENGTHS.hash);
  const transportKey = reader.raw(LENGTHS.publicKey);
  const expiryHour = reader.u32();
  const count = reader.u8();
  const relays: LinkRelay[] = [];
  for (let i = 0; i < Math.min(count, LINK_CODE_RELAYS_MAX); i++) relays.push({ key: reader.raw(32), address: reader.text16() });
  const isWhole = reader.finish(true) === true && count <= LINK_CODE_RELAYS_MAX && bytes.length <= LINK_CODE_BYTES_MAX;
  if (bytes[1] !== VERSION || !isWhole) return refuse({ kind: 'not-a-link-code' });
  if (expiryHour * HOUR_MS < nowMs) return refuse({ kind: 'expired', expiredAtMs: expiryHour * HOUR_MS });
  return ok({ secret, bundleHash, transportKey, expiryHour, relays });
}

/** What pins the deposited link bundle: the hash of the deposit before it is padded and sealed. */
export function linkBundleHash(suite: Suite, deposit: Uint8Array): Bytes {
  return suite.hash(HASH, deposit);
}

/** The tag under which the link bundle is deposited. */
export function linkBundleTag(suite: Suite, secret: Uint8Array): Bytes {
  return suite.mac(secret, TAG, EMPTY, TAG_BYTES);
}

/** Whoever has the code may let the deposit be forgotten: it is used once. */
export function linkPurgeKey(suite: Suite, secret: Uint8Array): Bytes {
  return suite.mac(secret, PURGE, EMPTY);
}

/** Seals a padded deposit; the key serves once, so its nonce is zero. Bound to the envelope's header. */
export function sealLinkBundle(suite: Suite, secret: Uint8Array, envelopeHeader: Uint8Array, padded: Uint8Array): Bytes {
  return suite.seal(suite.mac(secret, KEY, EMPTY), new Uint8Array(LENGTHS.nonce), envelopeHeader, padded);
}

export function openLinkBundle(suite: Suite, secret: Uint8Array, envelopeHeader: Uint8Array, body: Uint8Array): Bytes | undefined {
  return suite.open(suite.mac(secret, KEY, EMPTY), new Uint8Array(LENGTHS.nonce), envelopeHeader, body);
}

function encodeBundle(bundle: LinkBundle): Bytes {
  const writer = new Writer(1400).u8(VERSION).raw(bundle.device.signingKey).raw(bundle.device.agreementKey);
  return writePrekeys(writer, bundle.prekeys).u32(bundle.expiryHour).finish();
}

/** Makes the record of a device that has no account yet. */
export function signLinkBundle(
  suite: Suite,
  device: Device,
  deviceSecretKey: Uint8Array,
  secrets: PrekeySecrets,
  expiryHour: number,
): Bytes {
  const body = encodeBundle({ device, prekeys: publicPrekeys(secrets), expiryHour });
  return concat(body, suite.sign(deviceSecretKey, SIGNED, body));
}

/** Reads and checks a link bundle; `nowHour` in hours since 1970. Who the device belongs to, only the code that pins it says. */
export function readLinkBundle(suite: Suite, bytes: Uint8Array, nowHour: number): Result<LinkBundle, OfferRefusal> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  if (reader.failed) return refuse({ kind: 'malformed' });
  if (version !== VERSION) return refuse({ kind: 'unknown-version', found: version });
  const device: Device = { signingKey: reader.raw(LENGTHS.publicKey), agreementKey: reader.raw(LENGTHS.publicKey) };
  const bundle: LinkBundle = { device, prekeys: readPrekeys(reader), expiryHour: reader.u32() };
  const signature = reader.raw(LENGTHS.signature);
  if (reader.finish(true) === undefined) return refuse({ kind: 'malformed' });
  if (!suite.verify(device.signingKey, SIGNED, encodeBundle(bundle), signature)) return refuse({ kind: 'signature' });
  if (bundle.expiryHour < nowHour) return refuse({ kind: 'expired', expiryHour: bundle.expiryHour });
  return ok(bundle);
}
