/** What the frozen examples are made from: fixed numbers in place of clock and chance, and people with one device each. Shared by the makers. */
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { type AccountId, accountIdOf, commitmentTo, rootPair } from '../../packages/core/src/identity/account.ts';
import { type Device, signDeviceList } from '../../packages/core/src/identity/device-list.ts';
import { type Bytes, toHex } from '../../packages/core/src/kernel/bytes.ts';
import type { Random } from '../../packages/core/src/kernel/random.ts';
import type { OwnDevice } from '../../packages/core/src/session/handshake.ts';

export type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };

export const HOUR = 500_000;
export const NOW_MS: number = HOUR * 3_600_000;

/** `length` bytes counting up from `first`. */
export function counting(length: number, first: number): Bytes {
  return Uint8Array.from({ length }, (_, i) => (first + i) & 255);
}

/** Chance that is written down: what it gave is part of the example. */
export class Drawn implements Random {
  readonly draws: string[] = [];
  #next: number;

  constructor(first: number) {
    this.#next = first;
  }

  bytes(length: number): Bytes {
    const bytes = counting(length, this.#next);
    this.#next += 37;
    this.draws.push(toHex(bytes));
    return bytes;
  }
}

export interface Made {
  readonly account: AccountId;
  readonly device: OwnDevice;
  readonly json: { readonly [name: string]: Json };
}

export function publicHalves({ signing, agreement }: Pick<OwnDevice, 'signing' | 'agreement'>): Device {
  return { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
}

/** A person with one device, from three seeds that count up from `first`, `first + 1` and `first + 2`. */
export function person(suite: Suite, first: number): Made {
  const [account, signingSeed, agreementSeed] = [counting(32, first), counting(32, first + 1), counting(32, first + 2)];
  const [root, next] = [rootPair(suite, account, 0), rootPair(suite, account, 1)];
  const [signing, agreement] = [suite.signingPair(signingSeed), suite.agreementPair(agreementSeed)];
  const list = {
    rootIndex: 0,
    sequence: HOUR,
    previousHash: new Uint8Array(32),
    minimumSuite: 1,
    devices: [publicHalves({ signing, agreement })],
    rootKey: root.publicKey,
    nextRootCommitment: commitmentTo(suite, next.publicKey),
  };
  const listRecord = signDeviceList(suite, list, root.secretKey);
  const accountId = accountIdOf(suite, root.publicKey, list.nextRootCommitment);
  return {
    account: accountId,
    device: { account: accountId, listRecord, signing, agreement },
    json: {
      accountSeed: toHex(account),
      signingSeed: toHex(signingSeed),
      agreementSeed: toHex(agreementSeed),
      roots: [toHex(root.publicKey), toHex(next.publicKey)],
      nextRootCommitment: toHex(list.nextRootCommitment),
      account: toHex(accountId),
      sequence: HOUR,
      deviceList: toHex(listRecord),
    },
  };
}
