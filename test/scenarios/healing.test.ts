/** Devices that were set back, lost, or taken over: what was not receipted arrives, and nothing is written twice under one key. */
import { describe, expect, test } from 'vitest';
import { fromHex } from '../../packages/core/src/kernel/bytes.ts';
import { type Person, World } from '../simulator/world.ts';

const DAY_MS = 24 * 3_600_000;

async function met(seed: number): Promise<{ world: World; ann: Person; bo: Person }> {
  const world = await World.create({ seed, profile: 'household', nodes: 2 });
  const [ann, bo] = world.people as [Person, Person];
  world.meet(ann, bo);
  world.run(20_000);
  return { world, ann, bo };
}

const texts = (person: Person, other: Person) =>
  person
    .timelineWith(other)
    .map((text) => text.slice('said:'.length))
    .sort();

/** A few round trips, so that the ratchet has moved far from the snapshot. */
function talk(world: World, ann: Person, bo: Person, times: number): void {
  for (let i = 0; i < times; i++) {
    ann.say(bo, `said:a${i}`);
    world.run(2000);
    bo.say(ann, `said:b${i}`);
    world.run(2000);
  }
}

describe('a device whose store was set back', () => {
  test('and that knows it begins anew with everybody, and what was not receipted arrives both ways', async () => {
    const { world, ann, bo } = await met(1);
    const before = ann.host.store.snapshot();
    talk(world, ann, bo, 3);
    world.network.links.get('relay0')?.cut(true);
    world.network.links.get(ann.name)?.cut(true);
    bo.say(ann, 'said:on its way');
    world.wasSetBack = true;
    ann.host.setBack(before, { kind: 'start', wasSetBack: true });
    world.network.links.get('relay0')?.back();
    ann.say(bo, 'said:after the fall');
    world.run(10 * 60_000);
    expect(texts(bo, ann)).toContain('after the fall');
    expect(texts(ann, bo)).toContain('on its way');
    talk(world, ann, bo, 2);
    expect(texts(bo, ann)).toContain('a1');
    expect(ann.storedWith(bo).filter((one) => one.mine && one.state !== 'delivered')).toEqual([]);
    expect(bo.storedWith(ann).filter((one) => one.mine && one.state !== 'delivered')).toEqual([]);
  });

  test('and that does not know it is found out by the first number it uses again', async () => {
    const { world, ann, bo } = await met(2);
    ann.say(bo, 'said:first');
    world.run(5000);
    const before = ann.host.store.snapshot();
    ann.say(bo, 'said:second');
    world.run(5000);
    world.wasSetBack = true;
    ann.host.setBack(before, { kind: 'start' });
    world.run(5000);
    ann.say(bo, 'said:under a number used before');
    world.run(10 * 60_000);
    expect(texts(bo, ann)).toContain('under a number used before');
    bo.say(ann, 'said:and back');
    world.run(60_000);
    expect(texts(ann, bo)).toContain('and back');
    expect(ann.storedWith(bo).filter((one) => one.mine && one.state !== 'delivered')).toEqual([]);
  });

  test('both at once find together again', async () => {
    const { world, ann, bo } = await met(3);
    const [a, b] = [ann.host.store.snapshot(), bo.host.store.snapshot()];
    talk(world, ann, bo, 3);
    world.wasSetBack = true;
    ann.host.setBack(a, { kind: 'start', wasSetBack: true });
    bo.host.setBack(b, { kind: 'start', wasSetBack: true });
    ann.say(bo, 'said:x');
    bo.say(ann, 'said:y');
    world.run(10 * 60_000);
    expect(texts(bo, ann)).toContain('x');
    expect(texts(ann, bo)).toContain('y');
    talk(world, ann, bo, 2);
    expect(ann.storedWith(bo).filter((one) => one.mine && one.state !== 'delivered')).toEqual([]);
  });
});

