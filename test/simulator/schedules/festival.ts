/** One crowd: everybody stands in a field, about six others are within reach, links last for minutes, and some walk about. */
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import type { Pair, Person, World } from '../world.ts';
import { meetingMs, ordinaryPairs, type Schedule } from './schedule.ts';

const DEGREE = 6;

/** How far along the rows of the field a phone reaches, in people. */
const REACH = 3;

function near(world: World, chance: SeededRandom, from: number): number {
  const count = world.people.length;
  if (!chance.chance(world.profile.groupShare)) return chance.below(count);
  const width = Math.max(1, Math.floor(Math.sqrt(count)));
  const step = (): number => chance.below(2 * REACH + 1) - REACH;
  return (((from + step() + width * step()) % count) + count) % count;
}

export const FESTIVAL: Schedule = {
  pairs: ordinaryPairs,
  live: (world, chance) => {
    // One link for each `DEGREE / 2` of everybody; when it is over its place is taken by another of the same person.
    const stand = (person: number, isFirst: boolean): void => {
      const other = near(world, chance, person);
      const forMs = isFirst ? 1 + chance.below(world.profile.meetingMs.most) : meetingMs(world, chance);
      const [a, b] = [world.people[person] as Person, world.people[other] as Person] satisfies Pair;
      const isMet = world.network.encounter(a.link, b.link, forMs);
      world.after(isMet ? forMs : 1000 + chance.below(10_000), () => stand(person, false));
    };
    for (let i = 0; i < world.people.length; i++)
      for (let link = 0; link < DEGREE / 2; link++) world.after(chance.below(10_000), () => stand(i, true));
  },
};
