/** No frame anywhere holds a piece of what somebody said, or a name. */
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

/** All that is said in worlds begins with this, and all names with that, so that two searches find any of it. */
export const SAID_MARK = 'said:';
export const NAME_MARK = 'person';

export function noPlaintextOnTheWire(_world: World): Oracle {
  return {
    frame: ({ frame }) => {
      const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
      if (bytes.includes(SAID_MARK, 0, 'latin1')) throw new Error('a frame holds what somebody said');
      if (bytes.includes(NAME_MARK, 0, 'latin1')) throw new Error('a frame holds a name');
    },
  };
}
