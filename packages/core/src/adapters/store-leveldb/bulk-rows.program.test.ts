import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import fc from 'fast-check';
import { afterAll, afterEach, expect, test } from 'vitest';
import { type Bytes, bytesOf, EMPTY, toHex } from '../../kernel/bytes.ts';
import type { RowKey, Write } from '../../node/machine.ts';
import type { Row, Store } from '../../ports/store.ts';
import { SeededRandom } from '../../testing/index.ts';
import { encodeVersionRow } from '../version-row.ts';
import { INLINE_BYTES_MAX } from './bulk-rows.ts';
import { openLevelStore } from './index.ts';
import { levelKey, VERSION_KEY } from './level-keys.ts';
import { killWhileWriting } from './testing/killed-writer.ts';
import { makeScratch } from './testing/scratch.ts';

/** Files that are closed after a few rows, and little kept free where no disk is filled. */
const OPTIONS = { reserveBytes: 1 << 16, segmentBytes: 100_000 };
const scratch = makeScratch('bulk');
const { home, smallDisk } = scratch;
const stores: Store[] = [];
let folders = 0;

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});
afterAll(() => scratch.remove());

const newFolder = (): string => join(home, `store-${++folders}`);

async function open(folder: string, options: Parameters<typeof openLevelStore>[1] = OPTIONS): Promise<Store> {
  const store = await openLevelStore(folder, options);
  stores.push(store);
  return store;
}

const at = (n: number): RowKey => ({ space: 'bodies', key: bytesOf([n >> 8, n & 255]) });
const body = (n: number, bytes = 20_000): Write & { readonly value: Bytes } => ({ ...at(n), value: new SeededRandom(n).bytes(bytes) });
const bodies = (from: number, to: number, bytes?: number): (Write & { readonly value: Bytes })[] =>
  [...Array(to - from).keys()].map((n) => body(from + n, bytes));

async function expectRows(store: Store, rows: readonly Write[]): Promise<void> {
  const got = await store.get(rows);
  for (const [i, row] of rows.entries()) expect(told(got[i]), `row ${i}`).toBe(told(row.value));
}

/** Cheap to compare and to show. */
function told(value: Uint8Array | undefined): string {
  return value === undefined ? 'missing' : `${value.length} bytes ${toHex(value.subarray(0, 8))} ${toHex(value.subarray(-8))}`;
}

const segmentsOf = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('bulk-'))
    .sort()
    .map((name) => join(folder, name));
const bytesIn = (paths: readonly string[]): number => paths.reduce((sum, path) => sum + statSync(path).size, 0);

test('large bodies lie in files beside LevelDB, small ones and other rows do not', async () => {
  const folder = newFolder();
  const store = await open(folder);
  const small = body(1, INLINE_BYTES_MAX);
  const other: Write = { space: 'messages', key: bytesOf([1]), value: new SeededRandom('text').bytes(50_000) };
  await store.commit([small, other], 'durable');
  expect(segmentsOf(folder)).toEqual([]);
  const large = [body(2, INLINE_BYTES_MAX + 1), ...bodies(3, 6)];
  await store.commit(large, 'durable');
  expect(bytesIn(segmentsOf(folder))).toBeGreaterThan(64_000);
  await expectRows(store, [small, other, ...large]);
  expect((await store.range({ space: 'bodies', prefix: EMPTY, limit: 3 })).map(({ key }) => key[1])).toEqual([1, 2, 3]);
  expect((await store.range({ space: 'bodies', prefix: EMPTY, limit: 3, reverse: true })).map(({ key }) => key[1])).toEqual([5, 4, 3]);
});

test('a row that grows or shrinks is there once, in its last form', async () => {
  const folder = newFolder();
  let store = await open(folder);
  const last = [body(1, 10), body(2, 30_000), body(3, 30_001)];
  await store.commit([body(1, 40_000), body(2, 10), body(3, 50_000), body(3, 5), ...last.slice(2)], 'relaxed');
  await store.commit(last.slice(0, 2), 'relaxed');
  for (let round = 0; round < 2; round++) {
    await expectRows(store, last);
    expect((await store.range({ space: 'bodies', prefix: EMPTY, limit: 9 })).map(({ value }) => told(value))).toEqual(
      last.map(({ value }) => told(value)),
    );
    await store.close();
    store = await open(folder);
  }
  await store.commit([at(1), at(2), at(3)], 'durable');
  expect(await store.range({ space: 'bodies', prefix: EMPTY, limit: 9 })).toEqual([]);
});

