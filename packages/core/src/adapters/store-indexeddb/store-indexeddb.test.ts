import 'fake-indexeddb/auto';
import { IDBObjectStore as FakeObjectStore, forceCloseDatabase } from 'fake-indexeddb';
import { deleteDB, openDB } from 'idb';
import { afterEach, expect, test, vi } from 'vitest';
import { bytesOf, EMPTY } from '../../kernel/bytes.ts';
import { SPACES } from '../../node/machine.ts';
import type { Store } from '../../ports/store.ts';
import { type StoreHarness, storeExam } from '../../testing/index.ts';
import { encodeVersionRow } from '../version-row.ts';
import { openIndexedDbStore } from './index.ts';

let names = 0;
let name = '';
let current: Store | undefined;

afterEach(() => {
  vi.restoreAllMocks();
});

async function putMeta(row: unknown): Promise<void> {
  const db = await openDB(name);
  await db.put('meta', row, 'version');
  db.close();
}

/** The fake has no quota: once a transaction has puts, it is ended as browsers do at the end of theirs. */
function fillDisk(): void {
  const real = FakeObjectStore.prototype.put;
  const begun = new WeakSet<IDBTransaction>();
  vi.spyOn(FakeObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
    const request = real.call(this, value, key) as IDBRequest<IDBValidKey>;
    const transaction = this.transaction as IDBTransaction & { _abort(why: string): void };
    if (!begun.has(transaction)) queueMicrotask(() => transaction._abort('QuotaExceededError'));
    begun.add(transaction);
    return request;
  });
}

const harness: StoreHarness = {
  async open() {
    await current?.close();
    names++;
    name = `exam-${names}`;
    current = await openIndexedDbStore(name);
    return current;
  },
  async reopen() {
    await current?.close();
    current = await openIndexedDbStore(name);
    return current;
  },
  faults: {
    crashDuringCommit: { cannot: 'fake-indexeddb dies with the test' },
    fullDisk: { fill: async () => fillDisk(), free: async () => void vi.restoreAllMocks() },
    otherVersion: (version) => putMeta(encodeVersionRow(version)),
    secondOpener: { cannot: 'IndexedDB lets several tabs in; one worker a profile is kept by a Web Lock' },
    damage: () => putMeta('not bytes'),
  },
};

for (const { name: claim, skipped, run } of storeExam(harness))
  test.skipIf(skipped !== undefined)(skipped ? `${claim} (${skipped})` : claim, run);

test('a layout that is newer only by a space it does not know is opened', async () => {
  const store = await harness.open();
  await store.commit([{ space: 'self', key: bytesOf([1]), value: bytesOf([2]) }], 'durable');
  await store.close();
  const newer = await openDB(name, 1_900, { upgrade: (db) => void db.createObjectStore('later') });
  newer.close();
  const again = await harness.reopen();
  expect(await again.get([{ space: 'self', key: bytesOf([1]) }])).toEqual([bytesOf([2])]);
});

test('a layout that is older by a space gets it, and keeps its rows', async () => {
  name = 'older';
  const older = await openDB(name, 1_001, {
    upgrade(db) {
      db.createObjectStore('self').put(bytesOf([7]), bytesOf([1]));
      db.createObjectStore('meta').put(encodeVersionRow(1), 'version');
    },
  });
  older.close();
  const store = await openIndexedDbStore(name);
  for (const space of Object.keys(SPACES) as (keyof typeof SPACES)[])
    await store.commit([{ space, key: bytesOf([2]), value: EMPTY }], 'relaxed');
  expect(await store.get([{ space: 'self', key: bytesOf([1]) }])).toEqual([bytesOf([7])]);
  await store.close();
});

test('an older tab that does not let go is told as StoreLocked, and the store is free once it does', async () => {
  name = 'blocked';
  const older = await openDB(name, 1_001, { upgrade: (db) => void db.createObjectStore('meta').put(encodeVersionRow(1), 'version') });
  await expect(openIndexedDbStore(name)).rejects.toMatchObject({ name: 'StoreLocked' });
  older.close();
  await (await openIndexedDbStore(name)).close();
});

