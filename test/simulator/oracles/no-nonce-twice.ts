/** No two different plaintexts are ever sealed under one key and one nonce, by anybody, not even after a store was set back. */
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

export function noNonceTwice(world: World): Oracle {
  return {
    check: () => {
      const [twice] = world.sealings.twice;
      if (twice !== undefined) throw new Error(`two plaintexts were sealed under one key and nonce (${twice})`);
    },
  };
}
