/**
 * What a power cut leaves of a store. The store's own files lie on a disk that keeps a second account: what of each was synced, and which
 * names were; a cut makes a new folder of that account alone. LevelDB is native and writes past this disk: of its files a copy is taken, either of
 * the moment when a synced batch returned (its own syncs are believed, the names of its logs are not) or of the cut (nothing of it was lost).
 * Not shown: a disk that says it synced and has not, and a file system that loses a rename of LevelDB's and keeps what came after.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import fc from 'fast-check';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { type Bytes, bytesOf, EMPTY, sameBytes } from '../../kernel/bytes.ts';
import type { Write } from '../../node/machine.ts';
import type { Store } from '../../ports/store.ts';
import { SeededRandom } from '../../testing/index.ts';
import { type Disk, type DiskFile, nodeDisk } from './disk.ts';
import { openLevelStore } from './index.ts';

const home = mkdtempSync(join(tmpdir(), 'kith-cut-'));
const SEGMENT_BYTES = 100_000;
const stores: Store[] = [];
let folders = 0;

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A file apart from its name: what of it is on the disk for sure. */
interface Synced {
  bytes: Uint8Array;
}

const isOurs = (name: string): boolean => name.startsWith('bulk-');
const isLog = (name: string): boolean => name.endsWith('.log');

/** By their folders. */
const disks = new Map<string, ForgetfulDisk>();

class ForgetfulDisk implements Disk {
  readonly folder: string;
  readonly syncedFolders: Set<string> = new Set();
  readonly #files: Map<string, Synced> = new Map();
  #names: ReadonlyMap<string, Synced> = new Map();
  /** Every log that ever had its name on the disk. */
  readonly #logs: Set<string> = new Set();
  #level: ReadonlyMap<string, Uint8Array> = new Map();

  /** Of whatever lies in the folder already everything is on the disk. */
  constructor(folder: string, names: readonly string[] = []) {
    this.folder = folder;
    disks.set(folder, this);
    for (const name of names.filter(isOurs)) this.#files.set(name, { bytes: readFileSync(join(folder, name)) });
    this.#names = new Map(this.#files);
    for (const name of names.filter(isLog)) this.#logs.add(name);
  }

  async open(path: string, flags: 'r' | 'r+' | 'w'): Promise<DiskFile> {
    const file = await nodeDisk.open(path, flags);
    const synced = this.#files.get(basename(path)) ?? { bytes: EMPTY };
    this.#files.set(basename(path), synced);
    return {
      write: (...given) => file.write(...given),
      read: (...given) => file.read(...given),
      stat: () => file.stat(),
      close: () => file.close(),
      async datasync() {
        synced.bytes = readFileSync(path);
      },
    };
  }

  names = nodeDisk.names;
  sizeOf = nodeDisk.sizeOf;
  cut = nodeDisk.cut;

  remove(path: string): Promise<void> {
    this.#files.delete(basename(path));
    return nodeDisk.remove(path);
  }

  async syncFolder(folder: string): Promise<void> {
    this.syncedFolders.add(folder);
    if (folder !== this.folder) return;
    this.#names = new Map(this.#files);
    for (const name of readdirSync(folder).filter(isLog)) this.#logs.add(name);
  }

  /** What LevelDB has in its folder now is on the disk, it says. */
  levelSynced(): void {
    this.#level = this.#copyLevel();
  }