test('when a newer program asks for the store, it is let go, told once, and refused from then on', async () => {
  const told = vi.fn();
  const store = await openIndexedDbStore('handed-over', { onTerminated: told });
  (await openDB('handed-over', 5_000)).close();
  expect(told.mock.calls).toEqual([['newer-program']]);
  await expect(store.get([{ space: 'self', key: bytesOf([1]) }])).rejects.toMatchObject({
    name: 'StoreFailed',
    message: expect.stringContaining('newer'),
  });
  await store.close();
});

test('whoever opened it last owns it: an earlier one writes nothing more, is told once, and is refused as StoreLocked', async () => {
  const told = vi.fn();
  const row = (value: number) => ({ space: 'self' as const, key: bytesOf([1]), value: bytesOf([value]) });
  const first = await openIndexedDbStore('owned', { onTerminated: told });
  await first.commit([row(1)], 'relaxed');
  const second = await openIndexedDbStore('owned');
  await second.commit([row(2)], 'relaxed');
  const late = { space: 'self' as const, key: bytesOf([9]), value: bytesOf([9]) };
  await expect(first.commit([row(3), late], 'durable')).rejects.toMatchObject({ name: 'StoreLocked' });
  await expect(first.get([row(0)])).rejects.toMatchObject({ name: 'StoreLocked' });
  expect(told.mock.calls).toEqual([['another-owner']]);
  expect(await second.get([row(0), late])).toEqual([bytesOf([2]), undefined]);
  await second.commit([row(4)], 'relaxed');
  expect(await second.get([row(0)])).toEqual([bytesOf([4])]);
  await Promise.all([first.close(), second.close()]);
});

test('on a full disk the store opens, and what is in it can be read and deleted', async () => {
  const row = { space: 'self' as const, key: bytesOf([1]), value: bytesOf([1]) };
  const before = await openIndexedDbStore('full');
  await before.commit([row], 'durable');
  await before.close();
  fillDisk();
  const again = await openIndexedDbStore('full');
  expect(await again.get([row])).toEqual([bytesOf([1])]);
  await again.commit([{ space: 'self', key: row.key }], 'durable');
  expect(await again.get([row])).toEqual([undefined]);
  await again.close();
});

test('a commit that was begun before the store was opened elsewhere is there whole, and the newer owner sees it', async () => {
  const first = await openIndexedDbStore('overlap');
  const row = { space: 'self' as const, key: bytesOf([1]), value: bytesOf([1]) };
  const begun = first.commit([row], 'durable').then(
    () => true,
    () => false,
  );
  const second = await openIndexedDbStore('overlap');
  const seen = (await second.get([row]))[0] !== undefined;
  expect(await begun).toBe(seen);
  await Promise.all([first.close(), second.close()]);
});

test('deleting the database from elsewhere is not held up', async () => {
  const told = vi.fn();
  const store = await openIndexedDbStore('deleted', { onTerminated: told });
  await deleteDB('deleted');
  expect(told).toHaveBeenCalledTimes(1);
  await store.close();
});

test('when the browser takes the store away, that is told and refused in words', async () => {
  const told = vi.fn();
  const open = vi.spyOn(indexedDB, 'open');
  const store = await openIndexedDbStore('taken', { onTerminated: told });
  const [opened] = open.mock.results as { value: IDBOpenDBRequest }[];
  expect(opened).toBeDefined();
  forceCloseDatabase(opened?.value.result as never);
  await vi.waitFor(() => expect(told.mock.calls).toEqual([['browser']]));
  await expect(store.commit([{ space: 'self', key: bytesOf([1]), value: EMPTY }], 'relaxed')).rejects.toMatchObject({
    name: 'StoreFailed',
  });
  await store.close();
});

test('durable is strict and relaxed is relaxed', async () => {
  const store = await harness.open();
  const begin = vi.spyOn(IDBDatabase.prototype, 'transaction');
  for (const durability of ['relaxed', 'durable'] as const)
    await store.commit([{ space: 'self', key: bytesOf([1]), value: EMPTY }], durability);
  expect(begin.mock.calls.map(([, mode, options]) => [mode, options])).toEqual([
    ['readwrite', { durability: 'relaxed' }],
    ['readwrite', { durability: 'strict' }],
  ]);
});
