/** Everybody's transport key changes once a day, and nobody loses anybody by it: three people and a relay, for days. */
import { beforeAll, describe, expect, test } from 'vitest';
import { toHex } from '../../packages/core/src/kernel/bytes.ts';
import type { LinkCommand } from '../../packages/core/src/node/machine.ts';
import { decodeIdentity, IDENTITY_ROW } from '../../packages/core/src/node/person/rows.ts';
import { dayAt, daysFrom } from '../../packages/core/src/rendezvous/transport-days.ts';
import { type Person, START_MS, World } from '../simulator/world.ts';

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
/** A clock that is wrong, by so much; and for how long two keys of one device are tried about its turn (docs/protocol/rendezvous.md §6). */
const WRONG_MS = 90 * MINUTE_MS;
const ABOUT_MS = 2 * HOUR_MS;

interface Stood {
  readonly key: string;
  readonly fromMs: number;
}

/** What the links of some people were told: under which keys they listened, and whom they dialled. */
class Watch {
  readonly stood: Map<Person, Stood[]> = new Map<Person, Stood[]>();
  readonly dialled: { readonly by: Person; readonly key: string; readonly atMs: number }[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    for (const person of world.people) {
      this.stood.set(person, [{ key: person.link.key as string, fromMs: world.nowMs }]);
      const perform = person.link.perform.bind(person.link);
      person.link.perform = (command: LinkCommand) => {
        perform(command);
        if (command.kind === 'listen') this.#listens(person);
        if (command.kind === 'dial') this.dialled.push({ by: person, key: command.expectedKey as string, atMs: world.nowMs });
      };
    }
  }

