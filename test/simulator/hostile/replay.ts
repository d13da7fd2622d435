/** Keeps what it hears and says it again to whoever it meets next, as it was, whoever said it first. */
import type { Bytes } from '../../../packages/core/src/kernel/bytes.ts';
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import type { Script } from './hostile-peer.ts';

const KEPT_MAX = 2000;
const SAID_AGAIN_MAX = 50;

export function replay(chance: SeededRandom): Script {
  const kept: Bytes[] = [];
  return {
    hears: (frame) => {
      if (kept.length < KEPT_MAX) kept.push(frame);
      else kept[chance.below(KEPT_MAX)] = frame;
    },
    greets: () => (kept.length === 0 ? [] : Array.from({ length: SAID_AGAIN_MAX }, () => chance.pick(kept))),
  };
}
