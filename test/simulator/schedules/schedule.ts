/** What a schedule is: who writes to whom, and who is near whom when. It starts what repeats itself and is not asked again. */
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import { nowAndThen } from '../faults.ts';
import type { Pair, Person, World } from '../world.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS: number = 24 * HOUR_MS;

export interface Schedule {
  /** Places before anybody has met anybody. */
  settle?(world: World): void;
  /** Who writes to whom, both ways; they meet before the time that counts begins. */
  pairs(world: World, chance: SeededRandom): readonly Pair[];
  /** From now on people are near each other as this schedule has it. */
  live(world: World, chance: SeededRandom): void;
}

/** To which of `profile.groups` groups of nearly equal size somebody belongs. */
export function groupOf(world: World, person: number): number {
  return Math.floor((person * world.profile.groups) / world.people.length);
}

export function groupsOf(world: World): readonly (readonly Person[])[] {
  const groups: Person[][] = Array.from({ length: world.profile.groups }, () => []);
  for (const [i, person] of world.people.entries()) groups[groupOf(world, i)]?.push(person);
  return groups;
}

/** Everybody with everybody of their group if the profile says so, and everybody with `profile.friends` others from elsewhere on average. */
export function ordinaryPairs(world: World, chance: SeededRandom): readonly Pair[] {
  const { people, profile } = world;
  const pairs = new Map<string, Pair>();
  const add = (a: number, b: number): boolean => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    if (low === high || pairs.has(`${low}:${high}`)) return false;
    pairs.set(`${low}:${high}`, [people[low] as Person, people[high] as Person]);
    return true;
  };
  if (profile.writesToGroup)
    for (let a = 0; a < people.length; a++) for (let b = 0; b < a; b++) if (groupOf(world, a) === groupOf(world, b)) add(a, b);
  const mayBeFriends = (a: number, b: number): boolean => !profile.writesToGroup || groupOf(world, a) !== groupOf(world, b);
  for (let made = 0, tries = 0; made < (people.length * profile.friends) / 2 && tries < 100 * people.length; tries++) {
    const [a, b] = [chance.below(people.length), chance.below(people.length)];
    if (mayBeFriends(a, b) && add(a, b)) made++;
  }
  return [...pairs.values()];
}

export function meetingMs(world: World, chance: SeededRandom): number {
  const { least, most } = world.profile.meetingMs;
  return least + chance.below(most - least + 1);
}

/** So many meetings an hour of all together, each of two whom `choose` names. */
export function meetNowAndThen(world: World, chance: SeededRandom, choose: () => Pair | undefined): void {
  const everyMs = (): number => (world.profile.meetingsPerHour === 0 ? 0 : HOUR_MS / world.profile.meetingsPerHour);
  nowAndThen(world, chance, everyMs, () => {
    const pair = choose();
    if (pair !== undefined) world.network.encounter(pair[0].link, pair[1].link, meetingMs(world, chance));
  });
}

/** Two different ones of these. */
export function pickTwo(chance: SeededRandom, people: readonly Person[]): Pair | undefined {
  if (people.length < 2) return undefined;
  const a = chance.below(people.length);
  const b = (a + 1 + chance.below(people.length - 1)) % people.length;
  return [people[a] as Person, people[b] as Person];
}
