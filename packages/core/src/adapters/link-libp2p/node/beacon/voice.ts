/**
 * Says the beacon's packet on one network: to the multicast group, and by broadcast where there is IPv4, because networks that have no route
 * for multicast, or filter it, often let the other through. Decides when, never what. Rule: docs/protocol/link.md §4.2.
 */
import { createSocket, type Socket } from 'node:dgram';
import type { Bytes } from '../../../../kernel/bytes.ts';
import { ANSWER_WITHIN_MS, EVERY_MS, FIRST_EVERY_MS, FIRST_PACKETS, GROUP_4, GROUP_6, PAUSE_MS } from './limits.ts';
import type { BeaconNetwork } from './networks.ts';

export class Voice {
  readonly network: BeaconNetwork;
  readonly #port: number;
  readonly #packet: () => Bytes | undefined;
  readonly #socket: Socket;
  #isOpen = false;
  #isClosed = false;
  #said = 0;
  #saidAtMs = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer is due. */
  #nextAtMs = Number.POSITIVE_INFINITY;

  /** `packet`: asked for each time; `undefined` says nothing. `failed`: the network let the socket down; the voice is closed then. */
  constructor(network: BeaconNetwork, port: number, packet: () => Bytes | undefined, failed: () => void) {
    this.network = network;
    this.#port = port;
    this.#packet = packet;
    this.#socket = network.family === 4 ? createSocket('udp4') : createSocket({ type: 'udp6', ipv6Only: true });
    const fail = (): void => {
      this.close();
      failed();
    };
    this.#socket.on('error', fail);
    const address = network.family === 4 ? network.address : `${network.address}%${network.interface}`;
    this.#socket.bind({ address, port: 0, exclusive: true }, () => {
      try {
        this.#prepare();
      } catch {
        fail(); // the network went in the same moment
        return;
      }
      this.#isOpen = true;
      this.#say();
    });
  }

  /** Somebody new is here, who shall not wait for the next time. */
  answer(): void {
    const soonest = Math.max(Date.now(), this.#saidAtMs + PAUSE_MS);
    this.#sayAt(Math.min(this.#nextAtMs, soonest + Math.random() * ANSWER_WITHIN_MS));
  }

  /** What there is to say has changed. */
  sayAnew(): void {
    this.#said = 0;
    this.#say();
  }

  close(): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#socket.close();
    this.#isClosed = true;
    this.#isOpen = false;
  }

  #prepare(): void {
    const { family, address, interface: name } = this.network;
    this.#socket.setMulticastTTL(1);
    this.#socket.setMulticastLoopback(true); // other programs of this machine
    this.#socket.setMulticastInterface(family === 4 ? address : `::%${name}`);
    if (family === 4) this.#socket.setBroadcast(true);
  }

  #say(): void {
    const packet = this.#isOpen ? this.#packet() : undefined;
    const { broadcast, family, interface: name } = this.network;
    if (packet !== undefined) {
      // What a network refuses now it may take the next time; one that is gone is noticed by whoever looks at the interfaces.
      const send = (to: string): void => this.#socket.send(packet, this.#port, to, () => {});
      if (broadcast !== undefined) send(broadcast);
      send(family === 4 ? GROUP_4 : `${GROUP_6}%${name}`);
      this.#said++;
      this.#saidAtMs = Date.now();
    }
    const everyMs = this.#said < FIRST_PACKETS ? FIRST_EVERY_MS : EVERY_MS;
    this.#sayAt(Date.now() + everyMs * (0.8 + Math.random() * 0.4));
  }

  #sayAt(atMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#isOpen) return;
    this.#nextAtMs = atMs;
    this.#timer = setTimeout(() => this.#say(), Math.max(0, atMs - Date.now()));
    this.#timer.unref();
  }
}
