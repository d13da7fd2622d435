/** A contact whose program does what it likes: what they say must not change what we said, whom we reach, or what others said. */
import { describe, expect, test } from 'vitest';
import { type Content, encodeContent } from '../../packages/core/src/content/content.ts';
import { giveHead } from '../../packages/core/src/gossip/frames.ts';
import { PERSON_LIMITS } from '../../packages/core/src/gossip/limits.ts';
import { signDeviceList } from '../../packages/core/src/identity/device-list.ts';
import { type Bytes, concat, EMPTY, fromHex } from '../../packages/core/src/kernel/bytes.ts';
import { neighbourId } from '../../packages/core/src/node/machine.ts';
import { OutcomeBuilder } from '../../packages/core/src/node/outcome.ts';
import type { PersonEvent } from '../../packages/core/src/node/person/inputs.ts';
import type { Own } from '../../packages/core/src/node/person/own.ts';
import type { PersonNode } from '../../packages/core/src/node/person/person-node.ts';
import { PersonState } from '../../packages/core/src/node/person/state.ts';
import { decodePerson, RESIDENT_SPACES, type ResidentRows } from '../../packages/core/src/node/person/stored.ts';
import { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import { type Person, START_MS, World } from '../simulator/world.ts';

function stateOf(world: World, person: Person): PersonState {
  const raw = Object.fromEntries(
    RESIDENT_SPACES.map((space) => [space, person.host.store.rangeNow({ space, prefix: EMPTY, limit: 10_000 })]),
  );
  const rows = decodePerson(world.suite, raw as unknown as ResidentRows);
  if (!rows.ok) throw new Error('a damaged row');
  return new PersonState(world.suite, new SeededRandom(`by hand ${world.nowMs}`), rows.value, PERSON_LIMITS);
}

/** Everything `from` would say to `to`, sealed in order as its own node would seal it, and handed over. */
function saysByHand(world: World, from: Person, to: Person, contents: readonly Content[]): void {
  const state = stateOf(world, from);
  const out = new OutcomeBuilder<PersonEvent>();
  for (const content of contents) {
    const [device] = state.devicesOf(fromHex(to.account) as Bytes);
    const session = device && state.sessionOf(device);
    if (session === undefined) throw new Error('they have not met');
    const envelope = state.seal(session, encodeContent(content), out, world.nowMs);
    const frame = concat(giveHead(0, 0), envelope.bytes);
    // Only the connections that are there hear it.
    for (let id = 1; id < 20; id++) to.host.input({ kind: 'link', event: { kind: 'frame', neighbour: neighbourId(id), frame } });
  }
}

const bytes = (hex: string): Bytes => fromHex(hex) as Bytes;

/** Cards that claim this key for every day about the beginning of the world. */
const days = (hex: string) => ({
  firstDay: Math.floor(START_MS / 86_400_000) - 2,
  minute: 0,
  keys: Array.from({ length: 5 }, () => fromHex(hex) as Bytes),
});

async function met(seed: number): Promise<{ world: World; ann: Person; mallory: Person; cy: Person }> {
  const world = await World.create({ seed, profile: 'household', nodes: 3 });
  const [ann, mallory, cy] = world.people as [Person, Person, Person];
  world.meetAll();
  world.run(20_000);
  return { world, ann, mallory, cy };
}

describe('a hostile contact', () => {
  test('cannot write over what we said to them, nor over what they said', async () => {
    const { world, ann, mallory } = await met(1);
    const said = ann.say(mallory, 'said:I will pay you back 100');
    world.run(5000);
    world.said.push({ from: mallory.name, to: ann.name, text: 'said:never', id: '', atMs: 0, writtenAtMs: 0, isConnected: false });
    const id = bytes(said?.id as string);
    const sentAtMs = said?.atMs as number;
    saysByHand(world, mallory, ann, [
      { kind: 'text', id, sentAtMs, text: 'said:never' },
      { kind: 'text', id, sentAtMs, text: 'said:never, ever' },
    ]);
    expect(ann.storedWith(mallory).map(({ text, mine }) => [text, mine])).toEqual([
      ['said:I will pay you back 100', true],
      ['said:never', false],
    ]);
  });

  test('cannot make us forget our relay by naming its key as their own', async () => {
    const { world, ann, mallory, cy } = await met(2);
    const relayKey = world.network.links.get('relay0')?.key as string;
    saysByHand(world, mallory, ann, [{ kind: 'card', name: 'Mallory', days: days(relayKey), relays: [] }]);
    saysByHand(world, mallory, ann, [{ kind: 'card', name: 'Mallory', days: days('07'.repeat(32)), relays: [] }]);
    world.network.links.get(ann.name)?.cut(true);
    world.run(1000);
    world.network.links.get(ann.name)?.back();
    const isBack = () => (ann.host.machine as PersonNode).view(world.nowMs).neighbours.some((one) => one.kind === 'relay');
    expect(world.runUntil(isBack, 60_000)).toBe(true);
    ann.say(cy, 'said:still here');
    expect(world.runUntil(() => cy.timelineWith(ann).includes('said:still here'), 10_000)).toBe(true);
  });

  test('is not shown as reached by naming the key of somebody who is', async () => {
    const { world, ann, mallory, cy } = await met(3);
    world.network.links.get(mallory.name)?.cut(true);
    world.run(1000);
    saysByHand(world, mallory, ann, [
      { kind: 'card', name: 'Mallory', days: days(world.network.links.get(cy.name)?.key as string), relays: [] },
    ]);
    const reach = (who: Person) =>
      (ann.host.machine as PersonNode).view(world.nowMs).contacts.find((one) => one.account === who.account)?.reach.kind;
    expect(reach(cy)).toBe('direct');
    expect(reach(mallory)).not.toBe('direct');
  });

  test('cannot date a receipt into times that no calendar has, nor answer for messages to others', async () => {
    const { world, ann, mallory, cy } = await met(4);
    const toMallory = ann.say(mallory, 'said:one');
    world.network.links.get(cy.name)?.cut(true);
    const toCy = ann.say(cy, 'said:two');
    world.run(5000);
    saysByHand(world, mallory, ann, [
      {
        kind: 'receipt',
        what: 'read',
        atMs: Number.MAX_SAFE_INTEGER,
        messages: [bytes(toMallory?.id as string), bytes(toCy?.id as string)],
      },
    ]);
    world.run(1000);
    const state = (other: Person) => ann.storedWith(other).find((message) => message.mine)?.state;
    expect(state(mallory)).toBe('read');
    expect(state(cy)).toBe('carried');
  });

  test('who never answers leaves our message expired, not in between for ever', async () => {
    const { world, ann, mallory } = await met(5);
    const link = world.network.links.get(mallory.name);
    if (link === undefined) throw new Error('no link');
    link.cut(true);
    const lost = ann.say(mallory, 'said:and this');
    world.run(16 * 24 * 3_600_000);
    expect(ann.storedWith(mallory).find((message) => message.id === lost?.id)?.state).toBe('expired');
  });
});

describe('an account that is spoken for in two ways', () => {
  /** Mallory's own root signs another list in the same place of the order. */
  function otherList(world: World, mallory: Person): Bytes {
    const own = stateOf(world, mallory).own as Own;
    const { account: _, ...list } = own.list;
    const secretKey = world.suite.signingPair(own.row.rootSeed).secretKey;
    return signDeviceList(world.suite, { ...list, previousHash: new Uint8Array(32).fill(9) }, secretKey);
  }

  test('is blocked until verified again: nothing is sent to it, and looking away does not help', async () => {
    const { world, ann, mallory } = await met(8);
    const listRecord = otherList(world, mallory);
    saysByHand(world, mallory, ann, [{ kind: 'keys', contactKey: new Uint8Array(32), listRecord, spares: [], removed: [] }]);
    world.run(1000);
    expect(ann.contact(mallory).news).toMatchObject({ kind: 'root-unknown' });
    const send = () => ann.ask({ kind: 'send', to: mallory.account, text: 'said:hello?' });
    expect(send()).toEqual({ ok: false, refusal: { kind: 'not-trusted' } });
    ann.ask({ kind: 'news-seen', account: mallory.account });
    expect(send()).toEqual({ ok: false, refusal: { kind: 'not-trusted' } });
    ann.ask({ kind: 'set-verified', account: mallory.account, isVerified: true });
    expect(send()).toMatchObject({ ok: true });
  });

  test('a list with a byte behind it is no other list', async () => {
    const { world, ann, mallory } = await met(9);
    const own = stateOf(world, mallory).own as Own;
    const listRecord = concat(own.row.listRecord, new Uint8Array(1));
    saysByHand(world, mallory, ann, [{ kind: 'keys', contactKey: new Uint8Array(32), listRecord, spares: [], removed: [] }]);
    world.run(1000);
    expect(ann.contact(mallory).news).toBe(undefined);
  });
});

describe('an invitation from a stranger', () => {
  test('cannot replace the addresses of our own relay', async () => {
    const { world, ann } = await met(6);
    const stranger = world.people[2] as Person;
    const relayKey = world.network.links.get('relay0')?.key as string;
    stranger.ask({ kind: 'use-relay', relay: { key: relayKey, addresses: ['sim:nowhere'] } });
    const other = await World.create({ seed: 7, profile: 'household', nodes: 1 });
    const [far] = other.people as [Person];
    far.ask({ kind: 'use-relay', relay: { key: relayKey, addresses: ['sim:nowhere'] } });
    const invited = far.ask({ kind: 'invite', byHand: false }) as { value: { text: string } };
    ann.ask({ kind: 'accept', text: invited.value.text, how: 'link' });
    ann.host.crash();
    const isBack = () => ann.host.isUp && (ann.host.machine as PersonNode).view(world.nowMs).neighbours.some((one) => one.kind === 'relay');
    expect(world.runUntil(isBack, 60_000)).toBe(true);
  });
});
