/** What somebody hostile, a stranger to all, has brought to a phone and lies there stays within a stranger's quota, however much it brings. */
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

const EVERY_MS = 600_000;

export function quotaOfStrangers(world: World): Oracle {
  let nextMs = 0;
  return {
    check: () => {
      if (world.nowMs < nextMs || world.hostile.length === 0) return;
      nextMs = world.nowMs + EVERY_MS;
      const hostile = new Set(world.hostile.map((peer) => peer.link.name));
      const { envelopes } = world.limits.quotas.stranger;
      for (const person of world.people) {
        const brought = new Map<string, number>();
        for (const giver of world.ledger.shelves.get(person.name)?.givers() ?? [])
          if (hostile.has(giver)) brought.set(giver, (brought.get(giver) ?? 0) + 1);
        for (const [giver, count] of brought)
          if (count > envelopes)
            throw new Error(`${person.name} keeps ${count} envelopes of the stranger ${giver}, who may leave ${envelopes}`);
      }
    },
  };
}
