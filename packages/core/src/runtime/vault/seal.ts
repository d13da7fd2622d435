/**
 * How one row is sealed: its key blinded, its value encrypted for exactly that place. Holds the keys of every space until `forget`.
 * It never reads or writes a store. Rule: docs/protocol/vault.md §3 and §4.
 */
import { type Label, LENGTHS, label, type Suite } from '../../crypto/suite.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, bytesOf, concat, EMPTY } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { SPACES, type Space } from '../../node/machine.ts';
import type { Entropy } from '../../ports/entropy.ts';
import { type Row, StoreFailed } from '../../ports/store.ts';

const RECORD_KEY = label('vault/record-key');
const BLIND_KEY = label('vault/blind-key');
const WHOLE = label('vault/blind/whole');
const GROUP = label('vault/blind/group');
const REST = label('vault/blind/rest');

/** Version of a sealed row, in its associated data. */
const SEALED_VERSION = 1;

/** Bytes of the two hidden parts of a key whose place stays readable. */
const HALF_BYTES = 16;

const KEY_BYTES_MAX = 0xffff;

interface SpaceKeys {
  /** The space's number: its place in `SPACES`, which is only ever added to at the end. */
  readonly number: number;
  readonly record: Bytes;
  readonly blind: Bytes;
}

export class Seal {
  readonly #suite: Suite;
  readonly #entropy: Entropy;
  #keys: ReadonlyMap<Space, SpaceKeys> | undefined;

  constructor(suite: Suite, entropy: Entropy, master: Bytes) {
    this.#suite = suite;
    this.#entropy = entropy;
    const keyFor = (purpose: Label, number: number): Bytes => suite.mac(master, purpose, bytesOf([number]));
    const spaces = Object.keys(SPACES) as Space[];
    this.#keys = new Map(
      spaces.map((space, number) => [space, { number, record: keyFor(RECORD_KEY, number), blind: keyFor(BLIND_KEY, number) }]),
    );
  }

  /** The key under which the row lies in the store underneath: 32 to 40 bytes. */
  blind(space: Space, key: Uint8Array): Bytes {
    const { blind } = this.#of(space);
    const layout = SPACES[space].sealed;
    if (layout === undefined) return this.#suite.mac(blind, WHOLE, key);
    const { groupBytes, placeBytes } = layout;
    return concat(
      this.#suite.mac(blind, GROUP, key.subarray(0, groupBytes), HALF_BYTES),
      key.subarray(groupBytes, groupBytes + placeBytes),
      this.#suite.mac(blind, REST, key, HALF_BYTES),
    );
  }

  /** What all blinded keys begin with whose keys begin with `prefix`: nothing, or a group and some of its place. */
  blindPrefix(space: Space, prefix: Uint8Array): Bytes {
    if (prefix.length === 0) return EMPTY;
    const { blind } = this.#of(space);
    const layout = SPACES[space].sealed;
    assert(isPlace(space, prefix) && layout !== undefined, `a sealed space such as ${space} is not asked for by that prefix`);
    return concat(this.#suite.mac(blind, GROUP, prefix.subarray(0, layout.groupBytes), HALF_BYTES), prefix.subarray(layout.groupBytes));
  }

  /** Where a range goes on after `key`: the row's own place, or for a key cut short the place before all that begin with it. */
  blindPlace(space: Space, key: Uint8Array): Bytes {
    return isPlace(space, key) ? this.blindPrefix(space, key) : this.blind(space, key);
  }

  seal(space: Space, blinded: Bytes, key: Uint8Array, value: Uint8Array): Bytes {
    const { number, record } = this.#of(space);
    assert(key.length > 0 && key.length <= KEY_BYTES_MAX, 'a row key has 1 to 65,535 bytes');
    const nonce = this.#entropy.bytes(LENGTHS.nonce);
    const plain = new Writer(2 + key.length + value.length).bytes16(key).raw(value).finish();
    const sealed = this.#suite.seal(record, nonce, associated(number, blinded), plain);
    this.#suite.wipe(plain);
    return concat(nonce, sealed);
  }

  /** `undefined` unless it was sealed under these keys, for this space and this blinded key. */
  open(space: Space, blinded: Bytes, sealed: Bytes): Row | undefined {
    const { number, record } = this.#of(space);
    if (sealed.length < LENGTHS.nonce + LENGTHS.sealTag) return undefined;
    const nonce = sealed.subarray(0, LENGTHS.nonce);
    const plain = this.#suite.open(record, nonce, associated(number, blinded), sealed.subarray(LENGTHS.nonce));
    if (plain === undefined) return undefined;
    const reader = new Reader(plain);
    const row = { key: reader.bytes16(), value: reader.rest() };
    this.#suite.wipe(plain);
    return reader.finish(row);
  }

  /** Overwrites every key. Whatever is asked from then on throws `StoreFailed`. */
  forget(): void {
    for (const { record, blind } of this.#keys?.values() ?? []) {
      this.#suite.wipe(record);
      this.#suite.wipe(blind);
    }
    this.#keys = undefined;
  }

  #of(space: Space): SpaceKeys {
    if (this.#keys === undefined) throw new StoreFailed('the profile is locked; its rows cannot be read or written');
    const keys = this.#keys.get(space);
    assert(keys !== undefined, `${space} is a space`);
    return keys;
  }
}

/** Whether a whole group is named, and no more than a place within it. */
function isPlace(space: Space, bytes: Uint8Array): boolean {
  const layout = SPACES[space].sealed;
  return layout !== undefined && bytes.length >= layout.groupBytes && bytes.length <= layout.groupBytes + layout.placeBytes;
}

/** Lengths before and behind the blinded key are fixed, so that no two places run together. */
function associated(number: number, blinded: Bytes): Bytes {
  return concat(bytesOf([number]), blinded, bytesOf([SEALED_VERSION]));
}
