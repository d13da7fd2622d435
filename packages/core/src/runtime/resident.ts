/** Reads from a store what a person's node holds in memory. A damaged row is an error of the device: it is named, not skipped. */
import type { Suite } from '../crypto/suite.ts';
import { toHex } from '../kernel/bytes.ts';
import { decodePerson, type PersonRows, RESIDENT_SPACES, type ResidentRows } from '../node/person/stored.ts';
import { type Store, StoreFailed } from '../ports/store.ts';
import { readSpace } from './read-space.ts';

/** Throws `StoreFailed` for a row that does not read. */
export async function readPerson(suite: Suite, store: Store): Promise<PersonRows> {
  const raw: { -readonly [Space in keyof ResidentRows]?: ResidentRows[Space] } = {};
  for (const space of RESIDENT_SPACES) raw[space] = await readSpace(store, space);
  const decoded = decodePerson(suite, raw as ResidentRows);
  if (decoded.ok) return decoded.value;
  const { space, key } = decoded.refusal;
  throw new StoreFailed(`the row ${toHex(key).slice(0, 16)} of ${space} is damaged`);
}
