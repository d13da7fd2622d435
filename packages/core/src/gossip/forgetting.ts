/**
 * Purge tokens: whoever could read an envelope lets it be forgotten everywhere. Who that was must not show: a token is said to one's own
 * relays and to the author at once, to everybody else after a random while, and first through another neighbour than the one that
 * delivered. From then on it spreads like news. Rule: docs/protocol/gossip.md §7.
 */
import { checkPurgeToken, type Envelope, hourOf, makePurgeToken } from '../envelope/envelope.ts';
import { LIFETIME_HOURS } from '../envelope/limits.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Bytes, fromKey, toKey } from '../kernel/bytes.ts';
import { randomBelow } from '../kernel/random.ts';
import { NOBODY } from './carried.ts';
import type { Ground } from './ground.ts';
import { idKey } from './id-key.ts';
import { PUBLISH_LATEST_MS, TOKENS_MAX } from './limits.ts';
import type { Neighbour } from './neighbour.ts';

/** A token that waits to become public. */
interface HeldBack {
  /** `undefined`: it waited when this node stopped, and how long it still does is decided at the first wake. */
  readonly atMs: number | undefined;
  /** Who had delivered the envelope. */
  readonly deliverer: string;
}

/** Neighbours whose tokens of a day are counted. */
const COUNTED_MAX = 1024;

/** The longest an honest token is good for: a small envelope's life, and what clocks disagree by. */
const GOOD_HOURS_MAX: number = LIFETIME_HOURS[1] + 48;

