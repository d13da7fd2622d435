/**
 * The relay's node: keeps sealed mail, hands it on, knows nobody. It has no road to a session key: it joins gossip and a transport key,
 * nothing else.
 */
import type { Suite } from '../../crypto/suite.ts';
import { Gossip } from '../../gossip/gossip.ts';
import { type GossipLimits, RELAY_LIMITS } from '../../gossip/limits.ts';
import type { Who } from '../../gossip/tier.ts';
import { assertNever } from '../../kernel/assert.ts';
import { type Bytes, toHex } from '../../kernel/bytes.ts';
import type { Random } from '../../kernel/random.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';
import { RELAY_NEIGHBOURS } from '../../neighbours/limits.ts';
import { Neighbours } from '../../neighbours/neighbours.ts';
import { answersOwed, carry, obey } from '../carriage.ts';
import type { HostInput, LinkEvent, Machine, Rows, Step } from '../machine.ts';
import { OutcomeBuilder } from '../outcome.ts';
import type { RelayPeer } from './peers.ts';

export type RelayInput =
  | { readonly kind: 'start' }
  /** Bytes that the disk still has for envelopes. */
  | { readonly kind: 'room'; readonly bytes: number };

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
  readonly #neighbours: Neighbours;
  readonly #peers: ReadonlyMap<string, RelayPeer>;
  readonly transportKey: string;

  /** `freshSeed`: 32 random bytes, used if the store holds no transport seed yet. `peers`: relays to be kept connected, each key once. */
  constructor(
    suite: Suite,
    random: Random,
    rows: RelayRows,
    freshSeed: Bytes,
    limits: GossipLimits = RELAY_LIMITS,
    peers: readonly RelayPeer[] = [],
  ) {
    this.#gossip = new Gossip(suite, random, 'relay', limits, () => false);
    this.#gossip.restore(rows.carried, rows.seen);
    this.#seed = rows.transportSeed ?? freshSeed;
    this.#isNew = rows.transportSeed === undefined;
    this.transportKey = toHex(suite.signingPair(this.#seed).publicKey);
    this.#neighbours = new Neighbours(random, this.transportKey, RELAY_NEIGHBOURS);
    this.#peers = new Map(peers.map((peer) => [peer.key, peer]));
  }

  get carriedEnvelopes(): number {
    return this.#gossip.carriedCount;
  }

  get carriedBytes(): number {
    return this.#gossip.carriedBytes;
  }

  get neighbours(): number {
    return [...this.#neighbours.connected()].length;
  }

  /** The relays that were named, and whether each is there. */
  get peers(): readonly (RelayPeer & { readonly isConnected: boolean })[] {
    return [...this.#peers.values()].map((peer) => ({ ...peer, isConnected: this.#neighbours.isConnected(peer.key) }));
  }

  handle(input: RelayInput | HostInput, _rows: Rows, nowMs: number): Step<RelayEvent> {
    const out = new OutcomeBuilder<RelayEvent>();
    switch (input.kind) {
      case 'start':
        if (this.#isNew) out.put('self', TRANSPORT_ROW, this.#seed);
        out.command({ kind: 'listen', seed: this.#seed });
        for (const { key, addresses } of this.#peers.values()) this.#neighbours.knowRelay(key, addresses, nowMs);
        break;
      case 'room':
        this.#gossip.setDiskRoom(input.bytes);
        break;
      case 'link':
        this.#hear(input.event, out, nowMs);
        break;
      case 'full':
        this.#gossip.full(input.neighbour);
        break;
      case 'gone':
        this.#gossip.gone(input.row.key);
        break;
      case 'wake':
        this.#gossip.wake(nowMs);
        this.#neighbours.wake(nowMs);
        break;
      default:
        assertNever(input);
    }
    const effects = this.#gossip.take();
    // Only relays that were named are dialled again by this side; of two thousand others nothing is waited for.
    if (this.#peers.size > 0) for (const neighbour of answersOwed(effects)) this.#neighbours.handed(neighbour, nowMs);
    carry(effects, out);
    // A relay is reached at addresses of its own, and takes up no place at another one.
    const commands = this.#neighbours.take().filter(({ kind }) => kind !== 'reserve');
    obey(commands, out);
    out.wakeAt(this.#gossip.wakeAtMs(nowMs));
    out.wakeAt(this.#neighbours.wakeAtMs());
    return { kind: 'outcome', outcome: out.finish() };
  }

  /**
   * A relay that the keeper named is asked for no work. It may leave no more here than anybody else: what strangers left with it comes in its
   * name.
   */
  #whoIs(key: string): Who {
    const isPeer = this.#peers.has(key);
    return { key, tier: isPeer ? 'contact' : 'stranger', isKnownRelay: isPeer };
  }

  #hear(event: LinkEvent, out: OutcomeBuilder<RelayEvent>, nowMs: number): void {
    switch (event.kind) {
      case 'up':
        if (this.#neighbours.up(event, nowMs)) {
          this.#gossip.up(event.neighbour, this.#whoIs(event.key), nowMs);
        }
        return;
      case 'down':
        this.#neighbours.down(event.neighbour, nowMs);
        this.#gossip.down(event.neighbour);
        return;
      case 'path':
        return this.#neighbours.reroute(event.neighbour, event.path);
      case 'frame':
        this.#neighbours.heard(event.neighbour, nowMs);
        this.#gossip.frame(event.neighbour, event.frame, nowMs);
        return;
      case 'drained':
        this.#gossip.drained(event.neighbour, nowMs);
        return;
      case 'dial-failed':
        return this.#neighbours.dialFailed(event.dial, nowMs);
      case 'found':
        return this.#neighbours.found(event.key, event.addresses, nowMs);
      case 'addresses':
        out.event({ kind: 'addresses-changed', addresses: event.addresses });
        return;
      default:
        return;
    }
  }
}
