/**
 * A world from a seed: people and relays with their shipped nodes, a clock, links and stores. Break it for a while and look at safety
 * after each step; heal it and look whether everything arrives. `npm run sim` and the scenarios are its callers.
 */
import { createHash, type Hash } from 'node:crypto';
import type { MemoryStore } from '../../packages/core/src/adapters/store-memory/index.ts';
import { decodeMessage } from '../../packages/core/src/conversation/message.ts';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { EMPTY, fromHex } from '../../packages/core/src/kernel/bytes.ts';
import type { Space } from '../../packages/core/src/node/machine.ts';
import { piecesOf } from '../../packages/core/src/node/person/archiving.ts';
import type { PersonCall, PersonEvent, PersonInput } from '../../packages/core/src/node/person/inputs.ts';
import { PersonNode } from '../../packages/core/src/node/person/person-node.ts';
import { decodePerson, RESIDENT_SPACES, type ResidentRows } from '../../packages/core/src/node/person/stored.ts';
import type { ContactView, PersonView } from '../../packages/core/src/node/person/view.ts';
import type { Linking } from '../../packages/core/src/node/person/views.ts';
import { type RelayEvent, type RelayInput, RelayNode, TRANSPORT_ROW } from '../../packages/core/src/node/relay/relay-node.ts';
import { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import { ORACLES, type Oracle } from './oracles/index.ts';
import { PROFILES, type Profile, type ProfileName } from './profiles.ts';
import { SimHost } from './sim-host.ts';
import { type Scheduler, SimNetwork } from './sim-network.ts';

const START_MS = Date.UTC(2026, 0, 1);

interface Timed {
  readonly atMs: number;
  readonly sequence: number;
  readonly what: () => void;
}

/** A binary heap ordered by (time, sequence): no ties, no luck. */
class Agenda {
  readonly #heap: Timed[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(it: Timed): void {
    const heap = this.#heap;
    let at = heap.push(it) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(it, heap[parent] as Timed)) break;
      heap[at] = heap[parent] as Timed;
      at = parent;
    }
    heap[at] = it;
  }

  pop(): Timed | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timed, heap[child] as Timed)) child++;
      if (!isBefore(heap[child] as Timed, last)) break;
      heap[at] = heap[child] as Timed;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Timed, b: Timed): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}

export interface Said {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly id: string;
  readonly atMs: number;
}

export class Person {
  readonly name: string;
  readonly host: SimHost<PersonInput, PersonEvent>;
  account = '';
  readonly shown: string[] = [];
  readonly linking: Linking[] = [];
  readonly answers: Map<number, unknown> = new Map<number, unknown>();
  readonly #world: World;
  #nextCall = 1;

  constructor(world: World, name: string, chance: SeededRandom) {
    this.#world = world;
    this.name = name;
    // One stream for the node's whole life: a device that starts again does not draw the same keys again.
    const keys = chance.fork('keys');
    this.host = new SimHost<PersonInput, PersonEvent>({
      build: (store) => {
        const rows = decodePerson(
          world.suite,
          Object.fromEntries(RESIDENT_SPACES.map((space) => [space, allRows(store, space)])) as unknown as ResidentRows,
        );
        if (!rows.ok) throw new Error(`a damaged row in ${rows.refusal.space}`);
        return new PersonNode(world.suite, keys, rows.value);
      },
      first: { kind: 'start' },
      link: world.network.link(name, 'person'),
      scheduler: world,
      profile: () => world.profile,
      chance: chance.fork('faults'),
      onEvents: (events) => this.#hear(events),
      onNotSaved: (input) => {
        if ('call' in input) this.answers.set(input.call, { ok: false, refusal: { kind: 'not-saved', why: 'full' } });
      },
    });
  }

