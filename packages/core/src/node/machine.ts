/**
 * What every node is to its host: a synchronous machine. It is handed an input and the time and answers with one `Outcome`,
 * which the host performs in a fixed order: commit, send, command the link, tell, set one timer. Rule: docs/architecture.md.
 */
import type { Brand } from '../kernel/brand.ts';
import { type Bytes, toHex } from '../kernel/bytes.ts';

/** A connection as this process numbers it. */
export type NeighbourId = Brand<number, 'NeighbourId'>;

export function neighbourId(value: number): NeighbourId {
  return value as NeighbourId;
}

/** The key by which the transport proves who is at the other end: an Ed25519 public key, 32 bytes in hexadecimal. Never an account. */
export type TransportKey = Brand<string, 'TransportKey'>;

export function transportKey(hex: string): TransportKey {
  return hex as TransportKey;
}

/**
 * How a neighbour is reached: `direct` device to device (WebRTC, TCP on the LAN), `relay` the neighbour is a relay we dialled by
 * its own address, `circuit` bytes pass through a relay that cannot read them.
 */
export type Path = 'direct' | 'relay' | 'circuit';

/** The static list of spaces. `bulk` rows are written once, read whole, and may live outside the ordered index. */
export const SPACES = {
  /** Identity, profile, settings: few rows with fixed keys. */
  self: { ordered: true, bulk: false },
  /** account id → contact. */
  contacts: { ordered: true, bulk: false },
  /** session id → session head (a value, replaced whole). */
  sessions: { ordered: true, bulk: false },
  /** tag → message key of one skipped message. */
  skipped: { ordered: true, bulk: false },
  /** invitation id → invitation we made, or accepted and wait for. */
  invitations: { ordered: true, bulk: false },
  /** account id ‖ order → message. */
  messages: { ordered: true, bulk: false },
  /** message id → order, so that a receipt finds its row. */
  messageIndex: { ordered: true, bulk: false },
  /** envelope id → header, hop data, tier: what is carried. */
  carried: { ordered: true, bulk: false },
  /** envelope id → the envelope's bytes. */
  bodies: { ordered: false, bulk: true },
  /** envelope id → until when it counts as seen, and the purge token if one was seen. */
  seen: { ordered: true, bulk: false },
} as const satisfies Readonly<Record<string, { readonly ordered: boolean; readonly bulk: boolean }>>;

export type Space = keyof typeof SPACES;

export interface RowKey {
  readonly space: Space;
  readonly key: Bytes;
}

/** The name under which a row stands in `Rows` and in every memory adapter. */
export function rowName(row: RowKey): string {
  return `${row.space}/${toHex(row.key)}`;
}

/** A put, or a delete when `value` is absent. */
export interface Write extends RowKey {
  readonly value?: Bytes;
}

/** A frame for a neighbour, or the key of a stored row to be read and sent behind `head`. */
export type Send =
  | { readonly neighbour: NeighbourId; readonly frame: Bytes }
  | { readonly neighbour: NeighbourId; readonly head: Bytes; readonly row: RowKey };

export type LinkCommand =
  /** Takes this Ed25519 seed as the transport key and makes the node reachable at the addresses the adapter was configured with. */
  | { readonly kind: 'listen'; readonly seed: Bytes }
  | { readonly kind: 'dial'; readonly id: number; readonly address: string; readonly expectedKey?: TransportKey }
  | { readonly kind: 'close'; readonly neighbour: NeighbourId }
  /** Stay reachable through this relay (circuit reservation, kept and renewed) until `unreserve`. */
  | { readonly kind: 'reserve'; readonly address: string }
  | { readonly kind: 'unreserve'; readonly address: string };

export type LinkEvent =
  /** A neighbour is there. Ids are never reused while the link lives. `dialled`: this side opened the connection. */
  | {
      readonly kind: 'up';
      readonly neighbour: NeighbourId;
      readonly key: TransportKey;
      readonly path: Path;
      readonly dialled: boolean;
      /** The `id` of the dial command that made it, when this side dialled. */
      readonly dial?: number;
      /** The largest frame this neighbour's `send` takes. */
      readonly frameBytesMax: number;
    }
  | { readonly kind: 'down'; readonly neighbour: NeighbourId }
  | { readonly kind: 'frame'; readonly neighbour: NeighbourId; readonly frame: Bytes }
  /** There is room again after `send` answered `full`. */
  | { readonly kind: 'drained'; readonly neighbour: NeighbourId }
  | { readonly kind: 'dial-failed'; readonly dial: number; readonly reason: DialFailure }
  /** Under which addresses others can dial this node now; replaces the previous list. */
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] };

export type DialFailure = 'unreachable' | 'refused' | 'wrong-key' | 'timed-out' | 'bad-address' | 'no-transport';

export interface Outcome<Event> {
  /** One transaction, all or nothing; performed first. */
  readonly writes: readonly Write[];
  readonly sends: readonly Send[];
  readonly commands: readonly LinkCommand[];
  readonly events: readonly Event[];
  /** The earliest time at which the machine wants `wake` though nothing happened; `undefined` for never. Replaces the previous one. */
  readonly wakeAtMs: number | undefined;
}

/** Rows that were asked for by `needs`, found by `rowName`. */
export type Rows = ReadonlyMap<string, Bytes | undefined>;

export const NO_ROWS: Rows = new Map();

export type Step<Event> =
  | { readonly kind: 'outcome'; readonly outcome: Outcome<Event> }
  /** Decided before any change: read these rows and call again with the same input. At most `NEEDS_ROUNDS_MAX` times. */
  | { readonly kind: 'needs'; readonly keys: readonly RowKey[] };

export const NEEDS_ROUNDS_MAX = 3;

/** Inputs every node understands, because the host makes them. */
export type HostInput =
  | { readonly kind: 'link'; readonly event: LinkEvent }
  | { readonly kind: 'wake' }
  /** A send was not taken: the neighbour's queue is full. The same frames are wanted again after `drained`. */
  | { readonly kind: 'full'; readonly neighbour: NeighbourId };

export interface Machine<Input, Event> {
  handle(input: Input | HostInput, rows: Rows, nowMs: number): Step<Event>;
}

export const EMPTY_OUTCOME: Outcome<never> = { writes: [], sends: [], commands: [], events: [], wakeAtMs: undefined };
