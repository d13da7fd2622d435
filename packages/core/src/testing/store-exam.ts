/**
 * The exam that every store adapter passes: what `ports/store.ts` promises, asked of the real engine, with the device failing
 * under it too (`store-fault-exam.ts`) and order in its own file (`store-order-exam.ts`). It knows no test runner and no platform, so that Node, a browser and a bench can sit it.
 */
import { assert } from '../kernel/assert.ts';
import { bytesOf, EMPTY, sameBytes } from '../kernel/bytes.ts';
import { SPACES, type Space } from '../node/machine.ts';
import type { Store } from '../ports/store.ts';
import { SeededRandom } from './seeded-random.ts';
import { assertKeys, assertRow, assertSameKeys, assertValue, at, key, keyIn, keysOf, put, rejection, remove } from './store-claims.ts';
import { storeFaultCases } from './store-fault-exam.ts';
import type { ExamCase, StoreCase, StoreHarness } from './store-harness.ts';
import { BYTE_ORDER_CASES, STORE_ORDER_CASES } from './store-order-exam.ts';

/** The cases in order; they share the harness, so run them one after the other. */
export function storeExam(harness: StoreHarness): readonly ExamCase[] {
  const order = harness.order === 'sealed' ? STORE_ORDER_CASES : [...STORE_ORDER_CASES, ...BYTE_ORDER_CASES];
  const plain = [...PLAIN_CASES, ...order].map(
    ([name, check]): ExamCase => ({
      name,
      skipped: undefined,
      async run() {
        const store = await harness.open();
        try {
          await check(store, harness);
        } finally {
          await store.close();
        }
      },
    }),
  );
  return [...plain, ...storeFaultCases(harness)];
}

