/**
 * A person: roots from one seed, and the id that commits to the first root and, in advance, to the second.
 * Never leaves this folder in the clear: what is published is sealed by others. Rule: docs/protocol/identity.md §1.
 */
import { type KeyPair, type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { assert } from '../kernel/assert.ts';
import type { Brand } from '../kernel/brand.ts';
import { type Bytes, bytesOf } from '../kernel/bytes.ts';

/** 32 bytes: H(root_0, H(root_1)). */
export type AccountId = Brand<Bytes, 'AccountId'>;

const ROOT: Label = label('identity/root');
const NEXT_ROOT: Label = label('identity/next-root');
const ACCOUNT: Label = label('identity/account');

/** Reads 32 bytes as an account id. */
export function accountId(bytes: Bytes): AccountId {
  assert(bytes.length === LENGTHS.hash, 'an account id has 32 bytes');
  return bytes as AccountId;
}

/** The 32-byte signing seed of the `index`-th root: the most that one device holds, once the account's seed (32 bytes) is on paper. */
export function rootSeed(suite: Suite, seed: Uint8Array, index: number): Bytes {
  return suite.mac(seed, ROOT, bytesOf([index]));
}

/** The `index`-th root signing pair of the account whose seed is given (32 bytes). */
export function rootPair(suite: Suite, seed: Uint8Array, index: number): KeyPair {
  return suite.signingPair(rootSeed(suite, seed, index));
}

/** The commitment to a root that is not in use yet. */
export function commitmentTo(suite: Suite, rootPublicKey: Uint8Array): Bytes {
  return suite.hash(NEXT_ROOT, rootPublicKey);
}

export function accountIdOf(suite: Suite, firstRoot: Uint8Array, nextRootCommitment: Uint8Array): AccountId {
  return accountId(suite.hash(ACCOUNT, firstRoot, nextRootCommitment));
}
