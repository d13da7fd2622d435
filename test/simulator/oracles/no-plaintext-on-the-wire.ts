/** No frame anywhere holds a piece of what somebody said, or a name. */
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

/** All that is said in worlds begins with this, so that one search finds any of it. */
export const SAID_MARK = 'said:';

export function noPlaintextOnTheWire(world: World): Oracle {
  return {
    frame: (frame) => {
      const text = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('latin1');
      if (text.includes(SAID_MARK)) throw new Error('a frame holds what somebody said');
      if (world.people?.some((person) => text.includes(person.name))) throw new Error('a frame holds a name');
    },
  };
}
