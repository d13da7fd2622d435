/**
 * Store, carry, forward: what this node holds for others and for itself, and what it tells each neighbour about it.
 *
 *   neighbour up ─▶ hello ─▶ their hello ─▶ tokens compared ─▶ have (list) ─▶ want ─▶ give ─▶ results
 *   new envelope ─▶ push to everybody connected, along a tree (pushing.ts)
 *   read, or told so by a token ─▶ dropped here, token passed on (forgetting.ts)
 *
 * This file hears; its parts take in, offer, push, compare and forget. Knows tags, never people: whose a tag is comes in as `isMine`,
 * who a neighbour is as a tier. Answers with effects; its host makes them rows and frames. Rule: docs/protocol/gossip.md.
 */
import type { Suite } from '../crypto/suite.ts';
import { type Envelope, hourOf, readEnvelope, tagIn } from '../envelope/envelope.ts';
import { AHEAD_HOURS_MAX, LIFETIME_HOURS } from '../envelope/limits.ts';
import { type Bytes, toKey } from '../kernel/bytes.ts';
import { type Random, randomBelow } from '../kernel/random.ts';
import { ageOf, type Carried, decodeCarried, depositorOf, NOBODY } from './carried.ts';
import { Comparing } from './comparing.ts';
import type { GossipEffect } from './effects.ts';
import { Forgetting } from './forgetting.ts';
import { decodeFrame, envelopeIn, type Hello, NO_CURSOR, type Pull, type Role, UNTOLD_SET } from './frames.ts';
import { Ground } from './ground.ts';
import {
  ANSWER_WAIT_MS,
  COMPARE_PATIENCE_MS,
  DIGEST_STEPS_MAX,
  type GossipLimits,
  HELLO_AGAIN_MS,
  LIST_MAX,
  SWEEP_MS,
  SWEEP_ROWS_MAX,
} from './limits.ts';
import { Mailboxes } from './mailboxes.ts';
import { type Neighbour, newNeighbour } from './neighbour.ts';
import { Offering } from './offering.ts';
import { Pushing } from './pushing.ts';
import type { CarryResult } from './refusals.ts';
import { Stamps } from './stamps.ts';
import { Taking } from './taking.ts';
import type { Tier, Who } from './tier.ts';

type Row = { readonly key: Bytes; readonly value: Bytes };

export class Gossip {
  readonly #ground: Ground;
  readonly #mailboxes: Mailboxes;
  readonly #offering: Offering;
  readonly #pushing: Pushing;
  readonly #comparing: Comparing;
  readonly #forgetting: Forgetting;
  readonly #taking: Taking;
  readonly #stamps: Stamps;
  #pull: Pull = 'cover';
  #myTags: () => Iterable<Bytes> = () => [];
  /** When what is pending leaves; decided by the first `wakeAtMs` after it came. */
  #flushAtMs: number | undefined;
  #sweepAtMs = 0;
  /** Everything expires by the hour: within one there is nothing new to drop. */
  #sweptHour = 0;
  /** When the first neighbour is to be greeted again. */
  #compareAtMs = Number.POSITIVE_INFINITY;

  constructor(suite: Suite, random: Random, role: Role, limits: GossipLimits, isMine: (tag: Bytes) => boolean) {
    this.#ground = new Ground(suite, random, role, limits, isMine);
    this.#mailboxes = new Mailboxes(limits.tagsPerNeighbourMax);
    this.#offering = new Offering(this.#ground);
    this.#pushing = new Pushing(this.#ground, this.#offering, this.#mailboxes);
    this.#comparing = new Comparing(this.#ground, this.#offering);
    this.#forgetting = new Forgetting(this.#ground);
    this.#stamps = new Stamps(this.#ground);
    this.#taking = new Taking(this.#ground, this.#offering, this.#pushing, this.#forgetting, this.#stamps);
  }

