/**
 * What the whole world holds, kept up with every commit: who carries which envelope, in which envelopes a message travels, what arrived
 * and what expired. For the oracles and the figures; nodes know nothing of it.
 */
import type { MemoryStore } from '../../packages/core/src/adapters/store-memory/index.ts';
import { decodeMessage } from '../../packages/core/src/conversation/message.ts';
import { decodeCarried } from '../../packages/core/src/gossip/carried.ts';
import { EMPTY, sameBytes, toHex, toKey } from '../../packages/core/src/kernel/bytes.ts';
import type { Write } from '../../packages/core/src/node/machine.ts';
import { decodeOutbox } from '../../packages/core/src/node/person/rows.ts';
import { UNSEALED } from '../../packages/core/src/node/person/state.ts';
import type { StoreWatch } from './sim-host.ts';

/** One envelope, from the moment somebody first kept it. */
export interface Tracked {
  readonly bornMs: number;
  /** The message it holds, if it is one. */
  message: string | undefined;
  carriers: number;
  /** How often it went from phone to phone. */
  sends: number;
}

/** A message row that is new at somebody's. */
export interface Shown {
  readonly reader: string;
  readonly account: string;
  readonly id: string;
  readonly text: string;
  readonly key: string;
}

/** States of a message that are the end of it, in its writer's sight. */
const TOLD: ReadonlySet<string> = new Set(['delivered', 'read', 'expired']);

/** What one node keeps. */
export class Shelf implements StoreWatch {
  readonly name: string;
  readonly kind: 'person' | 'relay';
  readonly #ledger: Ledger;
  readonly #envelopes: Map<string, number> = new Map<string, number>();
  /** Envelope → whose frame brought it. */
  readonly #givers: Map<string, string> = new Map<string, string>();
  bytes = 0;

  constructor(ledger: Ledger, name: string, kind: 'person' | 'relay') {
    this.#ledger = ledger;
    this.name = name;
    this.kind = kind;
  }

  /** Envelopes carried, one's own included. */
  get count(): number {
    return this.#envelopes.size;
  }

  has(envelope: string): boolean {
    return this.#envelopes.has(envelope);
  }

  /** Who brought what is kept; one's own nobody brought. */
  givers(): IterableIterator<string> {
    return this.#givers.values();
  }

  committed(writes: readonly Write[], from: string | undefined): void {
    const own = new Set<string>();
    for (const { space, key, value } of writes) {
      // An answer that is written at once stands in the same commit, and was brought by nobody.
      if (space === 'carried' && value !== undefined && from !== undefined && decodeCarried(key, value)?.own === true) own.add(toKey(key));
    }
    for (const { space, key, value } of writes) {
      if (space === 'bodies') this.#place(toKey(key), value?.length, own.has(toKey(key)) ? undefined : from);
      else if (space === 'messages' && value !== undefined) this.#ledger.message(this.name, key, value);
      else if (space === 'outbox' && this.kind === 'person') this.#ledger.outbox(key, value);
    }
  }

