/** The vault as a store: it passes the exam, answers as a plain store does, and shows nothing to whoever reads the rows underneath. */
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openIndexedDbStore } from '../../adapters/store-indexeddb/index.ts';
import { MemoryStore } from '../../adapters/store-memory/index.ts';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { type Bytes, bytesOf, compareBytes, concat, EMPTY, sameBytes, toHex } from '../../kernel/bytes.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';
import { SPACES, type Space, type Write } from '../../node/machine.ts';
import type { Row, Store } from '../../ports/store.ts';
import { SeededRandom, type StoreHarness, storeExam } from '../../testing/index.ts';
import { MemoryDeviceKey } from '../../testing/memory-device-key.ts';
import { createVault, openVault, type Vault, type VaultPorts } from './vault.ts';

const ALL = Object.keys(SPACES) as Space[];

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

function portsOver(inner: Store, deviceKey = new MemoryDeviceKey()): VaultPorts {
  return { inner, suite, entropy: new SeededRandom('vault'), deviceKey };
}

async function vaultOver(inner: Store): Promise<Vault> {
  return createVault(portsOver(inner));
}

async function opened(ports: VaultPorts): Promise<Vault> {
  const answer = await openVault(ports, { kind: 'device' });
  if (!answer.ok) throw new Error(answer.refusal.kind);
  return answer.value;
}

describe('the exam, over memory', () => {
  let ports: VaultPorts;
  let inner: MemoryStore;
  const again = async (): Promise<Store> => {
    inner = inner.reopened();
    ports = { ...ports, inner };
    return (await opened(ports)).store;
  };
  const harness: StoreHarness = {
    order: 'sealed',
    async open() {
      inner = new MemoryStore();
      ports = portsOver(inner);
      return (await createVault(ports)).store;
    },
    reopen: again,
    faults: {
      crashDuringCommit: { cannot: 'a commit of the store underneath is one synchronous step' },
      fullDisk: {
        fill: async () => inner.setRoomBytes(inner.bytes + 10),
        free: async () => inner.setRoomBytes(Number.POSITIVE_INFINITY),
      },
      otherVersion: { cannot: 'the version of the store is the matter of the store underneath' },
      secondOpener: { cannot: 'so is who has it open' },
      async damage() {
        inner = inner.reopened();
        for (const { key, value } of inner.rangeNow({ space: 'bodies', prefix: EMPTY, limit: 1 }))
          inner.commitNow([{ space: 'bodies', key, value: value.with(30, (value[30] as number) ^ 1) }]);
      },
    },
  };
  for (const { name, skipped, run } of storeExam(harness)) test.skipIf(skipped !== undefined)(skipped ? `${name} (${skipped})` : name, run);
});

describe('the exam, over IndexedDB', () => {
  let ports: VaultPorts;
  let name = 0;
  const elsewhere = { cannot: 'the store underneath sits this case itself' };
  const harness: StoreHarness = {
    order: 'sealed',
    async open() {
      name++;
      ports = portsOver(await openIndexedDbStore(`vault-${name}`));
      return (await createVault(ports)).store;
    },
    async reopen() {
      await ports.inner.close();
      ports = { ...ports, inner: await openIndexedDbStore(`vault-${name}`) };
      return (await opened(ports)).store;
    },
    faults: {
      crashDuringCommit: elsewhere,
      fullDisk: elsewhere,
      otherVersion: elsewhere,
      secondOpener: elsewhere,
      damage: elsewhere,
    },
  };
  for (const { name: claim, skipped, run } of storeExam(harness))
    test.skipIf(skipped !== undefined)(skipped ? `${claim} (${skipped})` : claim, run);
});

const SPACES_TRIED: readonly Space[] = ['self', 'contacts', 'messages', 'bodies'];
const rowKey = fc.tuple(fc.nat(2), fc.nat(3), fc.nat(3));
const write = fc.record({
  space: fc.constantFrom(...SPACES_TRIED),
  key: rowKey,
  value: fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined }),
});

/** A group, a place and a rest where the space wants them; short keys elsewhere. */
function keyOf(space: Space, [group, place, rest]: readonly [number, number, number]): Bytes {
  const { groupBytes, placeBytes } = SPACES[space].sealed ?? { groupBytes: 1, placeBytes: 1 };
  return concat(new Uint8Array(groupBytes).fill(group), new Uint8Array(placeBytes).fill(place), bytesOf([rest]));
}

const sorted = (rows: readonly Row[]): readonly string[] => rows.map((row) => `${toHex(row.key)}=${toHex(row.value)}`).toSorted();