  /** Takes up what the store held. Rows that do not read are passed over: they cost an envelope, not the node. Answers what was on its way to us. */
  restore(carried: Iterable<Row>, seen: Iterable<Row>): readonly Bytes[] {
    const ground = this.#ground;
    let lastHour: number | undefined;
    for (const row of carried) {
      const one = decodeCarried(row.key, row.value);
      if (one === undefined) continue;
      ground.hold(one);
      lastHour = Math.max(lastHour ?? 0, one.arrivedHour);
    }
    if (lastHour !== undefined) ground.clocks.resume(lastHour);
    for (const row of seen) {
      const key = toKey(row.key);
      const token = ground.seen.restore(key, row.value);
      if (token === 'token') ground.tokens.addKey(key);
      if (token === 'held-back') this.#forgetting.restore(row.key);
    }
    const isUnread = (one: Carried): boolean => !one.own && ground.isMine(one.tag) && !ground.seen.has(one.id);
    return [...ground.carried.values()].filter(isUnread).map((one) => one.id);
  }

  get carriedCount(): number {
    return this.#ground.carried.size;
  }

  get carriedBytes(): number {
    return this.#ground.carried.bytes;
  }

  isCarried(id: Uint8Array): boolean {
    return this.#ground.carried.has(id);
  }

  /** Whether one's own clock may say that something is over. */
  get isClockSure(): boolean {
    return this.#ground.clocks.isSure;
  }

  /** Hours by which our clock is behind that of most neighbours (negative: ahead); 0 unless it is plainly wrong. */
  get clockBehindHours(): number {
    return this.#ground.clocks.behindHours;
  }

  /** What the disk has left for envelopes, in bytes. */
  setDiskRoom(bytes: number): void {
    this.#ground.room.diskBytes = bytes;
  }

