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

describe('who takes mail along', () => {
  const ISLANDS = { groups: 2, relays: 2 };

  /** Ann and Bo, each at a relay that reaches no other, and Cy, who uses both and asks for mail in this way. */
  async function islands(pull: 'cover' | 'ferry'): Promise<void> {
    world = await World.create({ seed: 92, profile: 'archipelago', nodes: 3, changes: ISLANDS });
    [ann, bo, cy] = world.people as [Person, Person, Person];
    const relays = [...world.network.links.values()].filter((link) => link.kind === 'relay');
    for (const [place, relay] of relays.entries()) relay.place = place;
    for (const [place, person] of [ann, bo].entries()) person.useRelays((relay) => relay === relays[place]);
    cy.useRelays();
    cy.ask({ kind: 'set-pull', pull });
    world.meetNear([[ann, bo]]);
    for (const [place, person] of [ann, bo].entries()) person.link.place = place;
    goTo(-1);
  }

  function goTo(place: number): void {
    cy.link.place = place;
    for (const link of world.network.links.values()) link.cutOutOfReach();
    cy.ask({ kind: 'awake' });
    world.run(60_000);
  }

  test.each([
    ['ferry', true],
    ['cover', false],
  ] as const)('by %s between relays that never hear of each other: %s', async (pull, arrives) => {
    await islands(pull);
    ann.say(bo, 'said:over the water');
    world.run(60_000);
    // Cy never meets Ann or Bo: the two relays are all that is in reach.
    ann.link.place = 7;
    bo.link.place = 8;
    for (const place of [0, -1, 1]) goTo(place);
    bo.link.place = 1;
    goTo(-1);
    bo.ask({ kind: 'awake' });
    expect(world.runUntil(() => bo.timelineWith(ann).includes('said:over the water'), 60_000)).toBe(arrives);
  });

  test('is asked for what was read past before, too', async () => {
    await islands('cover');
    ann.say(bo, 'said:before');
    world.run(60_000);
    ann.link.place = 7;
    goTo(0);
    cy.ask({ kind: 'set-pull', pull: 'ferry' });
    world.run(60_000);
    bo.link.place = 8;
    for (const place of [-1, 1, -1]) goTo(place);
    bo.link.place = 1;
    bo.ask({ kind: 'awake' });
    expect(world.runUntil(() => bo.timelineWith(ann).includes('said:before'), 60_000)).toBe(true);
  });
});
