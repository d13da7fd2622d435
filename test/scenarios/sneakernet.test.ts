/** Two people who are never connected: a file in a pocket, both ways. Rule: docs/protocol/bundle.md. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Bytes, concat, EMPTY } from '../../packages/core/src/kernel/bytes.ts';
import { chooseToCarry } from '../../packages/core/src/node/person/carrying.ts';
import { BUNDLE_EXTRA_BYTES, BUNDLE_FRAME_EXTRA_BYTES, bundleFile, readBundleFile } from '../../packages/core/src/runtime/bundle.ts';
import { type Person, World } from '../simulator/world.ts';

type Counts = Partial<Record<'forMe' | 'toCarry' | 'known' | 'refused' | 'nothing' | 'no-profile' | 'not-saved', number>>;

let world: World;
let ann: Person;
let bo: Person;
let cy: Person;

/** All know each other through the relay, and from now on nobody is connected to anybody. */
beforeEach(async () => {
  world = await World.create({ seed: 71, profile: 'throughRelay', nodes: 3 });
  [ann, bo, cy] = world.people as [Person, Person, Person];
  world.meetAll();
  world.run(120_000);
  for (const link of world.network.links.values()) link.cut(true);
});

function fileOf(person: Person, bytesMax = 2 ** 20): Bytes {
  const rows = (space: 'carried' | 'seen') => person.host.store.rangeNow({ space, prefix: EMPTY, limit: 100_000 });
  const room = bytesMax - BUNDLE_EXTRA_BYTES;
  const { forgets, gives } = chooseToCarry(rows('carried'), rows('seen'), room, BUNDLE_FRAME_EXTRA_BYTES, world.nowMs);
  const bodies = person.host.store.getNow(gives.map(({ id }) => ({ space: 'bodies', key: id })));
  const frames = gives.map(({ head }, i) => concat(head, bodies[i] ?? EMPTY));
  return bundleFile(world.suite, Math.floor(world.nowMs / 3_600_000), [...forgets, ...frames]);
}