export class Forgetting {
  readonly #ground: Ground;
  readonly #heldBack: Map<string, HeldBack> = new Map<string, HeldBack>();
  /** Depositor → tokens of envelopes never seen here that it brought on this day. */
  readonly #foreign: BoundedMap<string, { day: number; count: number }> = new BoundedMap(COUNTED_MAX);
  /** Of envelopes never seen here, oldest first. */
  readonly #foreignKept: BoundedMap<string, true>;
  /** Tokens that came while a relay of ours may have been away: it lists only what is new to us, so it would never hear of them. */
  readonly #news: BoundedMap<string, number> = new BoundedMap<string, number>(TOKENS_MAX);
  #newsNumber = 0;
  /** Depositor → up to where that relay has been told them. */
  readonly #toldUpTo: BoundedMap<string, number> = new BoundedMap<string, number>(COUNTED_MAX);
  #wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#foreignKept = new BoundedMap(ground.limits.foreignTokensMax);
  }

  get wakeAtMs(): number {
    return this.#wakeAtMs;
  }

  /** A token that the store says was held back when this node stopped. */
  restore(id: Bytes): void {
    this.#heldBack.set(toKey(id), { atMs: undefined, deliverer: NOBODY });
    this.#wakeAtMs = 0;
  }

  /** An envelope was read here. `author`: it came straight from whoever wrote it, over this neighbour. */
  consumed(envelope: Envelope, purgeKey: Bytes, from: number | undefined, author: number | undefined, nowMs: number): void {
    const ground = this.#ground;
    const token = makePurgeToken(ground.suite, envelope, purgeKey);
    const deliverer = (from === undefined ? undefined : ground.neighbours.get(from)?.depositor) ?? NOBODY;
    // What others gave to be carried stays on the shelf until the token is public: a carrier does not lose it in the minute it comes.
    const isCover = ground.carried.get(envelope.id)?.own === false;
    if (isCover) ground.remember(envelope.id, envelope.header.expiryHour, token, false);
    else ground.letGo(envelope.id, envelope.header.expiryHour, token, false);
    for (const [neighbour, it] of ground.neighbours) if (it.role === 'relay' || neighbour === author) ground.queueToken(it, token);
    this.#noteNews(envelope.id);
    const atMs = this.#someTimeAfter(nowMs);
    this.#heldBack.set(toKey(envelope.id), { atMs, deliverer });
    this.#wakeAtMs = Math.min(this.#wakeAtMs, atMs);
  }

  #someTimeAfter(nowMs: number): number {
    const { random, limits } = this.#ground;
    return nowMs + (limits.publishWithinMs === 0 ? 0 : randomBelow(random, limits.publishWithinMs));
  }

  /** A relay is near: it is told what was let go since it was, one that is not ours what is public. Nobody lists to it what it has from us. */
  relayCame(it: Neighbour): void {
    if (this.#ground.role !== 'person') return;
    const told = this.#toldUpTo.get(it.depositor) ?? 0;
    for (const [key, number] of this.#news.entries()) {
      const token = number > told ? this.#ground.seen.tokenOf(fromKey(key)) : undefined;
      if (token !== undefined && (it.role === 'relay' || this.#ground.seen.isPublic(fromKey(key)))) this.#ground.queueToken(it, token);
    }
    this.#toldUpTo.set(it.depositor, this.#newsNumber);
  }

  #noteNews(id: Bytes): void {
    if (this.#ground.role !== 'person') return;
    this.#news.delete(toKey(id));
    this.#news.set(toKey(id), ++this.#newsNumber);
    for (const it of this.#ground.neighbours.values()) if (it.role === 'relay') this.#toldUpTo.set(it.depositor, this.#newsNumber);
  }

  /** Somebody came near: what waited for another neighbour may go now. */
  neighbourCame(nowMs: number): void {
    if (this.#heldBack.size > 0) this.#wakeAtMs = Math.min(this.#wakeAtMs, nowMs);
  }

  wake(nowMs: number): void {
    if (nowMs < this.#wakeAtMs) return;
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
    for (const [key, one] of this.#heldBack) {
      const { deliverer } = one;
      const atMs = one.atMs ?? this.#someTimeAfter(nowMs);
      if (one.atMs === undefined) this.#heldBack.set(key, { atMs, deliverer });
      const isDue = atMs <= nowMs && this.#hasAnother(deliverer);
      const latestMs = atMs + PUBLISH_LATEST_MS;
      if (isDue || latestMs <= nowMs) this.#publish(key, deliverer);
      else this.#wakeAtMs = Math.min(this.#wakeAtMs, atMs <= nowMs ? latestMs : atMs);
    }
  }

  #hasAnother(deliverer: string): boolean {
    for (const it of this.#ground.neighbours.values()) if (it.role === 'person' && it.depositor !== deliverer) return true;
    return false;
  }

  #publish(key: string, deliverer: string): void {
    this.#heldBack.delete(key);
    const id = fromKey(key);
    const token = this.#ground.seen.tokenOf(id);
    const expiryHour = this.#ground.seen.expiryOf(id);
    if (token === undefined || expiryHour === undefined) return;
    this.#ground.letGo(id, expiryHour, token, true);
    this.#noteNews(id);
    for (const it of this.#ground.neighbours.values())
      if (it.role === 'person' && it.depositor !== deliverer) this.#ground.queueToken(it, token);
  }

  /** Answers whoever lists or gives what was let go. A token that is held back is for one's own relays alone. */
  answer(it: Neighbour, id: Bytes): void {
    const { seen } = this.#ground;
    const token = seen.tokenOf(id);
    if (token !== undefined && (seen.isPublic(id) || it.role === 'relay')) this.#ground.queueToken(it, token);
  }

  hear(from: number, it: Neighbour, token: Bytes, nowMs: number): void {
    const ground = this.#ground;
    const checked = checkPurgeToken(ground.suite, token);
    if (checked === undefined) return;
    const { id, expiryHour } = checked;
    if (ground.seen.isPublic(id)) return;
    const one = ground.carried.get(id);
    const wasHere = one !== undefined || ground.seen.has(id);
    if (!wasHere && !this.#admits(it, id, expiryHour, nowMs)) return;
    if (one?.own) ground.effect({ kind: 'read', id });
    // Somebody else said it: it is no secret any more.
    this.#heldBack.delete(idKey(id));
    ground.letGo(id, expiryHour, token, true);
    if (wasHere) this.#noteNews(id);
    // What a stranger says of an envelope that never came by here concerns few: whoever is met learns of it when sets are compared.
    const isNear = wasHere || ground.role === 'relay' || it.tier !== 'stranger';
    if (isNear || ground.recent.has(id)) this.#passOn(from, one?.depositor, token);
  }

  /** Tokens of envelopes that never were here: they spread for others' sake, and anybody can make them of nothing. */
  #admits(it: Neighbour, id: Bytes, expiryHour: number, nowMs: number): boolean {
    const hour = hourOf(nowMs);
    if (expiryHour < hour || expiryHour > hour + GOOD_HOURS_MAX) return false;
    // Relays compare their tokens with relays only; from a person there is nothing to be had.
    if (this.#ground.role === 'relay' && it.role !== 'relay') return false;
    const most = this.#ground.limits.foreignTokensADay[it.tier];
    const day = Math.floor(hour / 24);
    const before = this.#foreign.get(it.depositor);
    const count = before?.day === day ? before.count : 0;
    if (count >= most) return false;
    this.#foreign.set(it.depositor, { day, count: count + 1 });
    const evicted = this.#foreignKept.set(toKey(id), true);
    if (evicted !== undefined) this.#ground.forget(fromKey(evicted.key));
    return true;
  }

  /** A relay tells the giver and other relays; a person everybody near. */
  #passOn(from: number, depositor: string | undefined, token: Bytes): void {
    const { role, neighbours, wide } = this.#ground;
    const giver = depositor === undefined || depositor === NOBODY ? undefined : this.#ground.nearDepositor(depositor);
    if (giver !== undefined && giver !== neighbours.get(from)) this.#ground.queueToken(giver, token);
    for (const [to, it] of wide) {
      if (to === from || it === giver || (role === 'relay' && it.role !== 'relay')) continue;
      this.#ground.queueToken(it, token);
    }
  }
}
