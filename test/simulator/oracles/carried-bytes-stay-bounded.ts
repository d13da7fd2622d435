/** No node keeps more than its limits allow: of envelopes what gossip may carry, of everything a good deal more. */
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

/** Beside envelopes a phone keeps conversations and sessions: in these small worlds far less than this. */
const OTHER_BYTES_MAX = 16 * 2 ** 20;

export function carriedBytesStayBounded(world: World): Oracle {
  return {
    check: () => {
      const { carriedBytesMax, carriedMax } = world.limits;
      for (const person of world.people) {
        const shelf = world.ledger.shelves.get(person.name);
        if (shelf === undefined) continue;
        if (shelf.bytes > carriedBytesMax) throw new Error(`${person.name} carries ${shelf.bytes} bytes of ${carriedBytesMax}`);
        if (shelf.count > carriedMax) throw new Error(`${person.name} carries ${shelf.count} envelopes of ${carriedMax}`);
        const { bytes } = person.host.store;
        if (bytes > carriedBytesMax + OTHER_BYTES_MAX) throw new Error(`${person.name} keeps ${bytes} bytes`);
      }
    },
  };
}
