/** Everything a relay may use. It has no road to a session key: nothing here imports `node/person`. */
import { loadSodiumSuite } from './crypto/sodium-suite.ts';
import type { RelayPeer } from './node/relay/peers.ts';
import { type RelayEvent, type RelayInput, RelayNode, TRANSPORT_ROW } from './node/relay/relay-node.ts';
import type { Clock } from './ports/clock.ts';
import type { Entropy } from './ports/entropy.ts';
import type { Link } from './ports/link.ts';
import type { Log } from './ports/log.ts';
import type { Durability, Store } from './ports/store.ts';
import { Host } from './runtime/host.ts';
import { PackedRows } from './runtime/read-space.ts';
import { WriteBehindStore } from './runtime/write-behind.ts';

export { joinPeers, PEERS_MAX, type PeerRefusal, type RelayPeer, readPeer, relayPeerId } from './node/relay/peers.ts';
export type { Clock } from './ports/clock.ts';
export type { Entropy } from './ports/entropy.ts';
export type { Link, LinkCommand, LinkEvent } from './ports/link.ts';
export type { Log } from './ports/log.ts';
export { STORE_VERSION, type Store, StoreFailed, StoreFull, StoreLocked, StoreNewer } from './ports/store.ts';

export interface RelayOptions {
  readonly link: Link;
  readonly store: Store;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /**
   * `durable` (the default): mail counts as accepted after the sync to disk. `relaxed`: a crash of the program takes what came in the
   * last fifth of a second, a power cut a little more. Writers keep their mail until it is read, and offer it again.
   */
  readonly durability?: Durability;
  /** Bytes the store's disk may still take, negative when it holds more than it should. Without it the relay fills the disk to the end. */
  readonly roomBytes?: () => Promise<number>;
  /** Other relays to be kept connected wherever they are, each key once, at most `PEERS_MAX`. */
  readonly peers?: readonly RelayPeer[];
}

/** Most mail is fetched by a neighbour that is there, and let go within this time; `bytesMax` is some ten thousand small envelopes. */
const WRITE_BEHIND = { waitMs: 200, bytesMax: 8 << 20, onceSpaces: ['bodies', 'carried'] } as const;

/** How often the disk is looked at, in milliseconds: what others write to it is seen a minute late, and the store keeps a reserve for that. */
const ROOM_EVERY_MS = 60_000;

export interface RelayStatus {
  /** The relay's transport key, 64 hexadecimal digits. */
  readonly key: string;
  readonly neighbours: number;
  readonly carriedEnvelopes: number;
  readonly carriedBytes: number;
  /** Bytes of mail it may still take, as it was last told; `undefined` when nobody measures. */
  readonly roomBytes: number | undefined;
  readonly addresses: readonly string[];
  /** The relays it was told to keep connected, and whether each is there now. */
  readonly peers: readonly (RelayPeer & { readonly isConnected: boolean })[];
}

export interface Relay {
  status(): RelayStatus;
  /** Calls `listener` once if the relay stops after a mistake of its own. */
  onStopped(listener: (why: string) => void): void;
  close(): Promise<void>;
}

/**
 * Starts a relay on a link and a store; resolves when its transport key is in place and it listens.
 * Throws what the store throws (`StoreFailed`, `StoreFull`).
 */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const suite = await loadSodiumSuite();
  const durability = options.durability ?? 'durable';
  const store = durability === 'durable' ? options.store : new WriteBehindStore(options.store, { clock: options.clock, ...WRITE_BEHIND });
  const freshSeed = options.entropy.bytes(32);
  let node: RelayNode | undefined;
  let addresses: readonly string[] = [];
  let room: number | undefined;
  let isClosed = false;
  let cancelLook: () => void = () => {};
  const stopped: ((why: string) => void)[] = [];

  const build = async (): Promise<RelayNode> => {
    const [transportSeed] = await store.get([{ space: 'self', key: TRANSPORT_ROW }]);
    const carried = await PackedRows.read(store, 'carried');
    const seen = await PackedRows.read(store, 'seen');
    node = new RelayNode(suite, options.entropy, { transportSeed, carried, seen }, freshSeed, undefined, options.peers);
    return node;
  };

  const host = new Host<RelayInput, RelayEvent>({
    build,
    first: { kind: 'start' },
    store,
    link: options.link,
    clock: options.clock,
    log: options.log,
    durability,
    onEvents: (events) => {
      for (const event of events) addresses = event.addresses;
    },
    onNotSaved: (inputs, why) => {
      options.log.note('not-saved', { inputs: inputs.length, full: why === 'full' });
      // The node was built anew and knows of no room. Full is full until the next look, whatever the disk says of itself.
      if (why === 'full') tellRoom(0);
      else void look();
    },
    onRebuilt: () => {
      if (room !== undefined) host.input({ kind: 'room', bytes: room });
    },
    onStopped: (why) => {
      for (const listener of stopped) listener(why);
    },
  });
  const tellRoom = (bytes: number): void => {
    if (options.roomBytes === undefined) return;
    if (bytes <= 0 !== (room ?? 1) <= 0) options.log.note(bytes <= 0 ? 'no-room' : 'room-again');
    room = bytes;
    host.input({ kind: 'room', bytes });
  };
  const look = async (): Promise<void> => {
    const { clock, roomBytes } = options;
    if (roomBytes === undefined) return;
    // A disk that cannot be asked is believed to be as it was: what it cannot take, it refuses itself.
    const bytes = await roomBytes().catch(() => room);
    cancelLook();
    if (isClosed) return;
    cancelLook = clock.at(clock.nowMs() + ROOM_EVERY_MS, () => void look());
    if (bytes !== undefined) tellRoom(bytes);
  };
  await host.start();
  await look();
  return {
    status: () => ({
      key: node?.transportKey ?? '',
      neighbours: node?.neighbours ?? 0,
      carriedEnvelopes: node?.carriedEnvelopes ?? 0,
      carriedBytes: node?.carriedBytes ?? 0,
      roomBytes: room,
      addresses,
      peers: node?.peers ?? [],
    }),
    onStopped: (listener) => void stopped.push(listener),
    close: () => {
      isClosed = true;
      cancelLook();
      return host.close();
    },
  };
}
