import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { afterAll, expect, test } from 'vitest';
import { bytesOf, EMPTY, sameBytes } from '../../kernel/bytes.ts';
import { SPACES, type Write } from '../../node/machine.ts';
import type { Store } from '../../ports/store.ts';
import { type Cannot, SeededRandom, type StoreHarness, storeExam } from '../../testing/index.ts';
import { encodeVersionRow } from '../version-row.ts';
import { openLevelStore } from './index.ts';
import { SPACE_NUMBERS, VERSION_KEY } from './level-keys.ts';
import { killWhileWriting } from './testing/killed-writer.ts';
import { makeScratch } from './testing/scratch.ts';

/** Where the disk is not filled there is no need to keep much of it free. */
const OPTIONS = { reserveBytes: 1 << 16 };
const scratch = makeScratch('level');
const { home, smallDisk } = scratch;
const parent = smallDisk ?? home;
let folders = 0;
let folder = '';
let current: Store | undefined;

afterAll(async () => {
  freeDisk();
  await current?.close();
  scratch.remove();
});

/** Takes all the room that is left, down to the last byte. */
function fillDisk(): void {
  for (const piece of [1 << 20, 1 << 12, 1]) {
    try {
      for (;;) appendFileSync(join(parent, 'filler'), new Uint8Array(piece));
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOSPC') throw error;
    }
  }
}

function freeDisk(): void {
  rmSync(join(parent, 'filler'), { force: true });
}

function newFolder(): string {
  folders++;
  return join(parent, `store-${folders}`);
}

/** A place for a store that has the small disk to itself. */
async function emptiedDisk(): Promise<string> {
  freeDisk();
  await current?.close();
  for (const name of readdirSync(parent)) rmSync(join(parent, name), { recursive: true });
  return newFolder();
}

async function reopen(): Promise<Store> {
  await current?.close();
  current = await openLevelStore(folder);
  return current;
}

/** The log that commits are appended to at the moment, and its length. */
function log(of: string): { readonly path: string; readonly bytes: number } {
  const name = readdirSync(of)
    .filter((each) => each.endsWith('.log'))
    .sort()
    .at(-1) as string;
  return { path: join(of, name), bytes: statSync(join(of, name)).size };
}

/** The folder as a power cut would leave it, with only so many bytes of the log written. */
function copyCut(from: string, to: string, logBytes: number): void {
  mkdirSync(to);
  const names = readdirSync(from).filter((name) => name !== 'LOCK' && name !== 'reserve');
  for (const name of names) copyFileSync(join(from, name), join(to, name));
  truncateSync(log(to).path, logBytes);
}

const noDisk: Cannot = { cannot: 'a small disk of its own needs root on Linux, and leave to mount' };

const harness: StoreHarness = {
  async open() {
    await current?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
    folder = newFolder();
    current = await openLevelStore(folder);
    return current;
  },
  reopen,
  faults: {
    async crashDuringCommit(batch) {
      const before = log(folder).bytes;
      await current?.commit(batch, 'durable');
      const torn = newFolder();
      copyCut(folder, torn, before + Math.floor((log(folder).bytes - before) * 0.6));
      await current?.close();
      rmSync(folder, { recursive: true });
      folder = torn;
      return reopen();
    },
    fullDisk: smallDisk ? { fill: async () => fillDisk(), free: async () => freeDisk() } : noDisk,
    async otherVersion(version) {
      const db = new ClassicLevel<Uint8Array, Uint8Array>(folder, { keyEncoding: 'view', valueEncoding: 'view' });
      await db.put(VERSION_KEY, encodeVersionRow(version));
      await db.close();
    },
    secondOpener: () => openLevelStore(folder),
    async damage() {
      const manifest = readdirSync(folder).find((name) => name.startsWith('MANIFEST')) as string;
      writeFileSync(join(folder, manifest), new SeededRandom('damage').bytes(500));
    },
  },
};

for (const { name, skipped, run } of storeExam(harness)) test.skipIf(skipped !== undefined)(skipped ? `${name} (${skipped})` : name, run);

const row = (n: number, at: number, value: Uint8Array<ArrayBuffer>): Write => ({
  space: 'messages',
  key: bytesOf([n >> 8, n & 255, at]),
  value,
});
const rowsOf = (n: number, count: number, bytes: number): readonly Write[] =>
  [...Array(count).keys()].map((at) => row(n, at, new SeededRandom(`${n}/${at}`).bytes(bytes)));

