import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountId } from '../../identity/account.ts';
import { PREKEY_ID_BYTES } from '../../identity/bundle.ts';
import { type Bytes, bytesOf } from '../../kernel/bytes.ts';
import { NO_PAIR } from '../../rendezvous/pair.ts';
import { NO_DAYS } from '../../rendezvous/transport-days.ts';
import {
  type DepositRow,
  type DeviceRow,
  decodeDeposit,
  decodeDevice,
  decodePrekey,
  encodeDeposit,
  encodeDevice,
  encodePrekey,
  newDevice,
  type PrekeyOccasion,
  type PrekeyRow,
  type Standing,
  UNTOLD,
} from './device-rows.ts';

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesOf);
const upTo = (length: number) => fc.uint8Array({ maxLength: length }).map(bytesOf);
const orEmpty = (length: number) => fc.oneof(fixed(length), fixed(0));
const hour = fc.integer({ min: 0, max: 0xffff_ffff });

const KEY = new Uint8Array(32).fill(7);
const PREKEY_ID = new Uint8Array(PREKEY_ID_BYTES).fill(7);

const certificates = fc.array(fc.record({ number: hour, fingerprint: fixed(32) }), { maxLength: 2 });
const told = fc.record({ hash: orEmpty(32), envelopeId: orEmpty(32) });
const device: fc.Arbitrary<DeviceRow> = fc.record({
  signingKey: fc.constant(KEY),
  account: fixed(32).map(accountId),
  sessionId: orEmpty(16),
  days: fc.record({ firstDay: hour, minute: fc.nat(1439), keys: fc.array(fixed(32), { maxLength: 4 }) }),
  pair: fc.record({ mine: orEmpty(32), theirs: orEmpty(32), certificates, peerCertificates: certificates }),
  standing: fc.constantFrom<Standing>('listed', 'retired', 'stolen'),
  sinceMs: fc.maxSafeNat(),
  toldCard: told,
  toldKeys: told,
  spares: fc.array(upTo(300), { maxLength: 3 }),
  deposit: upTo(300),
  isDepositUsed: fc.boolean(),
});
const prekey: fc.Arbitrary<PrekeyRow> = fc.record({
  id: fc.constant(PREKEY_ID),
  occasion: fc.constantFrom<PrekeyOccasion>('contact-key', 'spare', 'hello'),
  seed: orEmpty(32),
  secret: fixed(32),
  whom: fixed(32),
  madeHour: hour,
  sessions: fc.array(fc.record({ id: fixed(16), by: fixed(4) }), { maxLength: 5 }),
});
const deposit: fc.Arbitrary<DepositRow> = fc.record({ period: hour, slot: fc.nat(255), about: fixed(32), envelopeId: fixed(32) });

interface Kind {
  readonly name: string;
  readonly version: number;
  readonly any: fc.Arbitrary<unknown>;
  readonly write: (value: never) => Bytes;
  readonly read: (bytes: Bytes) => unknown;
}

const kinds: readonly Kind[] = [
  { name: 'a device', version: 2, any: device, write: encodeDevice, read: (bytes) => decodeDevice(KEY, bytes) },
  { name: 'prekeys given away', version: 1, any: prekey, write: encodePrekey, read: (bytes) => decodePrekey(PREKEY_ID, bytes) },
  { name: 'a deposit', version: 1, any: deposit, write: encodeDeposit, read: decodeDeposit },
];

describe.each(kinds)('the row of $name', ({ version, any, write, read }) => {
  test('reads back as it was written, and begins with its version', () => {
    fc.assert(
      fc.property(any, (row) => {
        const bytes = write(row as never);
        expect(read(bytes)).toEqual(row);
        expect(bytes[0]).toBe(version);
      }),
      { seed: 1 },
    );
  });

  test('of another version, cut short or longer is nothing', () => {
    fc.assert(
      fc.property(any, fc.nat(1000), (row, cut) => {
        const bytes = write(row as never);
        expect(read(bytesOf([0, ...bytes.subarray(1)]))).toBeUndefined();
        expect(read(bytesOf([9, ...bytes.subarray(1)]))).toBeUndefined();
        expect(read(bytes.slice(0, cut % bytes.length))).toBeUndefined();
        expect(read(bytesOf([...bytes, 0]))).toBeUndefined();
      }),
      { seed: 2 },
    );
  });

  test('of any bytes is answered', () => {
    fc.assert(
      fc.property(upTo(300), (bytes) => void read(bytesOf([1, ...bytes]))),
      { seed: 3, numRuns: 500 },
    );
  });
});

test('a device of no known standing is nothing: it must not count as listed by mistake', () => {
  const [row] = fc.sample(device, { numRuns: 1, seed: 1 });
  const bytes = encodeDevice({ ...(row as DeviceRow), sessionId: new Uint8Array(0), days: NO_DAYS, pair: NO_PAIR });
  // Behind version, account, empty session id, no days and no pair.
  const at = 1 + 32 + 2 + 7 + 6;
  expect(decodeDevice(KEY, bytes)).toBeDefined();
  expect(decodeDevice(KEY, bytesOf([...bytes.subarray(0, at), 3, ...bytes.subarray(at + 1)]))).toBeUndefined();
});

test('a device of version 1 is found again when it has said where', () => {
  fc.assert(
    fc.property(device, fixed(32), (row, transportKey) => {
      const old = { ...row, sessionId: new Uint8Array(0), days: NO_DAYS, pair: NO_PAIR };
      const bytes = encodeDevice(old);
      const before = bytesOf([1, ...bytes.subarray(1, 35), ...transportKey, ...bytes.subarray(35 + 13)]);
      expect(decodeDevice(KEY, before)).toEqual(old);
    }),
    { seed: 6, numRuns: 50 },
  );
});

test('prekeys given away for no known occasion are nothing', () => {
  const [row] = fc.sample(prekey, { numRuns: 1, seed: 1 });
  const bytes = encodePrekey(row as PrekeyRow);
  expect(decodePrekey(PREKEY_ID, bytesOf([1, 3, ...bytes.subarray(2)]))).toBeUndefined();
});

test('a row under a key that cannot be its own is nothing', () => {
  const [one] = fc.sample(device, { numRuns: 1, seed: 1 });
  const [prekeys] = fc.sample(prekey, { numRuns: 1, seed: 1 });
  expect(decodeDevice(KEY.slice(1), encodeDevice(one as DeviceRow))).toBeUndefined();
  expect(decodePrekey(KEY, encodePrekey(prekeys as PrekeyRow))).toBeUndefined();
});

test('a device that is known by its key alone is listed, has no session, and was told nothing', () => {
  const row = newDevice(KEY, accountId(KEY), 5);
  expect(decodeDevice(KEY, encodeDevice(row))).toEqual(row);
  expect(row).toMatchObject({ standing: 'listed', sinceMs: 5, spares: [] });
  expect([row.sessionId.length, row.deposit.length]).toEqual([0, 0]);
  expect([row.toldCard, row.toldKeys]).toEqual([UNTOLD, UNTOLD]);
});