  /** Until then nothing is taken in for others. */
  refuseUntil(atMs: number): void {
    this.#taking.refuseUntilMs = atMs;
    // What is read past meanwhile would be ferried later.
    if (this.#ground.ferries) this.#offering.forgetUpTo();
  }

  /** The bytes of an envelope are gone: it is not here, and may come again. */
  gone(id: Bytes): void {
    this.#ground.drop(id);
  }

  /** How a person asks its own relays for mail. `tags`: everything that means something here, asked for again at every meeting. */
  setPull(pull: Pull, tags: () => Iterable<Bytes>, nowMs: number): void {
    const isNew = pull !== this.#pull;
    this.#pull = pull;
    this.#ground.ferries = pull === 'ferry';
    this.#myTags = tags;
    if (!isNew) return;
    // What was asked for by tags was not listed, and what was read past is wanted by who ferries.
    this.#offering.forgetUpTo();
    for (const [neighbour, it] of this.#ground.neighbours) {
      if (!it.who.isKnownRelay) continue;
      this.#helloAgain(neighbour, it, nowMs);
      this.#askByAllTags(neighbour, it);
    }
  }

  /** Answers the effects since the last call, in order. */
  take(): readonly GossipEffect[] {
    this.#pushing.flush();
    return this.#ground.take();
  }

  /** When `wake` is wanted: soon while results or tokens wait to be sent together, else for what is next. Asked after each input. */
  wakeAtMs(nowMs: number): number {
    const later = Math.min(this.#sweepAtMs, this.#compareAtMs, this.#pushing.wakeAtMs, this.#comparing.wakeAtMs, this.#forgetting.wakeAtMs);
    if (!this.#ground.hasPending) return later;
    this.#flushAtMs ??= nowMs + ANSWER_WAIT_MS;
    return Math.min(this.#ground.isUrgent ? nowMs : this.#flushAtMs, later);
  }

  up(neighbour: number, who: Who, nowMs: number): void {
    const depositor = depositorOf(who.key);
    const it = newNeighbour(who, depositor, this.#pushing.lazyOf(depositor), this.#offering.handedTo(depositor));
    this.#ground.neighbours.set(neighbour, it);
    this.#hello(neighbour, it, nowMs);
    this.#askByAllTags(neighbour, it);
  }

  /** What a neighbour is to us was learned while it is connected. */
  setTier(neighbour: number, tier: Tier): void {
    const it = this.#ground.neighbours.get(neighbour);
    if (it !== undefined) it.tier = tier;
  }

  down(neighbour: number): void {
    const it = this.#ground.neighbours.get(neighbour);
    if (it === undefined) return;
    if (it.wanted.size > 0) this.#offering.forgetUpTo();
    this.#mailboxes.closeAll(neighbour, it);
    this.#ground.neighbours.delete(neighbour);
    this.#pushing.down(neighbour);
    this.#ground.wide.delete(neighbour);
  }

  full(neighbour: number): void {
    const it = this.#ground.neighbours.get(neighbour);
    if (it === undefined) return;
    it.behind = true;
  }

  drained(neighbour: number, nowMs: number): void {
    const it = this.#ground.neighbours.get(neighbour);
    if (it?.behind !== true) return;
    it.behind = false;
    this.#offering.giveAgain(neighbour, it, nowMs);
    // What was lost on the way may be what it asked for: a second hello says that nothing older will come.
    this.#helloAgain(neighbour, it, nowMs);
    this.#offering.wantAgain(neighbour, it);
    this.#askByAllTags(neighbour, it);
  }

  #hello(to: number, it: Neighbour, nowMs: number): void {
    const { held, tokens, role } = this.#ground;
    // With one's own relay nothing is compared, and what is kept here is not its business.
    const isUntold = role === 'person' && it.who.isKnownRelay;
    it.told = isUntold
      ? { held: UNTOLD_SET, tokens: UNTOLD_SET }
      : { held: held.summary(DIGEST_STEPS_MAX), tokens: tokens.summary(DIGEST_STEPS_MAX) };
    const pull = it.who.isKnownRelay && this.#pull === 'mailbox' ? 'mailbox' : 'cover';
    const since = this.#offering.heardUpTo(it) ?? NO_CURSOR;
    this.#ground.send(to, { kind: 'hello', role, pull, hour: hourOf(nowMs), ...it.told, since, work: this.#stamps.ask(it) });
    const { compareAgainMs } = this.#ground.limits;
    it.compareAtMs = nowMs + compareAgainMs + randomBelow(this.#ground.random, compareAgainMs / 5);
    this.#compareAtMs = Math.min(this.#compareAtMs, it.compareAtMs);
  }

  /** A relay that is asked by tags is told them all: when it comes up, and when it may have lost some. */
  #askByAllTags(to: number, it: Neighbour): void {
    if (it.who.isKnownRelay && this.#pull === 'mailbox') this.#askByTags(to, [...this.#myTags()], true);
  }

  /** Answered by a hello. */
  #helloAgain(to: number, it: Neighbour, nowMs: number): void {
    this.#hello(to, it, nowMs);
    it.answersUntilMs = nowMs + COMPARE_PATIENCE_MS;
  }

  #askByTags(to: number, tags: readonly Bytes[], isAnew: boolean): void {
    for (let at = 0; at < tags.length || (isAnew && at === 0); at += LIST_MAX)
      this.#ground.send(to, { kind: 'tags', replace: isAnew && at === 0, tags: tags.slice(at, at + LIST_MAX) });
  }

  /** The envelope in a `give` or `push`, if it is new and bears a tag of ours: for the node to look at before anything changes. */
  peek(bytes: Bytes): Envelope | undefined {
    const envelope = envelopeIn(bytes);
    // Nearly all that passes is for others: its tag says so before anything is worked out.
    if (envelope === undefined || !this.#ground.isMine(tagIn(envelope))) return undefined;
    const read = readEnvelope(this.#ground.suite, envelope);
    return read.ok && !this.#ground.knows(read.value.id) ? read.value : undefined;
  }

  frame(neighbour: number, bytes: Bytes, nowMs: number): void {
    const it = this.#ground.neighbours.get(neighbour);
    const frame = decodeFrame(bytes);
    if (it === undefined || frame === undefined) return;
    this.#ground.clocks.pass(nowMs);
    switch (frame.kind) {
      case 'hello':
        return this.#greet(neighbour, it, frame, nowMs);
      case 'have':
        for (const { id } of frame.entries) this.#forgetting.answer(it, id);
        this.#offering.hear(neighbour, it, frame.entries);
        return this.#comparing.heardListed(
          neighbour,
          it,
          frame.entries.map(({ id }) => id),
          nowMs,
        );
      case 'want':
        return this.#offering.ask(neighbour, it, frame.ids, false, nowMs);
      case 'give':
        return this.#taking.hear(neighbour, it, frame, nowMs);
      case 'push':
        return this.#taking.hear(neighbour, it, frame, nowMs);
      case 'results':
        for (const { id, result } of frame.results) this.#hearResult(neighbour, it, id, result);
        return;
      case 'forget':
        for (const token of frame.tokens) this.#forgetting.hear(neighbour, it, token, nowMs);
        return;
      case 'tags':
        return this.#openMailbox(neighbour, it, frame.replace, frame.tags, nowMs);
      case 'announce':
        return this.#pushing.hearAnnounce(neighbour, it, frame.ids, nowMs);
      case 'prune':
        return this.#pushing.hearPrune(it, frame.hops);
      case 'graft':
        return this.#pushing.hearGraft(neighbour, it, frame.ids, nowMs);
      case 'sketch':
      case 'symbols':
      case 'stop':
      case 'lacks':
        return this.#comparing.hear(neighbour, it, frame, nowMs);
      case 'upto':
        return this.#offering.hearUpTo(it, frame.cursor);
      case 'stamp':
        return this.#stamps.hear(it, frame);
    }
  }

  /**
   * Takes in an envelope of our own and pushes it to whoever is near. `copies`: how many others may carry it, as many as its class has
   * unless told. `leavesAtMs`: when it is pushed, unless something else is before; whoever comes meanwhile is shown it.
   */
  publish(
    envelope: Envelope,
    nowMs: number,
    copies: number = this.#ground.limits.copies[envelope.header.class],
    leavesAtMs: number = nowMs,
  ): void {
    this.#offering.evict(this.#ground.room.makeWay(envelope.bytes.length, this.#ground.clocks.runningHour(nowMs)));
    this.#ground.keep(envelope, { own: true, copies, ageHours: 0, tier: 'own', depositor: NOBODY }, nowMs);
    this.#pushing.publish(envelope, nowMs, leavesAtMs);
  }

  /**
   * An arrived envelope was read: it is let go everywhere its token comes. `from` delivered it; `author`, when it came straight from
   * whoever wrote it.
   */
  consumed(envelope: Envelope, purgeKey: Bytes, from: number | undefined, author: number | undefined, nowMs: number): void {
    this.#forgetting.consumed(envelope, purgeKey, from, author, nowMs);
  }

  /** An arrived envelope under a tag of ours is not for us after all: forged or damaged. It is not asked for again. */
  rejected(envelope: Envelope): void {
    this.#ground.letGo(envelope.id, envelope.header.expiryHour, undefined, false);
  }

  /** An envelope we wrote is needed by nobody any more (its message was answered for on another way). */
  withdraw(id: Bytes): void {
    const one = this.#ground.carried.get(id);
    if (one !== undefined) this.#ground.letGo(id, one.expiryHour, undefined, false);
  }

  /** The same for everything of our own under a tag. */
  withdrawUnder(tag: Bytes): void {
    for (const one of [...this.#ground.carried.under(tag)]) if (one.own) this.withdraw(one.id);
  }

  /** New tags mean something: envelopes held under them, and a second look at those that were read past. */
  recognise(tags: readonly Bytes[]): readonly Bytes[] {
    const held: Bytes[] = [];
    for (const tag of tags) {
      for (const one of this.#ground.carried.under(tag)) if (!one.own && !this.#ground.seen.has(one.id)) held.push(one.id);
      for (const { id, from } of this.#ground.passedOver.under(tag)) this.#wantAgain(id, from);
    }
    if (this.#pull === 'mailbox' && tags.length > 0)
      for (const [neighbour, it] of this.#ground.neighbours) if (it.who.isKnownRelay) this.#askByTags(neighbour, tags, false);
    return held;
  }

  /** Whoever has it is asked for it; if nobody is near who has, everybody lists it again. */
  #wantAgain(id: Bytes, from: readonly number[]): void {
    const near = from.find((one) => this.#ground.neighbours.has(one));
    const it = near === undefined ? undefined : this.#ground.neighbours.get(near);
    if (near === undefined || it === undefined) return this.#offering.forgetUpTo();
    it.wanted.set(toKey(id), true);
    this.#ground.send(near, { kind: 'want', ids: [id] });
  }

  wake(nowMs: number): void {
    this.#ground.clocks.pass(nowMs);
    this.#pushing.wake(nowMs);
    this.#forgetting.wake(nowMs);
    this.#comparing.wake(nowMs);
    if (nowMs >= this.#compareAtMs) this.#greetAgain(nowMs);
    const isDue = this.#ground.isUrgent || nowMs >= (this.#flushAtMs ?? Number.POSITIVE_INFINITY);
    if (this.#ground.hasPending && isDue) this.#flush(nowMs);
    this.#ground.recent.dropOld(nowMs);
    if (nowMs >= this.#sweepAtMs) this.#sweep(nowMs);
  }

  #greetAgain(nowMs: number): void {
    this.#compareAtMs = Number.POSITIVE_INFINITY;
    for (const [neighbour, it] of this.#ground.neighbours) {
      if (nowMs >= it.compareAtMs && !it.behind) this.#helloAgain(neighbour, it, nowMs);
      this.#compareAtMs = Math.min(this.#compareAtMs, it.behind ? Number.POSITIVE_INFINITY : it.compareAtMs);
    }
  }

  /**
   * The first hello is answered with a list. A later one says that its sender begins anew (its store failed, its queue ran over, ten minutes
   * are over): what was wanted of it before may have been lost, and it may no longer know who we are. Answered so seldom that repeating
   * it gains nothing.
   */
  #greet(neighbour: number, it: Neighbour, frame: Hello, nowMs: number): void {
    const ground = this.#ground;
    const isFirst = it.role === undefined;
    it.role = ground.role === 'relay' || it.who.isKnownRelay ? frame.role : 'person';
    it.pull = frame.pull;
    it.greeting = frame;
    const isByTags = ground.role === 'relay' && it.role === 'person' && it.pull === 'mailbox';
    if (isByTags) ground.wide.delete(neighbour);
    else ground.wide.set(neighbour, it);
    it.wanted.clear();
    it.upto = undefined;
    if (it.pull === 'cover') this.#mailboxes.closeAll(neighbour, it);
    ground.clocks.hear(it.depositor, frame.hour, hourOf(nowMs));
    if (ground.role === 'person') ground.room.heard(it.tier, it.depositor, ground.clocks.runningHour(nowMs));
    if (isFirst && it.role === 'person') this.#forgetting.neighbourCame(nowMs);
    if (isFirst && frame.role === 'relay') this.#forgetting.relayCame(it);
    const isAnswer = nowMs <= it.answersUntilMs;
    it.answersUntilMs = Number.NEGATIVE_INFINITY;
    if (!isFirst && !isAnswer) {
      if (nowMs - it.greetedAtMs < HELLO_AGAIN_MS) return;
      it.greetedAtMs = nowMs;
      this.#hello(neighbour, it, nowMs);
    }
    this.#comparing.begin(neighbour, it, nowMs);
    if (isFirst) this.#pushing.catchUp(neighbour, it, nowMs);
    this.#sweepAtMs = Math.min(this.#sweepAtMs, nowMs + SWEEP_MS);
  }

  #hearResult(neighbour: number, it: Neighbour, id: Bytes, result: CarryResult): void {
    const isThere = result === 'accepted' || result === 'have';
    this.#offering.hearResult(it, id, result === 'accepted');
    if (result === 'work') this.#offering.hearWork(neighbour, it, id);
    if (isThere && this.#ground.carried.get(id)?.own) this.#ground.effect({ kind: 'custody', id, by: neighbour });
  }

  #flush(nowMs: number): void {
    const ground = this.#ground;
    ground.hasPending = false;
    ground.isUrgent = false;
    this.#flushAtMs = undefined;
    this.#offering.pay(nowMs);
    this.#comparing.settle();
    for (const [neighbour, it] of ground.neighbours) {
      if (!it.behind) {
        if (it.asked.size > 0 || it.mail !== undefined) this.#offering.giveAsked(neighbour, it, nowMs);
        this.#offering.listPage(neighbour, it, nowMs);
      }
      ground.flushAnswers(neighbour, it);
    }
  }

  #openMailbox(neighbour: number, it: Neighbour, replace: boolean, tags: readonly Bytes[], nowMs: number): void {
    if (this.#ground.role !== 'relay') return;
    if (replace) this.#mailboxes.closeAll(neighbour, it);
    this.#offering.giveMail(
      neighbour,
      it,
      tags.filter((tag) => this.#mailboxes.open(tag, neighbour, it)),
      nowMs,
    );
  }

  /** In portions: what expires together must not become one outcome without end. */
  #sweep(nowMs: number): void {
    const ground = this.#ground;
    const dateHour = ground.dateHour(nowMs);
    this.#sweepAtMs = nowMs + SWEEP_MS;
    if (ground.clocks.isDoubted) return this.#sweepByAge(nowMs);
    if (dateHour === undefined || dateHour === this.#sweptHour) return;
    let left = SWEEP_ROWS_MAX;
    for (const one of ground.carried.values()) {
      // Of one's own also what a clock dated that was ahead then: nobody takes it, and whoever wrote it seals it again.
      const latest = dateHour + LIFETIME_HOURS[one.class as 1 | 2 | 3] + AHEAD_HOURS_MAX;
      if (one.expiryHour >= dateHour && !(one.own && one.expiryHour > latest)) continue;
      if (left-- === 0) return this.#sweepOn(nowMs);
      ground.letGo(one.id, one.expiryHour, undefined, false);
      if (one.own) ground.effect({ kind: 'expired', id: one.id });
    }
    const old = ground.seen.forgetOld(dateHour, left);
    for (const id of old) ground.forget(id);
    if (old.length > 0 && old.length === left) return this.#sweepOn(nowMs);
    this.#sweptHour = dateHour;
  }

  /** Where most neighbours disagree with the clock: what has travelled for as long as its class lives is dropped, and may come again. */
  #sweepByAge(nowMs: number): void {
    const ground = this.#ground;
    const hour = ground.clocks.runningHour(nowMs);
    let left = SWEEP_ROWS_MAX;
    for (const one of ground.carried.values()) {
      if (ageOf(one, hour) < LIFETIME_HOURS[one.class as 1 | 2 | 3]) continue;
      if (left-- === 0) return this.#sweepOn(nowMs);
      ground.drop(one.id);
      if (one.own) ground.effect({ kind: 'expired', id: one.id });
    }
  }

  /** There is more. */
  #sweepOn(nowMs: number): void {
    this.#sweepAtMs = nowMs;
  }
}
