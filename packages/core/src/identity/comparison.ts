/**
 * Six digits that two people compare, by commit and reveal: whoever stands between them has one guess in a million, and no second try
 * that stays unseen. Who sends what, and when, is the caller's. Rule: docs/protocol/identity.md §9.
 */
import { type Label, label, type Suite } from '../crypto/suite.ts';
import { assert } from '../kernel/assert.ts';
import type { Bytes } from '../kernel/bytes.ts';

const COMMITMENT: Label = label('identity/comparison-commitment');
const DIGITS: Label = label('identity/comparison-digits');
const NONCE_BYTES = 32;
const NUMBER_BYTES = 8;

/** What the starter sends first; `nonce` is 32 bytes of chance that stay secret until the answerer's nonce is there. */
export function comparisonCommitment(suite: Suite, nonce: Uint8Array): Bytes {
  assert(nonce.length === NONCE_BYTES, 'a comparison nonce has 32 bytes');
  return suite.hash(COMMITMENT, nonce);
}

/** Whether the nonce that was revealed is the one committed to. */
export function opensCommitment(suite: Suite, commitment: Uint8Array, nonce: Uint8Array): boolean {
  return nonce.length === NONCE_BYTES && suite.equal(commitment, comparisonCommitment(suite, nonce));
}

/**
 * The six digits, `000000` to `999999`. `context` is account id of the starter ‖ account id of the answerer ‖ session id.
 * Both nonces have 32 bytes, and were checked to.
 */
export function comparisonDigits(suite: Suite, context: Uint8Array, starterNonce: Uint8Array, answererNonce: Uint8Array): string {
  assert(starterNonce.length === NONCE_BYTES && answererNonce.length === NONCE_BYTES, 'a comparison nonce has 32 bytes');
  const bytes = suite.hash(DIGITS, starterNonce, answererNonce, context);
  let value = 0;
  for (const byte of bytes.subarray(0, NUMBER_BYTES)) value = (value * 256 + byte) % 1_000_000;
  return value.toString().padStart(6, '0');
}