/** Byte by byte, without the price of a readable difference. */
async function expectWhole(store: Store, batch: readonly Write[]): Promise<void> {
  const got = await store.get(batch);
  expect(got.map((value, i) => value !== undefined && sameBytes(value, batch[i]?.value ?? EMPTY))).toEqual(batch.map(() => true));
}

test('every space has a number of its own, below the one that ends the table', () => {
  const numbers = Object.values(SPACE_NUMBERS);
  expect(Object.keys(SPACE_NUMBERS).sort()).toEqual(Object.keys(SPACES).sort());
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const number of numbers) expect(number).toSatisfy((value: number) => Number.isInteger(value) && value > 0 && value < 255);
});

test('the folder is made for its owner only', async () => {
  const deep = join(home, 'a', 'b');
  await (await openLevelStore(deep, OPTIONS)).close();
  expect(statSync(deep).mode & 0o777).toBe(0o700);
});

test('wherever a power cut stops a commit, all of it or nothing is there, and what was before is whole', async () => {
  const whole = join(home, 'whole');
  const store = await openLevelStore(whole, OPTIONS);
  const kept = rowsOf(1, 3, 500);
  await store.commit(kept, 'durable');
  const before = log(whole).bytes;
  // Over three blocks of LevelDB's log, so that the record has a beginning, a middle and an end.
  const torn = rowsOf(2, 10, 9_000);
  await store.commit(torn, 'durable');
  const after = log(whole).bytes;
  const blocks = [...Array(5).keys()].map((block) => block * 32_768).filter((at) => at > before && at < after);
  const cuts = new Set([
    before,
    after,
    ...blocks.flatMap((at) => [at - 1, at, at + 1, at + 7]),
    ...[1, 6, 7, 8, 500].flatMap((n) => [before + n, after - n]),
  ]);
  for (const cut of cuts) {
    const copy = join(home, `cut-${cut}`);
    copyCut(whole, copy, cut);
    const again = await openLevelStore(copy, OPTIONS);
    await expectWhole(again, kept);
    const got = await again.get(torn);
    expect(got.filter((value) => value !== undefined).length, `cut at ${cut} of ${after}`).toBe(cut === after ? torn.length : 0);
    await again.close();
    rmSync(copy, { recursive: true });
  }
  await store.close();
});

test('a program killed while committing keeps every batch it was told of, and half of none', async () => {
  const at = join(home, 'killed');
  const commit = `
      const row = (i) => ({ space: 'messages', key: Uint8Array.of(n >> 8, n & 255, i), value: new SeededRandom(n + '/' + i).bytes(9_000) });
      await store.commit([...Array(12).keys()].map(row), n % 2 === 0 ? 'relaxed' : 'durable');`;
  let first = 0;
  for (const wanted of [1, 4, 9]) {
    const acknowledged = await killWhileWriting({ folder: at, options: OPTIONS, commit }, first, wanted);
    const store = await openLevelStore(at, OPTIONS);
    for (let n = 0; n < acknowledged; n++) {
      await expectWhole(store, rowsOf(n, 12, 9_000));
    }
    const found = await store.range({ space: 'messages', prefix: EMPTY, limit: 100_000 });
    expect(found.length % 12).toBe(0);
    first = found.length / 12;
    expect(first).toBeLessThanOrEqual(acknowledged + 1);
    await store.close();
  }
}, 60_000);

test('a lost CURRENT file is damage, not a new store, and nothing is deleted', async () => {
  const at = join(home, 'lost');
  const store = await openLevelStore(at, OPTIONS);
  await store.commit(rowsOf(1, 3, 100), 'durable');
  await store.close();
  const names = readdirSync(at);
  rmSync(join(at, 'CURRENT'));
  await expect(openLevelStore(at, OPTIONS)).rejects.toMatchObject({ name: 'StoreFailed', message: expect.stringContaining('CURRENT') });
  expect(readdirSync(at)).toEqual(names.filter((name) => name !== 'CURRENT'));
});

