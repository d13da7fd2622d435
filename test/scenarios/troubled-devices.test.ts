/** Several devices in a world where everything breaks, stores are set back, and nobody is told: whatever its writer still knows arrives. */
import { describe, expect, test } from 'vitest';
import type { MemorySnapshot } from '../../packages/core/src/adapters/store-memory/index.ts';
import { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import { type Person, World } from '../simulator/world.ts';

const MINUTE_MS = 60_000;

/** Links a second device to the first person while nothing breaks. */
function linkTablet(world: World, ann: Person): Person {
  const { profile } = world;
  world.profile = { ...profile, crashBeforeCommit: 0, crashAfterCommit: 0, fullDisk: 0 };
  const tablet = world.addDevice('tablet');
  const offered = tablet.ask({ kind: 'offer-link' }) as { value: { text: string } };
  ann.ask({ kind: 'link-device', text: offered.value.text });
  world.runUntil(() => tablet.linking.some((one) => one.step === 'digits') && ann.linking.some((one) => one.step === 'digits'), MINUTE_MS);
  ann.ask({ kind: 'confirm-link', isEqual: true });
  tablet.ask({ kind: 'confirm-link', isEqual: true });
  expect(world.runUntil(() => tablet.linking.at(-1)?.step === 'done', 5 * MINUTE_MS)).toBe(true);
  tablet.account = ann.account;
  world.profile = profile;
  return tablet;
}

describe.each([
  ['that knows it', true],
  ['that does not know it', false],
])('devices in trouble, one set back %s', (_, knows) => {
  test.each(Array.from({ length: 8 }, (_, i) => i + 1))('seed %i', async (seed) => {
    const world = await World.create({ seed: 500 + seed, profile: 'troubled' });
    const chance = new SeededRandom(seed).fork('troubled devices');
    world.meetAll();
    const [ann] = world.people as [Person];
    const tablet = linkTablet(world, ann);
    const everybody = [...world.people, tablet];
    world.startComingAndGoing();
    const unlucky = everybody[chance.below(everybody.length)] as Person;
    let snapshot: MemorySnapshot | undefined;
    for (let step = 0; step < 40; step++) {
      const from = everybody[chance.below(everybody.length)] as Person;
      const to = world.people[chance.below(world.people.length)] as Person;
      if (from.account !== to.account && from.host.isUp) {
        const said = from.say(to, `said:${step} of ${from.name}`);
        if (said !== undefined && from === tablet) world.said.push({ ...said, from: ann.name });
        if (said !== undefined) for (const one of everybody) if (one.account === to.account) world.said.push({ ...said, to: one.name });
      }
      if (step === 12) snapshot = unlucky.host.store.snapshot();
      if (step === 25 && snapshot !== undefined && unlucky.host.isUp) {
        world.wasSetBack = true;
        unlucky.host.setBack(snapshot, knows ? { kind: 'start', wasSetBack: true } : { kind: 'start' });
      }
      world.run(1 + chance.below(30_000));
    }
    world.heal();
    world.run(10 * MINUTE_MS);
    // What a device that was set back had forgotten is found out by the next thing that is said.
    const { length } = world.said;
    for (const from of everybody)
      for (const to of world.people)
        if (from.account !== to.account) {
          const said = from.say(to, `said:last of ${from.name}`);
          if (said !== undefined && from === tablet) world.said.push({ ...said, from: ann.name });
        }
    expect(world.said.length).toBeGreaterThan(length);
    // Far behind, both write what the other cannot know: only silence says so, after days.
    world.run(knows ? 60 * MINUTE_MS : 9 * 24 * 60 * MINUTE_MS);
    for (const from of everybody) {
      for (const to of world.people) {
        // What another device of the same person wrote is that device's to see through.
        const written = from.storedWith(to).filter((one) => one.mine && one.text.endsWith(` of ${from.name}`));
        const waiting = written.filter((one) => one.state !== 'delivered' && one.state !== 'read');
        expect(waiting, `${from.name} to ${to.name}`).toEqual([]);
        if (from.account === to.account) continue;
        const last = to.timelineWith(from);
        expect(last, `${to.name} of ${from.name}`).toContain(`said:last of ${from.name}`);
      }
    }
  });
});
