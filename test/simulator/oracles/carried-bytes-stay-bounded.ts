/** No node keeps more than its limits allow. */
import { PERSON_LIMITS } from '../../../packages/core/src/gossip/limits.ts';
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

/** Beside envelopes a phone keeps conversations and sessions: in these small worlds far less than this. */
const OTHER_BYTES_MAX = 16 * 2 ** 20;

export function carriedBytesStayBounded(world: World): Oracle {
  return {
    check: () => {
      for (const person of world.people) {
        const { bytes } = person.host.store;
        if (bytes > PERSON_LIMITS.carriedBytesMax + OTHER_BYTES_MAX) throw new Error(`${person.name} keeps ${bytes} bytes`);
      }
    },
  };
}
