/** Lists what it has not and answers that it has everything: every want is met with nothing, every envelope with "I have it". */
import { decodeFrame, encodeFrame, type Listed } from '../../../packages/core/src/gossip/frames.ts';
import type { Bytes } from '../../../packages/core/src/kernel/bytes.ts';
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import type { Script } from './hostile-peer.ts';

const INVENTED = 100;

export function lie(chance: SeededRandom): Script {
  return {
    leaves: (frame) => {
      const read = decodeFrame(frame);
      if (read !== undefined && 'envelope' in read) return [];
      if (read?.kind === 'results')
        return [encodeFrame({ ...read, results: read.results.map(({ id }) => ({ id, result: 'have' as const })) })];
      return read?.kind === 'want' ? [] : [frame];
    },
    greets: () => [invented(chance)],
  };
}

function invented(chance: SeededRandom): Bytes {
  const entries: Listed[] = Array.from({ length: INVENTED }, () => ({
    id: chance.bytes(32),
    tag: chance.bytes(16),
    class: 1,
    size: chance.below(6),
    copies: chance.below(5),
  }));
  return encodeFrame({ kind: 'have', entries });
}
