/** One node's link in the simulated world: a connection is a pair of ends; a frame arrives after its latency, in order, whole, or with the connection gone. */
import type { Bytes } from '../../packages/core/src/kernel/bytes.ts';
import {
  type LinkCommand,
  type LinkEvent,
  type NeighbourId,
  neighbourId,
  type Path,
  transportKey,
} from '../../packages/core/src/node/machine.ts';
import type { LinkKind, SimNetwork } from './sim-network.ts';

interface End {
  readonly owner: SimLink;
  /** Its owner's, when it came up. */
  readonly key: string | undefined;
  readonly id: NeighbourId;
  other: End | undefined;
  lastArrivalMs: number;
  /** What frames that leave here take longer. */
  slowMs: number;
  /** The connection went without either of the two having left. */
  onLost: () => void;
}

const FRAME_BYTES_MAX = 65_536;

export class SimLink {
  readonly name: string;
  readonly kind: LinkKind;
  key: string | undefined;
  /** Out of everybody's range. */
  isAway = false;
  /** Only who is in the same place is in reach; `undefined`: everywhere. */
  place: number | undefined;
  /** Half of the world, while it is parted. */
  side = 0;
  readonly #network: SimNetwork;
  readonly #ends: Map<NeighbourId, End> = new Map<NeighbourId, End>();
  readonly #connected: Map<SimLink, number> = new Map<SimLink, number>();
  #nextId = 1;
  listener: (event: LinkEvent) => void = () => {};

  constructor(network: SimNetwork, name: string, kind: LinkKind) {
    this.#network = network;
    this.name = name;
    this.kind = kind;
  }

  isConnectedTo(other: SimLink): boolean {
    return this.#connected.has(other);
  }

  /** Whom this one is connected to now. */
  neighbours(): IterableIterator<SimLink> {
    return this.#connected.keys();
  }

  /** Who is at the other end. */
  nameOf(neighbour: NeighbourId): string | undefined {
    return this.#ends.get(neighbour)?.other?.owner.name;
  }

  perform(command: LinkCommand): void {
    if (command.kind === 'listen') this.key = this.#network.keyFor(this, command.seed);
    if (command.kind === 'close') this.#close(this.#ends.get(command.neighbour));
    if (command.kind === 'dial') this.#network.after(this.#network.latency(), () => this.#dial(command));
  }

  #dial(command: Extract<LinkCommand, { kind: 'dial' }>): void {
    const found = this.#network.find(this, command.address);
    if (found === undefined || !this.#network.isInReach(this, found.link) || found.link.key === undefined || this.key === undefined) {
      return this.listener({ kind: 'dial-failed', dial: command.id, reason: 'unreachable' });
    }
    if (command.expectedKey !== undefined && command.expectedKey !== found.link.key) {
      return this.listener({ kind: 'dial-failed', dial: command.id, reason: 'wrong-key' });
    }
    this.connect(found.link, found.path, command.id);
  }

  /** Connects at once, this side having dialled. What is returned ends this very connection. */
  connect(to: SimLink, path: Path, dial: number | undefined, onLost: () => void = () => {}): () => void {
    const mine = this.#adopt(to);
    const theirs = to.#adopt(this);
    mine.other = theirs;
    theirs.other = mine;
    mine.onLost = onLost;
    const up = { kind: 'up', frameBytesMax: FRAME_BYTES_MAX } as const;
    const dialled = { dialled: true, ...(dial === undefined ? {} : { dial }) } as const;
    this.listener({ ...up, neighbour: mine.id, key: transportKey(to.key as string), path, ...dialled });
    if (mine.other === theirs)
      to.listener({ ...up, neighbour: theirs.id, key: transportKey(this.key as string), path: 'direct', dialled: false });
    for (const frame of this.#network.replayed()) this.#arriveLater(mine, theirs, frame);
    return () => this.#disconnect(mine);
  }

  /** Who closes what came up under an earlier key is still there: the two find each other again under the later one. */
  #close(end: End | undefined): void {
    const to = end?.other;
    this.#disconnect(end);
    if (end === undefined || to === undefined || end.key === this.key) return;
    end.onLost();
    to.onLost();
  }

  #adopt(other: SimLink): End {
    const end: End = {
      key: this.key,
      owner: this,
      id: neighbourId(this.#nextId++),
      other: undefined,
      lastArrivalMs: 0,
      slowMs: this.#network.slowness(this, other),
      onLost: () => {},
    };
    this.#ends.set(end.id, end);
    this.#connected.set(other, (this.#connected.get(other) ?? 0) + 1);
    return end;
  }

  #release(end: End, other: SimLink): void {
    this.#ends.delete(end.id);
    const left = (this.#connected.get(other) ?? 1) - 1;
    if (left === 0) this.#connected.delete(other);
    else this.#connected.set(other, left);
  }

  send(neighbour: NeighbourId, frame: Bytes): void {
    const end = this.#ends.get(neighbour);
    const to = end?.other;
    if (end === undefined || to === undefined) return;
    if (this.#network.travels(this, to.owner, frame)) return this.#lose(end, to);
    this.#arriveLater(end, to, frame);
  }

  #arriveLater(end: End, to: End, frame: Bytes): void {
    const atMs = Math.max(end.lastArrivalMs, this.#network.now() + this.#network.latency() + end.slowMs);
    end.lastArrivalMs = atMs;
    this.#network.after(atMs - this.#network.now(), () => {
      if (end.other === to) to.owner.listener({ kind: 'frame', neighbour: to.id, frame });
    });
  }

  /** After a lost frame none follows: the connection goes down. */
  #lose(end: End, to: End): void {
    this.#network.after(this.#network.latency(), () => {
      if (end.other !== to) return;
      this.#disconnect(end);
      end.onLost();
      to.onLost();
    });
  }

  #disconnect(end: End | undefined): void {
    const other = end?.other;
    if (end === undefined || other === undefined) return;
    end.other = undefined;
    other.other = undefined;
    end.owner.#release(end, other.owner);
    other.owner.#release(other, end.owner);
    for (const side of [end, other]) side.owner.listener({ kind: 'down', neighbour: side.id });
  }

  /** All connections go; with `away` none comes up until `back`. */
  cut(away: boolean): void {
    this.isAway = away;
    for (const end of [...this.#ends.values()]) this.#disconnect(end);
  }

  back(): void {
    this.isAway = false;
  }

  /** Connections that reach too far since somebody moved, or since the world was parted, go. */
  cutOutOfReach(): void {
    for (const end of [...this.#ends.values()])
      if (end.other !== undefined && !this.#network.isInReach(this, end.other.owner)) this.#disconnect(end);
  }
}
