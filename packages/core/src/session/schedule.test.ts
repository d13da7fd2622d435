import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { bytesOf, toHex } from '../kernel/bytes.ts';
import { type Disk, type Posted, SessionWorld, type Watcher } from '../testing/session-world.ts';
import { EPOCH_KEYS_MAX, PAST_CHAINS, PAST_HEARD, SKIPPED_MAX, SPENT_TAGS } from './limits.ts';
import { encodeSession } from './session.ts';

/** Bytes of the longest row there can be: every part there, the longest opening, and as many headers heard as are remembered. */
const ROW_BYTES_MAX = 6226 + SPENT_TAGS * 8 + PAST_CHAINS * (33 + PAST_HEARD * 8);

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

/** Oracle: whatever is not what was written is refused, and leaves the state as it was. */
function forgeriesChangeNothing(world: SessionWorld, posted: Posted): void {
  const { to, sent } = posted;
  const disk = world.disks[to] as Disk;
  const before = rows(disk);
  const body = sent.body.slice();
  const at = world.random.below(body.length);
  body[at] = (body[at] as number) ^ (1 + world.random.below(255));
  for (const forged of [body, sent.body.slice(0, -1), sent.body.slice(1)]) {
    const read = world.reading(disk, { ...posted, sent: { ...sent, body: forged } });
    if (read !== undefined && !isProvenOf(world, posted, forged)) throw new Error('forged bytes were not refused');
  }
  expect(rows(disk)).toBe(before);
}

/** A true header is true evidence of being set back, whatever stands behind it: who truly wrote twice may have it told by anybody. */
function isProvenOf(world: SessionWorld, posted: Posted, forged: Uint8Array): boolean {
  const whole = world.reading(world.disks[posted.to] as Disk, posted);
  return whole?.isSetBack === true && forged.length >= 84;
}

/** Oracle: what was read once is refused, and leaves the state as it was. */
function repeatingChangesNothing(world: SessionWorld, posted: Posted): void {
  const disk = world.disks[posted.to] as Disk;
  const before = rows(disk);
  if (world.reading(disk, posted) !== undefined) throw new Error('a message was read twice');
  expect(rows(disk)).toBe(before);
}

function rows(disk: Disk): string {
  const all = [...disk.conversations.values()].flatMap(({ ends }) => ends);
  return all.map((end) => `${toHex(encodeSession(end.session))} ${[...end.skipped.keys()].join()}`).join();
}

/** Oracle: nothing grows past its bound. */
function staysBounded(world: SessionWorld, who: number): void {
  for (const { ends } of world.disks[who]?.conversations.values() ?? [])
    for (const { session, skipped } of ends) {
      const { length } = encodeSession(session);
      if (length > ROW_BYTES_MAX) throw new Error(`a row of ${length} bytes`);
      if (skipped.size > SKIPPED_MAX) throw new Error(`${skipped.size} skipped keys`);
      if (session.ratchet.postQuantum.keys.length > EPOCH_KEYS_MAX) throw new Error('too many epoch keys');
    }
}

/** Oracle: nobody ever sealed twice under one key and nonce. */
function noNonceIsRepeated(world: SessionWorld): void {
  expect(world.repeatedNonces).toEqual([]);
}

/** Oracle: what is on its way and was not delivered yet is read, each message once (`deliver` tries it twice). */
function everythingDeliveredIsRead(world: SessionWorld, shuffle: number): void {
  while (world.way.length > 0) {
    const [posted] = world.way.splice((shuffle * 7919) % world.way.length, 1);
    if (posted !== undefined && world.live.has(posted.to)) expect(world.deliver(posted), posted.sent.text).toBe(true);
  }
}

/** Oracle: after sessions were begun anew where it was needed, every text without a receipt arrives. */
function everythingArrives(world: SessionWorld): void {
  world.deliverAll();
  for (let round = 0; round < 4; round++) {
    for (const [who, peer] of world.pairs()) if (world.conversation(who, peer).outbox.length > 0) world.beginAnew(who, peer);
    world.deliverAll();
    for (const [who, peer] of world.pairs()) world.receipt(who, peer);
    world.deliverAll();
  }
  for (const [who, peer] of world.pairs()) expect(world.conversation(who, peer).outbox, `${who} to ${peer}`).toEqual([]);
}

/** Oracle: once both sides of a pair have turned and agreed on an epoch, whoever copied everything before reads nothing more. */
function theThiefIsShutOut(world: SessionWorld): void {
  world.deliverAll();
  for (let round = 0; round < 4; round++) {
    world.hour += 25;
    for (const [who, peer] of world.pairs()) {
      world.write(who, peer);
      world.deliverAll();
    }
  }
  world.stolen.clear();
  for (let round = 0; round < 2; round++)
    for (const [who, peer] of world.pairs()) {
      world.write(who, peer);
      world.deliverAll();
    }
  expect([...world.stolen]).toEqual([]);
}

/** What is asked of every single delivery. */
const ORACLES: Watcher = {
  delivering: forgeriesChangeNothing,
  delivered: (world, posted, read) => {
    if (!read.isSetBack) repeatingChangesNothing(world, posted);
    staysBounded(world, posted.to);
  },
};

const GENTLE = [
  'write',
  'write',
  'write',
  'deliver',
  'deliver',
  'deliver',
  'repeat',
  'drop',
  'wait',
  'crash-unsent',
  'crash-reading',
] as const;
const RENEWING = ['rotate', 'renew', 'remove'] as const;
const HARSH = ['crash-sent', 'restore'] as const;
type Kind = (typeof GENTLE)[number] | (typeof RENEWING)[number] | (typeof HARSH)[number];

