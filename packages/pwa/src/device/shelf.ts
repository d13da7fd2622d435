/** What the browser says about the room it gives, and whether it will keep what is there. */
import type { Shelf } from '../view-models/ports.ts';

/** Some browsers answer only after a question to the person, and some never. */
const ANSWER_MS = 3000;

function within<Value>(promise: Promise<Value>, otherwise: Value): Promise<Value> {
  return Promise.race([promise.catch(() => otherwise), new Promise<Value>((resolve) => setTimeout(() => resolve(otherwise), ANSWER_MS))]);
}

/** Private windows of Firefox and Safari refuse the private file system; others cannot be told apart and are not accused. */
async function forgets(storage: StorageManager): Promise<boolean> {
  if (!('getDirectory' in storage)) return false;
  return storage.getDirectory().then(
    () => false,
    (error: unknown) => error instanceof DOMException && (error.name === 'SecurityError' || error.name === 'UnknownError'),
  );
}

export function deviceShelf(): Shelf {
  const storage = (navigator as { readonly storage?: StorageManager }).storage;
  return {
    async facts() {
      if (storage === undefined) return { usedBytes: undefined, isKept: false, forgets: false };
      const [estimate, isKept, isPrivate] = await Promise.all([
        within<StorageEstimate>(storage.estimate(), {}),
        within(storage.persisted(), false),
        within(forgets(storage), false),
      ]);
      return { usedBytes: estimate.usage, isKept, forgets: isPrivate };
    },
    keep: () => (storage === undefined ? Promise.resolve(false) : within(storage.persist(), false)),
  };
}
