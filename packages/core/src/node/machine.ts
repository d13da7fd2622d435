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

/** The spaces that rows live in. */
export type Space =
  /** Identity, profile, relays: few rows with fixed keys. */
  | 'self'
  /** account id → contact. */
  | 'contacts'
  /** session id → session head (a value, replaced whole). */
  | 'sessions'
  /** tag → message key of one overtaken message. */
  | 'skipped'
  /** invitation id → an invitation made, or one accepted and waited for. */
  | 'invitations'
  /** account id ‖ order → message. */
  | 'messages'
  /** message id → key of its row, so that a receipt finds it. */
  | 'messageIndex'
  /** message id → what is still undelivered of it. */
  | 'outbox'
  /** envelope id → what is carried, without its bytes. */
  | 'carried'
  /** envelope id → the envelope's bytes. */
  | 'bodies'
  /** envelope id → until when it counts as seen, and the purge token if one was seen. */
  | 'seen'
  /** signing key of a device → what is known of it: a contact's, or one more of one's own. */
  | 'devices'
  /** prekey id → the seed of prekeys that were given away outside an invitation. */
  | 'prekeys';

export interface SpaceTraits {
  /** Read in order by ranges. */
  readonly ordered: boolean;
  /** Written once, read whole: an engine may keep such rows outside its ordered index. */
  readonly bulk: boolean;
  /** How a vault hides keys where part of their order has to stay (docs/protocol/vault.md §3). Absent: the whole key is hidden, and with it the order. */
  readonly sealed?: SealedKey;
}

/** A key is `group ‖ place ‖ rest`: the group is hidden for itself, the place stays readable, the rest is hidden. Every key has a rest. */
export interface SealedKey {
  readonly groupBytes: number;
  readonly placeBytes: number;
}

const TABLE: SpaceTraits = { ordered: true, bulk: false };

/** The static list of spaces, in the order in which engines number them: only ever added to at the end. */
export const SPACES: Readonly<Record<Space, SpaceTraits>> = {
  self: TABLE,
  contacts: TABLE,
  sessions: TABLE,
  skipped: TABLE,
  invitations: TABLE,
  messages: { ...TABLE, sealed: { groupBytes: 32, placeBytes: 8 } },
  messageIndex: TABLE,
  carried: TABLE,
  bodies: { ordered: false, bulk: true },
  seen: TABLE,
  outbox: TABLE,
  devices: TABLE,
  prekeys: TABLE,
};

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
  /**
   * Takes this Ed25519 seed as the transport key and makes the node reachable at the addresses the adapter was configured with. Told again with
   * another seed, what begins from then on is of that key; connections under the earlier one stay until they end.
   */
  | { readonly kind: 'listen'; readonly seed: Bytes }
  | { readonly kind: 'dial'; readonly id: number; readonly address: string; readonly expectedKey?: TransportKey }
  | { readonly kind: 'close'; readonly neighbour: NeighbourId }
  /**
   * Stay reachable through this relay (circuit reservation, kept and renewed) until `unreserve`. `helps`: its word on STUN and TURN servers is
   * taken. Told again, the latest counts.
   */
  | { readonly kind: 'reserve'; readonly address: string; readonly helps?: boolean }
  | { readonly kind: 'unreserve'; readonly address: string }
  /** Ask this neighbour for a sign of life at once, or every one (the device woke, its network changed), and take down who gives none. */
  | { readonly kind: 'probe'; readonly neighbour?: NeighbourId }
  | HandCommand;

/**
 * A connection made by hand: what one device shows and the other reads stands in for every kind of signalling. `hand` numbers the attempt;
 * it ends with `up`, with `hand-failed`, or by `hand-drop`. Rule: docs/protocol/by-hand.md.
 */
