/**
 * Links between nodes of one process, for tests: frames travel through a queue that is delivered step by step, or by itself.
 * Deterministic: nothing is drawn, timed or reordered. Unless told otherwise the transport key is the seed itself, which is fine
 * here and nowhere else. Faults are commanded: `cut`, `heal`, `drop`, `reroute`.
 */
import { assert } from '../../kernel/assert.ts';
import { type Bytes, copyBytes, toHex } from '../../kernel/bytes.ts';
import {
  type DialFailure,
  type LinkCommand,
  type LinkEvent,
  type NeighbourId,
  neighbourId,
  type Path,
  type TransportKey,
  transportKey,
} from '../../node/machine.ts';
import type { Link } from '../../ports/link.ts';
import { HandDesk, type Handed } from './hand-desk.ts';

export interface MemoryNetworkOptions {
  /** `auto`: each step is delivered in its own microtask. `manual` (default): only by `deliver`. */
  readonly delivery?: 'auto' | 'manual';
  readonly frameBytesMax?: number;
  /** Bytes on their way to one neighbour beyond which `send` answers `full`. */
  readonly queueBytesMax?: number;
  /** The transport key of a seed, in hexadecimal; the seed itself unless told. */
  readonly keyOf?: (seed: Bytes) => string;
}

const ADDRESS = /^memory:([A-Za-z0-9_.-]{1,64})$/;

/** One direction of a connection, as its sender holds it. */
export interface End {
  readonly owner: MemoryLink;
  readonly id: NeighbourId;
  queuedBytes: number;
  wantsDrained: boolean;
  /** Frames that `drop` will lose: the connection goes down when the first would arrive. */
  drops: number;
  path: Path;
  isOpen: boolean;
  other: End | undefined;
}

export class MemoryNetwork {
  readonly frameBytesMax: number;
  readonly queueBytesMax: number;
  readonly keyOf: (seed: Bytes) => string;
  readonly hands: HandDesk<MemoryLink> = new HandDesk<MemoryLink>({
    isCut: (a, b) => this.isCut(a, b),
    connect: (first, second) => join(first, second),
  });
  readonly #isAuto: boolean;
  readonly #links: Map<string, MemoryLink> = new Map();
  readonly #cuts: Set<string> = new Set();
  readonly #steps: (() => void)[] = [];

  constructor(options: MemoryNetworkOptions = {}) {
    this.#isAuto = options.delivery === 'auto';
    this.frameBytesMax = options.frameBytesMax ?? 65_536;
    this.keyOf = options.keyOf ?? toHex;
    this.queueBytesMax = options.queueBytesMax ?? 1_048_576;
  }

