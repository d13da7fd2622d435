/** This device's own keys, from the few seeds that are stored. */
import type { Suite } from '../../crypto/suite.ts';
import { accountIdOf, commitmentTo, rootPair } from '../../identity/account.ts';
import { signDeviceList } from '../../identity/device-list.ts';
import { toHex } from '../../kernel/bytes.ts';
import type { Random } from '../../kernel/random.ts';
import type { OwnDevice } from '../../session/handshake.ts';
import type { IdentityRow } from './rows.ts';

export interface Own {
  readonly row: IdentityRow;
  readonly device: OwnDevice;
  /** 64 hexadecimal digits. */
  readonly transportKey: string;
}

export function ownFrom(suite: Suite, row: IdentityRow): Own {
  const root = rootPair(suite, row.accountSeed, 0).publicKey;
  const account = accountIdOf(suite, root, commitmentTo(suite, rootPair(suite, row.accountSeed, 1).publicKey));
  const device = {
    account,
    listRecord: row.listRecord,
    signing: suite.signingPair(row.signingSeed),
    agreement: suite.agreementPair(row.agreementSeed),
  };
  return { row, device, transportKey: toHex(suite.signingPair(row.transportSeed).publicKey) };
}

/** A new account with this device as its only one. `nowHour`: hours since 1970. */
export function beginIdentity(suite: Suite, random: Random, name: string, nowHour: number): IdentityRow {
  const accountSeed = random.bytes(32);
  const signingSeed = random.bytes(32);
  const agreementSeed = random.bytes(32);
  const root = rootPair(suite, accountSeed, 0);
  const list = {
    rootIndex: 0,
    sequence: nowHour,
    previousHash: new Uint8Array(32),
    minimumSuite: suite.id,
    devices: [{ signingKey: suite.signingPair(signingSeed).publicKey, agreementKey: suite.agreementPair(agreementSeed).publicKey }],
    rootKey: root.publicKey,
    nextRootCommitment: commitmentTo(suite, rootPair(suite, accountSeed, 1).publicKey),
  };
  const listRecord = signDeviceList(suite, list, root.secretKey);
  return { name, accountSeed, signingSeed, agreementSeed, transportSeed: random.bytes(32), listRecord };
}