test('whatever is put, deleted and opened again, the store holds what a map would', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.array(fc.tuple(fc.nat(12), fc.constantFrom(0, 20, 5_000, 30_000, 60_000)), { minLength: 1, maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constant('open' as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const folder = newFolder();
      let store = await open(folder);
      const model = new Map<number, Bytes>();
      for (const [round, todo] of steps.entries()) {
        if (todo === 'open') {
          await store.close();
          store = await open(folder);
          continue;
        }
        const batch = todo.map(
          ([n, bytes]): Write => (bytes === 0 ? at(n) : { ...at(n), value: new SeededRandom(round * 100 + n).bytes(bytes) }),
        );
        await store.commit(batch, round % 2 === 0 ? 'durable' : 'relaxed');
        for (const { key, value } of batch) {
          if (value === undefined) model.delete(key[1] as number);
          else model.set(key[1] as number, value);
        }
        const got = await store.get([...Array(13).keys()].map(at));
        expect(got.map(told)).toEqual([...Array(13).keys()].map((n) => told(model.get(n))));
      }
      const live = [...model.values()].reduce((sum, value) => sum + value.length, 0);
      await store.close();
      expect(bytesIn(segmentsOf(folder))).toBeLessThan(3 * (live + 13 * 100) + 2 * OPTIONS.segmentBytes);
      rmSync(folder, { recursive: true });
    }),
    { seed: 11, numRuns: 12 },
  );
}, 120_000);

test('a torn end is found and cut at opening, and nothing is written behind it', async () => {
  const folder = newFolder();
  const rows = bodies(1, 3);
  await (await open(folder)).commit(rows, 'durable');
  await stores[0]?.close();
  const [file] = segmentsOf(folder) as [string];
  const { size } = statSync(file);
  appendFileSync(file, readFileSync(file).subarray(0, 15_000));
  writeFileSync(join(folder, 'bulk-00000007'), 'of a commit that never was');
  const store = await open(folder);
  expect(segmentsOf(folder)).toEqual([file]);
  expect(statSync(file).size).toBe(size);
  await store.commit([body(3)], 'durable');
  await expectRows(store, [...rows, body(3)]);
});

test('an end that a power cut took is missing, what stood before it is whole, and new rows do not take its place', async () => {
  const folder = newFolder();
  await (await open(folder)).commit([...bodies(1, 4)], 'relaxed');
  await stores[0]?.close();
  const [file] = segmentsOf(folder) as [string];
  truncateSync(file, statSync(file).size - 10);
  let store = await open(folder);
  for (let round = 0; round < 2; round++) {
    expect((await store.get([at(3)]))[0]).toBeUndefined();
    await expectRows(store, bodies(1, 3));
    await store.commit(bodies(4, 7), 'durable');
    await expectRows(store, bodies(4, 7));
    await store.close();
    store = await open(folder);
  }
  await store.commit([body(3)], 'durable');
  await expectRows(store, bodies(1, 7));
});

test('a damaged body reads as missing, and never as the body of another row', async () => {
  const folder = newFolder();
  const rows = bodies(1, 5);
  await (await open(folder)).commit(rows, 'durable');
  await stores[0]?.close();
  const [file] = segmentsOf(folder) as [string];
  const whole = readFileSync(file);
  const record = whole.length / 4;
  const swapped = Buffer.concat([whole.subarray(record, 2 * record), whole.subarray(0, record), whole.subarray(2 * record)]);
  swapped[Math.floor(2.5 * record)] = (swapped[Math.floor(2.5 * record)] as number) ^ 1;
  writeFileSync(file, swapped);
  const store = await open(folder);
  expect((await store.get(rows)).map(told)).toEqual(['missing', 'missing', 'missing', told(rows[3]?.value)]);
  expect((await store.range({ space: 'bodies', prefix: EMPTY, limit: 1 })).map(({ key }) => key[1])).toEqual([4]);
  // A file of which some does not read stays until its last row goes, and takes no other row with it.
  await store.commit([at(1), at(2), ...bodies(10, 20)], 'durable');
  await expectRows(store, [...rows.slice(3), ...bodies(10, 20)]);
  await store.commit([at(3), at(4)], 'durable');
  expect(segmentsOf(folder)).not.toContain(file);
  await expectRows(store, bodies(10, 20));
});

test('a file that was lost costs its own rows, now and when they are deleted', async () => {
  const folder = newFolder();
  await (await open(folder)).commit(bodies(1, 12), 'durable');
  await stores[0]?.close();
  const files = segmentsOf(folder);
  expect(files.length).toBe(3);
  rmSync(files[2] as string);
  rmSync(files[0] as string);
  const store = await open(folder);
  const left = (await store.get(bodies(1, 12))).map((value) => value !== undefined);
  expect(left).toEqual([false, false, false, false, true, true, true, true, false, false, false]);
  await store.commit(bodies(20, 30), 'durable');
  await store.commit([1, 2, 3, 4, 9, 10, 11].map(at), 'durable');
  await expectRows(store, [...bodies(5, 9), ...bodies(20, 30)]);
});

test('a file goes when nothing in it is alive, and what lives in a sparse one moves', async () => {
  const folder = newFolder();
  let store = await open(folder);
  await store.commit(bodies(0, 40), 'durable');
  const files = segmentsOf(folder);
  expect(files.length).toBe(10);
  await store.commit([0, 1, 2, 3].map(at), 'durable');
  expect(segmentsOf(folder)).toEqual(files.slice(1));
  // Three of four in every other file.
  const kept = bodies(4, 40).filter((_, i) => i % 4 === 0);
  await store.commit(
    bodies(4, 40)
      .filter((_, i) => i % 4 !== 0)
      .map(({ space, key }) => ({ space, key })),
    'relaxed',
  );
  for (let n = 0; n < 12; n++) await store.commit([{ space: 'seen', key: bytesOf([n]), value: EMPTY }], 'relaxed');
  for (let round = 0; round < 2; round++) {
    await expectRows(store, kept);
    expect(bytesIn(segmentsOf(folder))).toBeLessThan(2 * kept.length * 20_100 + 100_000);
    await store.close();
    store = await open(folder);
  }
});

