/** Somebody in a world: a person's node on a host of its own, asked as an application would ask it. */
import type { MemoryStore } from '../../packages/core/src/adapters/store-memory/index.ts';
import { decodeMessage } from '../../packages/core/src/conversation/message.ts';
import type { GossipLimits } from '../../packages/core/src/gossip/limits.ts';
import { EMPTY, fromHex } from '../../packages/core/src/kernel/bytes.ts';
import type { Space } from '../../packages/core/src/node/machine.ts';
import { piecesOf } from '../../packages/core/src/node/person/archiving.ts';
import type { PersonCall, PersonEvent, PersonInput } from '../../packages/core/src/node/person/inputs.ts';
import { PersonNode } from '../../packages/core/src/node/person/person-node.ts';
import { decodePerson, RESIDENT_SPACES, type ResidentRows } from '../../packages/core/src/node/person/stored.ts';
import type { ContactView, PersonView } from '../../packages/core/src/node/person/view.ts';
import type { Linking } from '../../packages/core/src/node/person/views.ts';
import type { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import { SimHost } from './sim-host.ts';
import type { SimLink } from './sim-network.ts';
import type { World } from './world.ts';

export interface Said {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly id: string;
  readonly atMs: number;
  /** By its writer's own clock. */
  readonly writtenAtMs: number;
  /** There was a way to its reader over links that were up when it was said. */
  readonly isConnected: boolean;
}

export class Person {
  readonly name: string;
  readonly link: SimLink;
  readonly host: SimHost<PersonInput, PersonEvent>;
  account = '';
  readonly shown: string[] = [];
  readonly linking: Linking[] = [];
  readonly answers: Map<number, unknown> = new Map<number, unknown>();
  readonly #world: World;
  #nextCall = 1;

  constructor(world: World, name: string, chance: SeededRandom, limits: GossipLimits) {
    this.#world = world;
    this.name = name;
    this.link = world.network.link(name, 'person');
    // One stream for the node's whole life: a device that starts again does not draw the same keys again.
    const keys = chance.fork('keys');
    this.host = new SimHost<PersonInput, PersonEvent>({
      build: (store) => {
        const rows = decodePerson(
          world.nodeSuite,
          Object.fromEntries(RESIDENT_SPACES.map((space) => [space, allRows(store, space)])) as unknown as ResidentRows,
        );
        if (!rows.ok) throw new Error(`a damaged row in ${rows.refusal.space}`);
        return new PersonNode(world.nodeSuite, keys, rows.value, limits);
      },
      first: { kind: 'start' },
      link: this.link,
      scheduler: world,
      profile: () => world.profile,
      chance: chance.fork('faults'),
      clockOffsetMs: clockOffset(world, chance.fork('clock')),
      watch: world.ledger.shelf(name, 'person'),
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
    return (this.host.machine as PersonNode).view(this.host.nowMs);
  }

  contact(other: Person): ContactView {
    const found = this.view.contacts.find((one) => one.account === other.account);
    if (found === undefined) throw new Error(`${this.name} does not know ${other.name}`);
    return found;
  }

  /** Knows them, and was told how they call themselves. */
  knows(other: Person): boolean {
    return this.host.isUp && this.view.contacts.some((it) => it.account === other.account && it.name !== '');
  }

  useRelays(isUsed: (relay: SimLink) => boolean = () => true): void {
    for (const link of this.#world.network.links.values())
      if (link.kind === 'relay' && isUsed(link))
        this.ask({ kind: 'use-relay', relay: { key: link.key as string, addresses: [`sim:${link.name}`] } });
  }

  say(to: Person, text: string): Said | undefined {
    const answer = this.ask({ kind: 'send', to: to.account, text }) as { ok: boolean; value?: string } | undefined;
    // A crash after the commit loses the answer, not the message: what counts is what the store holds.
    const id = answer?.ok ? answer.value : answer === undefined ? this.storedWith(to).find((one) => one.text === text)?.id : undefined;
    if (id === undefined) return undefined;
    const world = this.#world;
    const isConnected = world.network.areConnected(this.link, to.link);
    const said = { from: this.name, to: to.name, text, id, atMs: world.nowMs, writtenAtMs: this.host.nowMs, isConnected };
    world.said.push(said);
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

export function allRows(store: MemoryStore, space: Space): ReturnType<MemoryStore['rangeNow']> {
  return store.rangeNow({ space, prefix: EMPTY, limit: 1_000_000 });
}

/** How far off the clock of a node begins. */
export function clockOffset(world: World, chance: SeededRandom): number {
  const { clockSkewMs, clockWrongShare, clockWrongMs } = world.profile;
  const mostMs = chance.chance(clockWrongShare) ? clockWrongMs : clockSkewMs;
  return mostMs === 0 ? 0 : chance.below(2 * mostMs + 1) - mostMs;
}