  #listens(person: Person): void {
    const all = this.stood.get(person) as Stood[];
    const key = person.link.key as string;
    if (all.at(-1)?.key !== key) all.push({ key, fromMs: this.#world.nowMs });
  }

  keysOf(person: Person): readonly string[] {
    return (this.stood.get(person) as Stood[]).map(({ key }) => key);
  }

  get turns(): number {
    return [...this.stood.values()].reduce((sum, all) => sum + all.length - 1, 0);
  }

  /** Runs on to the moment at which the next one of them takes another key. */
  toNextTurn(): void {
    const { turns } = this;
    if (!this.#world.runUntil(() => this.turns > turns, DAY_MS + HOUR_MS)) throw new Error('nobody turned for a day');
  }

  /** Dials of a key more than `ms` before its day begins or after it ends, by the clock of the world. */
  strayDials(ms: number): readonly string[] {
    const days = new Map<string, number>();
    for (const person of this.stood.keys()) for (const [key, fromMs] of this.#daysOf(person)) days.set(key, fromMs);
    return this.dialled.flatMap(({ by, key, atMs }) => {
      const fromMs = days.get(key);
      const isStray = fromMs !== undefined && (atMs < fromMs - ms || atMs > fromMs + DAY_MS + ms);
      return isStray ? [`${by.name} dialled ${key} ${(atMs - fromMs) / HOUR_MS} h into its day`] : [];
    });
  }

  /** Every key that somebody has in these weeks, with the beginning of its day. */
  #daysOf(person: Person): readonly (readonly [string, number])[] {
    const row = person.host.store.getNow([{ space: 'self', key: IDENTITY_ROW }])[0];
    const identity = row && decodeIdentity(this.#world.suite, row);
    if (identity === undefined) throw new Error('somebody without keys');
    const { firstDay, minute, keys } = daysFrom(this.#world.suite, identity.transportSeed, dayAt(0, START_MS) - 2, 40);
    return keys.map((key, at) => [toHex(key), (firstDay + at) * DAY_MS + minute * MINUTE_MS]);
  }
}

type Pair = readonly [Person, Person];

function pairs(people: readonly Person[]): readonly Pair[] {
  return people.flatMap((a) => people.filter((b) => b !== a).map((b): Pair => [a, b]));
}

let count = 0;

/** Everybody writes to everybody; answers whether all of it arrived in that time. */
function talk(world: World, people: readonly Person[], withinMs: number): boolean {
  const text = `said:${++count}`;
  for (const [from, to] of pairs(people)) from.say(to, text);
  return world.runUntil(() => pairs(people).every(([from, to]) => to.timelineWith(from).includes(text)), withinMs);
}

const areDirect = (people: readonly Person[]): boolean => pairs(people).every(([a, b]) => a.contact(b).reach.kind === 'direct');

async function three(
  seed: number,
): Promise<{ readonly world: World; readonly people: readonly [Person, Person, Person]; readonly watch: Watch }> {
  const world = await World.create({ seed, profile: 'household', nodes: 3 });
  const people = world.people as unknown as [Person, Person, Person];
  const watch = new Watch(world);
  world.meetAll();
  world.run(MINUTE_MS);
  return { world, people, watch };
}

describe('through four days', () => {
  let world: World;
  let people: readonly [Person, Person, Person];
  let watch: Watch;
  const late: string[] = [];
  const apart: string[] = [];
  const crowded: string[] = [];

  beforeAll(async () => {
    ({ world, people, watch } = await three(1));
    people[1].host.jumpClock(WRONG_MS);
    for (let turn = 1; turn <= 12; turn++) {
      watch.toNextTurn();
      if (!talk(world, people, 10_000)) late.push(`turn ${turn}`);
      world.run(15 * MINUTE_MS);
      if (!areDirect(people)) apart.push(`turn ${turn}`);
      for (const { name, view } of people)
        if (view.neighbours.length !== 3) crowded.push(`turn ${turn}: ${name} has ${view.neighbours.length}`);
    }
  }, 120_000);

  test('everybody has another key each day, and no key comes twice', () => {
    const all = people.flatMap((person) => watch.keysOf(person));
    for (const person of people) expect(watch.keysOf(person).length, person.name).toBeGreaterThanOrEqual(4);
    expect(new Set(all).size).toBe(all.length);
    for (const person of people) {
      const stood = watch.stood.get(person) as Stood[];
      for (const [at, { fromMs }] of stood.entries()) if (at > 1) expect(fromMs - (stood[at - 1] as Stood).fromMs).toBe(DAY_MS);
    }
  });

  test('not all turn at once', () => {
    expect(new Set(people.map((person) => ((watch.stood.get(person) as Stood[])[1] as Stood).fromMs % DAY_MS)).size).toBe(3);
  });

  test('what is written at the moment of a turn arrives', () => {
    expect(late).toEqual([]);
  });

  test('after each turn all are connected directly, by one connection each', () => {
    expect(apart).toEqual([]);
    expect(crowded).toEqual([]);
  });

  test('nobody is dialled under a key of another day', () => {
    expect(watch.dialled.length).toBeGreaterThan(12);
    expect(watch.strayDials(ABOUT_MS + WRONG_MS)).toEqual([]);
  });
});

describe('whoever was away', () => {
  test('asleep for two days, wakes under the key of the day and is dialled under it', async () => {
    const { world, people, watch } = await three(2);
    const sleeper = people[0];
    world.profile = { ...world.profile, restartMs: 2 * DAY_MS };
    sleeper.host.crash();
    people[1].say(sleeper, 'said:good morning');
    world.run(2 * DAY_MS - MINUTE_MS);
    expect(watch.keysOf(sleeper)).toHaveLength(1);
    expect(world.runUntil(() => sleeper.host.isUp && sleeper.timelineWith(people[1]).includes('said:good morning'), 2 * MINUTE_MS)).toBe(
      true,
    );
    expect(watch.keysOf(sleeper)).toHaveLength(2);
    expect(world.runUntil(() => areDirect(people), MINUTE_MS)).toBe(true);
    expect(talk(world, people, 10_000)).toBe(true);
    expect(watch.strayDials(ABOUT_MS)).toEqual([]);
  });

  test('for 25 days, longer than keys are told ahead, is reached by mail and then directly again', async () => {
    const { world, people, watch } = await three(3);
    const [ann, bo, cleo] = people;
    cleo.link.cut(true);
    world.run(24 * DAY_MS);
    ann.say(cleo, 'said:where are you?');
    const before = watch.dialled.length;
    world.run(DAY_MS);
    const known = new Set(watch.dialled.slice(before).map(({ key }) => key));
    expect(
      watch
        .keysOf(cleo)
        .slice(-1)
        .filter((key) => known.has(key)),
    ).toEqual([]);
    cleo.link.back();
    expect(world.runUntil(() => cleo.timelineWith(ann).includes('said:where are you?'), 2 * MINUTE_MS)).toBe(true);
    expect(world.runUntil(() => areDirect(people), 5 * MINUTE_MS)).toBe(true);
    expect(talk(world, people, 10_000)).toBe(true);
    expect(ann.contact(bo).reach.kind).toBe('direct');
    expect(watch.strayDials(ABOUT_MS)).toEqual([]);
  }, 120_000);
});

describe('the key in an invitation', () => {
  test('is laid down with the day: whoever takes it up later dials the ones of the card, and not that one for long', async () => {
    const world = await World.create({ seed: 4, profile: 'household', nodes: 2 });
    const [ann, bo] = world.people as [Person, Person];
    const watch = new Watch(world);
    const invited = ann.ask({ kind: 'invite', byHand: false }) as { value: { text: string } };
    const [made] = watch.keysOf(ann);
    world.run(23 * HOUR_MS);
    expect(watch.keysOf(ann)).toHaveLength(2);
    bo.ask({ kind: 'accept', text: invited.value.text, how: 'link' });
    expect(world.runUntil(() => ann.knows(bo) && bo.knows(ann), MINUTE_MS)).toBe(true);
    const met = watch.dialled.length;
    world.run(DAY_MS);
    expect(watch.dialled.slice(met).filter(({ key }) => key === made)).toEqual([]);
    expect(areDirect([ann, bo])).toBe(true);
  });
});
