/**
 * Machines that meet, part, write, read, sleep and begin again in any order: what holds after every step, and in the end.
 * Long because a whole world stands in front of its one claim.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Suite } from '../crypto/suite.ts';
import { hourOf, makePurgeToken, PURGE_TOKEN_BYTES } from '../envelope/envelope.ts';
import { type Bytes, concat, toHex } from '../kernel/bytes.ts';
import { Holder, type Made, makeOne, plainHello, START_MS, whoIs } from '../testing/gossip-holder.ts';
import { makeToySuite } from '../testing/toy-suite.ts';
import { carriedBytes, decodeCarried } from './carried.ts';
import { decodeFrame, encodeFrame, giveHead, pushHead, type Role, UNTOLD_SET } from './frames.ts';
import { type GossipLimits, LIST_MAX, PERSON_LIMITS, RELAY_LIMITS } from './limits.ts';
import { RESULTS } from './refusals.ts';
import { TIERS, type Who } from './tier.ts';

const suite: Suite = makeToySuite();
const PULLS = ['cover', 'mailbox', 'ferry'] as const;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FRAME_BYTES_MAX = 3 + LIST_MAX * 51;

/** Numbers of neighbours from here on keep to no rule. */
const HOSTILE = 100;

/** Small enough that rooms and quotas are full within a schedule. */
const SMALL: Readonly<Record<Role, GossipLimits>> = {
  person: {
    ...PERSON_LIMITS,
    carriedBytesMax: 4000,
    carriedMax: 6,
    quotas: {
      own: { envelopes: 6, bytes: 4000, sharePercent: 100 },
      contact: { envelopes: 3, bytes: 1700, sharePercent: 50 },
      stranger: { envelopes: 2, bytes: 1000, sharePercent: 40 },
    },
  },
  relay: RELAY_LIMITS,
};

interface Letter {
  readonly made: Made;
  readonly author: number;
  readonly reader: number;
  isWithdrawn: boolean;
  reads: number;
}

interface Cast {
  readonly relays: readonly boolean[];
  /** For each two of them: whether they are contacts, or the person uses the relay. */
  readonly known: readonly boolean[];
}

class World {
  nowMs: number = START_MS;
  readonly letters: Letter[] = [];
  readonly #cast: Cast;
  readonly #holders: Holder[];
  readonly #wires: Map<string, Bytes[]> = new Map();
  readonly #clogged: Set<string> = new Set();
  /** Letters whose tags mean nothing to their readers yet. */
  readonly #unknown: Set<Letter> = new Set();
  /** Who keeps to no rule is near whom. */
  readonly #hostile: Set<string> = new Set();
  /** Those that ask their relays by tags. */
  readonly #pulls: Map<number, (typeof PULLS)[number]> = new Map();

  constructor(cast: Cast) {
    this.#cast = cast;
    this.#holders = cast.relays.map((_, i) => this.#machine(i, 0));
  }

  get size(): number {
    return this.#holders.length;
  }

