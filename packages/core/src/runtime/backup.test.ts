import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { label, type StretchCost, type Suite } from '../crypto/suite.ts';
import { accountId } from '../identity/account.ts';
import { type Bytes, bytesOf, concat, copyBytes, sameBytes, toHex } from '../kernel/bytes.ts';
import { Writer } from '../kernel/codec.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import { type ArchiveRecord, encodeRecords } from '../node/person/archive-records.ts';
import { SeededRandom } from '../testing/index.ts';
import { withQuickStretch } from '../testing/quick-stretch.ts';
import { type BackupKey, openBackup, sealBackup } from './backup.ts';
import { BACKUP_BYTES_MAX, BACKUP_CHUNK_BYTES } from './limits.ts';

/** Places in a file, as docs/protocol/archive.md §4 has them. */
const VERSION_AT = 8;
const LENGTH_AT = 9;
const KIND_AT = 17;
const COST_AT = 18;
const CHECK_AT = 39;
const DIGEST_AT = 71;
const HEADER_BYTES = 103;
const SEALED_CHUNK_BYTES = BACKUP_CHUNK_BYTES + 16;

let slowSuite: Suite;
let suite: Suite;
beforeAll(async () => {
  slowSuite = await loadSodiumSuite();
  suite = withQuickStretch(slowSuite);
});

const passphrase = (text: string): BackupKey => ({ kind: 'passphrase', bytes: encodeUtf8(text) });
const words = (byte: number): BackupKey => ({ kind: 'words', seed: new Uint8Array(32).fill(byte) });
const PASSPHRASE = passphrase('nine brown hens in the rain');
const WORDS = words(1);
const KEYS = [PASSPHRASE, WORDS];

const seal = (key: BackupKey, records: readonly ArchiveRecord[]): Bytes => sealBackup(suite, new SeededRandom('salt'), key, records);
const refusalOf = (file: Bytes, key: BackupKey): unknown => {
  const opened = openBackup(suite, file, key);
  return opened.ok ? 'opened' : opened.refusal;
};

/** Whether all of it came back: bytes are compared, because a matcher takes seconds over thousands of records. */
const isWhole = (opened: ReturnType<typeof openBackup>, some: readonly ArchiveRecord[]): boolean =>
  opened.ok && sameBytes(encodeRecords(opened.value), encodeRecords(some));

const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesOf);
const message: fc.Arbitrary<ArchiveRecord> = fc.record({
  kind: fc.constant('message'),
  key: fixed(57),
  row: fc.uint8Array({ maxLength: 400 }).map(bytesOf),
});
const profile: fc.Arbitrary<ArchiveRecord> = fc.record({
  kind: fc.constant('profile'),
  account: fixed(32).map(accountId),
  name: fc.string({ unit: 'grapheme', maxLength: 20 }),
  listRecord: fixed(232),
  contactKey: fixed(32),
  relays: fc.constant([]),
});
const undelivered: fc.Arbitrary<ArchiveRecord> = fc.record({ kind: fc.constant('undelivered'), id: fixed(16), messageKey: fixed(57) });
const records = fc.array(fc.oneof(message, profile, undelivered), { maxLength: 20 });

/** Messages of which `bytes` bytes are sealed in all. */
function messagesOf(bytes: number): readonly ArchiveRecord[] {
  const own = 2 + 1 + 2 + 57 + 2;
  const some: ArchiveRecord[] = [];
  for (let left = bytes; left > 0; ) {
    const taken = left <= 20_000 ? left : Math.min(left - own, 20_000);
    some.push({ kind: 'message', key: new Uint8Array(57).fill(some.length), row: new Uint8Array(taken - own).fill(some.length) });
    left -= taken;
  }
  return some;
}

const SMALL: readonly ArchiveRecord[] = messagesOf(150);

/** The file with other fields in its header and a digest that fits them, as somebody who wants to be believed would make it. */
function forged(file: Bytes, at: number, bytes: Bytes): Bytes {
  const checked = file.slice(0, DIGEST_AT);
  checked.set(bytes, at);
  return concat(checked, suite.hash(label('backup/header'), checked), file.subarray(HEADER_BYTES));
}

const changedAt = (file: Bytes, at: number, by: number): Bytes => {
  const changed = copyBytes(file);
  changed[at] = (changed[at] as number) ^ by;
  return changed;
};

