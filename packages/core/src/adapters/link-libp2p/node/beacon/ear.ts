/**
 * Hears what is said to the beacon's port, in the multicast group of every network there is. One for each family; shares the port with
 * other programs of this machine. Judges nothing.
 */
import { createSocket, type Socket } from 'node:dgram';
import { GROUP_4, GROUP_6 } from './limits.ts';
import type { BeaconNetwork } from './networks.ts';

export class Ear {
  readonly #family: 4 | 6;
  readonly #socket: Socket;
  readonly #joined: Map<string, BeaconNetwork> = new Map<string, BeaconNetwork>();
  #isClosed = false;
  isOpen = false;

  /** `at`: the address to listen at. `failed`: the port could not be had, or was lost. */
  constructor(family: 4 | 6, port: number, at: string | undefined, heard: (bytes: Uint8Array, source: string) => void, failed: () => void) {
    this.#family = family;
    this.#socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6', reuseAddr: true, ipv6Only: family === 6 });
    this.#socket.on('error', () => {
      this.close();
      failed();
    });
    this.#socket.on('message', (bytes, { address }) => heard(bytes, address));
    this.#socket.bind({ port, address: at ?? (family === 4 ? '0.0.0.0' : '::'), exclusive: true }, () => {
      this.isOpen = true;
      for (const network of this.#joined.values()) this.#member('addMembership', network);
    });
  }

  /** Replaces the networks of before; those of the other family are passed over. */
  join(networks: readonly BeaconNetwork[]): void {
    const now = new Map(
      networks.filter(({ family }) => family === this.#family).map((network) => [`${network.interface} ${network.address}`, network]),
    );
    for (const [name, network] of this.#joined) {
      if (now.has(name)) continue;
      this.#joined.delete(name);
      this.#member('dropMembership', network);
    }
    for (const [name, network] of now) {
      if (this.#joined.has(name)) continue;
      this.#joined.set(name, network);
      this.#member('addMembership', network);
    }
  }

  close(): void {
    if (!this.#isClosed) this.#socket.close();
    this.#isClosed = true;
    this.isOpen = false;
  }

  #member(act: 'addMembership' | 'dropMembership', network: BeaconNetwork): void {
    if (!this.isOpen) return;
    try {
      if (network.family === 4) this.#socket[act](GROUP_4, network.address);
      else this.#socket[act](GROUP_6, `::%${network.interface}`);
    } catch {
      // A second address of one interface is in the group already; an interface that is gone has left it; one without multicast has broadcast.
    }
  }
}
