/** Vault, backup file and the later contents, from docs/protocol/{vault,archive,content}.md alone: the second implementation goes on. */
import { describe, expect, test } from 'vitest';
import {
  type Bytes,
  bytes16,
  derive,
  hash,
  hex,
  join,
  mac,
  NOTHING,
  seal,
  stretch,
  Taker,
  toHex,
  u8,
  u16,
  u32,
  u64,
  utf8,
  vectors,
} from './independent.ts';

describe('vault.json', () => {
  const { master, stateKey, spaces, rows, states, stretched, slots } = vectors('vault');
  const keyOf = (name: string, space: number): Bytes => mac(hex(master), `vault/${name}`, u8(space));
  const numberOf = (space: string): number => spaces.findIndex((one: { space: string }) => one.space === space);

  test('keys of every space', () => {
    const named = [
      'self',
      'contacts',
      'sessions',
      'skipped',
      'invitations',
      'messages',
      'messageIndex',
      'carried',
      'bodies',
      'seen',
      'outbox',
    ];
    expect(spaces.slice(0, named.length).map((one: { space: string }) => one.space)).toEqual(named);
    for (const { number, recordKey, blindKey } of spaces)
      expect([toHex(keyOf('record-key', number)), toHex(keyOf('blind-key', number))]).toEqual([recordKey, blindKey]);
  });

  test('rows are blinded and sealed, byte for byte', () => {
    for (const { space, key, value, nonce, blinded, sealed } of rows) {
      const [number, whole] = [numberOf(space), hex(key)];
      const blind = keyOf('blind-key', number);
      const ordered = [
        mac(blind, 'vault/blind/group', whole.slice(0, 32), 16),
        whole.slice(32, 40),
        mac(blind, 'vault/blind/rest', whole, 16),
      ];
      const hidden = space === 'messages' ? join(...ordered) : mac(blind, 'vault/blind/whole', whole);
      expect(toHex(hidden)).toBe(blinded);
      const associated = join(u8(number), hidden, u8(1));
      expect(nonce + toHex(seal(keyOf('record-key', number), hex(nonce), associated, join(bytes16(whole), hex(value))))).toBe(sealed);
    }
  });

  test('states, byte for byte', () => {
    const key = mac(hex(master), 'vault/state-key', NOTHING);
    expect(toHex(key)).toBe(stateKey);
    for (const { state, nonce, sealed } of states) {
      const names = ['passphrase', 'prf', 'words', 'duress', 'setBack'];
      const flags = names.reduce((sum, name, i) => sum + (state[name] ? 2 ** i : 0), 0);
      const plain = join(u8(1), u64(state.generation), u8(flags));
      expect(nonce + toHex(seal(key, hex(nonce), utf8('vault/state'), plain))).toBe(sealed);
    }
  });

  test('a passphrase is stretched, at the cost it is set with', () => {
    const { passphrase, salt, passes, memoryBytes, result } = stretched;
    expect([passes, memoryBytes]).toEqual([3, 67_108_864]);
    expect(toHex(stretch(passphrase, hex(salt), passes, memoryBytes))).toBe(result);
  });

  test('slots are filled, byte for byte', () => {
    const { passphrase, duressPassphrase, salt, passes, memoryBytes, deviceSecret, wrapped, secrets } = slots;
    expect(toHex(stretch(passphrase, hex(salt), passes, memoryBytes))).toBe(secrets.passphrase);
    expect(toHex(stretch(duressPassphrase, hex(salt), passes, memoryBytes))).toBe(secrets.duress);
    const head = join(u8(1), u8(0), u8(passes), u32(memoryBytes), hex(salt), bytes16(hex(wrapped)));
    const places: Readonly<Record<string, number>> = { passphrase: 0, prf: 1, words: 2, device: 3, duress: 3 };
    for (const { filled, row } of [slots.byTheDevice, slots.locked]) {
      const made = Array.from({ length: 4 }, (_, i) => slots.empty.slice(2 * (head.length + 73 * i), 2 * (head.length + 73 * (i + 1))));
      for (const { lock, kind, content, slotKey, nonce } of filled) {
        const key = derive(lock === 'words' ? NOTHING : hex(deviceSecret), hex(secrets[lock]), `vault/slot/${lock}`, 32);
        expect(toHex(key)).toBe(slotKey);
        const place = places[lock] as number;
        const plain = join(hex(content), u8(kind === 'real' ? 1 : 2));
        made[place] = nonce + toHex(seal(key, hex(nonce), join(u8(1), u8(place)), plain));
      }
      expect(toHex(head) + made.join('')).toBe(row);
    }
  });
});

