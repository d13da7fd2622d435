/**
 * An invitation: what a QR code or a link carries so that two people can find and trust each other. It pins the account and the bundle;
 * whoever holds its secret may knock once. Rule: docs/protocol/rendezvous.md §1.
 */
import { type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { type AccountId, accountId } from '../identity/account.ts';
import { type Bytes, concat, fromBase64Url, toBase64Url } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { HAND_CODE_BYTES_MAX, INVITATION_BYTES_MAX, INVITATION_RELAYS_MAX } from './limits.ts';
import type { InvitationTextRefusal } from './refusals.ts';

export interface InvitedRelay {
  /** Transport key, 32 bytes. */
  readonly key: Bytes;
  readonly address: string;
}

export interface Invitation {
  readonly account: AccountId;
  readonly secret: Bytes;
  readonly bundleHash: Bytes;
  /** Transport key of the device that made it. */
  readonly transportKey: Bytes;
  readonly expiryHour: number;
  readonly relays: readonly InvitedRelay[];
  /** What connects to the device by hand (docs/protocol/by-hand.md); empty where the code is not shown to somebody beside it. */
  readonly offer: Bytes;
}

/** First byte of what an invitation is; a text that links devices begins differently. */
const MARK = 0x4b;
/** That of what a new device shows (identity.md §10): said by name, so that nobody takes one for the other. */
const LINK_MARK = 0x4c;
const VERSION = 1;
const BUNDLE_HASH: Label = label('rendezvous/bundle-hash');
const BUNDLE_TAG: Label = label('rendezvous/bundle-tag');
const BUNDLE_KEY: Label = label('rendezvous/bundle-key');
const BUNDLE_PURGE: Label = label('rendezvous/bundle-purge');
const HELLO_TAG: Label = label('rendezvous/hello-tag');
const HELLO_KEY: Label = label('rendezvous/hello-key');
const HELLO_PURGE: Label = label('rendezvous/hello-purge');
const HELLO_FIRST: Label = label('rendezvous/hello-first');
const NOTHING: Bytes = new Uint8Array(0);

/** Letters, digits, `-` and `_`: fit for a link's fragment. Relays are left out where the text would grow too long for a QR code. */
export function invitationText(invitation: Invitation): string {
  const encode = (relays: readonly InvitedRelay[]) => {
    const writer = new Writer(300).u8(MARK).u8(VERSION).raw(invitation.account).raw(invitation.secret).raw(invitation.bundleHash);
    writer.raw(invitation.transportKey).u32(invitation.expiryHour).u8(relays.length);
    for (const relay of relays) writer.raw(relay.key).text16(relay.address);
    return writer.bytes16(invitation.offer).finish();
  };
  const full = encode(invitation.relays.slice(0, INVITATION_RELAYS_MAX));
  return toBase64Url(full.length <= INVITATION_BYTES_MAX ? full : encode([]));
}

/** Reads a text that may stand in a link or have white space around it. */
export function readInvitation(text: string, nowMs: number): Result<Invitation, InvitationTextRefusal> {
  const tail =
    text
      .trim()
      .split(/[#/?=\s]/)
      .at(-1) ?? '';
  const bytes = tail.length <= INVITATION_BYTES_MAX * 2 ? fromBase64Url(tail) : undefined;
  if (bytes?.[0] === LINK_MARK) return refuse({ kind: 'links-devices' });
  if (bytes === undefined || bytes.length < 2 || bytes[0] !== MARK) return refuse({ kind: 'not-an-invitation' });
  if ((bytes[1] as number) > VERSION) return refuse({ kind: 'newer-version' });
  const reader = new Reader(bytes.subarray(2));
  const account = reader.raw(32);
  const secret = reader.raw(32);
  const bundleHash = reader.raw(32);
  const transportKey = reader.raw(32);
  const expiryHour = reader.u32();
  const count = reader.u8();
  if (count > INVITATION_RELAYS_MAX) reader.fail();
  const relays: InvitedRelay[] = [];
  for (let i = 0; i < count && !reader.failed; i++) relays.push({ key: reader.raw(32), address: reader.text16(INVITATION_BYTES_MAX) });
  const offer = reader.bytes16(HAND_CODE_BYTES_MAX);
  if (bytes[1] !== VERSION || reader.finish(true) === undefined) return refuse({ kind: 'not-an-invitation' });
  if (expiryHour * 3_600_000 < nowMs) return refuse({ kind: 'expired', expiredAtMs: expiryHour * 3_600_000 });
  return ok({ account: accountId(account), secret, bundleHash, transportKey, expiryHour, relays, offer });
}

/** What pins the deposited bundle. */
export function bundleHashOf(suite: Suite, bundle: Uint8Array): Bytes {
  return suite.hash(BUNDLE_HASH, bundle);
}

/** The tag under which the bundle of an invitation is deposited. */
export function bundleTag(suite: Suite, secret: Uint8Array): Bytes {
  return suite.mac(secret, BUNDLE_TAG, NOTHING, 16);
}

/** Whoever has the invitation may let the deposited bundle be forgotten: it is used once. */
export function bundlePurgeKey(suite: Suite, secret: Uint8Array): Bytes {
  return suite.mac(secret, BUNDLE_PURGE, NOTHING);
}

/** Seals a padded bundle; the key serves once, so its nonce is zero. Bound to the envelope's header. */
export function sealBundle(suite: Suite, secret: Uint8Array, envelopeHeader: Uint8Array, padded: Uint8Array): Bytes {
  return suite.seal(suite.mac(secret, BUNDLE_KEY, NOTHING), new Uint8Array(24), envelopeHeader, padded);
}

export function openBundle(suite: Suite, secret: Uint8Array, envelopeHeader: Uint8Array, body: Uint8Array): Bytes | undefined {
  return suite.open(suite.mac(secret, BUNDLE_KEY, NOTHING), new Uint8Array(24), envelopeHeader, body);
}

/**
 * The other way round, when the inviter's bundle cannot be found: the invited one deposits its own under this tag, and the inviter opens
 * the session.
 */
export function helloTag(suite: Suite, secret: Uint8Array): Bytes {
  return suite.mac(secret, HELLO_TAG, NOTHING, 16);
}

export function helloPurgeKey(suite: Suite, secret: Uint8Array): Bytes {
  return suite.mac(secret, HELLO_PURGE, NOTHING);
}

/** From this come the tags of the inviter's first messages; those of the invited one come from the invitation's own secret. */
export function helloFirstSecret(suite: Suite, secret: Uint8Array): Bytes {
  return suite.mac(secret, HELLO_FIRST, NOTHING);
}

/** The key may serve twice, when a deposit is made again after a crash: the nonce is 24 bytes of chance, in front. */
export function sealHello(suite: Suite, secret: Uint8Array, envelopeHeader: Uint8Array, padded: Uint8Array, nonce: Bytes): Bytes {
  return concat(nonce, suite.seal(suite.mac(secret, HELLO_KEY, NOTHING), nonce, envelopeHeader, padded));
}

export function openHello(suite: Suite, secret: Uint8Array, envelopeHeader: Uint8Array, body: Uint8Array): Bytes | undefined {
  const nonce = body.subarray(0, LENGTHS.nonce);
  if (nonce.length < LENGTHS.nonce) return undefined;
  return suite.open(suite.mac(secret, HELLO_KEY, NOTHING), nonce, envelopeHeader, body.subarray(LENGTHS.nonce));
}

/** Bytes a hello has beyond its padded plaintext. */
export const HELLO_OVERHEAD_BYTES: number = LENGTHS.nonce + LENGTHS.sealTag;
