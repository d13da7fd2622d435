/** What becomes of a message that nobody comes for: its writer is told, in time; and the oracle that says so can fail. Rule: docs/protocol/conversation.md §2. */
import { describe, expect, test } from 'vitest';
import { type Person, World } from '../simulator/world.ts';

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];

/** Two who have met; one of them goes and does not come back. */
async function abandoned(seed: number): Promise<{ readonly world: World; readonly ann: Person; readonly bo: Person }> {
  const world = await World.create({ seed, profile: 'village', nodes: 2, changes: { loss: 0, clockSkewMs: 0, clockWrongShare: 0 } });
  const [ann, bo] = world.people as [Person, Person];
  world.meetNear([[ann, bo]]);
  return { world, ann, bo };
}

const stateOf = (ann: Person, bo: Person): string | undefined => ann.storedWith(bo).find(({ mine }) => mine)?.state;

describe('a message for somebody who never comes back', () => {
  test('is carried for two weeks, and has expired in sight of its writer two hours later', async () => {
    const { world, ann, bo } = await abandoned(1);
    ann.say(bo, 'said:wait');
    world.run(14 * DAY_MS);
    expect(['waiting', 'carried']).toContain(stateOf(ann, bo));
    world.run(2 * HOUR_MS);
    expect(stateOf(ann, bo)).toBe('expired');
    world.run(DAY_MS);
  });

  test.each([-5, 5])('whose writer’s clock was set by %i hours meanwhile: two weeks by that clock', async (hours) => {
    const { world, ann, bo } = await abandoned(2);
    ann.say(bo, 'said:wait');
    world.run(DAY_MS);
    ann.host.jumpClock(hours * HOUR_MS);
    world.run(13 * DAY_MS - hours * HOUR_MS - HOUR_MS);
    expect(['waiting', 'carried']).toContain(stateOf(ann, bo));
    world.run(3 * HOUR_MS);
    expect(stateOf(ann, bo)).toBe('expired');
  });

  test('planted: a phone that sleeps for ever with it is found out', async () => {
    const { world, ann, bo } = await abandoned(3);
    ann.say(bo, 'said:wait');
    ann.host.input = () => true;
    world.run(14 * DAY_MS);
    expect(() => world.run(3 * HOUR_MS)).toThrow('person0 was not told what became of it');
  });

  test('planted: one that arrived, and whose writer is never shown that, is found out', async () => {
    const { world, ann, bo } = await abandoned(4);
    ann.say(bo, 'said:one way');
    const { message } = world.ledger;
    world.ledger.message = (holder, key, row) => {
      if (holder !== ann.name) message.call(world.ledger, holder, key, row);
    };
    world.network.encounter(ann.link, bo.link, 60_000);
    expect(world.runUntil(() => bo.shown.length === 1, 60_000)).toBe(true);
    world.run(14 * DAY_MS);
    expect(() => world.run(3 * HOUR_MS)).toThrow('person0 was not told what became of it');
  });
});
