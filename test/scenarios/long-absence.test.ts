/** Whoever was away while hundreds of messages were written reads all of them, in whatever order they come. Rule: docs/protocol/session.md §6. */
import { expect, test } from 'vitest';
import { type Person, World } from '../simulator/world.ts';

const COUNT = 600;

test.each([1, 2])('seed %i: a conversation that went on for hours on one side and on the other', { timeout: 120_000 }, async (seed) => {
  const world = await World.create({ seed, profile: 'throughRelay', nodes: 2 });
  const [ann, bo] = world.people as [Person, Person];
  world.meetAll();
  world.run(30_000);
  world.network.links.get(ann.name)?.cut(true);
  const texts = (who: string): readonly string[] => Array.from({ length: COUNT }, (_, i) => `said:${who} ${i}`);
  for (let i = 0; i < COUNT; i++) {
    ann.say(bo, `said:ann ${i}`);
    bo.say(ann, `said:bo ${i}`);
    world.run(300);
  }
  world.network.links.get(ann.name)?.back();
  world.run(60_000);
  const missing = (reader: Person, writer: Person, who: string): readonly string[] => {
    const read = new Set(reader.timelineWith(writer));
    return texts(who).filter((text) => !read.has(text));
  };
  expect([missing(ann, bo, 'bo'), missing(bo, ann, 'ann')]).toEqual([[], []]);
});
