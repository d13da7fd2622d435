/** A message as a conversation keeps it: its place, its state, and the row of both. */
import { type Bytes, concat } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { CLOCKS_AHEAD_MS, CLOCKS_DIFFER_MS } from './limits.ts';

/** Where a message of mine is; `rank` orders states so that news that comes late changes nothing. */
export type DeliveryState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'carried'; readonly carriers: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'delivered'; readonly atMs: number }
  | { readonly kind: 'read'; readonly atMs: number };

export interface StoredMessage {
  readonly id: Bytes;
  readonly account: Bytes;
  readonly mine: boolean;
  readonly text: string;
  readonly sentAtMs: number;
  readonly expiresAtMs: number;
  readonly state: DeliveryState | undefined;
  /** It came from a device that its writer had removed already. */
  readonly fromRemovedDevice: boolean;
}

const STATES: readonly DeliveryState['kind'][] = ['waiting', 'carried', 'expired', 'delivered', 'read'];
/** Version 1 did not say from which device. */
const VERSION = 2;

/** Who wrote a message, as its key says it. */
const MINE = 0;
const THEIRS = 1;

/** The later of two states: delivered beats carried, more carriers beat fewer, and of two times for one thing the earlier counts. */
export function laterState(a: DeliveryState, b: DeliveryState): DeliveryState {
  const difference = STATES.indexOf(a.kind) - STATES.indexOf(b.kind);
  if (difference !== 0) return difference > 0 ? a : b;
  if (a.kind === 'carried' && b.kind === 'carried') return b.carriers > a.carriers ? b : a;
  return 'atMs' in a && 'atMs' in b && b.atMs < a.atMs ? b : a;
}

/**
 * The time a message of another's is placed at, in milliseconds since the epoch: the writer's, where that can be true; else when it arrived.
 * It cannot be later than its arrival by more than clocks run ahead, nor earlier than the meeting by more than clocks differ.
 */
export function placedAtMs(sentAtMs: number, arrivedAtMs: number, metAtMs: number): number {
  return sentAtMs <= arrivedAtMs + CLOCKS_AHEAD_MS && sentAtMs >= metAtMs - CLOCKS_DIFFER_MS ? sentAtMs : arrivedAtMs;
}

/**
 * The time of a message written now, in milliseconds since the epoch: behind `placesMs`, the newest places in its conversation, so that
 * an answer never stands before what it answers. A place further ahead than clocks run counts for nothing: it is a clock that was set back.
 */
export function nextPlaceMs(nowMs: number, ...placesMs: readonly number[]): number {
  return Math.max(nowMs, ...placesMs.filter((placeMs) => placeMs < nowMs + CLOCKS_AHEAD_MS).map((placeMs) => placeMs + 1));
}

/** account ‖ time ‖ writer ‖ id: a conversation reads in order, and nobody can write a row that is another's. */
export function messageKey(message: Pick<StoredMessage, 'account' | 'sentAtMs' | 'mine' | 'id'>): Bytes {
  const place = new Writer(9).u64(message.sentAtMs).u8(message.mine ? MINE : THEIRS);
  return concat(message.account, place.finish(), message.id);
}

export function encodeMessage(message: StoredMessage): Bytes {
  const writer = new Writer(message.text.length + 64).u8(VERSION).u64(message.expiresAtMs);
  const { state } = message;
  writer.u8(state === undefined ? 255 : STATES.indexOf(state.kind));
  writer.u64(state === undefined ? 0 : 'atMs' in state ? state.atMs : 'carriers' in state ? state.carriers : 0);
  return writer
    .u8(message.fromRemovedDevice ? 1 : 0)
    .text16(message.text)
    .finish();
}

function stateFrom(index: number, figure: number): DeliveryState | undefined {
  const kind = STATES[index];
  switch (kind) {
    case 'waiting':
    case 'expired':
      return { kind };
    case 'carried':
      return { kind, carriers: figure };
    case 'delivered':
    case 'read':
      return { kind, atMs: figure };
    default:
      return undefined;
  }
}

/** `undefined` for a row that is not a message. */
export function decodeMessage(key: Bytes, row: Bytes): StoredMessage | undefined {
  const place = new Reader(key);
  const account = place.raw(32);
  const sentAtMs = place.u64();
  const writer = place.u8();
  const id = place.raw(16);
  const reader = new Reader(row);
  const version = reader.u8();
  const expiresAtMs = reader.u64();
  const state = stateFrom(reader.u8(), reader.u64());
  const fromRemovedDevice = version !== 1 && reader.u8() === 1;
  const text = reader.text16();
  if (version < 1 || version > VERSION || writer > THEIRS || place.finish(true) === undefined) return undefined;
  return reader.finish({ id, account, mine: writer === MINE, text, sentAtMs, expiresAtMs, state, fromRemovedDevice });
}
