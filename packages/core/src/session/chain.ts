/** The symmetric chains of the Double Ratchet: root step, message step, and what one message key yields. Rule: docs/protocol/session.md §3. */
import { type Label, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, bytesOf, EMPTY } from '../kernel/bytes.ts';
import { Writer } from '../kernel/codec.ts';

const ROOT_STEP: Label = label('session/root-step');
const MESSAGE: Label = label('session/message');
const NONCE: Label = label('session/nonce');
const TAG: Label = label('session/tag');
const MESSAGE_INPUT: Bytes = bytesOf([1]);
const CHAIN_INPUT: Bytes = bytesOf([2]);

export const TAG_BYTES = 16;

export interface RootStep {
  readonly rootKey: Bytes;
  readonly chainKey: Bytes;
  readonly nextHeaderKey: Bytes;
}

/** KDF_RK_HE of the Double Ratchet with header encryption. */
export function stepRoot(suite: Suite, rootKey: Uint8Array, agreed: Uint8Array): RootStep {
  const bytes = suite.derive(rootKey, agreed, ROOT_STEP, 96);
  return { rootKey: bytes.slice(0, 32), chainKey: bytes.slice(32, 64), nextHeaderKey: bytes.slice(64) };
}

/** KDF_CK: the key of this message, and the chain behind it. */
export function stepChain(suite: Suite, chainKey: Uint8Array): { readonly messageKey: Bytes; readonly chainKey: Bytes } {
  return { messageKey: suite.step(chainKey, MESSAGE_INPUT), chainKey: suite.step(chainKey, CHAIN_INPUT) };
}

export interface MessageKeys {
  readonly bodyKey: Bytes;
  /** Whoever can read the message can let its carriers forget it: envelope.md §4. */
  readonly purgeKey: Bytes;
}

export function messageKeys(suite: Suite, messageKey: Uint8Array): MessageKeys {
  const bytes = suite.mac(messageKey, MESSAGE, EMPTY, 64);
  return { bodyKey: bytes.slice(0, 32), purgeKey: bytes.slice(32) };
}

/** The body's nonce hangs on the header's random one, so that a state used twice (a restored backup) never repeats a (key, nonce). */
export function bodyNonce(suite: Suite, messageKey: Uint8Array, headerNonce: Uint8Array): Bytes {
  return suite.mac(messageKey, NONCE, headerNonce, 24);
}

/** What carriers see instead of an address: unlinkable without the header key. */
export function tagOf(suite: Suite, headerKey: Uint8Array, number: number): Bytes {
  return suite.mac(headerKey, TAG, new Writer(4).u32(number).finish(), TAG_BYTES);
}