test('reads beside rewriting find every row every time', async () => {
  const store = await open(newFolder());
  await store.commit(bodies(0, 60), 'durable');
  const kept = bodies(0, 60).filter((_, i) => i % 4 === 0);
  let isDone = false;
  const reading = [...Array(4)].map(async () => {
    while (!isDone) await expectRows(store, kept);
  });
  for (let n = 0; n < 60; n++) if (n % 4 !== 0) await store.commit([at(n)], 'relaxed');
  isDone = true;
  await Promise.all(reading);
});

test('bodies that an older program kept inside LevelDB are read, replaced and deleted', async () => {
  const folder = newFolder();
  const db = new ClassicLevel<Uint8Array, Uint8Array>(folder, { keyEncoding: 'view', valueEncoding: 'view' });
  await db.put(VERSION_KEY, encodeVersionRow());
  for (const row of bodies(1, 5)) await db.put(levelKey(row), row.value);
  await db.close();
  const store = await open(folder);
  await expectRows(store, bodies(1, 5));
  const newer = { ...body(9, 30_000), ...at(2) };
  await store.commit([newer, at(3)], 'durable');
  expect((await store.get(bodies(1, 5))).map(told)).toEqual([body(1).value, newer.value, undefined, body(4).value].map(told));
  expect((await store.range({ space: 'bodies', prefix: EMPTY, limit: 9 })).length).toBe(3);
});

test('a program killed while committing large bodies keeps every one it was told of, and half of no batch', async () => {
  const folder = newFolder();
  const commit = `
      const at = (i) => ({ space: 'bodies', key: Uint8Array.of(n >> 8, n & 255, i) });
      const rows = [0, 1, 2, 3].map((i) => ({ ...at(i), value: new SeededRandom(n + '/' + i).bytes(i === 0 ? 300 : 30_000) }));
      // Half of what came four batches ago goes, so that files are rewritten all the while.
      const old = (i) => ({ space: 'bodies', key: Uint8Array.of((n - 4) >> 8, (n - 4) & 255, i) });
      await store.commit(n < 4 ? rows : [...rows, old(1), old(2)], n % 3 === 0 ? 'relaxed' : 'durable');`;
  let first = 0;
  for (const wanted of [1, 5, 9, 14]) {
    const told = await killWhileWriting({ folder, options: OPTIONS, commit }, first, wanted);
    const store = await open(folder);
    const found = await store.range({ space: 'bodies', prefix: EMPTY, limit: 100_000 });
    const batches = new Map<number, Row[]>();
    for (const row of found) {
      const n = (row.key[0] as number) * 256 + (row.key[1] as number);
      batches.set(n, [...(batches.get(n) ?? []), row]);
    }
    expect(batches.size).toBeGreaterThanOrEqual(told);
    expect(batches.size).toBeLessThanOrEqual(told + 1);
    for (const [n, rows] of batches) {
      expect(
        rows.map(({ key }) => key[2]),
        `batch ${n} of ${batches.size}`,
      ).toEqual(n < batches.size - 4 ? [0, 3] : [0, 1, 2, 3]);
      for (const { key, value } of rows) expect(value).toEqual(new SeededRandom(`${n}/${key[2]}`).bytes(key[2] === 0 ? 300 : 30_000));
    }
    first = batches.size;
    await store.close();
  }
}, 120_000);

test.skipIf(!smallDisk)(
  'a store that filled its disk with bodies has room again when seven of ten, anywhere, are deleted',
  async () => {
    const folder = join(smallDisk as string, 'filled');
    const batchOf = (n: number): Write[] => bodies(n * 16, n * 16 + 16, 30_000);
    let store = await open(folder, { segmentBytes: 1 << 20 });
    let batches = 0;
    for (let isFull = false; !isFull; ) {
      try {
        await store.commit(batchOf(batches), 'relaxed');
        batches++;
      } catch (error) {
        expect(error).toMatchObject({ name: 'StoreFull' });
        isFull = true;
      }
      expect(batches).toBeLessThan(400);
    }
    expect(batches).toBeGreaterThan(100);
    await store.close();
    store = await open(folder, { segmentBytes: 1 << 20 });
    const all = bodies(0, batches * 16, 30_000);
    const kept = all.filter((_, i) => i % 10 < 3);
    await store.commit(
      all.filter((_, i) => i % 10 >= 3).map(({ space, key }) => ({ space, key })),
      'relaxed',
    );
    const fresh = bodies(60_000, 60_000 + 64, 30_000);
    await store.commit(fresh, 'durable');
    await expectRows(store, [...kept, ...fresh]);
    await store.close();
    rmSync(folder, { recursive: true });
  },
  60_000,
);