describe('backup.json', () => {
  const it = vectors('backup');

  /** archive.md §4. */
  function fileOf(kind: 'passphrase' | 'words', secret: Bytes, salt: Bytes, records: Bytes) {
    const chunks = Math.max(1, Math.ceil(records.length / 65_536));
    const [passes, memory] = kind === 'words' ? [0, 0] : [3, 65_536];
    const length = 103 + records.length + 16 * chunks;
    const lead = join(utf8('KITHBACK'), u8(1), u64(length), u8(kind === 'words' ? 1 : 0), u8(passes), u32(memory), salt);
    const fileKey = derive(salt, secret, `backup/${kind}`, 32);
    const keyCheck = mac(fileKey, 'backup/check', lead);
    const header = join(lead, keyCheck, hash('backup/header', lead, keyCheck));
    const chunkKey = mac(fileKey, 'backup/chunks', NOTHING);
    const sealed = Array.from({ length: chunks }, (_, n) => {
      const associated = join(u8((n === 0 ? 1 : 0) + (n === chunks - 1 ? 2 : 0)), n === 0 ? header : NOTHING);
      return seal(chunkKey, join(new Uint8Array(16), u64(n)), associated, records.slice(n * 65_536, (n + 1) * 65_536));
    });
    return { fileKey, keyCheck, chunkKey, header, file: join(header, ...sealed) };
  }

  const records = join(...it.records.map(({ bytes }: { bytes: string }) => hex(bytes)));

  test.each([
    ['words', 'byWords', records],
    ['passphrase', 'byPassphrase', records],
    ['words', 'empty', NOTHING],
  ] as const)('a file by the %s (%s), byte for byte', (kind, name, plain) => {
    const { salt, secret, ...frozen } = it[name];
    const taken = kind === 'words' ? hex(it.seed) : stretch(frozen.passphrase, hex(salt), 3, 65_536 * 1024);
    expect(toHex(taken)).toBe(secret);
    const made = fileOf(kind, taken, hex(salt), plain);
    for (const [part, bytes] of Object.entries(made)) expect(toHex(bytes)).toBe(frozen[part]);
  });

  test('a file of two chunks', () => {
    const { salt, records: heads, bytes, header, lastTag, hash: digest } = it.twoChunks;
    const whole = heads.map((head: string, i: number) => {
      // What stands written out is the record up to the beginning of its row, whose 30,000 bytes count up.
      const row = Uint8Array.from({ length: 30_000 }, (_, at) => (i + at) & 255);
      const place = hex(head).slice(0, 2 + 1 + 2 + 57 + 2);
      return join(place, row);
    });
    const made = fileOf('words', hex(it.seed), hex(salt), join(...whole));
    expect([made.file.length, toHex(made.header), toHex(made.file.slice(-16))]).toEqual([bytes, header, lastTag]);
    expect(toHex(hash('test/vector', made.file))).toBe(digest);
  });

  test('the records say what archive.md says', () => {
    const [profile, contact, stranger, message, undelivered] = it.records.map(({ bytes }: { bytes: string }) => {
      const take = new Taker(hex(bytes));
      const record = new Taker(take.bytes16());
      expect(take.rest()).toHaveLength(0);
      return record;
    });
    const people = vectors('identity');
    const relay = '/dns4/kith-abcdefgh.local/tcp/8443/tls/ws';
    const readRelays = (take: Taker): unknown =>
      Array.from({ length: take.number(1) }, () => [
        take.raw(32).length,
        Array.from({ length: take.number(1) }, () => Buffer.from(take.bytes16()).toString()),
      ]);
    const readPerson = (take: Taker) => [toHex(take.raw(32)), Buffer.from(take.bytes16()).toString()];
    expect([profile.number(1), ...readPerson(profile), toHex(profile.bytes16()), profile.raw(32)[0]]).toEqual([
      ...[1, people.ann.account, 'Ann', people.ann.deviceList, 9],
    ]);
    expect(readRelays(profile)).toEqual([[32, [relay]]]);
    expect([contact.number(1), ...readPerson(contact), contact.number(8), toHex(contact.bytes16()), contact.bytes16()[0]]).toEqual([
      ...[2, people.bo.account, 'Bö', 1_800_000_000_000, people.bo.deviceList, 10],
    ]);
    expect([readRelays(contact), contact.number(1), contact.number(1)]).toEqual([[[32, [relay]]], 1, 0]);
    expect([stranger.number(1), readPerson(stranger)[1], stranger.number(8), toHex(stranger.rest())]).toEqual([2, '', 0, '00000000000000']);
    const key = join(hex(people.bo.account), u64(1_800_000_000_001));
    expect([message.number(1), toHex(message.bytes16().slice(0, 40)), message.bytes16().length]).toEqual([3, toHex(key), 48]);
    expect([undelivered.number(1), undelivered.raw(16)[0], toHex(undelivered.bytes16().slice(0, 40))]).toEqual([4, 12, toHex(key)]);
    for (const take of [profile, contact, message, undelivered]) expect(take.rest()).toHaveLength(0);
  });
});