  /**
   * A folder with what a cut would leave; `levelKept`: nothing that LevelDB wrote was lost. Of what was not synced of our files, `torn` says
   * what became of the rest: nothing of it, a part, or zeros as long as it was.
   */
  cutPower(levelKept: boolean, torn: 'nothing' | 'part' | 'zeros' = 'nothing'): ForgetfulDisk {
    const after = join(home, `cut-${++folders}`);
    mkdirSync(after);
    for (const [name, { bytes }] of this.#names) {
      const written = this.#files.get(name)?.bytes === bytes ? readFileSync(join(this.folder, name)) : bytes;
      const rest = written.subarray(bytes.length);
      const left = { nothing: EMPTY, part: rest.subarray(0, Math.ceil(rest.length * 0.6)), zeros: new Uint8Array(rest.length) }[torn];
      writeFileSync(join(after, name), Buffer.concat([bytes, left]));
    }
    for (const [name, bytes] of levelKept ? this.#copyLevel() : this.#level)
      if (levelKept || !isLog(name) || this.#logs.has(name)) writeFileSync(join(after, name), bytes);
    return new ForgetfulDisk(after, readdirSync(after));
  }

  /** LevelDB works on in its own thread: a copy counts when nothing came or went meanwhile. */
  #copyLevel(): ReadonlyMap<string, Uint8Array> {
    const list = (): readonly string[] => readdirSync(this.folder).filter((name) => !isOurs(name) && name !== 'LOCK' && name !== 'reserve');
    const sizes = (): string =>
      list()
        .map((name) => `${name} ${statSync(join(this.folder, name)).size}`)
        .join();
    for (;;) {
      try {
        const before = sizes();
        const copy = new Map(list().map((name) => [name, readFileSync(join(this.folder, name))] as const));
        if (sizes() === before) return copy;
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOENT') throw error;
      }
    }
  }
}

/** Tells the disk whenever a synced batch of LevelDB has returned. */
const makeBatch = ClassicLevel.prototype.batch;
vi.spyOn(ClassicLevel.prototype, 'batch').mockImplementation(function (this: ClassicLevel) {
  const batch = makeBatch.call(this);
  const write = batch.write.bind(batch);
  batch.write = async (options: Parameters<typeof write>[0] = {}) => {
    await write(options);
    if (options.sync === true) disks.get(this.location)?.levelSynced();
  };
  return batch;
});

const newDisk = (): ForgetfulDisk => new ForgetfulDisk(join(home, `store-${++folders}`));

async function open(disk: ForgetfulDisk): Promise<Store> {
  const store = await openLevelStore(disk.folder, { reserveBytes: 1 << 16, segmentBytes: SEGMENT_BYTES, disk });
  stores.push(store);
  // What is opened was read from its logs and written anew, synced.
  disk.levelSynced();
  return store;
}

type Put = Write & { readonly value: Bytes };
const body = (n: number, bytes = 20_000): Put => ({
  space: 'bodies',
  key: bytesOf([n >> 8, n & 255]),
  value: new SeededRandom(`${n} ${bytes}`).bytes(bytes),
});
const text = (n: number, bytes = 100): Put => ({ ...body(n, bytes), space: 'messages' });

/** For each row: as it was written, missing, or something else. */
async function stateOf(store: Store, rows: readonly Put[]): Promise<readonly string[]> {
  const got = await store.get(rows);
  return rows.map(({ value }, i) => {
    const found = got[i];
    if (found === undefined) return 'missing';
    return sameBytes(found, value) ? 'whole' : 'other';
  });
}

const all = (rows: readonly Put[], state: string): readonly string[] => rows.map(() => state);

test('what a durable commit put into a file that a relaxed one began is there, and so is the file', async () => {
  const disk = newDisk();
  const store = await open(disk);
  await store.commit([body(1)], 'relaxed');
  await store.commit([body(2)], 'durable');
  const after = await open(disk.cutPower(false));
  expect(await stateOf(after, [body(1), body(2)])).toEqual(['whole', 'whole']);
});

test('a durable commit of small rows alone holds the bodies that were committed before it', async () => {
  const disk = newDisk();
  const store = await open(disk);
  const bodies = [...Array(12).keys()].map((n) => body(n));
  for (const row of bodies) await store.commit([row], 'relaxed');
  await store.commit([text(1)], 'durable');
  const after = await open(disk.cutPower(false));
  expect(await stateOf(after, [...bodies, text(1)])).toEqual(all([...bodies, text(1)], 'whole'));
});

test('a log of LevelDB that was begun since has its name on the disk before a durable commit is told of', async () => {
  const disk = newDisk();
  const store = await open(disk);
  await store.commit([text(0)], 'durable');
  const rows = [...Array(30).keys()].map((n) => text(n, 90_000));
  for (const row of rows) {
    await store.commit([row], 'relaxed');
    await store.commit([text(1000)], 'durable');
    const after = disk.cutPower(false);
    const opened = await open(after);
    const written = rows.slice(0, rows.indexOf(row) + 1);
    expect(await stateOf(opened, [...written, text(1000)])).toEqual(all([...written, text(1000)], 'whole'));
    await opened.close();
    rmSync(after.folder, { recursive: true });
  }
});

test('a program that was killed leaves its last file to the next one to sync', async () => {
  const disk = newDisk();
  // Closing syncs nothing: to the disk it is the same as being killed.
  await (await open(disk)).commit([body(1)], 'relaxed');
  await stores[0]?.close();
  const store = await open(disk);
  await store.commit([text(2)], 'durable');
  const after = await open(disk.cutPower(false));
  expect(await stateOf(after, [body(1), text(2)])).toEqual(['whole', 'whole']);
});

test('a file goes when what took the place of its rows is on the disk, though nobody asked for that', async () => {
  const disk = newDisk();
  const store = await open(disk);
  const old = [...Array(4).keys()].map((n) => body(n));
  await store.commit(old, 'durable');
  const fresh = [...Array(4).keys()].map((n) => body(n, 21_000));
  await store.commit(fresh, 'relaxed');
  expect(readdirSync(disk.folder).filter(isOurs)).toEqual(['bulk-00000002']);
  const after = await open(disk.cutPower(true));
  expect(await stateOf(after, fresh)).toEqual(all(fresh, 'whole'));
});

test.each(['nothing', 'part', 'zeros'] as const)(
  'of relaxed bodies that a cut took (left: %s) each is whole or missing, and what was durable is whole',
  async (torn) => {
    for (const levelKept of [true, false]) {
      const disk = newDisk();
      let store = await open(disk);
      const durable = [body(1), body(2)];
      await store.commit(durable, 'durable');
      const relaxed = [body(3), body(4)];
      await store.commit(relaxed, 'relaxed');
      const after = disk.cutPower(levelKept, torn);
      for (let round = 0; round < 2; round++) {
        store = await open(after);
        expect(await stateOf(store, durable)).toEqual(all(durable, 'whole'));
        const left = await stateOf(store, relaxed);
        expect(left).toEqual(levelKept && torn === 'part' ? ['whole', 'missing'] : all(relaxed, 'missing'));
        // What comes after does not take the place of what was lost.
        const more = [body(10 + round), body(20 + round)];
        await store.commit(more, 'durable');
        expect(await stateOf(store, [...durable, ...more])).toEqual(all([...durable, ...more], 'whole'));
        expect(await stateOf(store, relaxed)).toEqual(left);
        await store.close();
      }
    }
  },
);

test('the folder of a new store, and the folders it lies in, have their names on the disk', async () => {
  const disk = new ForgetfulDisk(join(home, 'new', 'newer', 'store'));
  await open(disk);
  expect([...disk.syncedFolders].filter((folder) => folder !== disk.folder).sort()).toEqual(
    [home, join(home, 'new'), dirname(disk.folder)].sort(),
  );
});

test('whatever is committed and wherever the power goes, what was durable is there, and nothing reads as something else', async () => {
  const step = fc.record({
    rows: fc.array(fc.tuple(fc.nat(9), fc.constantFrom(0, 20, 5_000, 30_000, 60_000), fc.boolean()), { minLength: 1, maxLength: 5 }),
    isDurable: fc.boolean(),
    isReopened: fc.nat(9).map((n) => n === 0),
  });
  const life = fc.record({
    steps: fc.array(step, { minLength: 3, maxLength: 12 }),
    levelKept: fc.boolean(),
    torn: fc.constantFrom('nothing', 'part', 'zeros'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(life, { minLength: 2, maxLength: 4 }), async (lives) => {
      let disk = newDisk();
      let keys = 0;
      let sizes = 0;
      /** What each row may hold: after a durable commit one thing. */
      const may = new Map<string, readonly (Bytes | undefined)[]>();
      for (const { steps, levelKept, torn } of lives) {
        let store = await open(disk);
        for (const { rows, isDurable, isReopened } of steps) {
          if (isReopened) {
            await store.close();
            store = await open(disk);
          }
          // A body is written once: each has a key of its own, and one of the last ten is deleted.
          const batch = rows.map(([n, bytes, isText]): Write => {
            const put = isText ? text(n, bytes + ++sizes) : body(bytes === 0 ? Math.max(0, keys - n) : ++keys, bytes + ++sizes);
            return bytes === 0 ? { space: put.space, key: put.key } : put;
          });
          await store.commit(batch, isDurable ? 'durable' : 'relaxed');
          for (const { space, key, value } of batch) {
            const id = `${space} ${key.join()}`;
            // LevelDB may keep the place of a relaxed body that the file lost.
            may.set(id, [...(may.get(id) ?? [undefined]), ...(space === 'bodies' ? [undefined] : []), value]);
          }
          if (isDurable) for (const [id, values] of may) may.set(id, values.slice(-1));
        }
        const after = disk.cutPower(levelKept, torn);
        await store.close();
        rmSync(disk.folder, { recursive: true });
        disk = after;
        store = await open(disk);
        for (const [id, values] of may) {
          const [space, key] = id.split(' ') as ['bodies' | 'messages', string];
          const [got] = await store.get([{ space, key: bytesOf(key.split(',').map(Number)) }]);
          expect(
            values.map((value) => value?.length),
            `${id} after a cut`,
          ).toContain(got?.length);
          // Of each length there is one value.
          expect(got === undefined || values.some((value) => value !== undefined && sameBytes(value, got))).toBe(true);
          may.set(id, [got]);
        }
        await store.close();
      }
    }),
    { seed: 7, numRuns: 10 },
  );
}, 120_000);
