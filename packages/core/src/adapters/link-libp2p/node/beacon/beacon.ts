/**
 * An own small discovery for networks on which libp2p's mDNS finds nobody: those without a default route. It says on every network by itself
 * that this node is here, hears who else is, and follows interfaces as they come and go. Dials nobody. Rule: docs/protocol/link.md §4.2.
 */
import { networkInterfaces } from 'node:os';
import { type Bytes, fromHex } from '../../../../kernel/bytes.ts';
import type { TransportKey } from '../../../../node/machine.ts';
import { Ear } from './ear.ts';
import { Hearing } from './hearing.ts';
import { BEACON_PORT, LOOK_EVERY_MS } from './limits.ts';
import { type BeaconNetwork, beaconNetworks, type Listening } from './networks.ts';
import { encodeBeacon } from './packet.ts';
import { Voice } from './voice.ts';

/** What is announced; the node may change it during its life. */
export interface Announced {
  readonly key: TransportKey;
  /** The TCP ports at which it listens, of each family. */
  readonly tcpPort4: number | undefined;
  readonly tcpPort6: number | undefined;
}

export interface BeaconOptions {
  /** Default `BEACON_PORT`. */
  readonly port?: number | undefined;
  readonly listening: Listening;
  readonly announced: () => Announced | undefined;
  /** Listeners at link-local addresses, where the node does not listen itself. */
  readonly doors?: Doors;
  readonly found: (key: TransportKey, address: string) => void;
  /** For tests: the networks there are, and the one address to hear at. */
  readonly networks?: () => readonly BeaconNetwork[];
  readonly hearAt?: string;
}

export interface Doors {
  keep(networks: readonly BeaconNetwork[]): void;
  portAt(network: BeaconNetwork): number | undefined;
  stop(): void;
}

export interface BeaconStatus {
  readonly port: number;
  /** Names of the interfaces it is heard on. */
  readonly interfaces: readonly string[];
  /** Whether it hears others; if not, another program has the port for itself. */
  readonly hears: boolean;
  /** Others heard in the last half minute. */
  readonly heard: number;
}

export class Beacon {
  readonly #options: BeaconOptions;
  readonly #port: number;
  readonly #hearing: Hearing = new Hearing();
  readonly #voices: Map<string, Voice> = new Map<string, Voice>();
  readonly #ears: Map<4 | 6, Ear> = new Map<4 | 6, Ear>();
  #networks: readonly BeaconNetwork[] = [];
  #said = '';
  readonly #looking: ReturnType<typeof setInterval>;

  constructor(options: BeaconOptions) {
    this.#options = options;
    this.#port = options.port ?? BEACON_PORT;
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#looking.unref();
    this.#look();
  }

  status(): BeaconStatus {
    return {
      port: this.#port,
      interfaces: [...new Set([...this.#voices.values()].map(({ network }) => network.interface))],
      hears: [...this.#ears.values()].some((ear) => ear.isOpen),
      heard: this.#hearing.count(Date.now()),
    };
  }

  stop(): void {
    clearInterval(this.#looking);
    for (const voice of this.#voices.values()) voice.close();
    for (const ear of this.#ears.values()) ear.close();
    this.#options.doors?.stop();
    this.#voices.clear();
    this.#ears.clear();
  }

  /** Follows interfaces that came, went or changed, and the node's own key. */
  #look(): void {
    const { announced, listening, networks } = this.#options;
    this.#networks = networks?.() ?? beaconNetworks(networkInterfaces(), listening);
    this.#options.doors?.keep(this.#networks);
    for (const family of [4, 6] as const) this.#listen(family);
    const now = new Map(this.#networks.map((network) => [JSON.stringify(network), network]));
    for (const [name, voice] of this.#voices) {
      if (now.has(name)) continue;
      this.#voices.delete(name);
      voice.close();
    }
    for (const [name, network] of now) {
      if (this.#voices.has(name)) continue;
      const packet = (): Bytes | undefined => this.#packet(network);
      this.#voices.set(name, new Voice(network, this.#port, packet, () => this.#voices.delete(name)));
    }
    const said = JSON.stringify([announced()?.key, this.#networks.map((network) => this.#portAt(network))]);
    if (said === this.#said) return;
    this.#said = said;
    for (const voice of this.#voices.values()) voice.sayAnew();
  }

  /** An ear that failed is tried again the next time. */
  #listen(family: 4 | 6): void {
    const isWanted = this.#networks.some((network) => network.family === family);
    let ear = this.#ears.get(family);
    if (ear === undefined && isWanted) {
      const heard = (bytes: Uint8Array, source: string): void => this.#hear(bytes, source);
      ear = new Ear(family, this.#port, this.#options.hearAt, heard, () => this.#ears.delete(family));
      this.#ears.set(family, ear);
    }
    ear?.join(this.#networks);
  }

  #portAt(network: BeaconNetwork): number | undefined {
    const announced = this.#options.announced();
    return network.family === 4 ? announced?.tcpPort4 : (announced?.tcpPort6 ?? this.#options.doors?.portAt(network));
  }

  #packet(network: BeaconNetwork): Bytes | undefined {
    const announced = this.#options.announced();
    const tcpPort = this.#portAt(network);
    const rawKey = announced === undefined ? undefined : fromHex(announced.key);
    return rawKey === undefined || tcpPort === undefined ? undefined : encodeBeacon(rawKey, tcpPort);
  }

  #hear(bytes: Uint8Array, source: string): void {
    const heard = this.#hearing.hear(bytes, source, this.#options.announced()?.key, this.#networks, Date.now());
    if (heard === undefined) return;
    this.#options.found(heard.key, heard.address);
    if (heard.isNewcomer) this.#voices.get(JSON.stringify(heard.network))?.answer();
  }
}