describe('an account taken over with its words', () => {
  async function takenOver(seed: number) {
    const { world, ann, bo } = await met(seed);
    ann.say(bo, 'said:from the lost phone');
    world.run(5000);
    const words = (ann.ask({ kind: 'words' }) as { value: readonly string[] }).value.join(' ');
    const rows = (space: 'contacts' | 'messages') => ann.host.store.rangeNow({ space, prefix: new Uint8Array(0), limit: 1000 });
    return { world, ann, bo, words, rows };
  }

  test('is the same person to a contact, in amber, and their old device is refused', async () => {
    const { world, ann, bo, words } = await takenOver(11);
    world.network.links.get(ann.name)?.cut(true);
    ann.say(bo, 'said:from the thief');
    const fresh = world.addDevice('fresh');
    const recovered = fresh.ask({ kind: 'recover', words, name: 'person0' }) as { value: { account: string } };
    expect(recovered.value.account).toBe(ann.account);
    fresh.account = ann.account;
    // With the words alone nobody is known: they meet again.
    const invited = fresh.ask({ kind: 'invite', byHand: false }) as { value: { text: string } };
    expect(bo.ask({ kind: 'accept', text: invited.value.text, how: 'link' })).toMatchObject({ refusal: { kind: 'already-known' } });
    const back = bo.ask({ kind: 'invite', byHand: false }) as { value: { text: string } };
    fresh.ask({ kind: 'accept', text: back.value.text, how: 'scanned' });
    world.run(60_000);
    expect(bo.contact(fresh)).toMatchObject({ news: { kind: 'root-rotated' }, devices: 1 });
    fresh.say(bo, 'said:it is me');
    const said = world.said.at(-1);
    if (said !== undefined) world.said.push({ ...said, from: ann.name });
    world.run(60_000);
    expect(texts(bo, ann)).toContain('it is me');
    world.network.links.get(ann.name)?.back();
    world.run(120_000);
    expect(texts(bo, ann)).not.toContain('from the thief');
  });

  test('words are shown until they are written down, and then are gone for good', async () => {
    const { ann } = await takenOver(12);
    ann.ask({ kind: 'words-written' });
    expect(ann.ask({ kind: 'words' })).toEqual({ ok: false, refusal: { kind: 'not-kept' } });
    expect(ann.view.profile).toMatchObject({ wordsWaiting: false, isFirstDevice: true });
  });
});

describe('an invitation whose bundle cannot be found', () => {
  test('is taken up the other way round: the invited one says hello', async () => {
    const world = await World.create({ seed: 21, profile: 'throughRelay' });
    const [ann, bo] = world.people as [Person, Person];
    const relay = world.network.links.get('relay0');
    relay?.cut(true);
    const invited = ann.ask({ kind: 'invite', byHand: false }) as { value: { text: string } };
    const [deposit] = ann.host.store.rangeNow({ space: 'carried', prefix: new Uint8Array(0), limit: 10 });
    if (deposit === undefined) throw new Error('no deposit');
    ann.host.store.commitNow([
      { space: 'bodies', key: deposit.key },
      { space: 'carried', key: deposit.key },
    ]);
    ann.host.crash();
    world.run(5000);
    relay?.back();
    bo.ask({ kind: 'accept', text: invited.value.text, how: 'link' });
    world.run(30_000);
    expect(bo.view.contacts).toEqual([]);
    world.run(120_000);
    expect(bo.contact(ann).name).toBe(ann.name);
    bo.say(ann, 'said:found you');
    ann.say(bo, 'said:welcome');
    world.run(30_000);
    expect(texts(ann, bo)).toEqual(['found you', 'welcome']);
    expect(texts(bo, ann)).toEqual(['found you', 'welcome']);
  });
});

