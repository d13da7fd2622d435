/** Homes: most meetings are at home, the others are visits of somebody from one home to somebody of another. */
import type { Person } from '../world.ts';
import { groupOf, groupsOf, meetNowAndThen, ordinaryPairs, pickTwo, type Schedule } from './schedule.ts';

export const VILLAGE: Schedule = {
  pairs: ordinaryPairs,
  live: (world, chance) => {
    const homes = groupsOf(world);
    meetNowAndThen(world, chance, () => {
      if (chance.chance(world.profile.groupShare)) return pickTwo(chance, chance.pick(homes));
      const visitor = chance.below(world.people.length);
      const host = chance.below(world.people.length);
      if (groupOf(world, visitor) === groupOf(world, host)) return undefined;
      return [world.people[visitor] as Person, world.people[host] as Person];
    });
  },
};
