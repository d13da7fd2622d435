/**
 * What becomes of a packet that was heard: whose it is, where that is, and whether it is a newcomer's. Bounded in time and memory,
 * because anybody on the network can send anything, under any key, as often as they like. Opens no socket and keeps no clock.
 */
import { BoundedMap } from '../../../../kernel/bounded-map.ts';
import type { TransportKey } from '../../../../node/machine.ts';
import { KEYS_MAX, NEWCOMER_AFTER_MS, PACKETS_MAX, PACKETS_OF_SOURCE_MAX } from './limits.ts';
import { addressAt, type BeaconNetwork, networkOf } from './networks.ts';
import { decodeBeacon } from './packet.ts';

export interface Heard {
  readonly key: TransportKey;
  /** A multiaddr without `/p2p`: the packet's source with the port it names. */
  readonly address: string;
  readonly network: BeaconNetwork;
  readonly isNewcomer: boolean;
}

export class Hearing {
  readonly #heardAtMs: BoundedMap<string, number> = new BoundedMap(KEYS_MAX);
  #second = 0;
  #packets = 0;
  readonly #packetsOf: Map<string, number> = new Map<string, number>();

  /** `source`: as the system names it, with its interface behind `%` where it is link-local IPv6. */
  hear(bytes: Uint8Array, source: string, myKey: string | undefined, networks: readonly BeaconNetwork[], nowMs: number): Heard | undefined {
    if (!this.#isInTurn(source, nowMs)) return undefined;
    const packet = decodeBeacon(bytes);
    const network = networkOf(source, networks);
    if (packet === undefined || packet.key === myKey || network === undefined) return undefined;
    const before = this.#heardAtMs.get(packet.key);
    // Again in front: the map forgets what stands in it longest.
    this.#heardAtMs.delete(packet.key);
    this.#heardAtMs.set(packet.key, nowMs);
    const isNewcomer = before === undefined || nowMs - before >= NEWCOMER_AFTER_MS;
    return { key: packet.key, address: addressAt(source, packet.tcpPort), network, isNewcomer };
  }

  /** Keys heard lately. */
  count(nowMs: number): number {
    return [...this.#heardAtMs.values()].filter((atMs) => nowMs - atMs < NEWCOMER_AFTER_MS).length;
  }

  #isInTurn(source: string, nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#packets = 0;
      this.#packetsOf.clear();
    }
    const ofSource = (this.#packetsOf.get(source) ?? 0) + 1;
    if (this.#packets >= PACKETS_MAX || ofSource > PACKETS_OF_SOURCE_MAX) return false;
    this.#packets++;
    this.#packetsOf.set(source, ofSource);
    return true;
  }
}
