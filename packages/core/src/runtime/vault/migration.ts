/**
 * Takes in a profile from before the vault: seals every row in place, some at a time. It may be stopped anywhere and begun again,
 * because a row that is sealed opens and one that is not does not. Rule: docs/protocol/vault.md §6.
 */
import { EMPTY } from '../../kernel/bytes.ts';
import { SPACES, type Space, type Write } from '../../node/machine.ts';
import type { Row, Store } from '../../ports/store.ts';
import { MIGRATION_ROWS } from './limits.ts';
import { isReserved } from './reserved.ts';
import type { Seal } from './seal.ts';

const ALL_SPACES = Object.keys(SPACES) as readonly Space[];

export async function hasRows(inner: Store): Promise<boolean> {
  for (const space of ALL_SPACES) if ((await inner.range({ space, prefix: EMPTY, limit: 1 })).length > 0) return true;
  return false;
}

export async function sealRows(inner: Store, seal: Seal): Promise<void> {
  for (const space of ALL_SPACES) {
    let last: Row | undefined;
    do {
      const place = last === undefined ? {} : { after: last.key };
      const page: readonly Row[] = await inner.range({ space, prefix: EMPTY, limit: MIGRATION_ROWS, ...place });
      const batch = page.flatMap((row) => replacement(space, row, seal));
      if (batch.length > 0) await inner.commit(batch, 'relaxed');
      last = page.at(-1);
    } while (last !== undefined);
  }
}

/** The row sealed, and the plain one gone; nothing for one that is sealed already (it may be met again behind its plain place). */
function replacement(space: Space, row: Row, seal: Seal): readonly Write[] {
  if (isReserved(space, row.key) || seal.open(space, row.key, row.value) !== undefined) return [];
  const blinded = seal.blind(space, row.key);
  return [
    { space, key: row.key },
    { space, key: blinded, value: seal.seal(space, blinded, row.key, row.value) },
  ];
}
