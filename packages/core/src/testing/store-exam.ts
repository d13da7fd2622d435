/**
 * The exam that every store adapter passes: what `ports/store.ts` promises, asked of the real engine, with the device failing
 * under it too (`store-fault-exam.ts`). It knows no test runner and no platform, so that Node, a browser and a bench can sit it.
 */
import { assert } from '../kernel/assert.ts';
import { type Bytes, bytesOf, compareBytes, EMPTY, sameBytes } from '../kernel/bytes.ts';
import { SPACES, type Space, type Write } from '../node/machine.ts';
import type { Store } from '../ports/store.ts';
import { SeededRandom } from './seeded-random.ts';
import { assertKeys, assertRow, assertValue, at, key, keysOf, put, rejection, remove } from './store-claims.ts';
import { storeFaultCases } from './store-fault-exam.ts';
import type { ExamCase, StoreHarness } from './store-harness.ts';

/** The cases in order; they share the harness, so run them one after the other. */
export function storeExam(harness: StoreHarness): readonly ExamCase[] {
  const plain = PLAIN_CASES.map(
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

type Check = (store: Store, harness: StoreHarness) => Promise<void>;

const PLAIN_CASES: readonly (readonly [string, Check])[] = [
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
    'keys are in bytewise order, 0x00 and 0xff included',
    async (store) => {
      const sorted = [
        [0],
        [0, 0],
        [0, 255],
        [1],
        [1, 0],
        [47],
        [127, 255],
        [128],
        [128, 0],
        [254, 255],
        [255],
        [255, 0],
        [255, 255],
        [255, 255, 255],
      ];
      const keys = sorted.map((bytes) => key(...bytes));
      const shuffled = keys.map((_, i) => keys[(i * 5 + 3) % keys.length] as Bytes);
      await store.commit(
        shuffled.map((each) => put('messages', each, each)),
        'relaxed',
      );
      assertKeys(await keysOf(store, 'messages'), keys, 'forwards');
      assertKeys(await keysOf(store, 'messages', { reverse: true }), keys.toReversed(), 'backwards');
      for (const row of await store.range({ space: 'messages', prefix: EMPTY, limit: 100 })) {
        assert(sameBytes(row.key, row.value), 'each row of a range has its own value');
      }
    },
  ],
  [
    'a range holds the keys with its prefix, after its place, up to its limit, both ways',
    async (store) => {
      const keys = [[5], [7], [7, 0], [7, 1], [7, 1, 9], [7, 255], [7, 255, 255], [8]].map((bytes) => key(...bytes));
      await store.commit(
        keys.map((each) => put('messages', each, 'x')),
        'relaxed',
      );
      const within = keys.slice(1, 7);
      const ask = async (claim: string, options: object, want: readonly Bytes[]): Promise<void> =>
        assertKeys(await keysOf(store, 'messages', { prefix: key(7), ...options }), want, claim);
      await ask('prefix', {}, within);
      await ask('prefix backwards', { reverse: true }, within.toReversed());
      await ask('limit', { limit: 2 }, within.slice(0, 2));
      await ask('limit backwards', { limit: 2, reverse: true }, within.toReversed().slice(0, 2));
      await ask('a limit of nothing', { limit: 0 }, []);
      await ask('a limit of nothing backwards', { limit: 0, reverse: true }, []);
      await ask('after a row', { after: key(7, 1) }, within.slice(3));
      await ask('after a row backwards', { after: key(7, 1), reverse: true }, [key(7, 0), key(7)]);
      await ask('after no row', { after: key(7, 0, 5) }, within.slice(2));
      await ask('after no row backwards', { after: key(7, 0, 5), reverse: true }, [key(7, 0), key(7)]);
      await ask('after a place before the prefix', { after: key(3) }, within);
      await ask('after a place behind the prefix', { after: key(9) }, []);
      await ask('after a place behind the prefix, backwards', { after: key(9), reverse: true }, within.toReversed());
      await ask('after a place before the prefix, backwards', { after: key(3), reverse: true }, []);
      await ask('after the last', { after: key(7, 255, 255) }, []);
      await ask('after the first, backwards', { after: key(7), reverse: true }, []);
      await ask('a prefix of 0xff', { prefix: key(7, 255) }, [key(7, 255), key(7, 255, 255)]);
      await ask('a prefix that nothing has', { prefix: key(6) }, []);
      await ask('an empty prefix with a place and a limit', { prefix: EMPTY, after: key(7, 255), limit: 5 }, keys.slice(6));
    },
  ],
  [
    'pages of a range join without gap or overlap',
    async (store) => {
      const keys = [...Array(57).keys()].map((n) => key(1, n >> 4, n & 15));
      await store.commit(
        keys.map((each) => put('carried', each, 'x')),
        'relaxed',
      );
      for (const reverse of [false, true]) {
        const seen: Bytes[] = [];
        for (;;) {
          const after = seen.at(-1);
          const page = await keysOf(store, 'carried', { prefix: key(1), limit: 10, reverse, ...(after && { after }) });
          if (page.length === 0) break;
          seen.push(...page);
        }
        assertKeys(seen, reverse ? keys.toReversed() : keys, 'all pages');
      }
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
        spaces.map((space) => put(space, key(1, 1), space)),
        'relaxed',
      );
      for (const space of spaces) await assertRow(store, at(space, key(1, 1)), space);
      for (const space of spaces.filter((each) => SPACES[each].ordered)) {
        assertKeys(await keysOf(store, space), [key(1, 1)], `${space} holds its own row only`);
        assertKeys(await keysOf(store, space, { reverse: true }), [key(1, 1)], `${space} backwards`);
      }
      await store.commit([remove('contacts', key(1, 1))], 'relaxed');
      for (const space of spaces) await assertRow(store, at(space, key(1, 1)), space === 'contacts' ? undefined : space);
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
      assertKeys(
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
      await store.commit([put('self', key(1), 'me'), put('messages', key(2), 'gone'), put('bodies', key(3), 'body')], 'relaxed');
      await store.commit([remove('messages', key(2)), put('messages', key(255), 'kept')], 'durable');
      await inReopened(harness, async (again) => {
        await assertRow(again, at('self', key(1)), 'me');
        await assertRow(again, at('bodies', key(3)), 'body');
        assertKeys(await keysOf(again, 'messages'), [key(255)], 'what was deleted stays deleted');
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
  ['three hundred random steps end as a plain sorted list would', randomSteps],
];

async function inReopened(harness: StoreHarness, check: (store: Store) => Promise<void>): Promise<void> {
  const store = await harness.reopen();
  try {
    await check(store);
  } finally {
    await store.close();
  }
}

async function randomSteps(store: Store): Promise<void> {
  const random = new SeededRandom('steps');
  const place = (length: number): Bytes => bytesOf([...random.bytes(length)].map((byte) => [0, 1, 127, 255][byte & 3] as number));
  const anyKey = (): Bytes => place(1 + random.below(3));
  let model: { readonly key: Bytes; readonly value: Bytes }[] = [];
  for (let step = 0; step < 300; step++) {
    if (random.chance(0.5)) {
      const batch = [...Array(random.below(6)).keys()].map((): Write => {
        const write = { space: 'messages', key: anyKey() } as const;
        return random.chance(0.3) ? write : { ...write, value: random.bytes(random.below(40)) };
      });
      for (const { key: rowKey, value } of batch) {
        model = model.filter((row) => !sameBytes(row.key, rowKey));
        if (value !== undefined) model.push({ key: rowKey, value });
      }
      model.sort((a, b) => compareBytes(a.key, b.key));
      await store.commit(batch, 'relaxed');
    } else {
      const [prefix, after, limit, reverse] = [
        place(random.below(3)),
        random.chance(0.6) ? anyKey() : undefined,
        random.below(12),
        random.chance(0.5),
      ];
      const inPrefix = model.filter((row) => sameBytes(row.key.subarray(0, prefix.length), prefix));
      const travelled = reverse ? inPrefix.toReversed() : inPrefix;
      const want = travelled.filter((row) => after === undefined || compareBytes(row.key, after) * (reverse ? -1 : 1) > 0).slice(0, limit);
      const got = await store.range({ space: 'messages', prefix, limit, reverse, ...(after && { after }) });
      assertKeys(
        got.map((row) => row.key),
        want.map((row) => row.key),
        `range of step ${step}`,
      );
      for (const [i, row] of want.entries()) assertValue(got[i]?.value, row.value, `row ${i} of the range of step ${step}`);
    }
  }
}
