/** A clock that is plainly wrong: its owner is told, and nothing that lies here is lost by it. Rule: docs/protocol/gossip.md §8. */
import { beforeEach, describe, expect, test } from 'vitest';
import { hourOf } from '../../packages/core/src/envelope/envelope.ts';
import { contactPeriod } from '../../packages/core/src/identity/contact-key.ts';
import { decodeDeposit } from '../../packages/core/src/node/person/device-rows.ts';
import { DEPOSIT_ROW } from '../../packages/core/src/node/person/rows.ts';
import { type Person, World } from '../simulator/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Neighbours greet each other again every 10 to 12 minutes, and each hello says an hour. */
const HEARD_MS = 13 * MINUTE_MS;

let world: World;
let ann: Person;
let bo: Person;
let cy: Person;

beforeEach(async () => {
  world = await World.create({ seed: 131, profile: 'household', nodes: 7 });
  [ann, bo, cy] = world.people as [Person, Person, Person];
  for (const other of world.people.slice(1)) world.meet(ann, other);
  world.meet(bo, cy);
  world.run(MINUTE_MS);
});

const link = (of: Person) => world.network.links.get(of.name);

describe('among six others, whose clock is 40 hours ahead', () => {
  test('is told by how much; mended, they are told no more', () => {
    expect(ann.view.clockBehindHours).toBe(0);
    ann.host.jumpClock(40 * HOUR_MS);
    expect(world.runUntil(() => ann.view.clockBehindHours === -40, HEARD_MS)).toBe(true);
    ann.host.jumpClock(-40 * HOUR_MS);
    expect(world.runUntil(() => ann.view.clockBehindHours === 0, HEARD_MS)).toBe(true);
    world.run(HOUR_MS);
    expect(ann.view.clockBehindHours).toBe(0);
  });

  test('writes what nobody takes, and sees it wait; mended, it is sealed again and arrives', () => {
    ann.host.jumpClock(40 * HOUR_MS);
    world.run(HEARD_MS);
    const said = ann.say(bo, 'said:by a wrong clock');
    world.run(HOUR_MS);
    expect(bo.timelineWith(ann)).toEqual([]);
    expect(ann.ask({ kind: 'where-is', message: said?.id ?? '' })).toMatchObject({
      value: { state: { kind: 'waiting' }, isHere: true, carriers: { relays: 0, contacts: 0, strangers: 0 } },
    });
    ann.host.jumpClock(-40 * HOUR_MS);
    expect(world.runUntil(() => bo.timelineWith(ann).length === 1, HEARD_MS)).toBe(true);
    expect(world.runUntil(() => ann.storedWith(bo)[0]?.state === 'delivered', HEARD_MS)).toBe(true);
  });

  test('is the only one who is told', () => {
    ann.host.jumpClock(40 * HOUR_MS);
    world.run(HEARD_MS);
    expect(world.people.map((person) => person.view.clockBehindHours)).toEqual([-40, 0, 0, 0, 0, 0, 0]);
  });

  test('reads what comes, keeps it, and lets nothing go by date that others count on', () => {
    ann.host.jumpClock(40 * HOUR_MS);
    world.run(HEARD_MS);
    link(cy)?.cut(true);
    bo.say(ann, 'said:to ann');
    bo.say(cy, 'said:to cy, by ann');
    world.run(MINUTE_MS);
    for (const one of world.network.links.values()) if (!one.isAway) one.cut(true);
    // Thirteen days pass for each of them alone. By Ann's clock it expired then; by everybody else's it has another day.
    for (let day = 0; day < 13; day++) for (const one of world.people) one.host.jumpClock(DAY_MS);
    world.run(HOUR_MS);
    expect(ann.view.clockBehindHours).toBe(-40);
    for (const one of [ann, cy]) link(one)?.back();
    world.network.encounter(ann.link, cy.link, MINUTE_MS);
    expect(world.runUntil(() => cy.timelineWith(bo).includes('said:to cy, by ann'), MINUTE_MS)).toBe(true);
    expect(ann.timelineWith(bo)).toEqual(['said:to ann']);
  });

  test('and went over the turn of a week and back deposits nothing twice under one tag', () => {
    // The world itself objects to two envelopes under one tag.
    for (const hours of [-7 * 24, 7 * 24, -7 * 24, 7 * 24]) {
      ann.host.jumpClock(hours * HOUR_MS);
      world.run(2 * HOUR_MS);
    }
    expect(ann.view.clockBehindHours).toBe(0);
  });

  test('and was a year ahead once deposits where contacts look, when it is right again', () => {
    ann.host.jumpClock(365 * 24 * HOUR_MS);
    world.run(2 * HOUR_MS);
    ann.host.jumpClock(-365 * 24 * HOUR_MS);
    world.run(2 * HOUR_MS);
    const [row] = ann.host.store.getNow([{ space: 'self', key: DEPOSIT_ROW }]);
    expect(row && decodeDeposit(row)?.period).toBe(contactPeriod(hourOf(world.nowMs)));
  });
});
