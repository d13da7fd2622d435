/**
 * Who is connected, who should be, and whom to dial when. The only place that decides about dialling; the link obeys.
 * Knows transport keys and addresses, never people. Answers with commands. Rule: docs/protocol/neighbours.md.
 *
 *   known ──dial──▶ dialling ──up──▶ connected ──down──▶ known (at once again, then after 1, 2, 4 … s)
 *                      └──dial-failed / no answer──▶ known (after 1, 2, 4 … s)
 */
import type { Random } from '../kernel/random.ts';
import { randomBelow } from '../kernel/random.ts';
import { peerIdOf, throughRelay } from './addresses.ts';
import {
  ADDRESS_LENGTH_MAX,
  ADDRESSES_MAX,
  BACK_OFF_FIRST_MS,
  BACK_OFF_PERSON_MAX_MS,
  BACK_OFF_RELAY_MAX_MS,
  COURTESY_MS,
  DIAL_PATIENCE_MS,
  DIALS_MAX,
} from './limits.ts';

export type NeighbourPath = 'direct' | 'relay' | 'circuit';

export interface Connected {
  readonly neighbour: number;
  readonly key: string;
  readonly path: NeighbourPath;
  readonly dialled: boolean;
}

export type NeighbourCommand =
  | { readonly kind: 'dial'; readonly id: number; readonly address: string; readonly expectedKey: string }
  | { readonly kind: 'close'; readonly neighbour: number }
  | { readonly kind: 'reserve'; readonly address: string }
  | { readonly kind: 'unreserve'; readonly address: string };

/** Somebody worth being connected to. */
interface Known {
  readonly key: string;
  readonly kind: 'relay' | 'person';
  /** Own addresses; a person's may be empty: it is then reached through relays both know. */
  addresses: readonly string[];
  /** Relays (keys) through which a person says it can be reached. */
  relays: readonly string[];
  attempts: number;
  notBeforeMs: number;
  dial: { readonly id: number; readonly sinceMs: number } | undefined;
}

export class Neighbours {
  readonly #random: Random;
  readonly #myKey: string;
  readonly #known: Map<string, Known> = new Map<string, Known>();
  readonly #connected: Map<number, Connected> = new Map<number, Connected>();
  /** key → ids, so that `isConnected` is cheap. */
  readonly #byKey: Map<string, Set<number>> = new Map<string, Set<number>>();
  #commands: NeighbourCommand[] = [];
  #nextDial = 1;

  constructor(random: Random, myKey: string) {
    this.#random = random;
    this.#myKey = myKey;
  }

