/** When a receipt leaves: not in the instant in which somebody read, and never lost for it. Rule: docs/protocol/gossip.md §6. */
import { beforeEach, describe, expect, test } from 'vitest';
import { toHex } from '../../packages/core/src/kernel/bytes.ts';
import { RECEIPT_LATE_MS } from '../../packages/core/src/node/person/limits.ts';
import { type Person, World } from '../simulator/world.ts';

const PUSH = 8;
const PUSH_HEAD_BYTES = 5;

let world: World;
let ann: Person;
let bo: Person;
/** When Bo pushed something that nobody had pushed before. */
let boSaysMs: number[];

beforeEach(async () => {
  world = await World.create({ seed: 91, profile: 'household', nodes: 2 });
  [ann, bo] = world.people as [Person, Person];
  world.meet(ann, bo);
  world.run(120_000);
  boSaysMs = [];
  const known = new Set<string>();
  const travelled = world.network.onFrame;
  world.network.onFrame = (from, to, frame) => {
    const envelope = toHex(frame.subarray(PUSH_HEAD_BYTES));
    if (frame[0] === PUSH && !known.has(envelope)) {
      known.add(envelope);
      if (from.name === bo.name) boSaysMs.push(world.nowMs);
    }
    travelled(from, to, frame);
  };
});

/** Ann says something, and it is shown to Bo now. */
function shownToBo(text: string): void {
  const before = bo.shown.length;
  ann.say(bo, text);
  expect(world.runUntil(() => bo.shown.length > before, 5000)).toBe(true);
}

const stateAtAnn = () => ann.storedWith(bo).findLast(({ mine }) => mine)?.state;
const isDelivered = () => stateAtAnn() === 'delivered';

describe('a receipt', () => {
  test('leaves a moment after the text was shown, each time another', () => {
    const waitedMs = [1, 2, 3, 4, 5, 6].map((count) => {
      shownToBo(`said:${count}`);
      const shownMs = world.nowMs;
      world.run(5000);
      const after = boSaysMs.filter((atMs) => atMs >= shownMs);
      boSaysMs = [];
      expect(isDelivered()).toBe(true);
      return (after[0] ?? 0) - shownMs;
    });
    for (const ms of waitedMs) {
      expect(ms).toBeGreaterThanOrEqual(RECEIPT_LATE_MS.least);
      expect(ms).toBeLessThanOrEqual(RECEIPT_LATE_MS.most);
    }
    expect(new Set(waitedMs).size).toBeGreaterThan(3);
  });

  test('of reading leaves a moment late as well', () => {
    shownToBo('said:read me');
    world.run(5000);
    const readMs = world.nowMs;
    bo.ask({ kind: 'mark-read', account: ann.account });
    world.run(RECEIPT_LATE_MS.least - 1);
    expect(boSaysMs.filter((atMs) => atMs >= readMs)).toEqual([]);
    world.run(RECEIPT_LATE_MS.most);
    expect(stateAtAnn()).toBe('read');
  });

  test('goes along with a text that leaves before', () => {
    shownToBo('said:question');
    bo.say(ann, 'said:answer');
    expect(world.runUntil(() => ann.timelineWith(bo).includes('said:answer'), RECEIPT_LATE_MS.least - 1)).toBe(true);
    // The receipt, and the answer.
    expect(boSaysMs).toHaveLength(2);
    world.run(5000);
    expect(boSaysMs).toHaveLength(2);
  });

  test('is not lost when the program ends before it left', () => {
    shownToBo('said:read me');
    world.run(5000);
    bo.ask({ kind: 'mark-read', account: ann.account });
    bo.host.crash();
    expect(stateAtAnn()).toBe('delivered');
    expect(world.runUntil(() => stateAtAnn() === 'read', 60_000)).toBe(true);
  });
});
