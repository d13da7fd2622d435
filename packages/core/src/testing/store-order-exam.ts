/**
 * The part of the store exam that is about order. Every store keeps that of the places within a group, and pages that join; an engine
 * keeps all keys in bytewise order, which a store that seals its keys cannot (`StoreHarness.order`).
 */
import { assert } from '../kernel/assert.ts';
import { type Bytes, bytesOf, compareBytes, concat, EMPTY, sameBytes } from '../kernel/bytes.ts';
import { SPACES, type Space, type Write } from '../node/machine.ts';
import type { Store } from '../ports/store.ts';
import { SeededRandom } from './seeded-random.ts';
import { assertKeys, assertSameKeys, assertValue, key, keyIn, keysOf, put } from './store-claims.ts';
import type { StoreCase } from './store-harness.ts';

export const STORE_ORDER_CASES: readonly StoreCase[] = [
  [
    'every space can be read page by page, both ways, and each row is met once',
    async (store) => {
      for (const space of Object.keys(SPACES) as Space[]) {
        const keys = [...Array(57).keys()].map((n) => keyIn(space, 1, n >> 4, n & 15));
        await store.commit(
          keys.map((each) => put(space, each, each)),
          'relaxed',
        );
        const forwards = await paged(store, space, EMPTY, false);
        assertSameKeys(forwards, keys, `all pages of ${space}`);
        assertKeys(await keysOf(store, space), forwards, `${space} at once, as page by page`);
        assertKeys(await paged(store, space, EMPTY, true), forwards.toReversed(), `all pages of ${space}, backwards`);
      }
    },
  ],
  [
    'rows of one group are in the order of their places, and of no other group',
    async (store) => {
      const sorted = ORDERED_SPACES.map((space) => ({ space, rows: placesIn(space, 7) }));
      for (const { space, rows } of sorted) {
        const others = [...placesIn(space, 6), ...placesIn(space, 8)];
        await store.commit(
          [...rows, ...others].toReversed().map((each) => put(space, each, each)),
          'relaxed',
        );
        const prefix = group(space, 7);
        assertKeys(await keysOf(store, space, { prefix }), rows, `${space} forwards`);
        assertKeys(await keysOf(store, space, { prefix, reverse: true }), rows.toReversed(), `${space} backwards`);
        assertKeys(await keysOf(store, space, { prefix: group(space, 9) }), [], `a group of ${space} that is empty`);
        for (const row of await store.range({ space, prefix, limit: 100 })) {
          assert(sameBytes(row.key, row.value), 'each row of a range has its own value');
        }
      }
    },
  ],
  [
    'a range within a group goes on after a row, from part of a place, and up to its limit',
    async (store) => {
      for (const space of ORDERED_SPACES) {
        const rows = placesIn(space, 7);
        await store.commit(
          [...rows, ...placesIn(space, 8)].map((each) => put(space, each, 'x')),
          'relaxed',
        );
        const prefix = group(space, 7);
        const ask = async (claim: string, options: object, want: readonly Bytes[]): Promise<void> =>
          assertKeys(await keysOf(store, space, { prefix, ...options }), want, `${space}: ${claim}`);
        await ask('limit', { limit: 2 }, rows.slice(0, 2));
        await ask('limit backwards', { limit: 2, reverse: true }, rows.toReversed().slice(0, 2));
        await ask('a limit of nothing', { limit: 0 }, []);
        for (const [i, after] of rows.entries()) {
          await ask('after a row', { after }, rows.slice(i + 1));
          await ask('after a row backwards', { after, reverse: true }, rows.slice(0, i).toReversed());
        }
        const place = (byte: number): Bytes => concat(prefix, key(byte));
        await ask('part of a place', { prefix: place(1) }, rows.slice(2, 4));
        await ask('part of a place that nothing has', { prefix: place(9) }, []);
        await ask('after a place that no row has', { after: place(1) }, rows.slice(2));
        await ask('after such a place backwards', { after: place(1), reverse: true }, rows.slice(0, 2).toReversed());
        assertKeys(await paged(store, space, prefix, false, 2), rows, `${space}: pages`);
        assertKeys(await paged(store, space, prefix, true, 2), rows.toReversed(), `${space}: pages backwards`);
      }
    },
  ],
];

const ORDERED_SPACES = (Object.keys(SPACES) as Space[]).filter((space) => SPACES[space].sealed !== undefined);

function group(space: Space, byte: number): Bytes {
  return new Uint8Array(SPACES[space].sealed?.groupBytes ?? 0).fill(byte);
}

/** Keys of one group in the order of their places, which differ. */
function placesIn(space: Space, byte: number): readonly Bytes[] {
  const length = SPACES[space].sealed?.placeBytes ?? 0;
  const places = [
    [0, 0],
    [0, 255],
    [1, 0],
    [1, 127],
    [128, 0],
    [255, 255],
  ].map((start) => concat(bytesOf(start), new Uint8Array(length - start.length)));
  // The rests fall while the places rise.
  return places.map((place, i) => concat(group(space, byte), place, key(255 - i, byte)));
}

async function paged(store: Store, space: Space, prefix: Bytes, reverse: boolean, limit = 10): Promise<readonly Bytes[]> {
  const seen: Bytes[] = [];
  for (;;) {
    const after = seen.at(-1);
    const page = await keysOf(store, space, { prefix, limit, reverse, ...(after && { after }) });
    if (page.length === 0) return seen;
    seen.push(...page);
  }
}

export const BYTE_ORDER_CASES: readonly StoreCase[] = [
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
        assertKeys(await paged(store, 'carried', key(1), reverse), reverse ? keys.toReversed() : keys, 'all pages');
      }
    },
  ],
  ['three hundred random steps end as a plain sorted list would', randomSteps],
];

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
