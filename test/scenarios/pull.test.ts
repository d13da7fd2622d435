/** Mail asked for by its tags: less data, and nothing is missed for it. Rule: docs/protocol/gossip.md §3. */
import { beforeEach, describe, expect, test } from 'vitest';
import { type Person, World } from '../simulator/world.ts';

let world: World;
let ann: Person;
let bo: Person;
let cy: Person;

beforeEach(async () => {
  world = await World.create({ seed: 91, profile: 'throughRelay', nodes: 3 });
  [ann, bo, cy] = world.people as [Person, Person, Person];
  world.meetAll();
  world.run(30_000);
});

const byTags = (...some: readonly Person[]) => {
  for (const person of some) expect(person.ask({ kind: 'set-pull', pull: 'mailbox' })).toBeUndefined();
  world.run(1000);
};

describe('who asks by tags', () => {
  test('is brought what is for them as it is written, through many turns of a conversation', () => {
    byTags(ann, bo);
    for (let turn = 0; turn < 6; turn++) {
      const [from, to] = turn % 2 === 0 ? [ann, bo] : [bo, ann];
      for (let i = 0; i < 5; i++) from.say(to, `said:${turn} ${i}`);
      expect(
        world.runUntil(() => to.timelineWith(from).includes(`said:${turn} 4`), 5000),
        `turn ${turn}`,
      ).toBe(true);
    }
    world.run(5000);
    expect(ann.timelineWith(bo)).toHaveLength(30);
    expect(bo.timelineWith(ann)).toHaveLength(30);
  });

  test('finds it there when they come back', () => {
    byTags(bo);
    world.network.links.get(bo.name)?.cut(true);
    for (let i = 0; i < 200; i++) ann.say(bo, `said:${i}`);
    world.run(60_000);
    world.network.links.get(bo.name)?.back();
    expect(world.runUntil(() => bo.timelineWith(ann).length === 200, 60_000)).toBe(true);
  });

  test('meets new people', () => {
    const dee = world.addDevice('dee');
    dee.account = (dee.ask({ kind: 'begin', name: 'dee' }) as { readonly value: { readonly account: string } }).value.account;
    byTags(ann, bo, cy, dee);
    world.meet(ann, dee);
    world.meet(dee, bo);
    for (const [from, to] of [
      [ann, dee],
      [dee, bo],
      [bo, dee],
      [dee, ann],
    ] as const) {
      from.say(to, `said:from ${from.name}`);
      expect(
        world.runUntil(() => to.timelineWith(from).includes(`said:from ${from.name}`), 5000),
        `${from.name} to ${to.name}`,
      ).toBe(true);
    }
  });

  test('is brought nothing that is for others', () => {
    byTags(bo);
    const bytes = () => world.frameBytes;
    let before = bytes();
    for (let i = 0; i < 50; i++) ann.say(cy, `said:${i}`);
    world.run(60_000);
    const whole = bytes() - before;
    bo.ask({ kind: 'set-pull', pull: 'cover' });
    world.run(60_000);
    before = bytes();
    for (let i = 50; i < 100; i++) ann.say(cy, `said:${i}`);
    world.run(60_000);
    expect(bytes() - before).toBeGreaterThan(1.2 * whole);
    expect(cy.timelineWith(ann)).toHaveLength(100);
  });
});
