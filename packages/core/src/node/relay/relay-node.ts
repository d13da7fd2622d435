/**
 * The relay's node: keeps sealed mail, hands it on, knows nobody. It has no road to a session key: it joins gossip and a transport key,
 * nothing else.
 */
import type { Suite } from '../../crypto/suite.ts';
import { Gossip } from '../../gossip/gossip.ts';
import { type GossipLimits, RELAY_LIMITS } from '../../gossip/limits.ts';
import { assertNever } from '../../kernel/assert.ts';
import { type Bytes, toHex } from '../../kernel/bytes.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';
import { carry } from '../carriage.ts';
import type { HostInput, LinkEvent, Machine, Rows, Step } from '../machine.ts';
import { OutcomeBuilder } from '../outcome.ts';

export type RelayInput = { readonly kind: 'start' };

export type RelayEvent = { readonly kind: 'addresses-changed'; readonly addresses: readonly string[] };

/** The fixed key of the row that holds the transport seed. */
export const TRANSPORT_ROW: Bytes = encodeUtf8('transport');

export interface RelayRows {
  readonly transportSeed: Bytes | undefined;
  readonly carried: Iterable<{ readonly key: Bytes; readonly value: Bytes }>;
  readonly seen: Iterable<{ readonly key: Bytes; readonly value: Bytes }>;
}

export class RelayNode implements Machine<RelayInput, RelayEvent> {
  readonly #gossip: Gossip;
  readonly #seed: Bytes;
  readonly #isNew: boolean;
  readonly #neighbours: Set<number> = new Set<number>();
  readonly transportKey: string;

  /** `freshSeed`: 32 random bytes, used if the store holds no transport seed yet. */
  constructor(suite: Suite, rows: RelayRows, freshSeed: Bytes, limits: GossipLimits = RELAY_LIMITS) {
    this.#gossip = new Gossip(suite, 'relay', limits, () => false);
    this.#gossip.restore(rows.carried, rows.seen);
    this.#seed = rows.transportSeed ?? freshSeed;
    this.#isNew = rows.transportSeed === undefined;
    this.transportKey = toHex(suite.signingPair(this.#seed).publicKey);
  }

  get carriedEnvelopes(): number {
    return this.#gossip.carriedCount;
  }

  get carriedBytes(): number {
    return this.#gossip.carriedBytes;
  }

  get neighbours(): number {
    return this.#neighbours.size;
  }

  handle(input: RelayInput | HostInput, _rows: Rows, nowMs: number): Step<RelayEvent> {
    const out = new OutcomeBuilder<RelayEvent>();
    switch (input.kind) {
      case 'start':
        if (this.#isNew) out.put('self', TRANSPORT_ROW, this.#seed);
        out.command({ kind: 'listen', seed: this.#seed });
        break;
      case 'link':
        this.#hear(input.event, out, nowMs);
        break;
      case 'full':
        this.#gossip.full(input.neighbour);
        break;
      case 'wake':
        this.#gossip.wake(nowMs);
        break;
      default:
        assertNever(input);
    }
    carry(this.#gossip.take(), out);
    out.wakeAt(this.#gossip.wakeAtMs(nowMs));
    return { kind: 'outcome', outcome: out.finish() };
  }

  #hear(event: LinkEvent, out: OutcomeBuilder<RelayEvent>, nowMs: number): void {
    switch (event.kind) {
      case 'up':
        this.#neighbours.add(event.neighbour);
        this.#gossip.up(event.neighbour);
        return;
      case 'down':
        this.#neighbours.delete(event.neighbour);
        this.#gossip.down(event.neighbour);
        return;
      case 'frame':
        this.#gossip.frame(event.neighbour, event.frame, nowMs);
        return;
      case 'drained':
        this.#gossip.drained(event.neighbour);
        return;
      case 'addresses':
        out.event({ kind: 'addresses-changed', addresses: event.addresses });
        return;
      default:
        return;
    }
  }
}
