/**
 * The contact key: 32 bytes that an account gives its contacts, under which its devices publish bundles, lists and proofs for them alone.
 * Says where each piece lies and how it is sealed, never what it is. Rule: docs/protocol/identity.md §6.
 */
import { type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { assert } from '../kernel/assert.ts';
import { type Bytes, concat } from '../kernel/bytes.ts';
import { Writer } from '../kernel/codec.ts';
import { CONTACT_PERIOD_HOURS, CONTACT_SLOTS } from './limits.ts';

const TAG: Label = label('identity/contact-tag');
const PURGE: Label = label('identity/contact-purge');
const SEAL: Label = label('identity/contact-seal');
const FIRST: Label = label('identity/contact-first');
const FIRST_OF: Label = label('identity/contact-first-of');
const TAG_BYTES = 16;

/** The period an hour (since 1970) lies in; weeks begin on a Thursday, as 1970 did. */
export function contactPeriod(hour: number): number {
  return Math.floor(hour / CONTACT_PERIOD_HOURS);
}

function place(deviceSigningKey: Uint8Array, period: number, slot: number): Bytes {
  assert(deviceSigningKey.length === LENGTHS.publicKey, 'a signing key has 32 bytes');
  assert(slot < CONTACT_SLOTS, 'no such slot under a contact key');
  return new Writer(37).raw(deviceSigningKey).u32(period).u8(slot).finish();
}

/** The tag under which a device's envelope of this period and slot (0 to 15) is deposited: 16 bytes. */
export function contactTag(suite: Suite, contactKey: Uint8Array, deviceSigningKey: Uint8Array, period: number, slot: number): Bytes {
  return suite.mac(contactKey, TAG, place(deviceSigningKey, period, slot), TAG_BYTES);
}

/** What lets that envelope be forgotten: every contact can make it, so the owner publishes again what vanishes. */
export function contactPurgeKey(suite: Suite, contactKey: Uint8Array, deviceSigningKey: Uint8Array, period: number, slot: number): Bytes {
  return suite.mac(contactKey, PURGE, place(deviceSigningKey, period, slot));
}

function sealKey(suite: Suite, contactKey: Uint8Array, deviceSigningKey: Uint8Array, period: number, slot: number): Bytes {
  return suite.mac(contactKey, SEAL, place(deviceSigningKey, period, slot));
}

/**
 * The body of an envelope under the contact key: `nonce`, then the sealed `padded`, bound to the envelope's header.
 * The nonce is 24 bytes of chance, because a device that crashed writes the same slot again with other content.
 */
export function sealUnderContactKey(
  suite: Suite,
  contactKey: Uint8Array,
  deviceSigningKey: Uint8Array,
  period: number,
  slot: number,
  envelopeHeader: Uint8Array,
  padded: Uint8Array,
  nonce: Uint8Array,
): Bytes {
  assert(nonce.length === LENGTHS.nonce, 'a nonce has 24 bytes');
  return concat(nonce, suite.seal(sealKey(suite, contactKey, deviceSigningKey, period, slot), nonce, envelopeHeader, padded));
}

/** What `sealUnderContactKey` was given as `padded`; `undefined` for any other body. */
export function openUnderContactKey(
  suite: Suite,
  contactKey: Uint8Array,
  deviceSigningKey: Uint8Array,
  period: number,
  slot: number,
  envelopeHeader: Uint8Array,
  body: Uint8Array,
): Bytes | undefined {
  if (body.length < LENGTHS.nonce) return undefined;
  const [nonce, sealed] = [body.subarray(0, LENGTHS.nonce), body.subarray(LENGTHS.nonce)];
  return suite.open(sealKey(suite, contactKey, deviceSigningKey, period, slot), nonce, envelopeHeader, sealed);
}

/** The secret behind first messages to a bundle found under the contact key; each of its readers has one of its own (`firstSecretOf`). */
export function contactFirstSecret(suite: Suite, contactKey: Uint8Array, prekeyId: Uint8Array): Bytes {
  return suite.mac(contactKey, FIRST, prekeyId);
}

/**
 * The secret behind the first messages of one account: their tags come from it, and the handshake binds it. One for each account, because
 * two people who read the same bundle would else write under the same tags.
 */
export function firstSecretOf(suite: Suite, contactFirst: Uint8Array, initiator: Uint8Array): Bytes {
  return suite.mac(contactFirst, FIRST_OF, initiator);
}
