import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CARD_ADDRESSES_MAX } from '../../content/limits.ts';
import { accountId } from '../../identity/account.ts';
import { type Bytes, bytesOf, concat } from '../../kernel/bytes.ts';
import { Writer } from '../../kernel/codec.ts';
import { type ArchiveRecord, decodeRecords, encodeRecord, encodeRecords } from './archive-records.ts';
import type { Verification } from './views.ts';

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesOf);
const upTo = (length: number) => fc.uint8Array({ maxLength: length }).map(bytesOf);
const words = fc.string({ unit: 'grapheme', maxLength: 30 });
const account = fixed(32).map(accountId);
const relay = fc.record({
  key: fixed(32),
  addresses: fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 30 }), { maxLength: CARD_ADDRESSES_MAX }),
});
const relays = fc.array(relay, { maxLength: 8 });
const profile = fc.record({
  kind: fc.constant('profile' as const),
  account,
  name: words,
  listRecord: upTo(300),
  contactKey: fixed(32),
  relays,
});
const contact = fc.record({
  kind: fc.constant('contact' as const),
  account,
  name: words,
  metAtMs: fc.maxSafeNat(),
  listRecord: upTo(300),
  contactKey: fc.oneof(fixed(32), fixed(0)),
  relays,
  verified: fc.constantFrom<Verification | undefined>(undefined, 'scanned', 'compared'),
  spares: fc.array(fc.record({ device: fixed(32), spare: upTo(200) }), { maxLength: 3 }),
});
const message = fc.record({ kind: fc.constant('message' as const), key: fixed(57), row: upTo(300) });
const undelivered = fc.record({ kind: fc.constant('undelivered' as const), id: fixed(16), messageKey: fixed(57) });
const record: fc.Arbitrary<ArchiveRecord> = fc.oneof(profile, contact, message, undelivered);
const records = fc.array(record, { maxLength: 8 });

const inLength = (bytes: Bytes): Bytes => new Writer(bytes.length + 2).bytes16(bytes).finish();

test('records of every kind read back in their order', () => {
  fc.assert(
    fc.property(records, (some) => {
      expect(decodeRecords(encodeRecords(some))).toEqual(some);
    }),
    { seed: 1 },
  );
});

test('records stand by themselves: joined pieces read as one', () => {
  fc.assert(
    fc.property(records, records, (some, more) => {
      expect(decodeRecords(concat(encodeRecords(some), encodeRecords(more)))).toEqual([...some, ...more]);
    }),
    { seed: 2, numRuns: 30 },
  );
});

test('a piece that ends within a record is nothing, not what came before', () => {
  fc.assert(
    fc.property(records, record, fc.nat(), (some, last, cut) => {
      const bytes = encodeRecords([...some, last]);
      const before = encodeRecords(some).length;
      expect(decodeRecords(bytes.slice(0, before + 1 + (cut % (bytes.length - before - 1))))).toBeUndefined();
    }),
    { seed: 3 },
  );
});

test('a record with a byte too few or too many makes the piece nothing', () => {
  fc.assert(
    fc.property(record, (one) => {
      const bytes = encodeRecord(one);
      expect(decodeRecords(inLength(bytes.slice(0, -1)))).toBeUndefined();
      expect(decodeRecords(inLength(concat(bytes, bytesOf([0]))))).toBeUndefined();
    }),
    { seed: 4 },
  );
});

test('a record of a kind that is not known is passed over, and those around it are read', () => {
  fc.assert(
    fc.property(record, record, fc.oneof(fc.constant(0), fc.integer({ min: 5, max: 255 })), upTo(60), (before, after, kind, rest) => {
      const unknown = inLength(concat(bytesOf([kind]), rest));
      expect(decodeRecords(concat(encodeRecords([before]), unknown, encodeRecords([after])))).toEqual([before, after]);
    }),
    { seed: 5 },
  );
});

test('any bytes are answered', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), upTo(400), (kind, bytes) => {
      decodeRecords(bytes);
      decodeRecords(inLength(concat(bytesOf([kind]), bytes)));
    }),
    { seed: 6, numRuns: 1000 },
  );
});