test('a folder that cannot be made or written is StoreFailed', async () => {
  const file = join(home, 'a-file');
  writeFileSync(file, 'x');
  await expect(openLevelStore(join(file, 'store'), OPTIONS)).rejects.toMatchObject({ name: 'StoreFailed' });
});

test('a database of something else is not taken for a store', async () => {
  const at = join(home, 'foreign');
  const db = new ClassicLevel(at);
  await db.put('some', 'thing');
  await db.close();
  await expect(openLevelStore(at, OPTIONS)).rejects.toMatchObject({ name: 'StoreFailed', message: expect.stringContaining('version') });
});

test.skipIf(!smallDisk)('a store that filled its disk itself has room again after deleting', async () => {
  const at = await emptiedDisk();
  let store = await openLevelStore(at);
  const batches: (readonly Write[])[] = [];
  for (let isFull = false; !isFull; ) {
    const batch = rowsOf(batches.length, 4, 120_000);
    try {
      await store.commit(batch, 'relaxed');
      batches.push(batch);
    } catch (error) {
      expect(error).toMatchObject({ name: 'StoreFull' });
      isFull = true;
    }
    expect(batches.length).toBeLessThan(400);
  }
  expect(batches.length).toBeGreaterThan(20);
  // A restart on the full disk, as people do.
  await store.close();
  store = await openLevelStore(at);
  const dropped = batches.splice(0, Math.ceil(batches.length * 0.7));
  for (const batch of dropped)
    await store.commit(
      batch.map(({ space, key }) => ({ space, key })),
      'relaxed',
    );
  const fresh = rowsOf(500, 4, 120_000);
  await store.commit(fresh, 'durable');
  for (const batch of [...batches, fresh]) await expectWhole(store, batch);
  expect((await store.range({ space: 'messages', prefix: EMPTY, limit: 10_000 })).length).toBe((batches.length + 1) * 4);
  expect(existsSync(join(at, 'reserve'))).toBe(true);
  await store.close();
  rmSync(at, { recursive: true });
});

test.skipIf(!smallDisk)('on a disk that others filled, deleting works by the reserve and gives back the room to write', async () => {
  const at = await emptiedDisk();
  let store = await openLevelStore(at);
  const batches = [...Array(120).keys()].map((n) => rowsOf(n, 4, 120_000));
  for (const batch of batches) await store.commit(batch, 'relaxed');
  await store.close();
  store = await openLevelStore(at);
  fillDisk();
  // Enough to be opened by, and too little for what is deleted.
  truncateSync(join(parent, 'filler'), statSync(join(parent, 'filler')).size - 65_536);
  const absent = [...Array(100).keys()].map((n): Write => ({ space: 'seen', key: new SeededRandom(n).bytes(5_000) }));
  await store.commit(absent, 'durable');
  expect(existsSync(join(at, 'reserve'))).toBe(false);
  const dropped = batches.splice(0, 110);
  await store.commit(
    dropped.flat().map(({ space, key }) => ({ space, key })),
    'relaxed',
  );
  await store.commit(rowsOf(500, 1, 120_000), 'durable');
  expect(existsSync(join(at, 'reserve'))).toBe(true);
  for (const batch of batches) await expectWhole(store, batch);
  expect((await store.range({ space: 'messages', prefix: EMPTY, limit: 10_000 })).length).toBe(batches.length * 4 + 1);
  freeDisk();
  await store.close();
  rmSync(at, { recursive: true });
});

test.skipIf(!smallDisk)('reads asked for while a failed commit is mended are answered', async () => {
  const at = await emptiedDisk();
  const store = await openLevelStore(at);
  const kept = rowsOf(1, 200, 5_000);
  await store.commit(kept, 'durable');
  fillDisk();
  let outcome: string | undefined;
  void store.commit(rowsOf(2, 20, 60_000), 'relaxed').then(
    () => {
      outcome = 'taken';
    },
    (error: Error) => {
      outcome = error.name;
    },
  );
  const readOn = async (): Promise<void> => {
    while (outcome === undefined) {
      expect((await store.range({ space: 'messages', prefix: EMPTY, limit: 1_000 })).length).toBe(kept.length);
      await expectWhole(store, kept.slice(0, 20));
    }
  };
  await Promise.all([...Array(8)].map(readOn));
  expect(outcome).toBe('StoreFull');
  freeDisk();
  await store.close();
  rmSync(at, { recursive: true });
});