describe.each(KEYS)('a backup under $kind', (key) => {
  test('gives back what it was made of', () => {
    fc.assert(
      fc.property(records, (some) => {
        expect(openBackup(suite, seal(key, some), key)).toEqual({ ok: true, value: some });
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('with any byte changed is refused, and says why: only its first bytes and its version count as something else than damage', () => {
    const file = seal(key, SMALL);
    for (let at = 0; at < file.length; at++) {
      for (const by of [1, 0x80, 0xff]) {
        const version = (file[at] as number) ^ by;
        const changed = { kind: 'damaged' };
        const why =
          at < VERSION_AT ? { kind: 'not-a-backup' } : at === VERSION_AT && version > 1 ? { kind: 'newer-version', version } : changed;
        expect(refusalOf(changedAt(file, at, by), key), `byte ${at}`).toEqual(why);
      }
    }
  });

  test('cut anywhere says how much of it is there', () => {
    const file = seal(key, SMALL);
    for (let length = 0; length < file.length; length++) {
      // Before its length can be read, the least that a file has is all that can be said.
      const bytesExpected = length < KIND_AT ? HEADER_BYTES + 16 : file.length;
      const why = length < VERSION_AT ? { kind: 'not-a-backup' } : { kind: 'cut-short', bytes: length, bytesExpected };
      expect(refusalOf(file.slice(0, length), key), `${length} bytes`).toEqual(why);
    }
  });

  test('with something behind it is damaged', () => {
    expect(refusalOf(concat(seal(key, SMALL), bytesOf([0])), key)).toEqual({ kind: 'damaged' });
  });

  test('of a newer version says so, however long it is and whatever stands in it', () => {
    const file = seal(key, SMALL);
    const newer = changedAt(file, VERSION_AT, 3);
    const why = { kind: 'newer-version', version: 2 };
    expect(refusalOf(newer, key)).toEqual(why);
    expect(refusalOf(newer.slice(0, VERSION_AT + 1), key)).toEqual(why);
    expect(refusalOf(concat(newer, newer), key)).toEqual(why);
    expect(refusalOf(forged(file, VERSION_AT, bytesOf([2])), key)).toEqual(why);
  });

  test('opens by no other secret', () => {
    const file = seal(key, SMALL);
    const others = [passphrase('nine brown hens in the rain '), passphrase('x'), words(2), ...KEYS.filter((other) => other !== key)];
    for (const other of others) expect(refusalOf(file, other)).toEqual({ kind: 'wrong-secret' });
  });

  test('shows nothing of what it holds, and no two files are alike', () => {
    const entropy = new SeededRandom('two');
    const text = encodeUtf8('a sentence that is nowhere to be seen');
    const some: ArchiveRecord[] = [{ kind: 'message', key: new Uint8Array(57), row: text }];
    const [one, two] = [sealBackup(suite, entropy, key, some), sealBackup(suite, entropy, key, some)];
    expect(toHex(one)).not.toContain(toHex(text));
    const tailOf = (file: Bytes): string => toHex(file.subarray(CHECK_AT));
    expect(one.length).toBe(two.length);
    for (let at = 0; at < tailOf(one).length - 32; at += 32) expect(tailOf(two)).not.toContain(tailOf(one).slice(at, at + 32));
  });
});

describe('a file in several chunks', () => {
  const LENGTHS = [0, BACKUP_CHUNK_BYTES - 1, BACKUP_CHUNK_BYTES, BACKUP_CHUNK_BYTES + 1, 2 * BACKUP_CHUNK_BYTES, 200_000];

  test.each(LENGTHS)('of %i bytes reads back, and is as long as its chunks and their tags', (length) => {
    const some = messagesOf(length);
    const file = seal(WORDS, some);
    expect(isWhole(openBackup(suite, file, WORDS), some)).toBe(true);
    expect(file.length).toBe(HEADER_BYTES + length + 16 * Math.max(1, Math.ceil(length / BACKUP_CHUNK_BYTES)));
  });

  const resized = (file: Bytes, body: readonly Uint8Array[]): Bytes => {
    const whole = concat(file.subarray(0, HEADER_BYTES), ...body);
    return forged(whole, LENGTH_AT, new Writer(8).u64(whole.length).finish());
  };
  const chunksOf = (file: Bytes): Uint8Array[] => {
    const chunks: Uint8Array[] = [];
    for (let at = HEADER_BYTES; at < file.length; at += SEALED_CHUNK_BYTES) chunks.push(file.subarray(at, at + SEALED_CHUNK_BYTES));
    return chunks;
  };

  test('with a chunk left out, twice, or in another place is refused, whatever its header says', () => {
    const file = seal(WORDS, messagesOf(3 * BACKUP_CHUNK_BYTES));
    const [a, b, c] = chunksOf(file) as [Uint8Array, Uint8Array, Uint8Array];
    expect(refusalOf(resized(file, [a, b, c]), WORDS)).toBe('opened');
    for (const body of [[a, b], [b, c], [a, c], [a], [c], [], [b, a, c], [a, c, b], [a, b, b, c], [a, b, c, c], [a, a, a]])
      expect(refusalOf(resized(file, body), WORDS)).not.toBe('opened');
  });

  test('ends where it was ended, even for somebody who has its key check', () => {
    // The key check covers the length: here it is taken from a file of the same key that is as short as the cut one.
    const entropy = () => new SeededRandom('same salt');
    const long = sealBackup(suite, entropy(), WORDS, messagesOf(2 * BACKUP_CHUNK_BYTES));
    const short = sealBackup(suite, entropy(), WORDS, messagesOf(BACKUP_CHUNK_BYTES));
    const [first, second] = chunksOf(long) as [Uint8Array, Uint8Array];
    const head = short.subarray(0, HEADER_BYTES);
    expect(refusalOf(short, WORDS)).toBe('opened');
    expect(refusalOf(concat(head, first), WORDS)).toEqual({ kind: 'damaged' });
    expect(refusalOf(concat(head, second), WORDS)).toEqual({ kind: 'damaged' });
    const [own] = chunksOf(short) as [Uint8Array];
    const two = long.subarray(0, HEADER_BYTES);
    expect(refusalOf(concat(two, own, second), WORDS)).toEqual({ kind: 'damaged' });
  });

  test('holds five thousand messages', () => {
    const random = new SeededRandom('history');
    const some = Array.from({ length: 5000 }, (): ArchiveRecord => ({ kind: 'message', key: random.bytes(57), row: random.bytes(120) }));
    const file = seal(PASSPHRASE, some);
    expect(isWhole(openBackup(suite, file, PASSPHRASE), some)).toBe(true);
    for (const at of [HEADER_BYTES, 400_000, file.length - 1])
      expect(refusalOf(changedAt(file, at, 1), PASSPHRASE)).toEqual({ kind: 'damaged' });
  });
});

/** docs/protocol/archive.md §4 once more, written from the page: what the two differ in is a change of the format. */
function sealedByHand(key: BackupKey, salt: Bytes, plain: Bytes): Bytes {
  const chunks = Math.max(1, Math.ceil(plain.length / 65_536));
  const isWords = key.kind === 'words';
  const front = new Writer(39)
    .raw(encodeUtf8('KITHBACK'))
    .u8(1)
    .u64(103 + plain.length + 16 * chunks);
  const lead = front
    .u8(isWords ? 1 : 0)
    .u8(isWords ? 0 : 3)
    .u32(isWords ? 0 : 65_536)
    .raw(salt)
    .finish();
  const secret = isWords ? key.seed : suite.stretch(key.bytes, salt, { passes: 3, memoryBytes: 67_108_864 });
  const fileKey = suite.derive(salt, secret, label(isWords ? 'backup/words' : 'backup/passphrase'), 32);
  const checked = concat(lead, suite.mac(fileKey, label('backup/check'), lead));
  const header = concat(checked, suite.hash(label('backup/header'), checked));
  const chunkKey = suite.mac(fileKey, label('backup/chunks'), new Uint8Array(0));
  const sealed = Array.from({ length: chunks }, (_, n) => {
    const flags = bytesOf([(n === 0 ? 1 : 0) + (n === chunks - 1 ? 2 : 0)]);
    const nonce = new Writer(24).raw(new Uint8Array(16)).u64(n).finish();
    return suite.seal(chunkKey, nonce, n === 0 ? concat(flags, header) : flags, plain.subarray(n * 65_536, (n + 1) * 65_536));
  });
  return concat(header, ...sealed);
}

test.each([0, 150, 65_536, 200_000])('a file of %i bytes is, byte for byte, what its page says', (length) => {
  const some = messagesOf(length);
  for (const key of KEYS) {
    const byHand = sealedByHand(key, new SeededRandom('salt').bytes(16), encodeRecords(some));
    expect(sameBytes(seal(key, some), byHand)).toBe(true);
    expect(isWhole(openBackup(suite, byHand, key), some)).toBe(true);
  }
});

describe('a header that was made to be believed', () => {
  const cost = (passes: number, kibibytes: number): Bytes => new Writer(5).u8(passes).u32(kibibytes).finish();
  const said = (bytes: number): Bytes => new Writer(8).u64(bytes).finish();

  test.each([
    ['no pass', COST_AT, cost(0, 65_536)],
    ['eleven passes', COST_AT, cost(11, 65_536)],
    ['less memory than 8 MiB', COST_AT, cost(3, 8 * 1024 - 1)],
    ['more memory than 512 MiB', COST_AT, cost(3, 512 * 1024 + 1)],
    ['all the memory there is', COST_AT, cost(3, 0xffff_ffff)],
    ['an unknown kind of key', KIND_AT, bytesOf([2])],
    ['a cost and no passphrase', KIND_AT, bytesOf([1])],
    ['no version', VERSION_AT, bytesOf([0])],
    ['a length past the largest file', LENGTH_AT, said(BACKUP_BYTES_MAX + 1)],
    ['a length past every number', LENGTH_AT, new Uint8Array(8).fill(0xff)],
    ['a length below the smallest file', LENGTH_AT, said(HEADER_BYTES + 15)],
  ])('with %s is damaged, and nothing is stretched', (_, at, bytes) => {
    const watched = withCountedStretch();
    const opened = openBackup(watched.suite, forged(seal(PASSPHRASE, SMALL), at, bytes), PASSPHRASE);
    expect(opened).toEqual({ ok: false, refusal: { kind: 'damaged' } });
    expect(watched.costs).toEqual([]);
  });

  test('with something behind the file is damaged, and nothing is stretched', () => {
    const watched = withCountedStretch();
    const opened = openBackup(watched.suite, concat(seal(PASSPHRASE, SMALL), bytesOf([0])), PASSPHRASE);
    expect(opened).toEqual({ ok: false, refusal: { kind: 'damaged' } });
    expect(watched.costs).toEqual([]);
  });

  test('with a cost within the bounds is tried at that cost, and answers like a wrong secret', () => {
    const watched = withCountedStretch();
    const opened = openBackup(watched.suite, forged(seal(PASSPHRASE, SMALL), COST_AT, cost(10, 8 * 1024)), PASSPHRASE);
    expect(opened).toEqual({ ok: false, refusal: { kind: 'wrong-secret' } });
    expect(watched.costs).toEqual([{ passes: 10, memoryBytes: 8 << 20 }]);
  });

  test('cannot be changed by somebody who lacks the key: its key check covers it', () => {
    const file = seal(WORDS, SMALL);
    for (let at = LENGTH_AT; at < DIGEST_AT; at++) {
      const opened = openBackup(suite, forged(file, at, bytesOf([(file[at] as number) ^ 1])), WORDS);
      expect(opened.ok, `byte ${at}`).toBe(false);
    }
  });

  function withCountedStretch(): { readonly suite: Suite; readonly costs: StretchCost[] } {
    const costs: StretchCost[] = [];
    const counting = new Proxy(suite, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name);
        if (name !== 'stretch') return own;
        return (...given: Parameters<Suite['stretch']>): Bytes => {
          costs.push(given[2]);
          return target.stretch(...given);
        };
      },
    });
    return { suite: counting, costs };
  }
});

test('the real cost of a passphrase is paid on both sides', () => {
  const file = sealBackup(slowSuite, new SeededRandom('salt'), PASSPHRASE, SMALL);
  expect(openBackup(slowSuite, file, PASSPHRASE)).toEqual({ ok: true, value: SMALL });
  expect(openBackup(slowSuite, file, passphrase('nine brown hens'))).toEqual({ ok: false, refusal: { kind: 'wrong-secret' } });
});

test('any bytes are answered, and none of them opens', () => {
  const begin = seal(WORDS, SMALL).subarray(0, LENGTH_AT);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.constantFrom(...KEYS), (bytes, key) => {
      expect(refusalOf(bytesOf(bytes), key)).not.toBe('opened');
      expect(refusalOf(concat(begin, bytes), key)).not.toBe('opened');
    }),
    { seed: 2, numRuns: 1000 },
  );
});

test('any header with a digest that fits is answered, and does not open', () => {
  const file = seal(WORDS, SMALL);
  fc.assert(
    fc.property(fixed(DIGEST_AT - KIND_AT), fc.boolean(), (fields, isKnownKind) => {
      if (isKnownKind) fields[0] = (fields[0] as number) & 1;
      for (const key of KEYS) expect(refusalOf(forged(file, KIND_AT, fields), key)).not.toBe('opened');
    }),
    { seed: 3, numRuns: 500 },
  );
});