test('content-2.json: contents 4 to 9, byte for byte', () => {
  const { inputs, contents } = vectors('content-2');
  const [account, list, key, id, nonce, spare, text, receipt] = [
    ...[inputs.account, inputs.listRecord, inputs.key, inputs.id, inputs.nonce, inputs.spare, inputs.text, inputs.receipt],
  ].map(hex) as [Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes, Bytes];
  const counting = (length: number, first: number): Bytes => Uint8Array.from({ length }, (_, i) => first + i);
  const nobody = join(u8(0), u8(0));
  const removed = join(u8(2), key, u8(0), nonce, u8(1));
  const expected: Readonly<Record<string, Bytes>> = {
    keys: join(u8(4), key, bytes16(list), u8(2), bytes16(spare), bytes16(spare), removed),
    'keys without spares': join(u8(4), key, bytes16(list), nobody),
    'sync of a text': join(u8(5), account, bytes16(text)),
    'sync of a receipt': join(u8(5), account, bytes16(receipt)),
    archive: join(u8(6), u32(2), u32(3), bytes16(counting(20, 5))),
    'archive by itself': join(u8(6), u32(0), u32(0), u16(0)),
    'comparison commit': join(u8(7), u8(0), nonce),
    'comparison answer': join(u8(7), u8(1), nonce),
    'comparison reveal': join(u8(7), u8(2), nonce),
    'linking commit': join(u8(8), u8(0), bytes16(nonce)),
    'linking answer': join(u8(8), u8(1), bytes16(nonce)),
    'linking reveal': join(u8(8), u8(2), bytes16(nonce)),
    'linking welcome': join(u8(8), u8(3), bytes16(join(bytes16(utf8('Ann')), bytes16(list), key))),
    'linking refuse': join(u8(8), u8(4), u16(0)),
    anew: join(u8(9), u8(2), id, counting(16, 99)),
    'anew without sessions': join(u8(9), u8(0)),
  };
  expect(Object.fromEntries(contents.map(({ kind, bytes }: { kind: string; bytes: string }) => [kind, bytes]))).toEqual(
    Object.fromEntries(Object.entries(expected).map(([kind, bytes]) => [kind, toHex(bytes)])),
  );
});