  /** A link that will be reachable as `memory:NAME` once it was told to listen. */
  link(name: string): MemoryLink {
    assert(ADDRESS.test(`memory:${name}`), 'a name in a memory network is 1 to 64 letters, digits, _ . or -');
    assert(!this.#links.has(name), 'names in a memory network are unique');
    const link = new MemoryLink(this, name);
    this.#links.set(name, link);
    return link;
  }

  /** Steps (an event each) that wait for delivery. */
  get waiting(): number {
    return this.#steps.length;
  }

  /** Delivers up to `steps` waiting steps, those included that they cause; answers how many it delivered. */
  deliver(steps: number = Number.POSITIVE_INFINITY): number {
    let delivered = 0;
    for (; delivered < steps; delivered++) {
      const step = this.#steps.shift();
      if (step === undefined) break;
      step();
    }
    return delivered;
  }

  /** Ends every connection between the two and refuses new ones until `heal`. */
  cut(a: string, b: string): void {
    this.#cuts.add(pairName(a, b));
    this.#links.get(a)?.loseNeighboursNamed(b);
  }

  heal(a: string, b: string): void {
    this.#cuts.delete(pairName(a, b));
  }

  /** From now on what passes between the two takes this path; both are told, once. */
  reroute(a: string, b: string, path: Path): void {
    this.#links.get(a)?.rerouteTo(b, path);
    this.#links.get(b)?.rerouteTo(a, path);
  }

  /** The next frame from `a` to `b` is lost, and with it the connection: after a lost frame none follows. */
  drop(a: string, b: string): void {
    this.#links.get(a)?.dropNextTo(b);
  }

  isCut(a: string, b: string): boolean {
    return this.#cuts.has(pairName(a, b));
  }

  /** The listening link at an address, `undefined` for nobody there, `bad-address` for what is none. */
  find(address: string): MemoryLink | 'bad-address' | undefined {
    const name = ADDRESS.exec(address)?.[1];
    if (name === undefined) return 'bad-address';
    const link = this.#links.get(name);
    return link?.key === undefined ? undefined : link;
  }

  forget(name: string): void {
    this.#links.delete(name);
  }

  schedule(step: () => void): void {
    this.#steps.push(step);
    if (this.#isAuto) queueMicrotask(() => this.deliver(1));
  }
}

export class MemoryLink implements Link {
  readonly name: string;
  readonly address: string;
  readonly #network: MemoryNetwork;
  readonly #ends: Map<NeighbourId, End> = new Map();
  #listener: ((event: LinkEvent) => void) | undefined;
  #key: TransportKey | undefined;
  #nextId = 1;
  #isStopped = false;

  /** Made by `MemoryNetwork.link`. */
  constructor(network: MemoryNetwork, name: string) {
    this.#network = network;
    this.name = name;
    this.address = `memory:${name}`;
  }

  get queueBytesMax(): number {
    return this.#network.queueBytesMax;
  }

  get frameBytesMax(): number {
    return this.#network.frameBytesMax;
  }

  /** `undefined` until it listens and after it stopped. */
  get key(): TransportKey | undefined {
    return this.#isStopped ? undefined : this.#key;
  }

  start(listener: (event: LinkEvent) => void): void {
    assert(this.#listener === undefined, 'a link is started once');
    this.#listener = listener;
  }

  perform(command: LinkCommand): void {
    assert(this.#listener !== undefined, 'a link is started before its first command');
    if (this.#isStopped) return;
    switch (command.kind) {
      case 'listen':
        this.#key = transportKey(this.#network.keyOf(command.seed));
        this.tell({ kind: 'addresses', addresses: [this.address] });
        break;
      case 'dial':
        this.#dial(command.id, command.address, command.expectedKey);
        break;
      case 'close': {
        const end = this.#ends.get(command.neighbour);
        if (end !== undefined) disconnect(end);
        break;
      }
      case 'reserve':
      case 'unreserve':
        break; // everybody in one process is reachable anyway
      case 'probe':
        break; // who is gone was told already
      default:
        this.#network.hands.perform(this, command);
    }
  }

  send(neighbour: NeighbourId, frame: Bytes): 'queued' | 'full' | 'gone' {
    assert(frame.length >= 1 && frame.length <= this.#network.frameBytesMax, 'a frame has 1 to frameBytesMax bytes');
    const end = this.#ends.get(neighbour);
    if (end === undefined || !end.isOpen) return 'gone';
    if (end.queuedBytes > 0 && end.queuedBytes + frame.length > this.#network.queueBytesMax) {
      end.wantsDrained = true;
      return 'full';
    }
    end.queuedBytes += frame.length;
    const copy = copyBytes(frame);
    this.#network.schedule(() => arrive(end, copy));
    return 'queued';
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#network.hands.leave(this);
    for (const end of [...this.#ends.values()]) disconnect(end);
    this.#network.forget(this.name);
  }

  loseNeighboursNamed(name: string): void {
    for (const end of [...this.#ends.values()]) if (end.other?.owner.name === name) disconnect(end);
  }

  dropNextTo(name: string): void {
    for (const end of this.#ends.values()) if (end.other?.owner.name === name) end.drops++;
  }

  rerouteTo(name: string, path: Path): void {
    for (const end of this.#ends.values()) {
      if (end.other?.owner.name !== name || end.path === path) continue;
      end.path = path;
      this.tell({ kind: 'path', neighbour: end.id, path });
    }
  }

  /** Called by the far side's dial. */
  adopt(): End {
    const id = neighbourId(this.#nextId++);
    const end: End = { owner: this, id, queuedBytes: 0, wantsDrained: false, drops: 0, path: 'direct', isOpen: true, other: undefined };
    this.#ends.set(id, end);
    return end;
  }

  /** Delivers an event as a step of the network; nothing after `stop`. */
  tell(event: LinkEvent): void {
    this.#network.schedule(() => this.tellNow(event));
  }

  tellNow(event: LinkEvent): void {
    if (!this.#isStopped) this.#listener?.(event);
  }

  forgetEnd(id: NeighbourId): void {
    if (this.#ends.delete(id)) this.tell({ kind: 'down', neighbour: id });
  }

  #dial(dial: number, address: string, expectedKey: TransportKey | undefined): void {
    const fail = (reason: DialFailure): void => this.tell({ kind: 'dial-failed', dial, reason });
    const found = this.#network.find(address);
    if (found === 'bad-address') return fail('bad-address');
    if (found === undefined || this.#network.isCut(this.name, found.name)) return fail('unreachable');
    if (found === this || this.#key === undefined) return fail('refused');
    if (expectedKey !== undefined && expectedKey !== found.key) return fail('wrong-key');
    join({ side: this, dial }, { side: found });
  }
}

/** One connection; the first is its dialler. */
function join(first: Joining, second: Joining): void {
  const [mine, theirs] = [first.side.adopt(), second.side.adopt()];
  mine.other = theirs;
  theirs.other = mine;
  const tell = ({ side, dial, hand }: Joining, { id, path }: End, far: MemoryLink, dialled: boolean): void => {
    assert(far.key !== undefined, 'whoever connects listens');
    const up = { kind: 'up', neighbour: id, key: far.key, path, dialled, frameBytesMax: side.frameBytesMax } as const;
    side.tell({ ...up, ...(dial === undefined ? {} : { dial }), ...(hand === undefined ? {} : { hand }) });
  };
  tell(first, mine, second.side, true);
  tell(second, theirs, first.side, false);
}

interface Joining extends Partial<Handed<MemoryLink>> {
  readonly side: MemoryLink;
  readonly dial?: number;
}

function pairName(a: string, b: string): string {
  return [a, b].sort().join('|');
}

function arrive(from: End, frame: Bytes): void {
  from.queuedBytes -= frame.length;
  const to = from.other;
  if (!from.isOpen || to === undefined) return;
  if (from.drops > 0) return disconnect(from);
  to.owner.tellNow({ kind: 'frame', neighbour: to.id, frame });
  if (from.isOpen && from.wantsDrained && from.queuedBytes * 2 <= from.owner.queueBytesMax) {
    from.wantsDrained = false;
    from.owner.tellNow({ kind: 'drained', neighbour: from.id });
  }
}

function disconnect(end: End): void {
  for (const side of [end, end.other]) {
    if (side === undefined || !side.isOpen) continue;
    side.isOpen = false;
    side.owner.forgetEnd(side.id);
  }
}
