/** Where a message of mine is, at every station of its way. Rule: docs/protocol/conversation.md §6. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Whereabouts } from '../../packages/core/src/node/person/views.ts';
import { type Person, World } from '../simulator/world.ts';

let world: World;
let ann: Person;
let bo: Person;
let cy: Person;

beforeEach(async () => {
  world = await World.create({ seed: 81, profile: 'household', nodes: 3 });
  [ann, bo, cy] = world.people as [Person, Person, Person];
  world.meet(ann, bo);
  world.meet(ann, cy);
  world.run(120_000);
});

const link = (of: Person | 'relay0') => world.network.links.get(of === 'relay0' ? of : of.name);

function whereIs(id: string | undefined, of: Person = ann): Whereabouts | undefined {
  const answer = of.ask({ kind: 'where-is', message: id ?? '' }) as { readonly ok: boolean; readonly value?: Whereabouts };
  return answer.ok ? answer.value : undefined;
}

/** Links a device, as a person with both in their hands would. */
function linkDevice(first: Person, device: Person): void {
  const offered = device.ask({ kind: 'offer-link' }) as { readonly value: { readonly text: string } };
  first.ask({ kind: 'link-device', text: offered.value.text });
  const hasDigits = (one: Person) => one.linking.some(({ step }) => step === 'digits');
  world.runUntil(() => hasDigits(device) && first.linking.at(-1)?.step === 'digits', 60_000);
  for (const one of [first, device]) one.ask({ kind: 'confirm-link', isEqual: true });
  expect(world.runUntil(() => device.linking.at(-1)?.step === 'done', 60_000)).toBe(true);
}

describe('a message of mine', () => {
  test('is here alone as long as nobody is near', () => {
    link(ann)?.cut(true);
    const said = ann.say(bo, 'said:alone');
    expect(whereIs(said?.id)).toMatchObject({
      state: { kind: 'waiting' },
      isHere: true,
      carriers: { relays: 0, contacts: 0, strangers: 0 },
      near: 0,
      devices: { reached: 0, all: 1 },
    });
    expect(whereIs(said?.id)?.expiresAtMs).toBeGreaterThan(world.nowMs + 13 * 86_400_000);
  });

  test('is with each neighbour that keeps a copy, each named as what it is; near are those that are connected', () => {
    link(bo)?.cut(true);
    const said = ann.say(bo, 'said:carried');
    // Who has it by way of another says so when the two next compare.
    const isWithBoth = () => whereIs(said?.id)?.carriers.contacts === 1 && whereIs(said?.id)?.carriers.relays === 1;
    expect(world.runUntil(isWithBoth, 15 * 60_000)).toBe(true);
    expect(whereIs(said?.id)).toMatchObject({ isHere: true, carriers: { relays: 1, contacts: 1, strangers: 0 }, near: 2 });
    world.run(1);
    // The row says so too: whoever watches was told when it was written.
    expect(whereIs(said?.id)?.state).toEqual({ kind: 'carried', carriers: 2 });
    link('relay0')?.cut(true);
    world.run(1000);
    expect(whereIs(said?.id)).toMatchObject({ carriers: { relays: 1, contacts: 1, strangers: 0 }, near: 1 });
    link(cy)?.cut(true);
    world.run(1000);
    expect(whereIs(said?.id)).toMatchObject({ carriers: { relays: 1, contacts: 1 }, near: 0 });
  });

  test('is nowhere any more once it was delivered, and says to how many devices', () => {
    const said = ann.say(bo, 'said:there');
    expect(world.runUntil(() => whereIs(said?.id)?.state.kind === 'delivered', 60_000)).toBe(true);
    world.run(60_000);
    expect(whereIs(said?.id)).toMatchObject({ isHere: false, near: 0, devices: { reached: 1, all: 1 } });
    bo.ask({ kind: 'mark-read', account: ann.account });
    expect(world.runUntil(() => whereIs(said?.id)?.state.kind === 'read', 60_000)).toBe(true);
    expect(whereIs(said?.id)).toMatchObject({ carriers: { relays: 0, contacts: 0, strangers: 0 }, devices: { reached: 1, all: 1 } });
  });
});

describe('to somebody with two devices', () => {
  test('a message is with one of two, and here, until the other has it; one that came later does not count', async () => {
    const tablet = world.addDevice('tablet');
    linkDevice(bo, tablet);
    world.run(120_000);
    link(tablet)?.cut(true);
    const said = ann.say(bo, 'said:to both');
    expect(world.runUntil(() => whereIs(said?.id)?.state.kind === 'delivered', 60_000)).toBe(true);
    world.run(60_000);
    expect(whereIs(said?.id)).toMatchObject({ isHere: true, devices: { reached: 1, all: 2 } });
    link(tablet)?.back();
    expect(world.runUntil(() => whereIs(said?.id)?.devices.reached === 2, 300_000)).toBe(true);
    expect(whereIs(said?.id)).toMatchObject({ isHere: false, devices: { reached: 2, all: 2 } });
    const third = world.addDevice('third');
    linkDevice(bo, third);
    world.run(120_000);
    expect(ann.contact(bo).devices).toBe(3);
    expect(whereIs(said?.id)).toMatchObject({ devices: { reached: 2, all: 2 } });
  });

  test('what another device of mine wrote is known by its state alone', () => {
    const tablet = world.addDevice('tablet');
    linkDevice(ann, tablet);
    world.run(120_000);
    const said = tablet.say(bo, 'said:from the tablet');
    if (said !== undefined) world.said.push({ ...said, from: ann.name });
    world.run(120_000);
    expect(whereIs(said?.id)).toMatchObject({ state: { kind: 'delivered' }, isHere: false, devices: { reached: 1, all: 1 } });
  });
});

test('of another’s message, and of one that never was, nothing is known', () => {
  const said = bo.say(ann, 'said:theirs');
  world.run(60_000);
  expect(ann.timelineWith(bo)).toEqual(['said:theirs']);
  for (const id of [said?.id, '00'.repeat(16), 'zz', '', '00'.repeat(40)]) expect(whereIs(id), id).toBeUndefined();
});
