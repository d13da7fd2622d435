/** The half of the store exam in which the device fails: crash, full disk, other versions, a second opener, damage. */
import { assert } from '../kernel/assert.ts';
import type { Bytes } from '../kernel/bytes.ts';
import type { Write } from '../node/machine.ts';
import { STORE_VERSION, type Store, StoreNewer } from '../ports/store.ts';
import { SeededRandom } from './seeded-random.ts';
import { assertRow, assertSameKeys, assertValue, at, key, keysOf, put, rejection, remove } from './store-claims.ts';
import type { Cannot, ExamCase, StoreHarness } from './store-harness.ts';

export function storeFaultCases(harness: StoreHarness): readonly ExamCase[] {
  const { faults } = harness;
  return [
    faultCase('a crash in the middle of a batch leaves all of it or nothing', faults.crashDuringCommit, (crash) =>
      crashCase(harness, crash),
    ),
    faultCase('a full disk: puts throw StoreFull and leave nothing, deletes work, with room again puts work', faults.fullDisk, (disk) =>
      fullDiskCase(harness, disk),
    ),
    faultCase('a store of a newer version is refused and left as it is', faults.otherVersion, (mark) => newerCase(harness, mark)),
    faultCase('a second opener gets StoreLocked and the first is not disturbed', faults.secondOpener, (openAgain) =>
      lockedCase(harness, openAgain),
    ),
    faultCase('damaged data is StoreFailed in words', faults.damage, (damage) => damageCase(harness, damage)),
  ];
}

function faultCase<Means extends object>(name: string, fault: Means | Cannot, run: (means: Means) => Promise<void>): ExamCase {
  if ('cannot' in fault) {
    const skipped = fault.cannot;
    return { name, skipped, run: () => Promise.reject(new Error(`this case cannot be run here: ${skipped}`)) };
  }
  return { name, skipped: undefined, run: () => run(fault) };
}

/** One put in each of several spaces, one replaced row and one deleted row: a batch that shows it if it is half there. */
const SAVED: readonly Write[] = [put('self', key(1), 'old'), put('contacts', key(1), 'will go')];

function wideBatch(): readonly Write[] {
  const random = new SeededRandom('wide');
  const bodies = [...Array(20).keys()].map((n) => put('bodies', key(n), random.bytes(10_000)));
  return [put('self', key(1), 'new'), ...bodies, remove('contacts', key(1)), put('seen', key(1), 'last')];
}

async function crashCase(harness: StoreHarness, crash: (batch: readonly Write[]) => Promise<Store>): Promise<void> {
  const before = await harness.open();
  await before.commit(SAVED, 'durable');
  const batch = wideBatch();
  const store = await crash(batch);
  try {
    await assertAllOrNothing(store, batch);
    await store.commit(batch, 'relaxed');
    await assertBatch(store, batch);
  } finally {
    await store.close();
  }
}

async function assertBatch(store: Store, batch: readonly Write[]): Promise<void> {
  const got = await store.get(batch);
  for (const [i, write] of batch.entries()) assertValue(got[i], write.value, `write ${i} of the batch`);
}

async function assertAllOrNothing(store: Store, batch: readonly Write[]): Promise<void> {
  const [last] = await store.get([at('seen', key(1))]);
  if (last !== undefined) return assertBatch(store, batch);
  const changed = batch.filter((write) => !SAVED.some((saved) => saved.space === write.space));
  const got = await store.get(changed);
  assert(
    got.every((value) => value === undefined),
    'the end of the batch is missing, so all of it must be',
  );
  for (const saved of SAVED) await assertRow(store, saved, saved.value);
}

const BATCH_ROWS = 4;
const ROW_BYTES = 65_536;
const BATCHES_MAX = 400;

