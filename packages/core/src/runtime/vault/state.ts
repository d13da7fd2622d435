/**
 * The state row: how often the vault was opened, and which of its locks are in use. Sealed under a key of its own, because the slots
 * row tells nobody. Rule: docs/protocol/vault.md §5.
 */
import { LENGTHS, label, type Suite } from '../../crypto/suite.ts';
import { type Bytes, concat, EMPTY } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import type { Entropy } from '../../ports/entropy.ts';
import { STATE_ROW } from './reserved.ts';

export interface VaultState {
  readonly generation: number;
  readonly passphrase: boolean;
  readonly prf: boolean;
  readonly words: boolean;
  readonly duress: boolean;
  /** The store was found older than it was, and nobody has acted on it yet. */
  readonly setBack: boolean;
}

const STATE_KEY = label('vault/state-key');
const VERSION = 1;
const FLAGS = ['passphrase', 'prf', 'words', 'duress', 'setBack'] as const;

export function sealState(suite: Suite, entropy: Entropy, master: Bytes, state: VaultState): Bytes {
  const flags = FLAGS.reduce((bits, name, i) => (state[name] ? bits | (1 << i) : bits), 0);
  const nonce = entropy.bytes(LENGTHS.nonce);
  const key = suite.mac(master, STATE_KEY, EMPTY);
  const plain = new Writer(10).u8(VERSION).u64(state.generation).u8(flags).finish();
  const sealed = suite.seal(key, nonce, STATE_ROW.key, plain);
  suite.wipe(key);
  return concat(nonce, sealed);
}

/** `undefined` for whatever was not sealed as this row under this master key. */
export function openState(suite: Suite, master: Bytes, sealed: Bytes | undefined): VaultState | undefined {
  if (sealed === undefined || sealed.length < LENGTHS.nonce) return undefined;
  const key = suite.mac(master, STATE_KEY, EMPTY);
  const plain = suite.open(key, sealed.subarray(0, LENGTHS.nonce), STATE_ROW.key, sealed.subarray(LENGTHS.nonce));
  suite.wipe(key);
  if (plain === undefined) return undefined;
  const reader = new Reader(plain);
  const version = reader.u8();
  const generation = reader.u64();
  const flags = reader.u8();
  const has = (name: (typeof FLAGS)[number]): boolean => ((flags >> FLAGS.indexOf(name)) & 1) === 1;
  if (version !== VERSION) return undefined;
  const locks = { passphrase: has('passphrase'), prf: has('prf'), words: has('words'), duress: has('duress') };
  return reader.finish({ generation, ...locks, setBack: has('setBack') });
}