test('whatever is put and deleted, the vault answers as a plain store does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(write, { maxLength: 8 }), { maxLength: 8 }), async (batches) => {
      const [plain, vault] = [new MemoryStore(), await vaultOver(new MemoryStore())];
      for (const batch of batches) {
        const writes = batch.map(({ space, key, value }): Write => {
          const at = { space, key: keyOf(space, key) };
          return value === undefined ? at : { ...at, value: bytesOf(value) };
        });
        for (const store of [plain, vault.store]) await store.commit(writes, 'relaxed');
      }
      for (const space of SPACES_TRIED) {
        const all = { space, prefix: EMPTY, limit: 1000 };
        expect(sorted(await vault.store.range(all))).toEqual(sorted(await plain.range(all)));
        const keys = [0, 1, 2].flatMap((a) =>
          [0, 1, 2, 3].flatMap((b) => [0, 1, 2, 3].map((c) => ({ space, key: keyOf(space, [a, b, c]) }))),
        );
        expect(await vault.store.get(keys)).toEqual(await plain.get(keys));
      }
      // Within a group, places are in order; what shares a place has an order of its own.
      for (const group of [0, 1, 2]) {
        const asked = { space: 'messages', prefix: new Uint8Array(32).fill(group), limit: 1000 } as const;
        const rows = await vault.store.range(asked);
        const places = rows.map((row) => row.key.subarray(32, 40));
        expect(places).toEqual(places.toSorted(compareBytes));
        expect(sorted(rows)).toEqual(sorted(await plain.range(asked)));
      }
    }),
    { seed: 8, numRuns: 40 },
  );
});

const ACCOUNT = bytesOf([...Array(32).keys()].map((n) => n * 7 + 3));
const NAME = encodeUtf8('Annemarie Winterthal');
const TEXT = encodeUtf8('meet me under the linden tree');

async function profile(): Promise<{ inner: MemoryStore; vault: Vault }> {
  const inner = new MemoryStore();
  const vault = await vaultOver(inner);
  const time = bytesOf([0, 0, 1, 0x8b, 1, 2, 3, 4]);
  await vault.store.commit(
    [
      { space: 'self', key: encodeUtf8('identity'), value: concat(NAME, ACCOUNT) },
      { space: 'contacts', key: ACCOUNT, value: NAME },
      { space: 'messages', key: concat(ACCOUNT, time, bytesOf([1]), TEXT), value: TEXT },
      { space: 'bodies', key: ACCOUNT, value: TEXT },
    ],
    'relaxed',
  );
  return { inner, vault };
}

function allRows(inner: MemoryStore): readonly (Row & { readonly space: Space })[] {
  return ALL.flatMap((space) => inner.rangeNow({ space, prefix: EMPTY, limit: 1000 }).map((row) => ({ space, ...row })));
}

test('no row underneath holds a text, a name, an account or the name of a row, nor any eight bytes of them', async () => {
  const { inner } = await profile();
  const rows = allRows(inner);
  expect(rows.length).toBe(6);
  const laid = rows.map((row) => `${toHex(row.key)} ${toHex(row.value)}`).join('\n');
  for (const secret of [ACCOUNT, NAME, TEXT, encodeUtf8('identity')])
    for (let at = 0; at + 8 <= secret.length; at++) expect(laid).not.toContain(toHex(secret.subarray(at, at + 8)));
});

test('the place of a message is what stays readable of its key, and one account looks different in every space', async () => {
  const { inner } = await profile();
  const [message] = inner.rangeNow({ space: 'messages', prefix: EMPTY, limit: 1 });
  expect(message?.key.length).toBe(40);
  expect(message?.key.subarray(16, 24)).toEqual(bytesOf([0, 0, 1, 0x8b, 1, 2, 3, 4]));
  const keys = (['contacts', 'bodies'] as const).flatMap((space) => inner.rangeNow({ space, prefix: EMPTY, limit: 9 }));
  expect(keys.map((row) => row.key.length)).toEqual([32, 32]);
  expect(sameBytes(keys[0]?.key as Bytes, keys[1]?.key as Bytes)).toBe(false);
});

test('one id under two accounts looks different in all that is hidden', async () => {
  const { inner, vault } = await profile();
  const rest = concat(new Uint8Array(8), bytesOf([0]), TEXT);
  const accounts = [ACCOUNT, ACCOUNT.with(31, 0)];
  await vault.store.commit(
    accounts.map((account): Write => ({ space: 'messages', key: concat(account, rest), value: EMPTY })),
    'relaxed',
  );
  const keys = inner.rangeNow({ space: 'messages', prefix: EMPTY, limit: 9 }).map((row) => toHex(row.key));
  expect(new Set(keys.map((key) => key.slice(48))).size).toBe(3);
  expect(new Set(keys.map((key) => key.slice(0, 32))).size).toBe(2);
});

test('the same row saved twice is sealed in two ways', async () => {
  const { inner, vault } = await profile();
  const at = inner.rangeNow({ space: 'contacts', prefix: EMPTY, limit: 1 });
  await vault.store.commit([{ space: 'contacts', key: ACCOUNT, value: NAME }], 'relaxed');
  const then = inner.rangeNow({ space: 'contacts', prefix: EMPTY, limit: 1 });
  expect(then[0]?.key).toEqual(at[0]?.key);
  expect(then[0]?.value).not.toEqual(at[0]?.value);
});

const REFUSED = { name: 'StoreFailed', message: expect.stringMatching(/changed or moved from outside/) };

