/** Whole nodes in one process, for tests: people and a relay over a memory network, with everything the product has but the wires. */
import { onTestFinished } from 'vitest';
import { MemoryNetwork } from '../../adapters/link-memory/index.ts';
import { MemoryStore } from '../../adapters/store-memory/index.ts';
import { systemClock, systemEntropy } from '../../adapters/system/index.ts';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { toHex } from '../../kernel/bytes.ts';
import type { Clock } from '../../ports/clock.ts';
import { SILENT } from '../../ports/log.ts';
import { createRelay, type Relay } from '../../relay.ts';
import { createMessenger } from '../create-messenger.ts';
import type { Messenger, MessengerEvent, Overview } from '../messenger.ts';

/** Real time that may be set forward. */
function clockAhead(): Clock & { aheadMs: number } {
  const system = systemClock();
  const clock = {
    aheadMs: 0,
    nowMs: () => system.nowMs() + clock.aheadMs,
    at: (atMs: number, callback: () => void) => system.at(atMs - clock.aheadMs, callback),
  };
  return clock;
}

export interface Person {
  /** Of its link in the network. */
  readonly name: string;
  readonly messenger: Messenger;
  readonly store: MemoryStore;
  readonly events: MessengerEvent[];
  readonly clock: ReturnType<typeof clockAhead>;
}

export class House {
  readonly network: MemoryNetwork;
  readonly open: { close(): Promise<void> }[] = [];
  #links = 0;
  relay: Relay | undefined;

  constructor(suite: Suite) {
    this.network = new MemoryNetwork({ delivery: 'auto', keyOf: (seed) => toHex(suite.signingPair(seed).publicKey) });
  }

  async close(): Promise<void> {
    for (const it of this.open.splice(0)) await it.close();
  }

  async openRelay(store: MemoryStore = new MemoryStore()): Promise<Relay> {
    this.relay = await createRelay({
      link: this.network.link('relay'),
      store,
      clock: systemClock(),
      entropy: systemEntropy(),
      log: SILENT,
    });
    this.open.push(this.relay);
    return this.relay;
  }

  async start(store: MemoryStore = new MemoryStore()): Promise<Person> {
    const clock = clockAhead();
    const name = `n${this.#links++}`;
    const link = this.network.link(name);
    const messenger = await createMessenger({ link, store, clock, entropy: systemEntropy() });
    const events: MessengerEvent[] = [];
    messenger.subscribe((event) => events.push(event));
    this.open.push(messenger);
    return { name, messenger, store, events, clock };
  }

  async person(name: string): Promise<Person> {
    const it = await this.start();
    const begun = await it.messenger.begin(name);
    if (!begun.ok) throw new Error(begun.refusal.kind);
    if (this.relay !== undefined) await it.messenger.useRelay({ key: this.relay.status().key, addresses: ['memory:relay'] });
    return it;
  }
}

/** A house that is left when the test is over. */
export async function newHouse(): Promise<House> {
  const house = new House(await loadSodiumSuite());
  onTestFinished(() => house.close());
  return house;
}

/** Waits, event by event, until what is asked for is so. */
export async function until(it: Person, isSo: (overview: Overview) => boolean | Promise<boolean>): Promise<void> {
  for (;;) {
    const before = it.events.length;
    if (await isSo(await it.messenger.overview())) return;
    if (it.events.length > before) continue;
    await new Promise<void>((resolve) => {
      const stop = it.messenger.subscribe(() => {
        stop();
        resolve();
      });
    });
  }
}

export async function accountOf(it: Person): Promise<string> {
  return (await it.messenger.overview()).profile?.account ?? '';
}

export async function texts(it: Person, other: Person): Promise<readonly string[]> {
  return (await it.messenger.timeline(await accountOf(other))).messages.map((message) => message.text);
}
