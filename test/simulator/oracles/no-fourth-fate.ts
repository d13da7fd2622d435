/**
 * Every message that was said is delivered, or expired in its writer's sight, or still carried by somebody. There is no fourth fate.
 * Of a writer whose store was set back since, what it still knows counts.
 */
import { fromHex } from '../../../packages/core/src/kernel/bytes.ts';
import type { Said } from '../person.ts';
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

const EVERY_MS = 600_000;

export function noFourthFate(world: World): Oracle {
  const open = new Map<string, Said>();
  let looked = 0;
  let nextMs = 0;
  const isForgotten = (said: Said): boolean => {
    if ((world.ledger.setBackMs.get(said.from) ?? 0) < said.atMs) return false;
    const writer = world.people.find((person) => person.name === said.from);
    const key = fromHex(said.id);
    return key === undefined || writer?.host.store.getNow([{ space: 'messageIndex', key }])[0] === undefined;
  };
  return {
    check: () => {
      if (world.nowMs < nextMs) return;
      nextMs = world.nowMs + EVERY_MS;
      for (; looked < world.said.length; looked++) {
        const one = world.said[looked];
        if (one !== undefined && one.id !== '') open.set(one.id, one);
      }
      const { arrivedMs, expired } = world.ledger;
      for (const [id, said] of open) {
        if (arrivedMs.has(id) || expired.has(id) || isForgotten(said)) open.delete(id);
        else if (!world.ledger.isOnItsWay(id)) throw new Error(`nobody carries "${said.text}" of ${said.from} to ${said.to}`);
      }
    },
  };
}
