/** Two rushes a day: within them people of one line stand beside each other for less than a minute, now these, now those. Between: silence. */

import { nowAndThen } from '../faults.ts';
import { groupsOf, HOUR_MS, meetingMs, ordinaryPairs, pickTwo, type Schedule } from './schedule.ts';

/** When the rushes begin and for how long they last, in hours of the day. */
const RUSHES: readonly number[] = [7, 17];
const RUSH_HOURS = 2;

function isRush(nowMs: number): boolean {
  const hour = (nowMs / HOUR_MS) % 24;
  return RUSHES.some((begins) => hour >= begins && hour < begins + RUSH_HOURS);
}

export const SUBWAY: Schedule = {
  pairs: ordinaryPairs,
  live: (world, chance) => {
    const lines = groupsOf(world);
    const everyMs = (): number => HOUR_MS / world.profile.meetingsPerHour;
    nowAndThen(world, chance, everyMs, () => {
      if (!isRush(world.nowMs)) return;
      const among = chance.chance(world.profile.groupShare) ? chance.pick(lines) : world.people;
      const pair = pickTwo(chance, among);
      if (pair !== undefined) world.network.encounter(pair[0].link, pair[1].link, meetingMs(world, chance));
    });
  },
};