async function fullDiskCase(harness: StoreHarness, disk: { fill(): Promise<void>; free(): Promise<void> }): Promise<void> {
  const random = new SeededRandom('full');
  const batchOf = (n: number): readonly Write[] =>
    [...Array(BATCH_ROWS).keys()].map((row) => put(row === 0 ? 'carried' : 'bodies', key(n >> 8, n & 255, row), random.bytes(ROW_BYTES)));
  const kept: (readonly Write[])[] = [];
  const store = await harness.open();
  try {
    for (; kept.length < 3; ) {
      const batch = batchOf(kept.length);
      await store.commit(batch, 'relaxed');
      kept.push(batch);
    }
    await disk.fill();
    let refused: readonly Write[] | undefined;
    while (refused === undefined) {
      const batch = batchOf(kept.length);
      try {
        await store.commit(batch, 'relaxed');
        kept.push(batch);
        assert(kept.length < BATCHES_MAX, 'a full disk must be noticed');
      } catch (error) {
        assert(error instanceof Error && error.name === 'StoreFull', `a full disk is StoreFull, not ${String(error)}`);
        refused = batch;
      }
    }
    await assertNothingOf(store, refused);
    assert((await rejection(store.commit(refused, 'durable'))).name === 'StoreFull', 'it is refused again, durable too');
    await assertNothingOf(store, refused);
    for (const batch of kept) await assertBatch(store, batch);

    const dropped = kept.shift() as readonly Write[];
    await store.commit(
      dropped.map((write) => remove(write.space, write.key)),
      'relaxed',
    );
    await assertNothingOf(store, dropped);

    await disk.free();
    await store.commit(refused, 'durable');
    kept.push(refused);
    await assertAfterwards(store, kept, dropped);
  } finally {
    await disk.free();
    await store.close();
  }
  const again = await harness.reopen();
  try {
    await assertAfterwards(again, kept, undefined);
  } finally {
    await again.close();
  }
}

async function assertAfterwards(store: Store, kept: readonly (readonly Write[])[], dropped: readonly Write[] | undefined): Promise<void> {
  for (const batch of kept) await assertBatch(store, batch);
  if (dropped !== undefined) await assertNothingOf(store, dropped);
  const order: Bytes[] = kept.map((batch) => (batch[0] as Write).key);
  assertSameKeys(await keysOf(store, 'carried'), order, 'the acknowledged batches and no other');
}

async function assertNothingOf(store: Store, batch: readonly Write[]): Promise<void> {
  const got = await store.get(batch);
  assert(
    got.every((value) => value === undefined),
    'nothing of the batch is there',
  );
}

async function newerCase(harness: StoreHarness, mark: (version: number) => Promise<void>): Promise<void> {
  const store = await harness.open();
  await store.commit(SAVED, 'durable');
  await store.close();
  for (const newer of [STORE_VERSION + 1, STORE_VERSION + 300]) {
    await mark(newer);
    const error = await rejection(harness.reopen());
    assert(error instanceof StoreNewer, `a newer store is StoreNewer, not ${String(error)}`);
    assert(error.foundVersion === newer && error.knownVersion === STORE_VERSION, 'the refusal names both versions');
  }
  await mark(STORE_VERSION);
  const again = await harness.reopen();
  try {
    await assertBatch(again, SAVED);
  } finally {
    await again.close();
  }
}

async function lockedCase(harness: StoreHarness, openAgain: () => Promise<Store>): Promise<void> {
  const store = await harness.open();
  try {
    await store.commit(SAVED, 'durable');
    const error = await rejection(openAgain());
    assert(error.name === 'StoreLocked', `a second opener gets StoreLocked, not ${String(error)}`);
    await assertBatch(store, SAVED);
    await store.commit([put('self', key(2), 'still writing')], 'durable');
  } finally {
    await store.close();
  }
}

async function damageCase(harness: StoreHarness, damage: () => Promise<void>): Promise<void> {
  const store = await harness.open();
  await store.commit([...SAVED, ...wideBatch()], 'durable');
  await store.close();
  await damage();
  const error = await rejection(readEverything(harness));
  assert(error.name === 'StoreFailed', `damage is StoreFailed, not ${String(error)}`);
  assert(error.message.split(' ').length >= 4, `damage is told in a sentence, not as "${error.message}"`);
}

async function readEverything(harness: StoreHarness): Promise<void> {
  const store = await harness.reopen();
  try {
    await store.get(wideBatch());
    await keysOf(store, 'self');
  } finally {
    await store.close();
  }
}