export type HandCommand =
  /** Begins one. `codeBytesMax`: what the road to the other has room for. Answered by `hand-code`. */
  | { readonly kind: 'hand-offer'; readonly hand: number; readonly codeBytesMax: number }
  /** Takes up what the other began. Answered by `hand-code`, for the other to read. */
  | {
      readonly kind: 'hand-answer';
      readonly hand: number;
      readonly offer: Bytes;
      readonly expectedKey: TransportKey;
      readonly codeBytesMax: number;
    }
  /** The other's answer to what this side began under the same `hand`. */
  | { readonly kind: 'hand-accept'; readonly hand: number; readonly answer: Bytes; readonly expectedKey: TransportKey }
  /** Both know each other already, so one code is enough. */
  | ({ readonly kind: 'hand-again'; readonly hand: number } & HandAgain)
  | { readonly kind: 'hand-drop'; readonly hand: number }
  /** Makes a certificate for one pair and keeps it under this name, unless there is one. Answered by `hand-certificate`. */
  | { readonly kind: 'hand-certify'; readonly name: string }
  | { readonly kind: 'hand-forget'; readonly name: string };

export interface HandAgain {
  /** 32 bytes that only these two know, for this one time: user fragment and password of both sides come from it. */
  readonly secret: Bytes;
  /** Of this side, made by `hand-certify`. */
  readonly certificate: string;
  /** SHA-256 of the other side's certificate. */
  readonly peerFingerprint: Bytes;
  /** What the other showed; absent on the side that shows, which is answered by `hand-code`. */
  readonly shown?: Bytes;
  /** Absent on the side that shows: whoever holds the other certificate may have any transport key. */
  readonly expectedKey?: TransportKey;
}

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
      /** The number of the attempt by hand that made it. Whoever began counts as the dialler. */
      readonly hand?: number;
      /** The largest frame this neighbour's `send` takes. */
      readonly frameBytesMax: number;
    }
  | { readonly kind: 'down'; readonly neighbour: NeighbourId }
  /** The bytes of a neighbour that is there take another path than was told last; nothing else changed. */
  | { readonly kind: 'path'; readonly neighbour: NeighbourId; readonly path: Path }
  | { readonly kind: 'frame'; readonly neighbour: NeighbourId; readonly frame: Bytes }
  /** There is room again after `send` answered `full`. */
  | { readonly kind: 'drained'; readonly neighbour: NeighbourId }
  | { readonly kind: 'dial-failed'; readonly dial: number; readonly reason: DialFailure }
  /** Under which addresses others can dial this node now; replaces the previous list. */
  | { readonly kind: 'addresses'; readonly addresses: readonly string[] }
  /** A node of this kind was noticed nearby (discovery on the local network). Unproven until a dial with this `expectedKey` succeeds. */
  | { readonly kind: 'found'; readonly key: TransportKey; readonly addresses: readonly string[] }
  | HandEvent;

export type HandEvent =
  /** For the other to read: an offer, an answer, or what the one code of two who know each other holds of the network. */
  | { readonly kind: 'hand-code'; readonly hand: number; readonly code: Bytes }
  | { readonly kind: 'hand-failed'; readonly hand: number; readonly reason: HandFailure }
  /** SHA-256 of the certificate; absent where none can be made or kept, or where one code cannot be enough. */
  | { readonly kind: 'hand-certificate'; readonly name: string; readonly fingerprint: Bytes | undefined };

export type HandFailure =
  /** This link makes no connections by hand. */
  | 'no-transport'
  /** No address of this device may be told: no network, or the browser hides it. */
  | 'no-address'
  /** What was read is none, or not of this attempt. */
  | 'bad-code'
  /** Somebody else is at the other end. */
  | 'wrong-key'
  /** The certificate is gone, or this browser does not let one code be enough. */
  | 'no-certificate'
  | 'timed-out';

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
  | { readonly kind: 'full'; readonly neighbour: NeighbourId }
  /** A stored row that was to be sent is not there: it was let go meanwhile, or the disk lost it. */
  | { readonly kind: 'gone'; readonly row: RowKey };

export interface Machine<Input, Event> {
  handle(input: Input | HostInput, rows: Rows, nowMs: number): Step<Event>;
}

export const EMPTY_OUTCOME: Outcome<never> = { writes: [], sends: [], commands: [], events: [], wakeAtMs: undefined };
