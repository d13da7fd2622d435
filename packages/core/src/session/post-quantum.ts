/**
 * The second ratchet: whole ML-KEM-768 keys inside encrypted messages, so that recorded traffic stays closed to a quantum computer after
 * a compromise as well. Epochs count up; the responder proposes the odd ones, the initiator the even ones.
 *
 *   proposer                               other
 *   key pair ──── encapsulation key ─────▶ encapsulates: both chain on
 *   decapsulates ◀──── ciphertext ──────── may send in the new epoch once the proposer says it knows it
 *
 * An epoch is constant within one sending chain and changes only where a chain begins. A value, like the ratchet it stands beside.
 * Rule: docs/protocol/session.md §5.
 */
import { type Label, LENGTHS, label, type Suite } from '../crypto/suite.ts';
import { type Bytes, EMPTY } from '../kernel/bytes.ts';
import { type Reader, Writer } from '../kernel/codec.ts';
import type { Random } from '../kernel/random.ts';
import { ANNOUNCE_EVERY, ANNOUNCE_FIRST, EPOCH_HOURS, EPOCH_KEYS_MAX, EPOCH_MESSAGES } from './limits.ts';

export interface EpochKey {
  readonly epoch: number;
  readonly key: Bytes;
}

export interface PostQuantum {
  /** The remainder of the epochs this side proposes: 1 for the responder, 0 for the initiator. */
  readonly parity: 0 | 1;
  /** Newest first; never empty. Older than the chain being read are dropped. */
  readonly keys: readonly EpochKey[];
  /** The newest epoch the peer is known to hold. */
  readonly peerKnows: number;
  /** Seed of the pair I proposed for the next epoch. */
  readonly proposed: Bytes | undefined;
  /** Their encapsulation key for the next epoch, until I write. */
  readonly received: Bytes | undefined;
  /** My ciphertext for the newest epoch, until the peer says that it knows it. */
  readonly answer: Bytes | undefined;
  /** Messages either way since the newest epoch began, and the hour (since 1970) when it did. */
  readonly messages: number;
  readonly sinceHour: number;
}

/** What a message carries in front of its content. */
export type Extension =
  | { readonly kind: 'none' }
  | { readonly kind: 'proposal'; readonly encapsulationKey: Bytes }
  | { readonly kind: 'answer'; readonly ciphertext: Bytes };

export const NO_EXTENSION: Extension = { kind: 'none' };

const NEXT_EPOCH: Label = label('session/next-epoch');
const MIX: Label = label('session/mix');

export function beginPostQuantum(parity: 0 | 1, firstKey: Bytes, nowHour: number): PostQuantum {
  const keys = [{ epoch: 0, key: firstKey }];
  return { parity, keys, peerKnows: 0, proposed: undefined, received: undefined, answer: undefined, messages: 0, sinceHour: nowHour };
}

/** The key of a message: neither ratchet alone opens it. */
export function mix(suite: Suite, epochKey: Uint8Array, messageKey: Uint8Array): Bytes {
  return suite.mac(epochKey, MIX, messageKey);
}

export function newestEpoch(it: PostQuantum): number {
  return it.keys[0]?.epoch ?? 0;
}

export function keyOfEpoch(it: PostQuantum, epoch: number): Bytes | undefined {
  return it.keys.find((one) => one.epoch === epoch)?.key;
}

/** The epoch a sending chain may begin in: the newest that both sides hold. */
export function epochForNewChain(it: PostQuantum): number {
  return Math.min(newestEpoch(it), it.peerKnows);
}

function withEpoch(suite: Suite, it: PostQuantum, secret: Bytes, nowHour: number): PostQuantum {
  const [newest] = it.keys;
  const key = suite.derive(newest?.key ?? EMPTY, secret, NEXT_EPOCH, LENGTHS.key);
  const keys = [{ epoch: newestEpoch(it) + 1, key }, ...it.keys];
  return { ...it, keys, proposed: undefined, received: undefined, messages: 0, sinceHour: nowHour };
}

/** A peer that goes on in one chain for ever must not push out the epoch that our own chain stands in. */
function hasRoom(it: PostQuantum): boolean {
  return it.keys.length < EPOCH_KEYS_MAX;
}

function isTimeToPropose(it: PostQuantum, nowHour: number): boolean {
  const next = newestEpoch(it) + 1;
  if (!hasRoom(it)) return false;
  if (next % 2 !== it.parity || it.proposed !== undefined || it.answer !== undefined) return false;
  return next === 1 || it.messages >= EPOCH_MESSAGES || nowHour - it.sinceHour >= EPOCH_HOURS;
}