  #machine(i: number, seed: number): Holder {
    const role: Role = this.#cast.relays[i] ? 'relay' : 'person';
    return new Holder(suite, `m${i}`, { role, seed, limits: SMALL[role] });
  }

  #of(i: number): Holder {
    return this.#holders[i] as Holder;
  }

  #whoIs(other: number, to: number): Who {
    const isKnown = this.#cast.known[Math.min(to, other) * this.size + Math.max(to, other)] === true;
    const isRelay = this.#of(other).role === 'relay' && this.#of(to).role === 'person';
    return whoIs(other, isKnown ? (isRelay ? 'own' : 'contact') : 'stranger', isKnown && isRelay);
  }

  meet(a: number, b: number): void {
    if (a === b || this.#wires.has(`${a}>${b}`)) return;
    for (const [one, other] of both(a, b)) this.#wires.set(`${one}>${other}`, []);
    for (const [one, other] of both(a, b)) {
      this.#of(one).gossip.up(other, this.#whoIs(other, one), this.nowMs);
      this.#take(one);
    }
  }

  /** What was on its way is lost. */
  part(a: number, b: number): void {
    if (!this.#wires.has(`${a}>${b}`)) return;
    for (const [one, other] of both(a, b)) {
      this.#wires.delete(`${one}>${other}`);
      this.#clogged.delete(`${one}>${other}`);
    }
    for (const [one, other] of both(a, b)) {
      this.#of(one).gossip.down(other);
      this.#take(one);
    }
  }

  clog(a: number, b: number): void {
    if (!this.#wires.has(`${a}>${b}`)) return;
    this.#clogged.add(`${a}>${b}`);
    this.#of(a).gossip.full(b);
    this.#take(a);
  }

  drain(a: number, b: number): void {
    if (!this.#clogged.delete(`${a}>${b}`)) return;
    this.#of(a).gossip.drained(b, this.nowMs);
    this.#take(a);
  }

  write(author: number, reader: number, shape: number): void {
    if (author === reader || this.#cast.relays[author] || this.#cast.relays[reader]) return;
    const made = makeOne(suite, { class: shape % 3 === 0 ? 2 : 1, bodyBytes: shape % 4 === 0 ? 1024 : 256, nowMs: this.nowMs });
    const letter: Letter = { made, author, reader, isWithdrawn: false, reads: 0 };
    this.letters.push(letter);
    if (shape % 5 === 0) this.#unknown.add(letter);
    else this.#awaits(letter);
    this.#of(author).gossip.publish(made.envelope, this.nowMs);
    this.#take(author);
  }

  withdraw(number: number): void {
    const letter = this.letters[number % Math.max(1, this.letters.length)];
    if (letter === undefined) return;
    letter.isWithdrawn = true;
    this.#of(letter.author).gossip.withdraw(letter.made.envelope.id);
    this.#take(letter.author);
  }

  /** The tags of what was written to it so far mean something from now on. */
  learn(reader: number): void {
    for (const letter of [...this.#unknown].filter((one) => one.reader === reader)) {
      this.#unknown.delete(letter);
      this.#awaits(letter);
    }
  }

  #awaits(letter: Letter): void {
    const { reader, made } = letter;
    const held = this.#of(reader).awaits(made).gossip.recognise([made.envelope.header.tag]);
    if (held.length > 0) this.#read(reader, letter, undefined);
    this.#take(reader);
  }

  /** From now on it asks its relays in the next of the ways. */
  pull(i: number): void {
    if (this.#cast.relays[i]) return;
    this.#pulls.set(i, PULLS[(PULLS.indexOf(this.#pullOf(i)) + 1) % PULLS.length] ?? 'cover');
    this.#setPull(i);
    this.#take(i);
  }

  #pullOf(i: number): (typeof PULLS)[number] {
    return this.#pulls.get(i) ?? 'cover';
  }

  #setPull(i: number): void {
    const mine = (letter: Letter): boolean => letter.reader === i && !this.#unknown.has(letter);
    const tags = (): readonly Bytes[] => this.letters.filter(mine).map(({ made }) => made.envelope.header.tag);
    this.#of(i).gossip.setPull(this.#pullOf(i), tags, this.nowMs);
  }

  /** It stops and begins again from its rows. */
  restart(i: number): void {
    for (let other = 0; other < this.size; other++) this.part(i, other);
    for (const name of this.#hostile) if (name.startsWith(`${i}<`)) this.#hostile.delete(name);
    const before = this.#of(i);
    const after = this.#machine(i, this.letters.length + 1);
    for (const name of ['rows', 'seen', 'bodies'] as const)
      for (const [key, value] of before[name]) (after[name] as Map<string, unknown>).set(key, value);
    for (const tag of before.mine) after.mine.add(tag);
    after.read.push(...before.read);
    after.expired.push(...before.expired);
    this.#holders[i] = after;
    if (this.#pullOf(i) !== 'cover') this.#setPull(i);
    const held = new Set(after.gossip.restore(before.rows.values(), before.seen.values()).map(toHex));
    for (const letter of this.letters) if (held.has(idOf(letter))) this.#read(i, letter, undefined);
    this.#take(i);
  }

  /** Whoever keeps to no rule leaves. */
  calm(): void {
    for (const name of this.#hostile) {
      const [i, neighbour] = name.split('<').map(Number) as [number, number];
      this.#of(i).gossip.down(neighbour);
      this.#take(i);
    }
    this.#hostile.clear();
  }

  #read(reader: number, letter: Letter, from: number | undefined): void {
    expect(letter.reader).toBe(reader);
    letter.reads++;
    const author = from === letter.author ? from : undefined;
    this.#of(reader).gossip.consumed(letter.made.envelope, letter.made.purgeKey, from, author, this.nowMs);
  }

  /** Somebody who keeps to no rule says something to it. */
  attack(i: number, by: number, n: number): void {
    const neighbour = HOSTILE + by;
    const { gossip } = this.#of(i);
    if (n % 7 === 0) gossip.down(neighbour);
    if (n % 7 === 0 || !this.#hostile.has(`${i}<${neighbour}`)) gossip.up(neighbour, whoIs(neighbour), this.nowMs);
    this.#hostile.add(`${i}<${neighbour}`);
    this.#take(i);
    gossip.frame(neighbour, this.#lie(n), this.nowMs);
    this.#take(i, neighbour);
  }

  /** Of the right form, about what there is and what there is not. */
  #lie(n: number): Bytes {
    const junk = makeOne(suite, { nowMs: this.nowMs, class: n % 2 === 0 ? 1 : 2 });
    const real = this.letters.map(({ made }) => made);
    const ids = [...real, junk].map(({ envelope }) => envelope.id);
    const digest = new Uint8Array(32).fill(n);
    const count = n * 40;
    switch (n % 16) {
      case 0:
      case 1: {
        const lie = {
          ...plainHello(n % 3 === 0 ? 'relay' : 'person', 'cover', this.nowMs),
          held: { count, digest },
          tokens: { count, digest },
        };
        return encodeFrame(lie);
      }
      case 2:
        return encodeFrame({
          kind: 'have',
          entries: real.map(({ envelope: { id, header } }) => ({ id, tag: header.tag, class: 1, size: 0, copies: n })),
        });
      case 3:
      case 4:
        return encodeFrame({ kind: 'want', ids });
      case 5:
        return encodeFrame({ kind: 'results', results: ids.map((id) => ({ id, result: RESULTS[n % RESULTS.length] ?? 'have' })) });
      case 6:
        return encodeFrame({ kind: 'forget', tokens: real.map(({ envelope }) => makePurgeToken(suite, envelope, junk.purgeKey)) });
      case 7:
        return encodeFrame({ kind: 'tags', replace: false, tags: real.map(({ envelope }) => envelope.header.tag) });
      case 8:
        return encodeFrame({ kind: 'announce', ids });
      case 9:
        return encodeFrame({ kind: 'graft', ids });
      case 10:
        return encodeFrame({ kind: 'sketch', set: 'tokens', size: count, digest, salt: digest.slice(0, 16), exceptions: [] });
      case 11:
        return encodeFrame({ kind: 'symbols', set: 'tokens', cells: digest });
      case 12:
        return encodeFrame({ kind: 'stop', set: n % 3 === 0 ? 'held' : 'tokens', isDecoded: n % 5 === 0 });
      case 13:
        return encodeFrame({ kind: 'upto', cursor: { incarnation: digest.slice(0, 8), number: n } });
      case 14:
        return concat(pushHead(n, 8, 0), junk.envelope.bytes);
      default:
        return concat(giveHead(8, 0), junk.envelope.bytes);
    }
  }

  #take(i: number, from?: number): void {
    const holder = this.#of(i);
    for (;;) {
      for (const { to, frame } of holder.take()) {
        expect(frame.length).toBeLessThanOrEqual(FRAME_BYTES_MAX);
        checkHello(holder, frame, to < HOSTILE && this.#whoIs(to, i).isKnownRelay);
        if (to >= HOSTILE) continue;
        expect(this.#wires.has(`${i}>${to}`)).toBe(true);
        if (!this.#clogged.has(`${i}>${to}`)) this.#wires.get(`${i}>${to}`)?.push(frame);
      }
      const arrived = holder.arrived.splice(0);
      if (arrived.length === 0) return;
      for (const { id } of arrived) {
        const letter = this.letters.find((one) => idOf(one) === toHex(id));
        if (letter !== undefined) this.#read(i, letter, from);
      }
    }
  }

  /** Delivers what is on its way and lets 20 ms pass, so many times; answers whether there is more. */
  run(turns: number): boolean {
    for (let turn = 0; turn < turns; turn++, this.nowMs += 20) {
      for (const [wire, frames] of this.#wires) {
        const [from, to] = wire.split('>').map(Number) as [number, number];
        for (const frame of frames.splice(0)) {
          this.#of(to).gossip.frame(from, frame, this.nowMs);
          this.#take(to, from);
        }
      }
      this.#wake();
    }
    return [...this.#wires.values()].some((frames) => frames.length > 0);
  }

  #wake(): void {
    for (const [i, { gossip }] of this.#holders.entries()) {
      for (let turn = 0; gossip.wakeAtMs(this.nowMs) <= this.nowMs; turn++) {
        if (turn === 20) expect.unreachable('it never sleeps');
        gossip.wake(this.nowMs);
        this.#take(i);
      }
    }
  }

  sleep(ms: number): void {
    this.nowMs += ms;
    this.#wake();
  }

  /** Until all is said that is to be said within the next seconds. */
  settle(): void {
    const endMs = this.nowMs + 120_000;
    for (;;) {
      while (this.run(1)) if (this.nowMs > endMs) expect.unreachable('they never come to an end');
      const nextMs = Math.min(...this.#holders.map(({ gossip }) => gossip.wakeAtMs(this.nowMs)));
      if (nextMs > this.nowMs + 5000) return;
      this.nowMs = Math.max(this.nowMs, nextMs);
      this.#wake();
    }
  }

  /** Everybody meets everybody else alone. */
  meetAll(): void {
    for (let a = 0; a < this.size; a++)
      for (let b = a + 1; b < this.size; b++) {
        this.meet(a, b);
        this.settle();
        this.part(a, b);
      }
  }

  partAll(): void {
    for (let a = 0; a < this.size; a++) for (let b = 0; b < this.size; b++) this.part(a, b);
  }

  isOver({ made }: Letter): boolean {
    return made.envelope.header.expiryHour < hourOf(this.nowMs);
  }

  has(i: number, letter: Letter): boolean {
    return this.#of(i).has(letter.made);
  }

  check(): void {
    for (const holder of this.#holders) checkRoom(holder);
    for (const letter of this.letters) this.#checkLetter(letter);
  }

  #checkLetter(letter: Letter): void {
    const id = idOf(letter);
    const author = this.#of(letter.author);
    expect(letter.reads).toBeLessThanOrEqual(1);
    if (author.read.includes(id)) expect(letter.reads).toBe(1);
    if (author.expired.includes(id)) expect(this.isOver(letter)).toBe(true);
    const isLetGo = letter.isWithdrawn || author.read.includes(id) || this.isOver(letter);
    if (!isLetGo) expect(author.has(letter.made)).toBe(true);
    let copies = 0;
    for (const { role, rows } of this.#holders) {
      const row = rows.get(id);
      if (row !== undefined && role === 'person') copies += decodeCarried(row.key, row.value)?.copies ?? 0;
    }
    expect(copies).toBeLessThanOrEqual(PERSON_LIMITS.copies[letter.made.envelope.header.class]);
  }
}

function idOf({ made }: Letter): string {
  return toHex(made.envelope.id);
}

function both(a: number, b: number): readonly (readonly [number, number])[] {
  return [
    [a, b],
    [b, a],
  ];
}

/** A hello says of as many as there are, and of none to a relay of one's own. */
function checkHello({ gossip, seen }: Holder, bytes: Bytes, isToOwnRelay: boolean): void {
  const frame = bytes[0] === 1 ? decodeFrame(bytes) : undefined;
  if (frame?.kind !== 'hello') return;
  if (isToOwnRelay) return expect(frame).toMatchObject({ held: UNTOLD_SET, tokens: UNTOLD_SET });
  expect(frame.held.count).toBe(gossip.carriedCount);
  const isPublic = ({ value }: { readonly value: Bytes }): boolean => value.length === 4 + PURGE_TOKEN_BYTES;
  expect(frame.tokens.count).toBe([...seen.values()].filter(isPublic).length);
}

/** What is stored is what is carried, and nobody has more of it than its part. */
function checkRoom({ gossip, role, rows, bodies }: Holder): void {
  const limits = SMALL[role];
  const all = [...rows.values()].map(({ key, value }) => decodeCarried(key, value));
  expect([...bodies.keys()].sort()).toEqual([...rows.keys()].sort());
  expect(gossip.carriedCount).toBe(all.length);
  const used = new Map<string, { count: number; bytes: number }>();
  const add = (name: string, bytes: number): void => {
    const before = used.get(name) ?? { count: 0, bytes: 0 };
    used.set(name, { count: before.count + 1, bytes: before.bytes + bytes });
  };
  for (const one of all) {
    if (one === undefined) return expect.unreachable('a row does not read');
    for (const name of ['all', one.own ? 'own' : one.tier, ...(one.own ? [] : ['others', `${one.tier}/${one.depositor}`])])
      add(name, carriedBytes(one));
    if (role === 'person' && !one.own) expect(one.copies).toBeGreaterThan(0);
  }
  expect(gossip.carriedBytes).toBe(used.get('all')?.bytes ?? 0);
  const within = (name: string, count: number, bytes: number): void => {
    expect(used.get(name)?.count ?? 0).toBeLessThanOrEqual(count);
    expect(used.get(name)?.bytes ?? 0).toBeLessThanOrEqual(bytes);
  };
  if (used.has('others')) within('all', limits.carriedMax, limits.carriedBytesMax);
  for (const tier of TIERS) {
    const { envelopes, bytes, sharePercent } = limits.quotas[tier];
    if (tier !== 'own') within(tier, (limits.carriedMax * sharePercent) / 100, (limits.carriedBytesMax * sharePercent) / 100);
    for (const name of used.keys()) if (name.startsWith(`${tier}/`)) within(name, envelopes, bytes);
  }
}

const STEPS = ['meet', 'meet', 'meet', 'part', 'write', 'write', 'write', 'run', 'run', 'run', 'clog', 'drain', 'attack'] as const;
const RARE_STEPS = ['restart', 'withdraw', 'learn', 'pull', 'pause', 'sleep'] as const;

interface Step {
  readonly kind: (typeof STEPS)[number] | (typeof RARE_STEPS)[number];
  readonly a: number;
  readonly b: number;
  readonly n: number;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...STEPS, ...RARE_STEPS), a: fc.nat(5), b: fc.nat(5), n: fc.integer({ min: 1, max: 32 }) }),
  { minLength: 10, maxLength: 60 },
);

const casts: fc.Arbitrary<Cast> = fc.integer({ min: 3, max: 6 }).chain((size) =>
  fc.record({
    relays: fc.array(fc.boolean(), { minLength: size - 2, maxLength: size - 2 }).map((rest) => [false, false, ...rest]),
    known: fc.array(fc.boolean(), { minLength: size * size, maxLength: size * size }),
  }),
);

function perform(world: World, { kind, a: one, b: other, n }: Step): void {
  const [a, b] = [one % world.size, other % world.size];
  switch (kind) {
    case 'meet':
    case 'part':
    case 'clog':
    case 'drain':
      return world[kind](a, b);
    case 'write':
      return world.write(a, b, n);
    case 'run':
      world.run(n);
      return;
    case 'restart':
    case 'learn':
    case 'pull':
      return world[kind](a);
    case 'attack':
      return world.attack(a, other, n);
    case 'withdraw':
      return world.withdraw(n);
    case 'pause':
      return world.sleep(n * MINUTE_MS);
    case 'sleep':
      return world.sleep(n * HOUR_MS);
  }
}

test('whatever happens in whatever order: nothing of our own is lost, no room or copy too much is taken, all is read once and then forgotten', () => {
  fc.assert(
    fc.property(casts, steps, (cast, schedule) => {
      const world = new World(cast);
      for (const step of schedule) {
        perform(world, step);
        world.check();
      }
      world.calm();
      world.partAll();
      for (let reader = 0; reader < world.size; reader++) world.learn(reader);
      for (const pauseMs of [15 * MINUTE_MS, 15 * MINUTE_MS, 26 * HOUR_MS, 15 * MINUTE_MS]) {
        world.meetAll();
        world.check();
        world.sleep(pauseMs);
      }
      for (const letter of world.letters) {
        if (world.isOver(letter)) continue;
        if (!letter.isWithdrawn) expect(letter.reads).toBe(1);
        if (letter.reads > 0) for (let i = 0; i < world.size; i++) expect(world.has(i, letter)).toBe(false);
      }
    }),
    { seed: 24, numRuns: 150 },
  );
}, 60_000);