const PLAIN_CASES: readonly StoreCase[] = [
  [
    'what was put is got, what was deleted is gone, and what never was is undefined',
    async (store) => {
      assertKeys(await keysOf(store, 'contacts'), [], 'a new store is empty');
      await store.commit([put('contacts', key(1), 'one'), put('contacts', key(2), '')], 'relaxed');
      await store.commit([remove('contacts', key(9)), put('contacts', key(3), 'three')], 'durable');
      await store.commit([], 'relaxed');
      const asked = [key(3), key(7), key(1), key(2), key(1)].map((each) => at('contacts', each));
      const got = await store.get(asked);
      const want = ['three', undefined, 'one', '', 'one'];
      assert(got.length === want.length, 'one answer per key');
      for (const [i, text] of want.entries()) assertValue(got[i], text, `answer ${i}, in the order of asking`);
      await store.commit([remove('contacts', key(1))], 'relaxed');
      await assertRow(store, at('contacts', key(1)), undefined);
      await assertRow(store, at('contacts', key(3)), 'three');
      assert((await store.get([])).length === 0, 'no keys, no answers');
    },
  ],
  [
    'a later put replaces an earlier one, longer or shorter',
    async (store) => {
      for (const text of ['first', 'a much longer second value', '3']) {
        await store.commit([put('self', key(1), text)], 'relaxed');
        await assertRow(store, at('self', key(1)), text);
      }
      assertKeys(await keysOf(store, 'self'), [key(1)], 'one row');
    },
  ],
  [
    'the later write of one batch wins',
    async (store) => {
      await store.commit([put('self', key(2), 'old')], 'relaxed');
      await store.commit(
        [
          put('self', key(1), 'a'),
          put('self', key(1), 'b'),
          remove('self', key(2)),
          put('self', key(2), 'c'),
          put('self', key(3), 'd'),
          remove('self', key(3)),
        ],
        'durable',
      );
      await assertRow(store, at('self', key(1)), 'b');
      await assertRow(store, at('self', key(2)), 'c');
      await assertRow(store, at('self', key(3)), undefined);
    },
  ],
  [
    'one batch reaches many spaces, and spaces do not mix',
    async (store) => {
      const spaces = Object.keys(SPACES) as Space[];
      await store.commit(
        spaces.map((space) => put(space, keyIn(space, 1, 1), space)),
        'relaxed',
      );
      for (const space of spaces) await assertRow(store, at(space, keyIn(space, 1, 1)), space);
      for (const space of spaces) {
        assertKeys(await keysOf(store, space), [keyIn(space, 1, 1)], `${space} holds its own row only`);
        assertKeys(await keysOf(store, space, { reverse: true }), [keyIn(space, 1, 1)], `${space} backwards`);
      }
      await store.commit([remove('contacts', key(1, 1))], 'relaxed');
      for (const space of spaces) await assertRow(store, at(space, keyIn(space, 1, 1)), space === 'contacts' ? undefined : space);
    },
  ],
  [
    'bulk rows of every size come back whole',
    async (store) => {
      const random = new SeededRandom('bulk');
      const values = [0, 1, 4_095, 65_536, 1_000_000].map((length) => random.bytes(length));
      await store.commit(
        values.map((value, i) => put('bodies', key(i), value)),
        'durable',
      );
      const got = await store.get(values.map((_, i) => at('bodies', key(i))));
      for (const [i, value] of values.entries()) assertValue(got[i], value, `a bulk row of ${value.length} bytes`);
      await store.commit([remove('bodies', key(4))], 'relaxed');
      await assertRow(store, at('bodies', key(4)), undefined);
    },
  ],
  [
    'what is handed in or out is a copy',
    async (store) => {
      const whole = bytesOf([9, 9, 1, 2, 3, 9, 9]);
      const [rowKey, value] = [key(4, 2), whole.subarray(2, 5)];
      await store.commit([{ space: 'contacts', key: rowKey, value }], 'relaxed');
      whole.fill(0);
      rowKey.fill(0);
      for (let round = 0; round < 2; round++) {
        const [got] = await store.get([at('contacts', key(4, 2))]);
        assertValue(got, bytesOf([1, 2, 3]), 'got');
        assert(got?.buffer.byteLength === 3, 'a value owns its memory and no more');
        got.fill(7);
        const [row] = await store.range({ space: 'contacts', prefix: EMPTY, limit: 1 });
        assert(row !== undefined && sameBytes(row.key, key(4, 2)) && sameBytes(row.value, bytesOf([1, 2, 3])), 'ranged');
        row.key.fill(7);
        row.value.fill(7);
      }
    },
  ],
  [
    'commits made at the same time are all there, each whole, the later one on top',
    async (store) => {
      const waiting = [...Array(20).keys()].map((n) =>
        store.commit(
          [put('self', key(0), `${n}`), put('seen', key(n), 'x'), put('bodies', key(n), 'y')],
          n % 5 === 0 ? 'durable' : 'relaxed',
        ),
      );
      await Promise.all(waiting);
      await assertRow(store, at('self', key(0)), '19');
      assertSameKeys(
        await keysOf(store, 'seen'),
        [...Array(20).keys()].map((n) => key(n)),
        'every commit',
      );
      for (let n = 0; n < 20; n++) await assertRow(store, at('bodies', key(n)), 'y');
    },
  ],
  [
    'everything is there after the program was started again',
    async (store, harness) => {
      await store.commit(
        [put('self', key(1), 'me'), put('messages', keyIn('messages', 2), 'gone'), put('bodies', key(3), 'body')],
        'relaxed',
      );
      await store.commit([remove('messages', keyIn('messages', 2)), put('messages', keyIn('messages', 255), 'kept')], 'durable');
      await inReopened(harness, async (again) => {
        await assertRow(again, at('self', key(1)), 'me');
        await assertRow(again, at('bodies', key(3)), 'body');
        assertKeys(await keysOf(again, 'messages'), [keyIn('messages', 255)], 'what was deleted stays deleted');
        await again.commit([put('self', key(1), 'me again')], 'durable');
      });
      await inReopened(harness, async (again) => assertRow(again, at('self', key(1)), 'me again'));
    },
  ],
  [
    'a closed store refuses, and closing it twice is the same as once',
    async (store) => {
      await store.close();
      await store.close();
      const attempts = [
        store.get([at('self', key(1))]),
        store.range({ space: 'self', prefix: EMPTY, limit: 1 }),
        store.commit([put('self', key(1), 'x')], 'relaxed'),
      ];
      for (const attempt of attempts) assert((await rejection(attempt)).name === 'StoreFailed', 'a closed store answers StoreFailed');
    },
  ],
];

async function inReopened(harness: StoreHarness, check: (store: Store) => Promise<void>): Promise<void> {
  const store = await harness.reopen();
  try {
    await check(store);
  } finally {
    await store.close();
  }
}