/** Before message `number` of a chain is sealed: what it carries along, and the state after it. */
export function beforeSealing(
  suite: Suite,
  random: Random,
  before: PostQuantum,
  number: number,
  nowHour: number,
): { readonly state: PostQuantum; readonly extension: Extension } {
  let state = { ...before, messages: before.messages + 1 };
  if (state.received !== undefined && hasRoom(state)) {
    const made = suite.encapsulate(state.received, random.bytes(32));
    // A key that is none is dropped; its proposer will propose again with a good one, or stay in this epoch.
    state =
      made === undefined
        ? { ...state, received: undefined }
        : { ...withEpoch(suite, state, made.secret, nowHour), answer: made.ciphertext };
  } else if (isTimeToPropose(state, nowHour)) state = { ...state, proposed: random.bytes(LENGTHS.encapsulationSeed) };
  const isTold = number < ANNOUNCE_FIRST || number % ANNOUNCE_EVERY === 0;
  if (!isTold) return { state, extension: NO_EXTENSION };
  if (state.answer !== undefined) return { state, extension: { kind: 'answer', ciphertext: state.answer } };
  if (state.proposed === undefined) return { state, extension: NO_EXTENSION };
  return { state, extension: { kind: 'proposal', encapsulationKey: suite.encapsulationPair(state.proposed).publicKey } };
}

/** After a message was opened: what it carried, its writer's newest epoch, and the epoch of the chain it stood in. */
export function afterOpening(
  suite: Suite,
  before: PostQuantum,
  told: { readonly extension: Extension; readonly peerKnows: number; readonly chainEpoch: number },
  nowHour: number,
): PostQuantum {
  // Whoever writes in an epoch knows it; nobody can know one that is not there yet.
  const peerKnows = Math.max(before.peerKnows, Math.min(Math.max(told.peerKnows, told.chainEpoch), newestEpoch(before)));
  const answer = peerKnows >= newestEpoch(before) ? undefined : before.answer;
  const keys = before.keys.filter((one) => one.epoch >= told.chainEpoch);
  const state: PostQuantum = { ...before, messages: before.messages + 1, peerKnows, answer, keys };
  const next = newestEpoch(state) + 1;
  // A proposal is for the epoch after its writer's newest one, an answer for that newest one itself.
  const epoch = told.extension.kind === 'proposal' ? told.peerKnows + 1 : told.peerKnows;
  if (told.extension.kind === 'none' || epoch !== next) return state;
  const isMine = next % 2 === state.parity;
  if (told.extension.kind === 'proposal') return isMine ? state : { ...state, received: told.extension.encapsulationKey };
  if (!isMine || state.proposed === undefined || !hasRoom(state)) return state;
  const secret = suite.decapsulate(suite.encapsulationPair(state.proposed).secretKey, told.extension.ciphertext);
  return secret === undefined ? state : { ...withEpoch(suite, state, secret, nowHour), peerKnows: next };
}

/** A byte of kind, then the key or ciphertext of the writer's next, or newest, epoch. */
export function encodeExtension(extension: Extension): Bytes {
  switch (extension.kind) {
    case 'none':
      return new Writer(1).u8(0).finish();
    case 'proposal':
      return new Writer(1 + LENGTHS.encapsulationKey).u8(1).raw(extension.encapsulationKey).finish();
    case 'answer':
      return new Writer(1 + LENGTHS.encapsulationCiphertext).u8(2).raw(extension.ciphertext).finish();
  }
}

export function readExtension(reader: Reader): Extension | undefined {
  const kind = reader.u8();
  if (kind === 0) return reader.failed ? undefined : NO_EXTENSION;
  const bytes = reader.raw(kind === 1 ? LENGTHS.encapsulationKey : LENGTHS.encapsulationCiphertext);
  if (reader.failed || kind > 2) return undefined;
  return kind === 1 ? { kind: 'proposal', encapsulationKey: bytes } : { kind: 'answer', ciphertext: bytes };
}

export function writePostQuantum(writer: Writer, it: PostQuantum): void {
  writer.u8(it.parity).u16(it.peerKnows).u32(it.messages).u32(it.sinceHour).u8(it.keys.length);
  for (const { epoch, key } of it.keys) writer.u16(epoch).raw(key);
  for (const part of [it.proposed, it.received, it.answer]) writer.bytes16(part ?? EMPTY);
}

export function readPostQuantum(reader: Reader): PostQuantum {
  const parity = reader.u8() === 1 ? 1 : 0;
  const [peerKnows, messages, sinceHour, count] = [reader.u16(), reader.u32(), reader.u32(), reader.u8()];
  const keys: EpochKey[] = [];
  for (let i = 0; i < count && !reader.failed; i++) keys.push({ epoch: reader.u16(), key: reader.raw(LENGTHS.key) });
  const [proposed, received, answer] = [reader.bytes16(), reader.bytes16(), reader.bytes16()].map((part) =>
    part.length > 0 ? part : undefined,
  );
  if (keys.length === 0) reader.fail();
  return { parity, keys, peerKnows, proposed, received, answer, messages, sinceHour };
}
