import { expect, test } from 'vitest';
import { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import { makeToySuite } from '../../../packages/core/src/testing/toy-suite.ts';
import { spread, spreadOurs, type Talk } from './broadcast.ts';
import { type Air, STEPS } from './crowd.ts';
import { regularOverlay } from './overlay.ts';
import { FLOOD, learned } from './push-station.ts';

const NODES = 150;

function talkIn(air: Air, everyMs = 2000): Talk {
  return { overlay: regularOverlay(NODES, 6, new SeededRandom('overlay')), air, warm: 60, messages: 20, everyMs };
}

test('a message reaches a whole crowd by little more than one copy each, and hardly farther than a flood would take it', () => {
  const random = new SeededRandom('crowd');
  const flood = spread(FLOOD, talkIn(STEPS), random.fork('talk'));
  const ours = spreadOurs(makeToySuite(), talkIn(STEPS), random.fork('talk'));
  expect(flood.copies).toBeGreaterThan(4.9);
  expect(ours.reached).toBe(1);
  expect(ours.copies).toBeLessThan(1.35);
  expect(ours.meanHops / flood.meanHops).toBeLessThan(1.2);
  expect(ours.meanMs / flood.meanMs).toBeLessThan(1.8);
});

test('where one frame in ten is lost with its line, everybody is reached all the same', () => {
  const ours = spreadOurs(makeToySuite(), talkIn({ ...STEPS, loss: 0.1, againMs: 20 }, 5000), new SeededRandom('lossy'));
  expect(ours.lost).toBeGreaterThan(20);
  expect(ours.reached).toBe(1);
  expect(ours.copies).toBeLessThan(1.4);
});

test('the machine does what its rule alone does', () => {
  const rule = spread(learned(7, 3, 5, 1000), talkIn(STEPS), new SeededRandom('rule'));
  const ours = spreadOurs(makeToySuite(), talkIn(STEPS), new SeededRandom('rule'));
  expect(Math.abs(ours.copies / rule.copies - 1)).toBeLessThan(0.15);
  expect(Math.abs(ours.announced / rule.announced - 1)).toBeLessThan(0.1);
});
