/** What IndexedDB says, in the words of the store port. Browsers differ in the text, not in the names. */
import { StoreFailed, StoreFull, StoreLocked, StoreNewer } from '../../ports/store.ts';

export function storeError(error: unknown): Error {
  if (error instanceof StoreFull || error instanceof StoreFailed || error instanceof StoreLocked || error instanceof StoreNewer)
    return error;
  const { name, message } = error as { name?: unknown; message?: unknown };
  if (name === 'QuotaExceededError') return new StoreFull('the browser gives this site no more room', { cause: error });
  if (name === 'InvalidStateError') return new StoreFailed('the browser has taken the store away', { cause: error });
  return new StoreFailed(`the storage of the browser failed: ${String(name)} ${String(message ?? '')}`.trim(), { cause: error });
}
