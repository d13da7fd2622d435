/**
 * Makes a profile unreadable, then deletes it: slots first, the device key next, the rows last. It needs no key, and goes on with the
 * next step when one fails. Rule: docs/protocol/vault.md §7.
 */
import { EMPTY } from '../../kernel/bytes.ts';
import { SPACES, type Space } from '../../node/machine.ts';
import type { DeviceKey } from '../../ports/device-key.ts';
import type { Entropy } from '../../ports/entropy.ts';
import { type Store, StoreFull } from '../../ports/store.ts';
import { ERASE_ROWS } from './limits.ts';
import { isReserved, RESERVED_KEYS, RESERVED_SPACE, SLOTS_ROW, STATE_ROW } from './reserved.ts';
import { emptySlots, encodeSlots } from './slots.ts';

/** Throws what the device threw, after everything else was tried. */
export async function erase(inner: Store, entropy: Entropy, deviceKey: DeviceKey | undefined): Promise<void> {
  const failures: unknown[] = [];
  for (const step of [() => overwriteSlots(inner, entropy), async () => deviceKey?.forget(), () => deleteRows(inner)]) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Chance over every slot, and a mark by which the next start goes on. On a full disk only deletes work, so the row goes at once. */
async function overwriteSlots(inner: Store, entropy: Entropy): Promise<void> {
  try {
    await inner.commit([{ ...SLOTS_ROW, value: encodeSlots(emptySlots(entropy, 'erasing')) }], 'durable');
  } catch (error) {
    if (!(error instanceof StoreFull)) throw error;
    await inner.commit([SLOTS_ROW], 'durable');
  }
}

/** Every row of every space; the vault's own last, so that an erase which was cut off is known as one. */
export async function deleteRows(inner: Store): Promise<void> {
  for (const space of Object.keys(SPACES) as Space[]) {
    const spare = space === RESERVED_SPACE ? RESERVED_KEYS.length : 0;
    for (;;) {
      const page = await inner.range({ space, prefix: EMPTY, limit: ERASE_ROWS + spare });
      const rows = page.filter((row) => !isReserved(space, row.key));
      if (rows.length === 0) break;
      await inner.commit(
        rows.map(({ key }) => ({ space, key })),
        'relaxed',
      );
    }
  }
  await inner.commit([SLOTS_ROW, STATE_ROW], 'durable');
}
