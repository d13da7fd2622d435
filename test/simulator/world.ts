/**
 * A world from a seed: people and relays with their shipped nodes, a clock, links and stores. Break it for a while and look at safety
 * after each step; heal it and look whether everything arrives. `npm run sim` and the scenarios are its callers.
 */
import { createHash, type Hash } from 'node:crypto';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { type GossipLimits, PERSON_LIMITS, RELAY_LIMITS } from '../../packages/core/src/gossip/limits.ts';
import { type RelayEvent, type RelayInput, RelayNode, TRANSPORT_ROW } from '../../packages/core/src/node/relay/relay-node.ts';
import { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import { makeToySuite } from '../../packages/core/src/testing/toy-suite.ts';
import { Agenda } from './agenda.ts';
import { envelopeIn } from './envelope-frames.ts';
import { startClocks, startComingAndGoing, startParting, startSettingBack } from './faults.ts';
import type { HostilePeer } from './hostile/hostile-peer.ts';
import { Ledger } from './ledger.ts';
import { ORACLES, type Oracle } from './oracles/index.ts';
import { allRows, clockOffset, Person, type Said } from './person.ts';
import { PROFILES, type Profile, type ProfileName, withoutFaults } from './profiles.ts';
import { SimHost } from './sim-host.ts';
import { type Scheduler, type SimLink, SimNetwork } from './sim-network.ts';
import { Sealings } from './watched-suite.ts';

export { Person, type Said } from './person.ts';

/** In the middle of a week: whatever changes by the hour, the day or the week changes while a world runs, not as it begins. */
export const START_MS = Date.UTC(2026, 0, 3, 12);

/** How many events pass between two looks at the whole world, and how much time at the most: in a world where nothing happens, too, time runs out. */
const LOOK_EVERY = 256;
const LOOK_EVERY_MS = 600_000;

/** How often two who meet are tried before it counts as impossible, and for how long they stand together. */
const MEETING_TRIES = 5;
const MEETING_MS = 20_000;

export interface WorldOptions {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly nodes?: number;
  /** Of the profile what is to be otherwise. */
  readonly changes?: Partial<Profile>;
  /** Of a person's limits of gossip what is to be otherwise. */
  readonly limits?: Partial<GossipLimits>;
}

export type Pair = readonly [Person, Person];

export class World implements Scheduler {
  /** For whoever looks on. */
  readonly suite: Suite;
  /** For the nodes: what they seal is watched. */
  readonly nodeSuite: Suite;
  readonly sealings: Sealings = new Sealings();
  readonly network: SimNetwork;
  readonly ledger: Ledger;
  readonly limits: GossipLimits;
  readonly people: readonly Person[];
  readonly relays: readonly SimHost<RelayInput, RelayEvent>[];
  readonly hostile: HostilePeer[] = [];
  readonly said: Said[] = [];
  /** A store was set back: tags may come twice, nonces must not. */
  wasSetBack = false;
  profile: Profile;
  nowMs: number = START_MS;
  events = 0;
  frames = 0;
  frameBytes = 0;
  readonly #agenda: Agenda = new Agenda();
  readonly #trace: Hash = createHash('sha256');
  readonly #chance: SeededRandom;
  readonly #oracles: readonly Oracle[];

  private constructor(sodium: Suite, options: WorldOptions) {
    const calm: Profile = { ...PROFILES[options.profile], ...options.changes };
    this.profile = withoutFaults(calm);
    this.limits = { ...PERSON_LIMITS, ...options.limits };
    this.suite = calm.suite === 'toy' ? makeToySuite() : sodium;
    this.nodeSuite = this.sealings.watch(this.suite);
    this.#chance = new SeededRandom(options.seed);
    this.ledger = new Ledger(() => this.nowMs);
    this.network = new SimNetwork(this.suite, this, () => this.profile, this.#chance.fork('links'));
    this.network.onFrame = (from, to, frame) => this.#travelled(from, to, frame);
    this.#oracles = ORACLES.map((make) => make(this));
    this.relays = Array.from({ length: calm.relays }, (_, i) => this.#relay(`relay${i}`));
    const count = options.nodes ?? calm.people;
    this.people = Array.from({ length: count }, (_, i) => new Person(this, `person${i}`, this.#chance.fork(`node:${i}`), this.limits));
    for (const person of this.people) this.#begin(person);
    this.profile = calm;
    this.#lookNowAndThen();
  }

  #lookNowAndThen(): void {
    this.after(LOOK_EVERY_MS, () => {
      this.check();
      this.#lookNowAndThen();
    });
  }

  /** Everybody has begun and knows the relays; nobody knows anybody yet. */
  static async create(options: WorldOptions): Promise<World> {
    return new World(await loadSodiumSuite(), options);
  }

  #travelled(from: SimLink, to: SimLink, frame: Uint8Array<ArrayBuffer>): void {
    this.frames++;
    this.frameBytes += frame.length;
    this.#trace.update(`${this.nowMs} ${from.name}>${to.name} ${frame[0]} ${frame.length};`);
    const envelope = envelopeIn(this.suite, frame);
    if (envelope !== undefined && from.kind === 'person' && to.kind === 'person') this.ledger.track(envelope.id).sends++;
    const it = { from, to, frame, envelope };
    for (const oracle of this.#oracles) oracle.frame?.(it);
  }

  #relay(name: string): SimHost<RelayInput, RelayEvent> {
    const chance = this.#chance.fork(name);
    const keys = chance.fork('keys');
    const freshSeed = keys.bytes(32);
    return new SimHost<RelayInput, RelayEvent>({
      build: (store) =>
        new RelayNode(
          this.nodeSuite,
          keys,
          {
            transportSeed: store.getNow([{ space: 'self', key: TRANSPORT_ROW }])[0],
            carried: allRows(store, 'carried'),
            seen: allRows(store, 'seen'),
          },
          freshSeed,
          RELAY_LIMITS,
        ),
      first: { kind: 'start' },
      link: this.network.link(name, 'relay'),
      scheduler: this,
      profile: () => this.profile,
      chance: chance.fork('faults'),
      clockOffsetMs: clockOffset(this, chance.fork('clock')),
      watch: this.ledger.shelf(name, 'relay'),
      onEvents: () => {},
      onNotSaved: () => {},
    });
  }

  #begin(person: Person): void {
    const begun = person.ask({ kind: 'begin', name: person.name }) as { value: { account: string } };
    person.account = begun.value.account;
    if (this.profile.schedule !== 'archipelago') person.useRelays();
  }

  /** One more device, of nobody yet. */
  addDevice(name: string): Person {
    const device = new Person(this, name, this.#chance.fork(`device:${name}`), this.limits);
    device.useRelays();
    return device;
  }

  /** Chance for one purpose, the same however much was drawn for others. */
  fork(label: string): SeededRandom {
    return this.#chance.fork(label);
  }

  after(delayMs: number, what: () => void): void {
    this.#agenda.push(this.nowMs + delayMs, what);
  }

  /** One event; answers false when there is none left before `untilMs`. */
  #step(untilMs: number): boolean {
    const nextAtMs = this.#agenda.nextAtMs;
    if (nextAtMs === undefined || nextAtMs > untilMs) return false;
    const next = this.#agenda.pop();
    this.nowMs = nextAtMs;
    this.events++;
    next?.what();
    return true;
  }

  run(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    while (this.#step(untilMs)) if (this.events % LOOK_EVERY === 0) this.check();
    this.nowMs = untilMs;
    this.check();
  }

  /** Runs until `isDone` or the time is over; answers whether it was done. */
  runUntil(isDone: () => boolean, withinMs: number): boolean {
    const untilMs = this.nowMs + withinMs;
    while (!isDone()) if (!this.#step(untilMs)) break;
    this.check();
    return isDone();
  }

  /** Looks at what changed in the whole world: what must hold at every moment. */
  check(): void {
    for (const oracle of this.#oracles) oracle.check?.();
  }

  /** No more faults; everybody is back. Clocks that are wrong stay so. */
  heal(): void {
    this.profile = withoutFaults(this.profile);
    for (const link of this.network.links.values()) {
      link.side = 0;
      if (link.isAway) link.back();
    }
  }

  /** From now on people come and go, worlds part, clocks jump and stores are set back as the profile says. */
  startComingAndGoing(): void {
    startComingAndGoing(this, this.#chance);
    startParting(this, this.#chance.fork('parting'));
    startClocks(this, this.#chance.fork('clocks'));
    startSettingBack(this, this.#chance.fork('setting back'));
  }

  /** Two people meet by an invitation; faults wait meanwhile. */
  meet(a: Person, b: Person): void {
    const { profile } = this;
    this.profile = withoutFaults(profile);
    this.#invite(a, b);
    if (!this.runUntil(() => a.knows(b) && b.knows(a), 120_000)) throw new Error(`${a.name} and ${b.name} did not meet`);
    this.profile = profile;
  }

  #invite(a: Person, b: Person): void {
    const invited = a.ask({ kind: 'invite', byHand: false }) as { value: { text: string } };
    b.ask({ kind: 'accept', text: invited.value.text, how: 'link' });
  }

  /** Everybody meets everybody. */
  meetAll(): void {
    for (const [i, a] of this.people.entries()) for (const b of this.people.slice(i + 1)) this.meet(a, b);
  }

  /** These pairs meet face to face, as many at a time as have nobody in common: phone beside phone and an invitation, no relay needed. */
  meetNear(pairs: readonly Pair[]): void {
    const { profile } = this;
    this.profile = withoutFaults(profile);
    const tries = new Map<Pair, number>();
    for (let left = pairs; left.length > 0; ) {
      const busy = new Set<Person>();
      const now = left.filter(([a, b]) => !busy.has(a) && !busy.has(b) && busy.add(a).add(b));
      for (const pair of now) {
        const [a, b] = pair;
        const count = (tries.get(pair) ?? 0) + 1;
        if (count > MEETING_TRIES) throw new Error(`${a.name} and ${b.name} did not meet`);
        if (count === 1) this.#invite(a, b);
        tries.set(pair, count);
        this.network.encounter(a.link, b.link, MEETING_MS);
      }
      this.run(MEETING_MS + 1000);
      const done = new Set(now.filter(([a, b]) => a.knows(b) && b.knows(a)));
      left = left.filter((pair) => !done.has(pair));
    }
    this.profile = profile;
  }

  get traceHash(): string {
    return this.#trace.copy().digest('hex').slice(0, 16);
  }
}