  take(): readonly NeighbourCommand[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  connected(): IterableIterator<Connected> {
    return this.#connected.values();
  }

  get(neighbour: number): Connected | undefined {
    return this.#connected.get(neighbour);
  }

  isConnected(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** A relay at these addresses, to be kept connected. */
  knowRelay(key: string, addresses: readonly string[], nowMs: number): void {
    this.#know(key, 'relay', addresses, [], nowMs);
  }

  /** A person with this transport key, to be reached at its addresses or through one of these relays. */
  knowPerson(key: string, addresses: readonly string[], relays: readonly string[], nowMs: number): void {
    this.#know(key, 'person', addresses, relays, nowMs);
  }

  /** A person is no longer reached under this key. */
  forget(key: string): void {
    if (this.#known.get(key)?.kind === 'person') this.#known.delete(key);
  }

  #know(key: string, kind: Known['kind'], addresses: readonly string[], relays: readonly string[], nowMs: number): void {
    const known = this.#known.get(key);
    // What a person says of themselves cannot make a relay forgotten.
    if (key === this.#myKey || (kind === 'person' && known?.kind === 'relay')) return;
    const sane = addresses.filter((address) => address.length <= ADDRESS_LENGTH_MAX).slice(0, ADDRESSES_MAX);
    const before = known?.kind === kind ? known : undefined;
    if (before === undefined) this.#known.set(key, { key, kind, addresses: sane, relays, attempts: 0, notBeforeMs: 0, dial: undefined });
    else {
      before.addresses = sane;
      before.relays = relays;
      before.notBeforeMs = 0;
    }
    this.wake(nowMs);
  }

  /** Answers false for a connection that is one too many: it has been told to close. */
  up(it: Connected, nowMs: number): boolean {
    const known = this.#known.get(it.key);
    if (known !== undefined) {
      known.attempts = 0;
      known.notBeforeMs = 0;
      known.dial = undefined;
    }
    for (const other of this.#byKey.get(it.key) ?? []) {
      const rival = this.#connected.get(other);
      if (rival === undefined || rival.path !== it.path || other === it.neighbour) continue;
      // Both ends must close the same one. Whoever dials twice has lost the first; of two who dialled each other, the smaller key's stays.
      const keepsNew = rival.dialled === it.dialled || it.dialled === this.#myKey < it.key;
      this.#commands.push({ kind: 'close', neighbour: keepsNew ? other : it.neighbour });
      if (!keepsNew) return false;
    }
    this.#connected.set(it.neighbour, it);
    const ids = this.#byKey.get(it.key);
    if (ids === undefined) this.#byKey.set(it.key, new Set([it.neighbour]));
    else ids.add(it.neighbour);
    if (known?.kind === 'relay') this.#relayUp(known, nowMs);
    this.wake(nowMs);
    return true;
  }

  /** A relay came up: be reachable through it, and try everybody who is reached through it. */
  #relayUp(relay: Known, nowMs: number): void {
    const [address] = relay.addresses;
    const peer = peerIdOf(relay.key);
    if (address !== undefined && peer !== undefined) this.#commands.push({ kind: 'reserve', address: `${address}/p2p/${peer}` });
    for (const other of this.#known.values()) {
      if (other.kind !== 'person' || this.isConnected(other.key)) continue;
      other.attempts = 0;
      other.notBeforeMs = this.#myKey < other.key ? nowMs : nowMs + COURTESY_MS;
    }
  }

  down(neighbour: number, nowMs: number): void {
    const it = this.#connected.get(neighbour);
    if (it === undefined) return;
    this.#connected.delete(neighbour);
    const ids = this.#byKey.get(it.key);
    ids?.delete(neighbour);
    if (ids?.size === 0) this.#byKey.delete(it.key);
    this.wake(nowMs);
  }

  dialFailed(id: number, nowMs: number): void {
    for (const known of this.#known.values()) if (known.dial?.id === id) this.#backOff(known, nowMs);
    this.wake(nowMs);
  }

  /** The device woke, its network changed, or somebody was heard of: all waits are over. */
  retry(nowMs: number, key?: string): void {
    for (const known of this.#known.values()) {
      if (key !== undefined && known.key !== key) continue;
      known.attempts = 0;
      known.notBeforeMs = 0;
    }
    this.wake(nowMs);
  }

  #backOff(known: Known, nowMs: number): void {
    known.dial = undefined;
    known.attempts++;
    const most = known.kind === 'relay' ? BACK_OFF_RELAY_MAX_MS : BACK_OFF_PERSON_MAX_MS;
    const wait = Math.min(most, BACK_OFF_FIRST_MS * 2 ** Math.min(known.attempts - 1, 16));
    known.notBeforeMs = nowMs + Math.floor(wait / 2) + randomBelow(this.#random, Math.floor(wait / 2) + 1);
  }

  #addressFor(known: Known): string | undefined {
    const own = known.addresses;
    if (known.kind === 'relay') return own[known.attempts % Math.max(1, own.length)];
    const ways = [...own];
    for (const relay of this.#known.values()) {
      const isShared = known.relays.length === 0 || known.relays.includes(relay.key);
      if (relay.kind !== 'relay' || !isShared || !this.isConnected(relay.key)) continue;
      const [address] = relay.addresses;
      const through = address === undefined ? undefined : throughRelay(address, relay.key, known.key);
      if (through !== undefined) ways.push(through);
    }
    return ways[known.attempts % Math.max(1, ways.length)];
  }

  /** Starts what dials are due. */
  wake(nowMs: number): void {
    let under = 0;
    for (const known of this.#known.values()) {
      if (known.dial !== undefined && nowMs - known.dial.sinceMs > DIAL_PATIENCE_MS) this.#backOff(known, nowMs);
      if (known.dial !== undefined) under++;
    }
    for (const known of this.#known.values()) {
      if (under >= DIALS_MAX) return;
      if (known.dial !== undefined || this.isConnected(known.key) || known.notBeforeMs > nowMs) continue;
      const address = this.#addressFor(known);
      if (address === undefined) continue;
      known.dial = { id: this.#nextDial++, sinceMs: nowMs };
      this.#commands.push({ kind: 'dial', id: known.dial.id, address, expectedKey: known.key });
      under++;
    }
  }

  wakeAtMs(): number | undefined {
    let at: number | undefined;
    let under = 0;
    for (const known of this.#known.values()) if (known.dial !== undefined) under++;
    for (const known of this.#known.values()) {
      if (this.isConnected(known.key)) continue;
      // With all dials taken nothing can begin before one of them ends, which is news of its own.
      if (known.dial === undefined && (under >= DIALS_MAX || this.#addressFor(known) === undefined)) continue;
      const due = known.dial === undefined ? known.notBeforeMs : known.dial.sinceMs + DIAL_PATIENCE_MS + 1;
      at = at === undefined ? due : Math.min(at, due);
    }
    return at;
  }
}
