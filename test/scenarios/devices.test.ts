/** One person with several devices: linking, writing from each, removing, and what contacts see of it. */
import { describe, expect, test } from 'vitest';
import { type Bytes, EMPTY, fromHex, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { decodeContact } from '../../packages/core/src/node/person/rows.ts';
import type { OwnDevice } from '../../packages/core/src/node/person/views.ts';
import { type Person, World } from '../simulator/world.ts';

interface Linked {
  readonly world: World;
  readonly ann: Person;
  readonly bo: Person;
  /** Ann's second device. */
  readonly tablet: Person;
}

/** Links `device` to `first`, as two people with both in their hands would. */
function link(world: World, first: Person, device: Person): void {
  const offered = device.ask({ kind: 'offer-link' }) as { ok: true; value: { text: string } };
  expect(first.ask({ kind: 'link-device', text: offered.value.text })).toEqual({ ok: true, value: undefined });
  const digits = (person: Person) => person.linking.findLast((one) => one.step === 'digits');
  expect(world.runUntil(() => digits(first) !== undefined && digits(device) !== undefined, 60_000)).toBe(true);
  expect(digits(first)).toMatchObject({ digits: (digits(device) as { digits: string }).digits });
  first.ask({ kind: 'confirm-link', isEqual: true });
  device.ask({ kind: 'confirm-link', isEqual: true });
  expect(world.runUntil(() => device.linking.at(-1)?.step === 'done', 60_000)).toBe(true);
  device.account = first.account;
}

async function linked(seed: number): Promise<Linked> {
  const world = await World.create({ seed, profile: 'household', nodes: 2 });
  const [ann, bo] = world.people as [Person, Person];
  world.meet(ann, bo);
  ann.say(bo, 'said:before there were two');
  world.run(20_000);
  const tablet = world.addDevice('tablet');
  link(world, ann, tablet);
  world.run(60_000);
  return { world, ann, bo, tablet };
}

/** In no order: what was said within one millisecond has none. */
const texts = (person: Person, other: Person) =>
  person
    .timelineWith(other)
    .map((text) => text.slice('said:'.length))
    .sort();

describe('a second device', () => {
  test('has the contacts and the messages of before, and speaks for the same person', async () => {
    const { ann, bo, tablet } = await linked(1);
    expect(tablet.view.profile).toEqual({ ...ann.view.profile, wordsWaiting: false, isFirstDevice: false });
    expect(tablet.contact(bo).name).toBe(bo.name);
    expect(texts(tablet, bo)).toEqual(['before there were two']);
    const devices = tablet.ask({ kind: 'devices' }) as readonly OwnDevice[];
    expect(devices.map((one) => one.isThis)).toEqual([true, false]);
  });

  test('gets what is written to its person, and what its person writes elsewhere', async () => {
    const { world, ann, bo, tablet } = await linked(2);
    bo.say(ann, 'said:to both');
    ann.say(bo, 'said:from the phone');
    world.run(60_000);
    expect(texts(tablet, bo)).toEqual(['before there were two', 'from the phone', 'to both']);
    expect(texts(ann, bo)).toEqual(['before there were two', 'from the phone', 'to both']);
    expect(bo.storedWith(ann).find((one) => one.text === 'said:to both')?.state).toBe('delivered');
  });

  test('writes to contacts under the same name, and the first device shows it', async () => {
    const { world, ann, bo, tablet } = await linked(3);
    tablet.say(bo, 'said:from the tablet');
    const said = world.said.at(-1);
    if (said !== undefined) world.said.push({ ...said, from: ann.name });
    world.run(60_000);
    expect(texts(bo, ann)).toContain('from the tablet');
    expect(texts(ann, bo)).toContain('from the tablet');
    expect(tablet.storedWith(bo).at(-1)?.state).toBe('delivered');
    expect(ann.storedWith(bo).at(-1)?.state).toBe('delivered');
  });

  test('what was read on one device is read on the other', async () => {
    const { world, ann, bo, tablet } = await linked(4);
    bo.say(ann, 'said:unread');
    world.run(60_000);
    expect(tablet.contact(bo).unread).toBe(1);
    ann.ask({ kind: 'mark-read', account: bo.account });
    world.run(60_000);
    expect(tablet.contact(bo).unread).toBe(0);
    expect(bo.storedWith(ann).at(-1)?.state).toBe('read');
  });

  test('is shown to contacts as news', async () => {
    const { world, ann, bo } = await linked(5);
    expect(bo.contact(ann)).toMatchObject({ devices: 2, news: { kind: 'new-device' } });
    bo.ask({ kind: 'news-seen', account: ann.account });
    world.run(1000);
    expect(bo.contact(ann).news).toBe(undefined);
  });

  test('learns of people met on the first one later', async () => {
    const { world, ann, tablet } = await linked(6);
    const cy = world.addDevice('cy');
    cy.account = (cy.ask({ kind: 'begin', name: 'cy' }) as { value: { account: string } }).value.account;
    world.meet(ann, cy);
    world.run(120_000);
    expect(tablet.contact(cy).name).toBe('cy');
    tablet.say(cy, 'said:hello from the tablet');
    world.run(60_000);
    expect(texts(cy, ann)).toEqual(['hello from the tablet']);
  });

  test('a code whose digits were not the same makes no device', async () => {
    const world = await World.create({ seed: 7, profile: 'household', nodes: 2 });
    const [ann] = world.people as [Person];
    const tablet = world.addDevice('tablet');
    const offered = tablet.ask({ kind: 'offer-link' }) as { value: { text: string } };
    ann.ask({ kind: 'link-device', text: offered.value.text });
    world.runUntil(() => ann.linking.at(-1)?.step === 'digits', 60_000);
    ann.ask({ kind: 'confirm-link', isEqual: false });
    world.run(10_000);
    expect(tablet.linking.at(-1)).toEqual({ side: 'new', step: 'failed', why: 'refused' });
    expect(tablet.view.profile).toBe(undefined);
    expect(ann.ask({ kind: 'devices' })).toHaveLength(1);
  });

  test('a device that nobody confirmed on is not taken in by whoever saw its code', async () => {
    const world = await World.create({ seed: 9, profile: 'household', nodes: 2 });
    const [ann, mallory] = world.people as [Person, Person];
    const tablet = world.addDevice('tablet');
    const offered = tablet.ask({ kind: 'offer-link' }) as { value: { text: string } };
    mallory.ask({ kind: 'link-device', text: offered.value.text });
    world.runUntil(() => mallory.linking.at(-1)?.step === 'digits', 60_000);
    mallory.ask({ kind: 'confirm-link', isEqual: true });
    world.run(60_000);
    expect(tablet.view.profile).toBe(undefined);
    // The one whose device it is compares with the phone in their hand, where there are no such digits.
    tablet.ask({ kind: 'confirm-link', isEqual: false });
    world.run(10_000);
    expect(tablet.linking.at(-1)).toEqual({ side: 'new', step: 'failed', why: 'refused' });
    expect(ann.ask({ kind: 'devices' })).toHaveLength(1);
  });

  test('is whole though the person confirms on it last, when everything has come already', async () => {
    const world = await World.create({ seed: 10, profile: 'household', nodes: 2 });
    const [ann, bo] = world.people as [Person, Person];
    world.meet(ann, bo);
    ann.say(bo, 'said:of before');
    world.run(10_000);
    const tablet = world.addDevice('tablet');
    const offered = tablet.ask({ kind: 'offer-link' }) as { value: { text: string } };
    ann.ask({ kind: 'link-device', text: offered.value.text });
    world.runUntil(() => tablet.linking.at(-1)?.step === 'digits', 60_000);
    ann.ask({ kind: 'confirm-link', isEqual: true });
    world.run(60_000);
    expect(tablet.view.profile).toBe(undefined);
    tablet.ask({ kind: 'confirm-link', isEqual: true });
    world.run(60_000);
    tablet.account = ann.account;
    expect(tablet.linking.at(-1)).toEqual({ side: 'new', step: 'done' });
    expect(texts(tablet, bo)).toEqual(['of before']);
  });

  test('is taken off again when its person says last that the digits differ', async () => {
    const world = await World.create({ seed: 12, profile: 'household', nodes: 1 });
    const [ann] = world.people as [Person];
    const tablet = world.addDevice('tablet');
    const offered = tablet.ask({ kind: 'offer-link' }) as { value: { text: string } };
    ann.ask({ kind: 'link-device', text: offered.value.text });
    world.runUntil(() => tablet.linking.at(-1)?.step === 'digits', 60_000);
    ann.ask({ kind: 'confirm-link', isEqual: true });
    world.run(10_000);
    expect(ann.ask({ kind: 'devices' })).toHaveLength(2);
    tablet.ask({ kind: 'confirm-link', isEqual: false });
    world.run(10_000);
    expect(ann.ask({ kind: 'devices' })).toHaveLength(1);
    expect(tablet.view.profile).toBe(undefined);
  });

  test('of somebody who knows nobody is linked too', async () => {
    const world = await World.create({ seed: 11, profile: 'household', nodes: 1 });
    link(world, world.people[0] as Person, world.addDevice('tablet'));
  });

  test('an invitation links nothing, and a link code invites nobody', async () => {
    const world = await World.create({ seed: 8, profile: 'household', nodes: 2 });
    const [ann, bo] = world.people as [Person, Person];
    const invited = bo.ask({ kind: 'invite', byHand: false }) as { value: { text: string } };
    expect(ann.ask({ kind: 'link-device', text: invited.value.text })).toEqual({ ok: false, refusal: { kind: 'is-an-invitation' } });
    const offered = world.addDevice('tablet').ask({ kind: 'offer-link' }) as { value: { text: string } };
    expect(ann.ask({ kind: 'accept', text: offered.value.text, how: 'scanned' })).toEqual({
      ok: false,
      refusal: { kind: 'links-devices' },
    });
  });
});

/** Of the one contact there is. */
function contactKeyIn(row: Bytes): Bytes {
  return decodeContact(new Uint8Array(32), row)?.row.contactKey as Bytes;
}

describe('a device that was removed', () => {
  const other = (person: Person) => (person.ask({ kind: 'devices' }) as readonly OwnDevice[]).find((one) => !one.isThis)?.id as string;

  test('gets nothing any more', async () => {
    const { world, ann, bo, tablet } = await linked(11);
    expect(ann.ask({ kind: 'remove-device', id: other(ann), why: 'retired' })).toEqual({ ok: true, value: undefined });
    world.run(60_000);
    expect(bo.contact(ann).devices).toBe(1);
    bo.say(ann, 'said:for the phone alone');
    world.run(60_000);
    expect(texts(ann, bo)).toContain('for the phone alone');
    expect(texts(tablet, bo)).not.toContain('for the phone alone');
  });

  test('is still read when it was put away, and marked', async () => {
    const { world, ann, bo, tablet } = await linked(12);
    world.network.links.get(tablet.name)?.cut(true);
    const said = tablet.say(bo, 'said:written before it knew');
    if (said !== undefined) world.said.push({ ...said, from: ann.name });
    ann.ask({ kind: 'remove-device', id: other(ann), why: 'retired' });
    world.run(60_000);
    world.network.links.get(tablet.name)?.back();
    world.run(120_000);
    const rows = bo.host.store.rangeNow({ space: 'messages', prefix: fromHex(ann.account) as never, limit: 100 });
    expect(texts(bo, ann)).toContain('written before it knew');
    expect(rows.at(-1)?.value[18]).toBe(1);
  });

  test('is refused when it was stolen', async () => {
    const { world, ann, bo, tablet } = await linked(13);
    world.network.links.get(tablet.name)?.cut(true);
    tablet.say(bo, 'said:from the thief');
    ann.ask({ kind: 'remove-device', id: other(ann), why: 'stolen' });
    world.run(60_000);
    world.network.links.get(tablet.name)?.back();
    world.run(120_000);
    expect(texts(bo, ann)).not.toContain('from the thief');
  });

  test('never learns the new contact key, and cannot bring back the old one', async () => {
    const { world, ann, bo, tablet } = await linked(15);
    const keyAt = (person: Person) => person.host.store.rangeNow({ space: 'contacts', prefix: EMPTY, limit: 9 })[0]?.value;
    const before = contactKeyIn(keyAt(bo) as Bytes);
    ann.ask({ kind: 'remove-device', id: other(ann), why: 'retired' });
    world.run(3 * 24 * 3_600_000);
    const after = contactKeyIn(keyAt(bo) as Bytes);
    expect(toHex(after)).not.toBe(toHex(before));
    const tabletRows = tablet.host.store.rangeNow({ space: 'self', prefix: EMPTY, limit: 9 }).map((row) => toHex(row.value));
    expect(tabletRows.some((row) => row.includes(toHex(before)))).toBe(true);
    expect(tabletRows.some((row) => row.includes(toHex(after)))).toBe(false);
  });

  test('is refused as stolen though the thief was first to tell of the list', async () => {
    const { world, ann, bo, tablet } = await linked(16);
    ann.ask({ kind: 'remove-device', id: other(ann), why: 'stolen' });
    world.network.links.get(ann.name)?.cut(true);
    world.run(60_000);
    const said = tablet.say(bo, 'said:from the thief');
    // Nobody has told Bo yet.
    if (said !== undefined) world.said.push({ ...said, from: ann.name });
    world.run(60_000);
    world.network.links.get(ann.name)?.back();
    world.run(24 * 3_600_000);
    tablet.say(bo, 'said:once more');
    world.run(120_000);
    expect(texts(bo, ann)).not.toContain('once more');
    expect(bo.contact(ann).name).toBe(ann.name);
  });

  test('is forgotten by a contact who was away for weeks', async () => {
    const { world, ann, bo, tablet } = await linked(17);
    world.network.links.get(bo.name)?.cut(true);
    ann.ask({ kind: 'remove-device', id: other(ann), why: 'stolen' });
    world.run(16 * 24 * 3_600_000);
    world.network.links.get(bo.name)?.back();
    world.run(10 * 60_000);
    ann.say(bo, 'said:welcome back');
    world.run(24 * 3_600_000);
    expect(bo.contact(ann).devices).toBe(1);
    bo.say(ann, 'said:secret');
    world.run(60_000);
    expect(texts(ann, bo)).toContain('secret');
    expect(texts(tablet, bo)).not.toContain('secret');
  });

  test('cannot remove others: only the first device speaks for the account', async () => {
    const { tablet } = await linked(14);
    expect(tablet.ask({ kind: 'remove-device', id: other(tablet), why: 'stolen' })).toEqual({
      ok: false,
      refusal: { kind: 'not-first-device' },
    });
  });
});
