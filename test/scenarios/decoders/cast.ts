/** The two people whose records stand as examples, with every key counted up, so that the bytes are the same in each run. */
import type { Suite } from '../../../packages/core/src/crypto/suite.ts';
import { commitmentTo, rootPair } from '../../../packages/core/src/identity/account.ts';
import { prekeysFrom, signBundle } from '../../../packages/core/src/identity/bundle.ts';
import { readDeviceList, signDeviceList } from '../../../packages/core/src/identity/device-list.ts';
import { Reader } from '../../../packages/core/src/kernel/codec.ts';
import type { OwnDevice } from '../../../packages/core/src/session/handshake.ts';
import { counting, HOUR } from './decoder.ts';

export interface Cast {
  readonly suite: Suite;
  readonly ann: Person;
  readonly bo: Person;
}

export function person(suite: Suite, first: number) {
  const seed = counting(32, first);
  const [root, next] = [rootPair(suite, seed, 0), rootPair(suite, seed, 1)];
  const [signing, agreement] = [suite.signingPair(counting(32, first + 1)), suite.agreementPair(counting(32, first + 2))];
  const mine = { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
  const list = {
    rootIndex: 0,
    sequence: HOUR,
    previousHash: new Uint8Array(32),
    minimumSuite: 1,
    devices: [mine],
    rootKey: root.publicKey,
    nextRootCommitment: commitmentTo(suite, next.publicKey),
  };
  const listRecord = signDeviceList(suite, list, root.secretKey);
  const read = readDeviceList(suite, new Reader(listRecord));
  if (!read.ok) throw new Error(read.refusal.kind);
  const prekeys = prekeysFrom(suite, counting(32, first + 3));
  const device: OwnDevice = { account: read.value.account, listRecord, signing, agreement };
  const bundle = signBundle(suite, listRecord, mine, signing.secretKey, prekeys, HOUR + 100);
  return { seed, root, next, list, mine, device, prekeys, bundle };
}

export type Person = ReturnType<typeof person>;

export function castOf(suite: Suite): Cast {
  return { suite, ann: person(suite, 100), bo: person(suite, 110) };
}
