/** Accepts everything, says thank you, and gives nothing to anybody. */
import { decodeFrame } from '../../../packages/core/src/gossip/frames.ts';
import type { Script } from './hostile-peer.ts';

export function withhold(): Script {
  return {
    leaves: (frame) => {
      const read = decodeFrame(frame);
      return read !== undefined && 'envelope' in read ? [] : [frame];
    },
  };
}