  #hear(events: readonly PersonEvent[]): void {
    for (const event of events) {
      if (event.kind === 'answer') this.answers.set(event.call, event.answer);
      if (event.kind === 'link-changed') this.linking.push(event.linking);
      if (event.kind === 'archive-wanted') this.#world.after(1, () => this.#giveArchive());
      if (event.kind === 'message-changed' && event.isNew && !event.message.mine) this.shown.push(event.message.id);
    }
  }

  /** Asks the node; `undefined` if it was down or died before it could answer. */
  ask(call: { readonly [Kind in PersonCall['kind']]: Omit<Extract<PersonCall, { kind: Kind }>, 'call'> }[PersonCall['kind']]): unknown {
    const number = this.#nextCall++;
    this.host.input({ ...call, call: number } as PersonInput);
    const answer = this.answers.get(number);
    this.answers.delete(number);
    return answer;
  }

  #giveArchive(): void {
    const rows = this.host.store.rangeNow({ space: 'messages', prefix: EMPTY, limit: 100_000 });
    const parts = piecesOf(rows.map(({ key, value }) => ({ kind: 'message', key, row: value })));
    this.host.input({ kind: 'give-archive', parts });
  }

  get view(): PersonView {
    return (this.host.machine as PersonNode).view(this.#world.nowMs);
  }

  contact(other: Person): ContactView {
    const found = this.view.contacts.find((one) => one.account === other.account);
    if (found === undefined) throw new Error(`${this.name} does not know ${other.name}`);
    return found;
  }

  useRelays(): void {
    for (const link of this.#world.network.links.values())
      if (link.kind === 'relay') this.ask({ kind: 'use-relay', relay: { key: link.key as string, addresses: [`sim:${link.name}`] } });
  }

  say(to: Person, text: string): Said | undefined {
    const answer = this.ask({ kind: 'send', to: to.account, text }) as { ok: boolean; value?: string } | undefined;
    // A crash after the commit loses the answer, not the message: what counts is what the store holds.
    const id = answer?.ok ? answer.value : answer === undefined ? this.storedWith(to).find((one) => one.text === text)?.id : undefined;
    if (id === undefined) return undefined;
    const said = { from: this.name, to: to.name, text, id, atMs: this.#world.nowMs };
    this.#world.said.push(said);
    return said;
  }

  storedWith(
    other: Person,
  ): readonly { readonly id: string; readonly text: string; readonly mine: boolean; readonly state: string | undefined }[] {
    const prefix = fromHex(other.account);
    if (prefix === undefined) return [];
    const rows = this.host.store.rangeNow({ space: 'messages', prefix, limit: 100_000 });
    return rows.flatMap((row) => {
      const message = decodeMessage(row.key, row.value);
      return message
        ? [{ id: Buffer.from(message.id).toString('hex'), text: message.text, mine: message.mine, state: message.state?.kind }]
        : [];
    });
  }

  timelineWith(other: Person): readonly string[] {
    return this.storedWith(other).map((message) => message.text);
  }
}

function allRows(store: MemoryStore, space: Space) {
  return store.rangeNow({ space, prefix: EMPTY, limit: 1_000_000 });
}

export interface WorldOptions {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly nodes?: number;
}

export class World implements Scheduler {
  readonly suite: Suite;
  readonly network: SimNetwork;
  readonly people: readonly Person[];
  readonly relays: readonly SimHost<RelayInput, RelayEvent>[];
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
  #sequence = 0;

  private constructor(suite: Suite, options: WorldOptions) {
    this.suite = suite;
    this.profile = PROFILES[options.profile];
    this.#chance = new SeededRandom(options.seed);
    this.network = new SimNetwork(suite, this, this.profile, this.#chance.fork('links'));
    this.#oracles = ORACLES.map((make) => make(this));
    this.network.onFrame = (from, to, frame) => {
      this.frames++;
      this.frameBytes += frame.length;
      this.#trace.update(`${this.nowMs} ${from}>${to} ${frame[0]} ${frame.length};`);
      for (const oracle of this.#oracles) oracle.frame?.(frame);
    };
    const calm = this.profile;
    this.profile = { ...calm, crashBeforeCommit: 0, crashAfterCommit: 0, fullDisk: 0 };
    this.relays = Array.from({ length: calm.relays }, (_, i) => this.#relay(`relay${i}`));
    const count = options.nodes ?? calm.people;
    this.people = Array.from({ length: count }, (_, i) => new Person(this, `person${i}`, this.#chance.fork(`node:${i}`)));
    for (const person of this.people) this.#begin(person);
    this.profile = calm;
  }

  /** Everybody has begun and knows the relays; nobody knows anybody yet. */
  static async create(options: WorldOptions): Promise<World> {
    return new World(await loadSodiumSuite(), options);
  }

  #relay(name: string): SimHost<RelayInput, RelayEvent> {
    const chance = this.#chance.fork(name);
    const freshSeed = chance.fork('keys').bytes(32);
    return new SimHost<RelayInput, RelayEvent>({
      build: (store) =>
        new RelayNode(
          this.suite,
          {
            transportSeed: store.getNow([{ space: 'self', key: TRANSPORT_ROW }])[0],
            carried: allRows(store, 'carried'),
            seen: allRows(store, 'seen'),
          },
          freshSeed,
        ),
      first: { kind: 'start' },
      link: this.network.link(name, 'relay'),
      scheduler: this,
      profile: () => this.profile,
      chance: chance.fork('faults'),
      onEvents: () => {},
      onNotSaved: () => {},
    });
  }

  #begin(person: Person): void {
    const begun = person.ask({ kind: 'begin', name: person.name }) as { value: { account: string } };
    person.account = begun.value.account;
    person.useRelays();
  }

  /** One more device, of nobody yet. */
  addDevice(name: string): Person {
    const device = new Person(this, name, this.#chance.fork(`device:${name}`));
    device.useRelays();
    return device;
  }

  after(delayMs: number, what: () => void): void {
    this.#agenda.push({ atMs: this.nowMs + delayMs, sequence: this.#sequence++, what });
  }

  /** One event; answers false when there is none left before `untilMs`. */
  #step(untilMs: number): boolean {
    const next = this.#agenda.pop();
    if (next === undefined) return false;
    if (next.atMs > untilMs) {
      this.#agenda.push(next);
      return false;
    }
    this.nowMs = next.atMs;
    this.events++;
    next.what();
    return true;
  }

  run(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    while (this.#step(untilMs)) if (this.events % 256 === 0) this.check();
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

  /** Looks at the whole world: what must hold at every moment. */
  check(): void {
    for (const oracle of this.#oracles) oracle.check?.();
  }

  /** No more faults; everybody is back. */
  heal(): void {
    this.profile = { ...this.profile, crashBeforeCommit: 0, crashAfterCommit: 0, fullDisk: 0, awayEveryMs: 0 };
    for (const link of this.network.links.values()) if (link.isAway) link.back();
  }

  /** From now on people come and go as the profile says. */
  startComingAndGoing(): void {
    for (const [name, link] of this.network.links) {
      const chance = this.#chance.fork(`away:${name}`);
      const next = () => {
        if (this.profile.awayEveryMs === 0) return;
        this.after(1 + chance.below(2 * this.profile.awayEveryMs), () => {
          if (this.profile.awayEveryMs === 0 || link.isAway) return next();
          link.cut(true);
          this.after(1 + chance.below(2 * this.profile.awayForMs), () => {
            link.back();
            next();
          });
        });
      };
      next();
    }
  }

  /** Two people meet by an invitation; faults wait meanwhile. */
  meet(a: Person, b: Person): void {
    const { profile } = this;
    this.profile = { ...profile, crashBeforeCommit: 0, crashAfterCommit: 0, fullDisk: 0 };
    const invited = a.ask({ kind: 'invite' }) as { value: { text: string } };
    b.ask({ kind: 'accept', text: invited.value.text, how: 'link' });
    const know = (one: Person, other: Person) =>
      (one.host.machine as PersonNode).view(this.nowMs).contacts.some((it) => it.account === other.account && it.name !== '');
    if (!this.runUntil(() => know(a, b) && know(b, a), 120_000)) throw new Error(`${a.name} and ${b.name} did not meet`);
    this.profile = profile;
  }

  /** Everybody meets everybody. */
  meetAll(): void {
    for (const [i, a] of this.people.entries()) for (const b of this.people.slice(i + 1)) this.meet(a, b);
  }

  get traceHash(): string {
    return this.#trace.copy().digest('hex').slice(0, 16);
  }
}
