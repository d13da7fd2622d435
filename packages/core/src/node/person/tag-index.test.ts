import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Bytes, bytesOf, toHex } from '../../kernel/bytes.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { TagIndex } from './tag-index.ts';

interface Owner {
  readonly name: string;
  from: number;
}

const CHANCE = new SeededRandom('tags');
const TAGS: readonly Bytes[] = Array.from({ length: 400 }, () => CHANCE.bytes(16));
/** They differ in the last byte alone, so that all look for the same place. */
const ALIKE: readonly Bytes[] = Array.from({ length: 60 }, (_, i) => bytesOf([...new Uint8Array(15).fill(0xff), i]));

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), owner: fc.nat(3), tags: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), owner: fc.nat(3), by: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), owner: fc.constant(0), tag: fc.nat(80) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), owner: fc.nat(3) }) },
);

test.each([
  ['of any kind', TAGS],
  ['that look for one place', ALIKE],
])('tags %s mean what was added and is still expected, as in a plain map', (_, tags) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const index = new TagIndex<Owner>((owner, number) => number >= owner.from);
      const owners: Owner[] = Array.from({ length: 4 }, (_, i) => ({ name: `${i}`, from: 0 }));
      const plain = new Map<string, { readonly owner: Owner; readonly number: number }>();
      let added = 0;
      for (const one of steps) {
        const owner = owners[one.owner] as Owner;
        if (one.kind === 'move') owner.from += one.by;
        if (one.kind === 'forget') {
          index.forget(owner);
          for (const [tag, known] of plain) if (known.owner === owner) plain.delete(tag);
        }
        if (one.kind === 'remove') {
          const tag = tags[one.tag % tags.length] as Bytes;
          index.remove(tag);
          plain.delete(toHex(tag));
        }
        for (let i = 0; one.kind === 'add' && i < one.tags && added < tags.length; i++) {
          const tag = tags[added] as Bytes;
          index.add(tag, owner, added);
          plain.set(toHex(tag), { owner, number: added++ });
        }
      }
      const expected = [...plain].filter(([, { owner, number }]) => number >= owner.from);
      for (const tag of tags) expect(index.get(tag)).toEqual(expected.find(([known]) => known === toHex(tag))?.[1]);
      const all = [...index.all()].map(({ tag, owner, number }) => [toHex(tag), { owner, number }]);
      expect(new Map(all as [])).toEqual(new Map(expected));
      expect(all).toHaveLength(expected.length);
    }),
    { seed: 31, numRuns: 60 },
  );
});

test('numbers up to the largest of 32 bits are kept, and what is no tag means nothing', () => {
  const index = new TagIndex<Owner>(() => true);
  const owner = { name: 'far', from: 0 };
  index.add(TAGS[0] as Bytes, owner, 0xffff_ffff);
  expect(index.get(TAGS[0] as Bytes)).toEqual({ owner, number: 0xffff_ffff });
  expect(index.get((TAGS[0] as Bytes).slice(0, 15))).toBeUndefined();
});

test('what is not expected any more makes room for what is', () => {
  const index = new TagIndex<Owner>((owner, number) => number >= owner.from);
  const owner = { name: 'moves', from: 0 };
  for (let number = 0; number < 10_000; number++) {
    owner.from = number - 10;
    index.add(bytesOf(new Uint8Array(16).map((_, at) => (number * 2654435761) >>> ((at % 4) << 3))), owner, number);
    expect(index.placesCount).toBeLessThanOrEqual(32);
  }
  expect([...index.all()]).toHaveLength(11);
});
