/** The hostile peers of a profile, and whom they meet. */
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import { nowAndThen } from '../faults.ts';
import type { World } from '../world.ts';
import { flood } from './flood.ts';
import { HostilePeer, type Script } from './hostile-peer.ts';
import { lie } from './lie.ts';
import { replay } from './replay.ts';
import { withhold } from './withhold.ts';

const HOUR_MS = 3_600_000;

export function startHostilePeers(world: World, chance: SeededRandom): void {
  const { profile } = world;
  const kinds: readonly (readonly [string, number, (chance: SeededRandom) => Script])[] = [
    ['flood', profile.flood, flood],
    ['replay', profile.replayers, replay],
    ['lie', profile.liars, lie],
    ['withhold', profile.withholders, withhold],
  ];
  for (const [kind, count, script] of kinds) {
    for (let i = 0; i < count; i++) {
      const own = chance.fork(`${kind}:${i}`);
      const peer = new HostilePeer(world, `${kind}${i}`, own, script(own.fork('script')));
      world.hostile.push(peer);
      const { meetingMs } = profile;
      const meetings = own.fork('meetings');
      const everyMs = (): number => HOUR_MS / world.profile.hostileMeetingsPerHour;
      nowAndThen(world, meetings, everyMs, () => {
        const forMs = meetingMs.least + meetings.below(meetingMs.most - meetingMs.least + 1);
        world.network.encounter(peer.link, meetings.pick(world.people).link, forMs);
      });
    }
  }
}
