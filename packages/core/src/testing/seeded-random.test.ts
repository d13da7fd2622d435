import { expect, test } from 'vitest';
import { toHex } from '../kernel/bytes.ts';
import { SeededRandom } from './seeded-random.ts';

test('a seed tells the same story for ever', () => {
  expect(toHex(new SeededRandom(41).bytes(16))).toBe(toHex(new SeededRandom('41').bytes(16)));
  // Frozen: a change here makes every seed in test/seeds.json mean something else.
  expect(toHex(new SeededRandom(41).bytes(16))).toBe('8ce2fa056266afa1425188740ca62ba7');
  expect(toHex(new SeededRandom(41).fork('link:3-7').bytes(8))).toBe('664805b61898a927');
});

test('how the bytes are asked for does not change them', () => {
  const whole = new SeededRandom('x').bytes(10);
  const parts = new SeededRandom('x');
  expect([...parts.bytes(3), ...parts.bytes(0), ...parts.bytes(7)]).toEqual([...whole]);
});

test('different seeds and different labels give different streams', () => {
  const streams = [...Array(500).keys()].map((seed) => toHex(new SeededRandom(seed).bytes(16)));
  const world = new SeededRandom(1);
  streams.push(...[...Array(500).keys()].map((node) => toHex(world.fork(`node:${node}`).bytes(16))));
  // Forks of forks are not confused with forks by a longer label.
  streams.push(toHex(world.fork('a').fork('b').bytes(16)), toHex(world.fork('a/b').bytes(16)));
  expect(new Set(streams).size).toBe(streams.length);
});

test('a fork does not depend on what was drawn before it', () => {
  const fresh = new SeededRandom(7);
  const used = new SeededRandom(7);
  used.bytes(1001);
  expect(toHex(used.fork('link').bytes(32))).toBe(toHex(fresh.fork('link').bytes(32)));
});

test('bits and choices are spread evenly', () => {
  const random = new SeededRandom(3);
  let ones = 0;
  for (const byte of random.bytes(100_000)) for (let bit = 0; bit < 8; bit++) ones += (byte >> bit) & 1;
  expect(Math.abs(ones - 400_000)).toBeLessThan(2_500); // over five standard deviations

  const counts = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 70_000; i++) {
    const drawn = random.below(7);
    counts[drawn] = (counts[drawn] as number) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(600);

  let lucky = 0;
  for (let i = 0; i < 40_000; i++) if (random.chance(0.25)) lucky++;
  expect(Math.abs(lucky - 10_000)).toBeLessThan(500);
  expect(['a', 'b', 'c']).toContain(random.pick(['a', 'b', 'c']));
  expect(() => random.pick([])).toThrow('something to pick');
});
