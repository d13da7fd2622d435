import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AssertionFailed } from './assert.ts';
import { BoundedMap } from './bounded-map.ts';

test('never holds more than its maximum, and gives up the oldest', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.record({ key: fc.nat(12), drop: fc.boolean() }), { maxLength: 60 }),
      (max, steps) => {
        const map = new BoundedMap<number, number>(max);
        let model: number[] = [];
        steps.forEach(({ key, drop }, at) => {
          if (drop) {
            expect(map.delete(key)).toBe(model.includes(key));
            model = model.filter((one) => one !== key);
            return;
          }
          const evicted = map.set(key, at);
          const isNew = !model.includes(key);
          const gone = isNew && model.length === max ? model.shift() : undefined;
          if (isNew) model.push(key);
          expect(evicted?.key).toBe(gone);
          expect(map.get(key)).toBe(at);
        });
        expect([...map.keys()]).toEqual(model);
        expect(map.size).toBe(model.length);
        expect(map.isFull).toBe(model.length === max);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test('a map for nothing is a mistake of ours', () => {
  expect(() => new BoundedMap(0)).toThrow(AssertionFailed);
});

test('clear empties it', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.clear();
  expect([map.size, map.has('a'), [...map.entries()].length, [...map.values()].length]).toEqual([0, false, 0, 0]);
});
