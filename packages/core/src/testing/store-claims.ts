/** The short words in which the store exam is written: rows, and claims about what a store answers. */
import { assert } from '../kernel/assert.ts';
import { type Bytes, bytesOf, compareBytes, concat, copyBytes, EMPTY, sameBytes, toHex } from '../kernel/bytes.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import { type RowKey, SPACES, type Space, type Write } from '../node/machine.ts';
import type { Range, Store } from '../ports/store.ts';

export function key(...bytes: readonly number[]): Bytes {
  return bytesOf(bytes);
}

/** A key as long as the space wants it: behind a group and a place of zeros where it has such. */
export function keyIn(space: Space, ...bytes: readonly number[]): Bytes {
  const { groupBytes, placeBytes } = SPACES[space].sealed ?? { groupBytes: 0, placeBytes: 0 };
  return concat(new Uint8Array(groupBytes + placeBytes), bytesOf(bytes));
}

export function at(space: Space, rowKey: Bytes): RowKey {
  return { space, key: rowKey };
}

export function put(space: Space, rowKey: Bytes, value: string | Bytes): Write {
  return { space, key: rowKey, value: typeof value === 'string' ? encodeUtf8(value) : copyBytes(value) };
}

export function remove(space: Space, rowKey: Bytes): Write {
  return { space, key: rowKey };
}

/** The keys of a range; everything in the space unless told otherwise. */
export async function keysOf(store: Store, space: Space, options: Partial<Range> = {}): Promise<readonly Bytes[]> {
  const rows = await store.range({ space, prefix: EMPTY, limit: 1_000, ...options });
  return rows.map((row) => row.key);
}

export function assertKeys(got: readonly Bytes[], want: readonly Bytes[], claim: string): void {
  const [gotHex, wantHex] = [got.map(toHex).join(' '), want.map(toHex).join(' ')];
  assert(got.length === want.length && gotHex === wantHex, `${claim}: wanted [${wantHex}], got [${gotHex}]`);
}

/** The same keys, in whatever order. */
export function assertSameKeys(got: readonly Bytes[], want: readonly Bytes[], claim: string): void {
  assertKeys(got.toSorted(compareBytes), want.toSorted(compareBytes), claim);
}

export function assertValue(got: Bytes | undefined, want: string | Bytes | undefined, claim: string): void {
  if (want === undefined) {
    assert(got === undefined, `${claim}: wanted no row, got one of ${got?.length} bytes`);
    return;
  }
  const bytes = typeof want === 'string' ? encodeUtf8(want) : want;
  assert(got !== undefined, `${claim}: wanted ${bytes.length} bytes, got no row`);
  assert(sameBytes(got, bytes), `${claim}: got ${got.length} bytes that are not the ${bytes.length} that were put`);
}

export async function assertRow(store: Store, row: RowKey, want: string | Bytes | undefined): Promise<void> {
  const [got] = await store.get([row]);
  assertValue(got, want, `${row.space} ${toHex(row.key)}`);
}

/** The error of something that must fail. */
export async function rejection(attempt: Promise<unknown>): Promise<Error> {
  try {
    await attempt;
  } catch (error) {
    assert(error instanceof Error, 'what is thrown is an Error');
    return error;
  }
  return assert(false, 'this must fail, and it did not') as never;
}