interface Command {
  readonly kind: Kind;
  readonly who: number;
  readonly other: number;
  readonly pick: number;
}

function commands(kinds: readonly Kind[], maxLength: number): fc.Arbitrary<Command[]> {
  const command = fc.record({ kind: fc.constantFrom(...kinds), who: fc.nat(2), other: fc.nat(1), pick: fc.nat(10_000) });
  return fc.array(command, { minLength: maxLength / 2, maxLength, size: 'max' });
}

/** Runs one command; `onRefused` hears of a message that was delivered for the first time and not read. */
function run(world: SessionWorld, { kind, who: chosen, other, pick }: Command, onRefused: (posted: Posted) => void): void {
  const live = [...world.live];
  const who = live[chosen % live.length] as number;
  const peers = live.filter((one) => one !== who);
  const peer = peers[other % peers.length] as number;
  const at = pick % Math.max(1, world.way.length);
  const posted = world.way[at];
  switch (kind) {
    case 'write':
      return world.write(who, peer);
    case 'crash-unsent':
      return void world.writing(who, peer, `${world.texts++}`);
    case 'crash-sent':
      return world.post(world.writing(who, peer, `${world.texts++}`).posted);
    case 'wait':
      world.hour += pick % 840;
      return;
    case 'rotate':
      return world.rotate(who);
    case 'renew':
      return world.beginAnew(who, peer);
    case 'restore':
      return world.restore(who, pick);
    case 'remove':
      if (live.length > 2) world.remove(who);
      return;
    case 'drop':
      world.way.splice(at, 1);
      return;
    case 'crash-reading':
      if (posted !== undefined) world.deliver(posted, true);
      return;
    case 'repeat':
      if (posted !== undefined) world.deliver(posted);
      if (posted !== undefined) world.way.splice(at, 1);
      if (posted !== undefined && world.deliver(posted)) throw new Error('a message was read twice');
      return;
    case 'deliver':
      world.way.splice(at, 1);
      if (posted !== undefined && !world.deliver(posted)) onRefused(posted);
      return;
  }
}

/** Everybody knows everybody's offer; some pairs begin at once, from both sides. */
function begin(count: number, seed: number): SessionWorld {
  const world = new SessionWorld(suite, count, seed, ORACLES);
  for (const [who, peer] of world.pairs()) if (who < peer || seed % 2 === 0) world.write(who, peer);
  return world;
}

describe.each([2, 3])('%i devices', (count) => {
  test.each([1, 2, 3])(
    'lose, reorder, repeat and delay messages, crash and begin anew: what is delivered is read once (seed %i)',
    (seed) => {
      fc.assert(
        fc.property(commands([...GENTLE, ...RENEWING], 60), fc.nat(1000), (steps, chance) => {
          const world = begin(count, chance);
          for (const step of steps)
            run(world, step, ({ sent }) => {
              throw new Error(`not read: ${sent.text}`);
            });
          everythingDeliveredIsRead(world, chance);
          noNonceIsRepeated(world);
        }),
        { seed, numRuns: 20 },
      );
    },
  );

  test.each([4, 5, 6])(
    'are set back as well, and lose what they did: no nonce is repeated, and everything arrives in the end (seed %i)',
    (seed) => {
      fc.assert(
        fc.property(commands([...GENTLE, ...RENEWING, ...HARSH], 40), fc.nat(1000), (steps, chance) => {
          const world = begin(count, chance);
          for (const step of steps) run(world, step, () => undefined);
          everythingArrives(world);
          noNonceIsRepeated(world);
        }),
        { seed, numRuns: 10 },
      );
    },
  );

  test.each([7, 8])('are copied by a thief, who reads nothing once they have turned and agreed on an epoch (seed %i)', (seed) => {
    fc.assert(
      fc.property(commands(GENTLE, 30), commands(GENTLE, 20), fc.nat(1000), (before, after, chance) => {
        const world = begin(count, chance);
        for (const step of before) run(world, step, () => undefined);
        world.thief = [...world.disks];
        for (const step of after) run(world, step, () => undefined);
        theThiefIsShutOut(world);
      }),
      { seed, numRuns: 10 },
    );
  });
});

test('the thief does read until they have turned', () => {
  const world = begin(2, 1);
  world.deliverAll();
  world.write(1, 0);
  world.deliverAll();
  world.thief = [...world.disks];
  world.write(0, 1, 'still read');
  expect([...world.stolen]).toEqual(['still read']);
});

test('a device that is set back is found out by the other side, which begins anew', () => {
  const world = begin(2, 1);
  world.deliverAll();
  world.write(1, 0);
  world.deliverAll();
  const before = world.disks[0] as Disk;
  world.write(0, 1, 'said');
  world.deliverAll();
  world.disks[0] = before;
  const sessions = world.conversation(1, 0).ends.length;
  world.write(1, 0, 'waiting');
  world.way = [];
  world.write(0, 1, 'said anew');
  world.deliverAll();
  expect(world.conversation(1, 0).ends.length).toBe(sessions + 1);
  expect(world.conversation(0, 1).got.has('waiting')).toBe(true);
  everythingArrives(world);
  expect(world.conversation(1, 0).got.has('said anew')).toBe(true);
});

test('a key that is wrong is seen by the oracle of nonces', () => {
  const world = begin(2, 1);
  const [key, nonce] = [new Uint8Array(32), new Uint8Array(24)];
  for (const text of [0, 1]) world.suite.seal(key, nonce, key, bytesOf([text]));
  expect(world.repeatedNonces).toHaveLength(1);
});
