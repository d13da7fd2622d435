/** The two rows that a vault keeps beside the sealed ones, under plain keys. Sealed keys have at least 32 bytes, so they never meet. */
import { type Bytes, sameBytes } from '../../kernel/bytes.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';
import type { RowKey, Space } from '../../node/machine.ts';

export const RESERVED_SPACE: Space = 'self';

/** Readable by anyone: `slots.ts`. */
export const SLOTS_ROW: RowKey = { space: RESERVED_SPACE, key: encodeUtf8('vault') };

/** Sealed: `state.ts`. */
export const STATE_ROW: RowKey = { space: RESERVED_SPACE, key: encodeUtf8('vault/state') };

export const RESERVED_KEYS: readonly Bytes[] = [SLOTS_ROW.key, STATE_ROW.key];

export function isReserved(space: Space, key: Bytes): boolean {
  return space === RESERVED_SPACE && RESERVED_KEYS.some((reserved) => sameBytes(reserved, key));
}