function hear(person: Person, frames: Iterable<Bytes>): Counts {
  const counts: Counts = {};
  for (const frame of frames) {
    const answer = person.ask({ kind: 'carry-in', frame }) as
      | { readonly ok: true; readonly value: keyof Counts }
      | { readonly ok: false; readonly refusal: { readonly kind: keyof Counts } };
    const kind = answer.ok ? answer.value : answer.refusal.kind;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function takeIn(person: Person, file: Bytes): Counts {
  const read = readBundleFile(world.suite, file);
  if (!read.ok) throw new Error(read.refusal.kind);
  return hear(person, read.value.frames);
}

const stateAt = (from: Person, to: Person) => from.storedWith(to).findLast(({ mine }) => mine)?.state;

describe('a bundle file', () => {
  test('brings messages to who they are for, and the receipts back, though the two are never connected', () => {
    ann.say(bo, 'said:first');
    world.run(1000);
    ann.say(bo, 'said:second');
    expect(stateAt(ann, bo)).toBe('waiting');
    expect(takeIn(bo, fileOf(ann)).forMe).toBeGreaterThanOrEqual(2);
    world.run(1000);
    expect(bo.timelineWith(ann)).toEqual(['said:first', 'said:second']);
    bo.say(ann, 'said:answer');
    takeIn(ann, fileOf(bo));
    expect(ann.timelineWith(bo)).toEqual(['said:first', 'said:second', 'said:answer']);
    expect(ann.storedWith(bo).flatMap(({ mine, state }) => (mine ? [state] : []))).toEqual(['delivered', 'delivered']);
    takeIn(bo, fileOf(ann));
    expect(stateAt(bo, ann)).toBe('delivered');
  });

  test('goes through the hands of somebody who cannot read it', () => {
    ann.say(bo, 'said:by way of cy');
    const counts = takeIn(cy, fileOf(ann));
    expect(counts.toCarry).toBeGreaterThanOrEqual(1);
    expect(cy.timelineWith(ann)).toEqual([]);
    takeIn(bo, fileOf(cy));
    expect(bo.timelineWith(ann)).toEqual(['said:by way of cy']);
    takeIn(cy, fileOf(bo));
    takeIn(ann, fileOf(cy));
    expect(stateAt(ann, bo)).toBe('delivered');
  });

  test('that is read a second time adds nothing, and everything in it is known', () => {
    ann.say(bo, 'said:once');
    const file = fileOf(ann);
    const first = takeIn(bo, file);
    const second = takeIn(bo, file);
    expect(bo.timelineWith(ann)).toEqual(['said:once']);
    const all = (first.forMe ?? 0) + (first.toCarry ?? 0) + (first.known ?? 0);
    for (const counts of [second, takeIn(ann, file)]) expect(counts).toEqual({ nothing: first.nothing, known: all });
  });

  test('holds nothing for whoever it only seems to be for: what bears a copied tag and does not open is refused', () => {
    ann.say(bo, 'said:true');
    const read = readBundleFile(world.suite, fileOf(ann));
    const frames = read.ok ? [...read.value.frames] : [];
    const forged = frames.map((frame) => frame.with(frame.length - 1, (frame.at(-1) ?? 0) ^ 1));
    const counts = hear(bo, forged);
    expect(counts.forMe).toBeUndefined();
    expect(counts.refused).toBeGreaterThanOrEqual(1);
    expect(bo.timelineWith(ann)).toEqual([]);
    expect(takeIn(bo, fileOf(ann)).forMe).toBeGreaterThanOrEqual(1);
    expect(bo.timelineWith(ann)).toEqual(['said:true']);
  });

  test('costs none of the copies that a carrier may still hand out', () => {
    ann.say(bo, 'said:kept');
    const before = ann.host.store.rangeNow({ space: 'carried', prefix: EMPTY, limit: 1000 });
    fileOf(ann);
    takeIn(bo, fileOf(ann));
    expect(ann.host.store.rangeNow({ space: 'carried', prefix: EMPTY, limit: 1000 })).toEqual(before);
  });

  test('that is weeks old is refused piece by piece', () => {
    ann.say(bo, 'said:too late');
    const file = fileOf(ann);
    // Half a day at a time: a clock that leaps would not be believed.
    for (let half = 0; half < 40; half++) {
      world.nowMs += 43_200_000;
      bo.host.input({ kind: 'wake' });
    }
    const counts = takeIn(bo, file);
    expect(counts.refused).toBeGreaterThanOrEqual(1);
    expect([counts.forMe, counts.toCarry]).toEqual([undefined, undefined]);
    expect(bo.timelineWith(ann)).toEqual([]);
  });

  test('too small for everything holds what its bearer wrote', () => {
    for (let i = 0; i < 20; i++) ann.say(cy, `said:for cy ${i}`);
    takeIn(bo, fileOf(ann));
    bo.say(ann, 'said:mine');
    const file = fileOf(bo, 8192);
    expect(file.length).toBeLessThanOrEqual(8192);
    takeIn(ann, file);
    expect(ann.timelineWith(bo)).toContain('said:mine');
  });

  test('is heard by somebody without a profile not at all', () => {
    const nobody = world.addDevice('nobody');
    ann.say(bo, 'said:x');
    expect(Object.keys(takeIn(nobody, fileOf(ann)))).toEqual(['no-profile']);
  });
});

test('what is carried in is pushed to whoever is near, as if a neighbour had brought it', () => {
  for (const name of ['relay0', bo.name]) world.network.links.get(name)?.back();
  world.run(60_000);
  ann.say(bo, 'said:the last mile by air');
  const file = fileOf(ann);
  world.network.links.get(cy.name)?.back();
  world.run(60_000);
  takeIn(cy, file);
  expect(world.runUntil(() => bo.timelineWith(ann).length > 0, 60_000)).toBe(true);
});

test('whatever somebody writes into the frames of a file, the node answers and stays whole', () => {
  ann.say(bo, 'said:true');
  const read = readBundleFile(world.suite, fileOf(ann));
  const frames = read.ok ? [...read.value.frames] : [];
  const changed = fc.tuple(fc.constantFrom(...frames), fc.nat(), fc.integer({ min: 1, max: 255 })).map(([frame, at, by]) => {
    const copy = frame.slice();
    copy[at % copy.length] = (copy[at % copy.length] as number) ^ by;
    return copy;
  });
  const cut = fc.tuple(fc.constantFrom(...frames), fc.nat()).map(([frame, at]) => frame.slice(0, at % frame.length));
  const any = fc.uint8Array({ maxLength: 400 }).map((bytes) => new Uint8Array(bytes));
  const kinds = new Set<string>();
  fc.assert(
    fc.property(fc.oneof(changed, cut, any), (frame) => {
      for (const kind of Object.keys(hear(bo, [frame]))) kinds.add(kind);
    }),
    { seed: 3, numRuns: 300 },
  );
  expect([...kinds].every((kind) => ['toCarry', 'known', 'refused', 'nothing', 'forMe'].includes(kind))).toBe(true);
  expect(bo.timelineWith(ann).filter((text) => text !== 'said:true')).toEqual([]);
  takeIn(bo, fileOf(ann));
  expect(bo.timelineWith(ann)).toEqual(['said:true']);
});
