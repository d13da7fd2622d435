/**
 * What a relay does to be reached from outside though a router stands before it: it learns from the relays it was told of where it is seen to be and
 * whether it can be dialled, stays reachable through them, and does without their circuits where it can. Never finds, dials or keeps anybody of
 * its own accord. Rule: docs/protocol/link.md §6.
 */
import type { Socket } from 'node:net';
import type { Connection } from '@libp2p/interface';
import { lpStream } from '@libp2p/utils';
import type { TransportKey } from '../../../../node/machine.ts';
import type { PassiveNode } from '../../passive-node.ts';
import { peerIdOf } from '../../transport-identity.ts';
import { askDialBack, serveDialBack } from './dial-back.ts';
import { HolePunch } from './hole-punch.ts';
import { ANSWER_WITHIN_MS, ASK_AGAIN_MS, ASK_EVERY_MS, IDENTIFY_BYTES_MAX } from './limits.ts';
import { decodeObserved, IDENTIFY } from './messages.ts';
import { isOutside, type Place } from './place.ts';

export interface NamedRelay {
  readonly key: string;
  /** Without `/p2p`; those through another relay end in `/p2p-circuit`. */
  readonly addresses: readonly string[];
}

export interface OutsideSetting {
  /** The relays this one was told of. They are asked; with them alone a direct connection is made through routers. */
  readonly peers: readonly NamedRelay[];
  /** Told when `OutsideStatus` is another. */
  readonly changed?: () => void;
  /** Which places are in the world outside; the rule of `place.ts` unless told. */
  readonly isOutside?: (place: Place) => boolean;
}

export interface OutsideStatus {
  /** Whether a relay outside could dial this one at its TCP port, as the named ones say; `unknown` while none has. */
  readonly dialable: 'yes' | 'no' | 'unknown';
  /** Where that was tried. */
  readonly place: Place | undefined;
  /** Connections through routers that stand. */
  readonly punched: number;
}

export interface OutsideLink {
  /** The TCP port that others come in by. */
  tcpPort(): number | undefined;
  reserve(address: string): void;
  /** Makes a neighbour of a connection that this side is the dialler of. */
  join(connection: Connection, signal: AbortSignal): Promise<void>;
  /** Dials from the port of its own. */
  knock(place: Place, signal: AbortSignal): Promise<Socket>;
}

export class Outside {
  readonly #passive: PassiveNode;
  readonly #setting: OutsideSetting;
  readonly #link: OutsideLink;
  readonly #stopping: AbortController = new AbortController();
  readonly #punch: HolePunch;
  readonly #named: ReadonlySet<string>;
  /** By connection: those to named relays from the port of its own. */
  readonly #seen: Map<string, Place> = new Map<string, Place>();
  /** By peer: what each named relay said last. */
  readonly #said: Map<string, { readonly isReached: boolean; readonly place: Place }> = new Map();
  readonly #punched: Set<string> = new Set<string>();
  // After libp2p has listed the connection, or taken it off.
  readonly #onOpen = ({ detail }: { readonly detail: Connection }): void => queueMicrotask(() => void this.#punch.begin(detail));
  readonly #onClose = ({ detail }: { readonly detail: Connection }): void => {
    this.#seen.delete(detail.id);
    if (this.#punched.delete(detail.id)) this.#setting.changed?.();
  };

  constructor(passive: PassiveNode, setting: OutsideSetting, link: OutsideLink) {
    this.#passive = passive;
    this.#setting = setting;
    this.#link = link;
    this.#named = new Set(setting.peers.map(peerOf).filter((peer) => peer !== undefined));
    this.#punch = new HolePunch(passive, {
      stopping: this.#stopping.signal,
      isNamed: (peer) => this.#named.has(peer),
      isOutside: (place) => this.#isOutside(place),
      places: () => [...this.#seen.values()].filter((place) => this.#isOutside(place)).slice(-1),
      knock: (place, signal) => link.knock(place, signal),
      join: (connection, signal) => link.join(connection, signal),
      punched: (connection) => this.#note(connection),
    });
  }

  async start(): Promise<void> {
    const { node } = this.#passive;
    node.addEventListener('connection:open', this.#onOpen);
    node.addEventListener('connection:close', this.#onClose);
    await serveDialBack(this.#passive, {
      isOutside: (place) => this.#isOutside(place),
      nowMs: () => Date.now(),
      stopping: this.#stopping.signal,
    });
    await this.#punch.serve();
    for (const named of this.#setting.peers) {
      const address = named.addresses.find((one) => !one.includes('/p2p-circuit'));
      const peer = peerOf(named);
      if (address !== undefined && peer !== undefined) this.#link.reserve(`${address}/p2p/${peer}`);
    }
  }

  stop(): void {
    this.#stopping.abort();
    this.#passive.node.removeEventListener('connection:open', this.#onOpen);
    this.#passive.node.removeEventListener('connection:close', this.#onClose);
  }

  /** A connection was dialled from the port of its own: it shows where this one is seen to be. */
  async dialled(connection: Connection): Promise<void> {
    if (!this.#named.has(connection.remotePeer.toString())) return;
    const place = await this.#askWhere(connection).catch(() => undefined);
    if (place === undefined || connection.status !== 'open') return;
    this.#seen.set(connection.id, place);
    await this.#askWhether(connection, place.host);
  }

  status(): OutsideStatus {
    const said = [...this.#said.values()];
    const best = said.find(({ isReached }) => isReached) ?? said.at(-1);
    const dialable = best === undefined ? 'unknown' : best.isReached ? 'yes' : 'no';
    return { dialable, place: best?.place, punched: this.#punched.size };
  }

  /** Asks as long as the connection stands, one question after the other. */
  async #askWhether(connection: Connection, host: string): Promise<void> {
    const port = this.#link.tcpPort();
    const place = { host, port: port ?? 0 };
    if (port === undefined || !this.#isOutside(place) || this.#stopping.signal.aborted || connection.status !== 'open') return;
    const verdict = await askDialBack(connection, this.#passive, place, this.#stopping.signal).catch(() => undefined);
    const isSaid = verdict === 'reached' || verdict === 'in-vain';
    if (isSaid) this.#hear(connection.remotePeer.toString(), { isReached: verdict === 'reached', place });
    setTimeout(() => void this.#askWhether(connection, host), isSaid ? ASK_EVERY_MS : ASK_AGAIN_MS).unref();
  }

  #hear(peer: string, said: { readonly isReached: boolean; readonly place: Place }): void {
    const before = JSON.stringify(this.status());
    this.#said.delete(peer);
    this.#said.set(peer, said);
    if (JSON.stringify(this.status()) !== before) this.#setting.changed?.();
  }

  #note(connection: Connection): void {
    if (connection.status !== 'open') return;
    this.#punched.add(connection.id);
    this.#setting.changed?.();
  }

  /** Of an answer of identify, only this is read. */
  async #askWhere(connection: Connection): Promise<Place | undefined> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const stream = await connection.newStream(IDENTIFY, { signal });
    try {
      return decodeObserved((await lpStream(stream, { maxDataLength: IDENTIFY_BYTES_MAX }).read({ signal })).subarray());
    } finally {
      stream.abort(new Error('asked'));
    }
  }

  #isOutside(place: Place): boolean {
    return (this.#setting.isOutside ?? isOutside)(place);
  }
}

function peerOf({ key }: NamedRelay): string | undefined {
  return peerIdOf(key as TransportKey)?.toString();
}