  #place(envelope: string, bytes: number | undefined, from: string | undefined): void {
    const before = this.#envelopes.get(envelope);
    if (before === undefined && bytes === undefined) return;
    this.bytes += (bytes ?? 0) - (before ?? 0);
    if (bytes === undefined) {
      this.#envelopes.delete(envelope);
      this.#givers.delete(envelope);
    } else {
      this.#envelopes.set(envelope, bytes);
      if (before === undefined && from !== undefined) this.#givers.set(envelope, from);
    }
    this.#ledger.carried(envelope, (bytes === undefined ? 0 : 1) - (before === undefined ? 0 : 1));
  }

  restored(store: MemoryStore): void {
    for (const envelope of [...this.#envelopes.keys()]) this.#place(envelope, undefined, undefined);
    this.#ledger.forget(this.name);
    for (const space of ['bodies', 'messages', 'outbox'] as const) {
      const rows = store.rangeNow({ space, prefix: EMPTY, limit: 1_000_000 });
      this.committed(
        rows.map(({ key, value }) => ({ space, key, value })),
        undefined,
      );
    }
  }
}

export class Ledger {
  readonly #now: () => number;
  readonly shelves: Map<string, Shelf> = new Map<string, Shelf>();
  readonly envelopes: Map<string, Tracked> = new Map<string, Tracked>();
  /** message → when it arrived first. */
  readonly arrivedMs: Map<string, number> = new Map<string, number>();
  /** Messages of which a device of their writer shows that they arrived or that their time is over, each with those devices. */
  readonly #told: Map<string, Set<string>> = new Map<string, Set<string>>();
  /** message → the envelopes it was ever sealed in. */
  readonly #envelopesOf: Map<string, Set<string>> = new Map<string, Set<string>>();
  /** Messages that wait to be sealed for some device. */
  readonly #unsealed: Set<string> = new Set<string>();
  /** Node → when its store was set back last. */
  readonly setBackMs: Map<string, number> = new Map<string, number>();
  /** What was shown or taken back since somebody last looked. */
  #shown: Shown[] = [];
  #forgotten: string[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  shelf(name: string, kind: 'person' | 'relay'): Shelf {
    const shelf = new Shelf(this, name, kind);
    this.shelves.set(name, shelf);
    return shelf;
  }

  track(envelope: string): Tracked {
    const known = this.envelopes.get(envelope);
    if (known !== undefined) return known;
    const made: Tracked = { bornMs: this.#now(), message: undefined, carriers: 0, sends: 0 };
    this.envelopes.set(envelope, made);
    return made;
  }

  carried(envelope: string, more: number): void {
    this.track(envelope).carriers += more;
  }

  outbox(key: Uint8Array, value: Uint8Array<ArrayBuffer> | undefined): void {
    const message = toHex(key);
    this.#unsealed.delete(message);
    for (const part of (value && decodeOutbox(value))?.parts ?? []) {
      if (sameBytes(part.envelopeId, UNSEALED)) {
        this.#unsealed.add(message);
        continue;
      }
      const envelope = toKey(part.envelopeId);
      const of = this.#envelopesOf.get(message) ?? new Set<string>();
      this.#envelopesOf.set(message, of.add(envelope));
      this.track(envelope).message = message;
    }
  }

  message(holder: string, key: Uint8Array<ArrayBuffer>, row: Uint8Array<ArrayBuffer>): void {
    const message = decodeMessage(key, row);
    if (message === undefined) return;
    const id = toHex(message.id);
    if (message.mine) {
      const isTold = message.state !== undefined && TOLD.has(message.state.kind);
      if (isTold) this.#told.set(id, (this.#told.get(id) ?? new Set<string>()).add(holder));
      return;
    }
    if (!this.arrivedMs.has(id)) this.arrivedMs.set(id, this.#now());
    this.#shown.push({ reader: holder, account: toHex(message.account), id, text: message.text, key: toKey(key) });
  }

  /** A store was set back: what is in it is told anew. */
  forget(holder: string): void {
    this.#forgotten.push(holder);
    for (const devices of this.#told.values()) devices.delete(holder);
    this.setBackMs.set(holder, this.#now());
    this.#shown = this.#shown.filter((it) => it.reader !== holder);
  }

  /** Whether this device shows what became of this message of its own. */
  isTold(writer: string, message: string): boolean {
    return this.#told.get(message)?.has(writer) ?? false;
  }

  takeForgotten(): readonly string[] {
    const forgotten = this.#forgotten;
    this.#forgotten = [];
    return forgotten;
  }

  takeShown(): readonly Shown[] {
    const shown = this.#shown;
    this.#shown = [];
    return shown;
  }

  /** Somebody keeps an envelope in which this message travels, or its writer has yet to seal it. */
  isOnItsWay(message: string): boolean {
    if (this.#unsealed.has(message)) return true;
    for (const envelope of this.#envelopesOf.get(message) ?? []) if ((this.envelopes.get(envelope)?.carriers ?? 0) > 0) return true;
    return false;
  }
}
