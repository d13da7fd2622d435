/** What LevelDB and the file system say, in the words of the store port. */
import { StoreFailed, StoreFull, StoreLocked, StoreNewer } from '../../ports/store.ts';

/** How Linux, macOS and Windows name a device without room; LevelDB passes their sentence on. */
const NO_ROOM = /no space left on device|disk quota exceeded|not enough space/i;
const NO_ROOM_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

export function storeError(error: unknown): Error {
  if (error instanceof StoreFull || error instanceof StoreFailed || error instanceof StoreLocked || error instanceof StoreNewer)
    return error;
  const cause = rootOf(error);
  const { code } = cause as { code?: unknown };
  if (NO_ROOM_CODES.has(code) || NO_ROOM.test(cause.message))
    return new StoreFull('there is no room left on the disk of the store', { cause });
  if (code === 'LEVEL_LOCKED') return new StoreLocked('another program has this store open', { cause });
  if (code === 'LEVEL_CORRUPTION') return new StoreFailed(`what the disk holds of the store cannot be read: ${cause.message}`, { cause });
  return new StoreFailed(`the disk of the store failed: ${cause.message}`, { cause });
}

/** abstract-level wraps what the engine said, once or more. */
function rootOf(error: unknown): Error {
  let root = error instanceof Error ? error : new Error(String(error));
  while (root.cause instanceof Error) root = root.cause;
  return root;
}
