import { describe, expect, test } from 'vitest';
import type { Person } from '../simulator/world.ts';
import { World } from '../simulator/world.ts';
import { describeRuns } from './profile-runs.ts';

function isDelivered(world: World): boolean {
  const find = (name: string) => world.people.find((person) => person.name === name) as Person;
  return world.said.every((said) => find(said.to).timelineWith(find(said.from)).includes(said.text));
}

describe('a household', () => {
  test('two people meet by an invitation and talk through the relay', async () => {
    const world = await World.create({ seed: 1, profile: 'throughRelay' });
    const [ann, bo] = world.people as [Person, Person];
    world.meet(ann, bo);
    ann.say(bo, 'said:hello');
    bo.say(ann, 'said:hi');
    expect(world.runUntil(() => isDelivered(world), 10_000)).toBe(true);
    world.run(5000);
    expect(
      ann
        .storedWith(bo)
        .filter((message) => message.mine)
        .map((message) => message.state),
    ).toEqual(['delivered']);
    expect(bo.timelineWith(ann)).toHaveLength(2);
    bo.ask({ kind: 'mark-read', account: ann.account });
    world.run(5000);
    expect(
      ann
        .storedWith(bo)
        .filter((message) => message.mine)
        .map((message) => message.state),
    ).toEqual(['read']);
  });

  test('people who met go on talking when the relay is gone', async () => {
    const world = await World.create({ seed: 2, profile: 'household', nodes: 2 });
    const [ann, bo] = world.people as [Person, Person];
    world.meet(ann, bo);
    world.run(10_000);
    world.network.links.get('relay0')?.cut(true);
    ann.say(bo, 'said:still there?');
    expect(world.runUntil(() => isDelivered(world), 2000)).toBe(true);
    bo.say(ann, 'said:yes');
    expect(world.runUntil(() => isDelivered(world), 2000)).toBe(true);
  });

  test('what is written while the other is away is delivered when both are back, and the relay forgets it', async () => {
    const world = await World.create({ seed: 3, profile: 'household', nodes: 2 });
    const [ann, bo] = world.people as [Person, Person];
    world.meet(ann, bo);
    world.network.links.get(bo.name)?.cut(true);
    ann.say(bo, 'said:for later');
    world.run(3_600_000);
    expect(ann.storedWith(bo).at(-1)?.state).toBe('carried');
    world.network.links.get(ann.name)?.cut(true);
    world.network.links.get(bo.name)?.back();
    expect(world.runUntil(() => isDelivered(world), 120_000)).toBe(true);
    world.network.links.get(ann.name)?.back();
    world.run(120_000);
    expect(ann.storedWith(bo).at(-1)?.state).toBe('delivered');
    // What is left is what each of the two has deposited for contacts.
    expect(world.relays[0]?.machine).toHaveProperty('carriedEnvelopes', 2);
  });

  test('a second use of an invitation is refused', async () => {
    const world = await World.create({ seed: 4, profile: 'throughRelay', nodes: 3 });
    const [ann, bo, cy] = world.people as [Person, Person, Person];
    const invited = ann.ask({ kind: 'invite', byHand: false }) as { value: { text: string } };
    bo.ask({ kind: 'accept', text: invited.value.text, how: 'link' });
    world.run(30_000);
    cy.ask({ kind: 'accept', text: invited.value.text, how: 'link' });
    world.run(30_000);
    expect(ann.timelineWith(cy)).toEqual([]);
    expect(ann.ask({ kind: 'send', to: cy.account, text: 'said:x' })).toEqual({ ok: false, refusal: { kind: 'unknown-contact' } });
    expect(ann.say(bo, 'said:y')).toBeDefined();
  });

  test.each([11, 12, 13, 14, 15, 16, 17, 18])(
    'seed %i: whatever breaks, everything said arrives once when it is whole again',
    async (seed) => {
      const world = await World.create({ seed, profile: 'troubled' });
      world.meetAll();
      world.startComingAndGoing();
      for (let i = 0; i < 60; i++) {
        const from = world.people[i % world.people.length] as Person;
        const to = world.people[(i + 1 + (i % 2)) % world.people.length] as Person;
        if (from !== to) from.say(to, `said:${seed}:${i}`);
        if (i % 7 === 0) to.ask({ kind: 'mark-read', account: from.account });
        world.run(10_000);
      }
      world.heal();
      world.run(10_000);
      expect(world.people.some((person) => person.host.crashes > 0)).toBe(true);
      expect(world.runUntil(() => isDelivered(world), 600_000)).toBe(true);
      world.run(60_000);
      const states = world.people
        .flatMap((a) => world.people.flatMap((b) => (a === b ? [] : a.storedWith(b))))
        .filter((message) => message.mine);
      expect(states.length).toBeGreaterThan(20);
      expect(states.filter((message) => message.state !== 'delivered' && message.state !== 'read')).toEqual([]);
      expect(states.some((message) => message.state === 'read')).toBe(true);
    },
  );

  test('one seed is one history', async () => {
    const hashes = [];
    for (let run = 0; run < 2; run++) {
      const world = await World.create({ seed: 21, profile: 'troubled' });
      world.meetAll();
      world.startComingAndGoing();
      (world.people[0] as Person).say(world.people[1] as Person, 'said:once');
      world.run(300_000);
      hashes.push(world.traceHash);
    }
    expect(hashes[0]).toBe(hashes[1]);
  });
});

const all = ({ delivered }: { readonly delivered: number }): void => expect(delivered).toBe(1);
const seeds = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

describeRuns('a household on a good day', 'household', { seeds: seeds(101, 8), claim: all });

describeRuns('a household whose network is bad', 'household', {
  seeds: seeds(201, 8),
  changes: {
    loss: 0.005,
    replay: 0.2,
    slowDirections: 0.3,
    slowMs: 3000,
    partEveryMs: 600_000,
    partForMs: 120_000,
    clockSkewMs: 120_000,
    clockWrongShare: 0.2,
    clockWrongMs: 2 * 3_600_000,
  },
  claim: all,
});

describeRuns('a household whose devices are bad', 'household', {
  seeds: seeds(301, 4),
  changes: { crashBeforeCommit: 0.005, crashAfterCommit: 0.005, fullDisk: 0.005, clockJumpEveryMs: 600_000, clockJumpMs: 1_800_000 },
  claim: all,
});