describe('who somebody is', () => {
  test('six digits are the same on both sides, and make them verified', async () => {
    const { world, ann, bo } = await met(31);
    ann.ask({ kind: 'compare', account: bo.account });
    expect(ann.contact(bo).comparison).toEqual({ step: 'waiting' });
    world.run(10_000);
    const digits = ann.contact(bo).comparison;
    expect(digits).toMatchObject({ step: 'digits', digits: expect.stringMatching(/^\d{6}$/) });
    expect(bo.contact(ann).comparison).toEqual(digits);
    ann.ask({ kind: 'end-comparison', account: bo.account, isEqual: true });
    bo.ask({ kind: 'end-comparison', account: ann.account, isEqual: false });
    expect(ann.contact(bo)).toMatchObject({ verified: 'compared', comparison: undefined });
    expect(bo.contact(ann)).toMatchObject({ verified: undefined, comparison: undefined });
  });

  test('a second promise while one is open ends the comparison in sight: nobody has two guesses', async () => {
    const { world, ann, bo } = await met(35);
    ann.ask({ kind: 'compare', account: bo.account });
    world.run(10_000);
    ann.ask({ kind: 'end-comparison', account: bo.account, isEqual: false });
    ann.ask({ kind: 'compare', account: bo.account });
    world.run(10_000);
    expect(bo.contact(ann).comparison).toEqual({ step: 'failed' });
    expect(ann.contact(bo).comparison).toEqual({ step: 'waiting' });
    // Whoever stopped begins anew, while the other still waits: they find together.
    bo.ask({ kind: 'end-comparison', account: ann.account, isEqual: false });
    bo.ask({ kind: 'compare', account: ann.account });
    world.run(10_000);
    expect(bo.contact(ann).comparison).toMatchObject({ step: 'digits' });
    expect(ann.contact(bo).comparison).toEqual(bo.contact(ann).comparison);
  });

  test('both starting at once see one comparison', async () => {
    const { world, ann, bo } = await met(32);
    ann.ask({ kind: 'compare', account: bo.account });
    bo.ask({ kind: 'compare', account: ann.account });
    world.run(10_000);
    expect(ann.contact(bo).comparison).toMatchObject({ step: 'digits' });
    expect(bo.contact(ann).comparison).toEqual(ann.contact(bo).comparison);
  });

  test('the safety number is one number, and its code verifies whom it fits', async () => {
    const { ann, bo } = await met(33);
    const of = (person: Person, other: Person) =>
      (person.ask({ kind: 'safety-number', account: other.account }) as { value: { digits: string; code: string } }).value;
    expect(of(ann, bo).digits).toBe(of(bo, ann).digits);
    expect(of(ann, bo).digits).toMatch(/^(\d{5} ){11}\d{5}$/);
    const verify = (code: string) => ann.ask({ kind: 'verify-by-code', account: bo.account, code });
    expect(verify(of(ann, bo).code)).toEqual({ ok: false, refusal: { kind: 'other-people' } });
    expect(verify('hello')).toEqual({ ok: false, refusal: { kind: 'not-a-safety-code' } });
    expect(verify(of(bo, ann).code)).toEqual({ ok: true, value: undefined });
    expect(ann.contact(bo).verified).toBe('scanned');
  });

  test('who scanned an invitation has verified its maker, who has not verified them', async () => {
    const world = await World.create({ seed: 34, profile: 'household', nodes: 2 });
    const [ann, bo] = world.people as [Person, Person];
    const invited = ann.ask({ kind: 'invite', byHand: false }) as { value: { text: string } };
    bo.ask({ kind: 'accept', text: invited.value.text, how: 'scanned' });
    world.run(20_000);
    expect(bo.contact(ann).verified).toBe('scanned');
    expect(ann.contact(bo).verified).toBe(undefined);
  });
});

describe('after weeks', () => {
  test('sessions with a device in a drawer go on, and deposits are made anew', async () => {
    const { world, ann, bo } = await met(41);
    const link = world.network.links.get(bo.name);
    link?.cut(true);
    world.run(13 * DAY_MS);
    ann.say(bo, 'said:are you there?');
    world.run(DAY_MS);
    link?.back();
    world.run(60_000);
    bo.say(ann, 'said:yes');
    world.run(60_000);
    expect(texts(ann, bo)).toEqual(['are you there?', 'yes']);
    const prekeys = ann.host.store.rangeNow({ space: 'prekeys', prefix: new Uint8Array(0), limit: 100 });
    expect(prekeys.length).toBeGreaterThanOrEqual(4);
    expect(prekeys.length).toBeLessThan(12);
    expect(fromHex(bo.account)).toHaveLength(32);
  });
});