test('a changed byte anywhere in a row, and a row cut short, are refused in words', async () => {
  const { inner, vault } = await profile();
  const [row] = inner.rangeNow({ space: 'contacts', prefix: EMPTY, limit: 1 }) as [Row];
  const bad = [
    ...[...row.value.keys()].map((i) => row.value.with(i, (row.value[i] as number) ^ 0x10)),
    ...[0, 1, 24, 39, 40, row.value.length - 1].map((length) => row.value.slice(0, length)),
    concat(row.value, bytesOf([0])),
  ];
  for (const value of bad) {
    inner.commitNow([{ space: 'contacts', key: row.key, value }]);
    await expect(vault.store.get([{ space: 'contacts', key: ACCOUNT }])).rejects.toMatchObject(REFUSED);
    await expect(vault.store.range({ space: 'contacts', prefix: EMPTY, limit: 9 })).rejects.toMatchObject(REFUSED);
  }
  inner.commitNow([{ space: 'contacts', ...row }]);
  expect(await vault.store.get([{ space: 'contacts', key: ACCOUNT }])).toEqual([NAME]);
});

test('a row that was moved to another key or another space is refused', async () => {
  const { inner, vault } = await profile();
  const other = ACCOUNT.with(0, 99);
  await vault.store.commit([{ space: 'contacts', key: other, value: encodeUtf8('Bo') }], 'relaxed');
  const [one, two] = inner.rangeNow({ space: 'contacts', prefix: EMPTY, limit: 9 }) as [Row, Row];
  inner.commitNow([
    { space: 'contacts', key: one.key, value: two.value },
    { space: 'contacts', key: two.key, value: one.value },
  ]);
  for (const key of [ACCOUNT, other]) await expect(vault.store.get([{ space: 'contacts', key }])).rejects.toMatchObject(REFUSED);

  for (const space of ALL.filter((each) => each !== 'contacts')) {
    inner.commitNow([{ space, key: one.key, value: one.value }]);
    await expect(vault.store.range({ space, prefix: EMPTY, limit: 99 }), space).rejects.toMatchObject(REFUSED);
  }
});

test('the time of a message cannot be changed underneath', async () => {
  const { inner, vault } = await profile();
  const [row] = inner.rangeNow({ space: 'messages', prefix: EMPTY, limit: 1 }) as [Row];
  inner.commitNow([
    { space: 'messages', key: row.key },
    { space: 'messages', key: row.key.with(23, 5), value: row.value },
  ]);
  await expect(vault.store.range({ space: 'messages', prefix: ACCOUNT, limit: 9 })).rejects.toMatchObject(REFUSED);
});

test('a range that sealed keys cannot answer is a mistake of ours, and said', async () => {
  const { vault } = await profile();
  const ask = (space: Space, prefix: Bytes): Promise<unknown> => vault.store.range({ space, prefix, limit: 1 });
  await expect(ask('contacts', bytesOf([1]))).rejects.toMatchObject({ name: 'AssertionFailed' });
  await expect(ask('messages', ACCOUNT.slice(0, 31))).rejects.toMatchObject({ name: 'AssertionFailed' });
  await expect(ask('messages', new Uint8Array(41))).rejects.toMatchObject({ name: 'AssertionFailed' });
  const short: Write = { space: 'messages', key: new Uint8Array(40), value: EMPTY };
  await expect(vault.store.commit([short], 'relaxed')).rejects.toMatchObject({ name: 'AssertionFailed' });
});

test("the vault's own rows are not seen through it, however small the pages", async () => {
  const { inner, vault } = await profile();
  for (let n = 0; n < 20; n++) await vault.store.commit([{ space: 'self', key: bytesOf([n]), value: EMPTY }], 'relaxed');
  expect(inner.rangeNow({ space: 'self', prefix: EMPTY, limit: 99 }).length).toBe(23);
  for (const reverse of [false, true]) {
    const seen: string[] = [];
    for (let after: Bytes | undefined; ; ) {
      const [row] = await vault.store.range({ space: 'self', prefix: EMPTY, limit: 1, reverse, ...(after && { after }) });
      if (row === undefined) break;
      seen.push(toHex(row.key));
      after = row.key;
    }
    expect(new Set(seen).size).toBe(21);
    expect(seen.length).toBe(21);
  }
  await expect(vault.store.get([{ space: 'self', key: encodeUtf8('vault') }])).resolves.toEqual([undefined]);
});

test('once the keys are forgotten, everything is refused in words, what was asked before included', async () => {
  const { vault } = await profile();
  const asked = vault.store.get([{ space: 'contacts', key: ACCOUNT }]);
  vault.forget();
  const attempts = [
    asked,
    vault.store.get([{ space: 'contacts', key: ACCOUNT }]),
    vault.store.range({ space: 'contacts', prefix: EMPTY, limit: 1 }),
    vault.store.commit([{ space: 'contacts', key: ACCOUNT, value: EMPTY }], 'relaxed'),
  ];
  for (const attempt of attempts)
    await expect(attempt).rejects.toMatchObject({ name: 'StoreFailed', message: expect.stringContaining('locked') });
});
