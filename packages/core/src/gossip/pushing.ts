/**
 * Live push: what is new goes at once to everybody who is connected, whoever it is for. Whether a link's push is of use depends above all
 * on how far the envelope has come, so every link learns, for each number of hops, whether to push or to announce: the first push that
 * was known already is answered by a prune, an announced envelope that is not there is asked for. Takes no room: what is not kept stays
 * in memory for a while, for whoever asks. Rule: docs/protocol/gossip.md §6; figures: docs/benchmarks.md.
 */
import type { Envelope } from '../envelope/envelope.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Bytes, fromKey, toKey } from '../kernel/bytes.ts';
import { randomBelow } from '../kernel/random.ts';
import { ageOf } from './carried.ts';
import { pushFrame } from './frames.ts';
import type { Ground } from './ground.ts';
import { idKey } from './id-key.ts';
import {
  ANNOUNCERS_MAX,
  ASK_WAIT_MS,
  HOPS_HIDDEN_IN,
  HOPS_MAX,
  LATE_MAX,
  LIST_MAX,
  MISSING_MAX,
  PUSH_CLASSES,
  PUSH_EAGER_CLASSES,
  PUSH_LEARNED_MAX,
  PUSHED_AGAIN_AFTER,
  PUSHES_AT_ONCE,
  PUSHES_PER_SECOND,
  RECENT_AGAIN_MAX,
  RECENT_AGAIN_MS,
} from './limits.ts';
import type { Mailboxes } from './mailboxes.ts';
import type { Lazy, Neighbour } from './neighbour.ts';
import type { Offering } from './offering.ts';
import { TIERS } from './tier.ts';

/** An announced envelope that has not come: who announced it and was not asked yet, and when the next one is. */
interface Missing {
  readonly announcers: number[];
  /** Who was asked last. */
  asked: number;
  askAtMs: number;
}

export class Pushing {
  readonly #ground: Ground;
  readonly #offering: Offering;
  readonly #mailboxes: Mailboxes;
  readonly #missing: BoundedMap<string, Missing> = new BoundedMap<string, Missing>(MISSING_MAX);
  /** Depositor → what its link has learned, kept while it is away. */
  readonly #learned: BoundedMap<string, Lazy> = new BoundedMap<string, Lazy>(PUSH_LEARNED_MAX);
  /** Neighbours to whom something is announced at the end of the turn. */
  readonly #announcing: Map<number, Bytes[]> = new Map<number, Bytes[]>();
  /** Of our own, each with the moment at which it is pushed, the next one first. */
  readonly #late: { readonly envelope: Envelope; readonly atMs: number }[] = [];
  #wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(ground: Ground, offering: Offering, mailboxes: Mailboxes) {
    this.#ground = ground;
    this.#offering = offering;
    this.#mailboxes = mailboxes;
  }

  get wakeAtMs(): number {
    return Math.min(this.#wakeAtMs, this.#late[0]?.atMs ?? Number.POSITIVE_INFINITY);
  }

  /** What was learned about whoever is up again. New links push what has come a short way, and announce the rest. */
  lazyOf(depositor: string): Lazy {
    const known = this.#learned.get(depositor);
    if (known !== undefined) return known;
    const lazy = new Uint8Array(PUSH_CLASSES).fill(PUSHED_AGAIN_AFTER, PUSH_EAGER_CLASSES);
    this.#learned.set(depositor, lazy);
    return lazy;
  }

  /** Something of our own; what leaves at once takes along whatever still waits for its moment. */
  publish(envelope: Envelope, nowMs: number, leavesAtMs: number): void {
    const last = this.#late.at(-1)?.atMs ?? nowMs;
    // In the order in which they were sealed.
    if (leavesAtMs > nowMs) this.#late.push({ envelope, atMs: Math.max(leavesAtMs, last) });
    this.#pushLate(leavesAtMs > nowMs ? nowMs : Number.POSITIVE_INFINITY, nowMs);
    if (leavesAtMs <= nowMs) this.spread(envelope, undefined, 0, 0, nowMs);
  }

  /** What is due by then; what was let go of meanwhile is needed by nobody. */
  #pushLate(untilMs: number, nowMs: number): void {
    for (let next = this.#late[0]; next !== undefined; next = this.#late[0]) {
      if (next.atMs > untilMs && this.#late.length <= LATE_MAX) return;
      this.#late.shift();
      if (this.#ground.carried.has(next.envelope.id)) this.spread(next.envelope, undefined, 0, 0, nowMs);
    }
  }

  /** Whoever comes, or comes again, may have missed what passed here last. What is carried is listed anyway. */
  catchUp(to: number, it: Neighbour, nowMs: number): void {
    const { role, recent, carried } = this.#ground;
    if (role === 'relay') return;
    const isMissed = (one: { readonly id: Bytes; readonly class: number }): boolean =>
      !carried.has(one.id) && (it.role === 'relay' || one.class !== 3);
    const missed = recent.since(nowMs - RECENT_AGAIN_MS).filter(isMissed);
    for (const { id } of missed.slice(-RECENT_AGAIN_MAX)) this.#announce(to, id);
  }

  /** Hops of what was heard with so many. One in eight of those with none stays so: whoever hears of none then guesses the author one in three. */
  hopsAfter(hops: number): number {
    return hops === 0 && randomBelow(this.#ground.random, HOPS_HIDDEN_IN) === 0 ? 0 : Math.min(hops + 1, 0xff);
  }

  /** To everybody but `from`, pushed or announced. Where this node keeps the envelope, copies go along for whoever may carry some. */
  spread(envelope: Envelope, from: number | undefined, hops: number, ageHours: number, nowMs: number): void {
    const ground = this.#ground;
    if (hops > HOPS_MAX) return;
    ground.recent.note(envelope, hops, nowMs);
    const forReading = pushFrame(hops, 0, ageHours, envelope.bytes);
    for (const to of this.#mailboxes.of(envelope.header.tag)) {
      if (to !== from && ground.neighbours.get(to)?.behind === false) ground.effect({ kind: 'send', to, frame: forReading });
    }
    for (const [to, it] of this.#inOrder()) {
      if (to === from || it.behind || (it.role === 'person' && envelope.header.class === 3)) continue;
      const one = ground.carried.get(envelope.id);
      const copies = one === undefined ? 0 : this.#offering.copiesPushed(to, it, one);
      const isLazy = it.lazy[classOf(hops)] !== 0;
      if (isLazy && (copies === 0 || it.role === 'relay')) this.#announce(to, envelope.id);
      else if (copies === 0) ground.effect({ kind: 'send', to, frame: forReading });
      else {
        const age = one === undefined ? ageHours : ageOf(one, this.#ground.clocks.runningHour(nowMs));
        ground.effect({ kind: 'send', to, frame: pushFrame(hops, copies, age, envelope.bytes) });
        if (one !== undefined) this.#offering.handOut(it, one, copies);
      }
    }
  }

  /** A person's copies go to contacts first: strangers would use them up. */
  #inOrder(): Iterable<[number, Neighbour]> {
    const { wide, role } = this.#ground;
    if (role === 'relay') return wide;
    return [...wide].sort(([, a], [, b]) => TIERS.indexOf(a.tier) - TIERS.indexOf(b.tier));
  }

  #announce(to: number, id: Bytes): void {
    const ids = this.#announcing.get(to);
    if (ids === undefined) this.#announcing.set(to, [id]);
    else ids.push(id);
  }

  /** At the end of a turn: what is announced to one neighbour leaves in one frame. */
  flush(): void {
    if (this.#announcing.size === 0) return;
    for (const [to, ids] of this.#announcing)
      for (let at = 0; at < ids.length; at += LIST_MAX) this.#ground.send(to, { kind: 'announce', ids: ids.slice(at, at + LIST_MAX) });
    this.#announcing.clear();
  }

  /** Whether a push from this neighbour is heard at all: no person talks for a whole city. */
  admits(it: Neighbour, nowMs: number): boolean {
    if (this.#ground.role === 'relay' || it.role === 'relay') return true;
    const earned = (Math.max(0, nowMs - it.allowanceAtMs) * PUSHES_PER_SECOND) / 1000;
    it.allowance = Math.min(PUSHES_AT_ONCE, it.allowance + earned);
    it.allowanceAtMs = nowMs;
    if (it.allowance < 1) return false;
    it.allowance--;
    return true;
  }

  /** A push brought something new, or something known already. */
  heard(from: number, id: Bytes, hops: number, isNew: boolean): void {
    this.#missing.delete(idKey(id));
    if (!isNew) this.#ground.send(from, { kind: 'prune', hops: classOf(hops) });
  }

  hearPrune(it: Neighbour, hops: number): void {
    it.lazy[classOf(hops)] = PUSHED_AGAIN_AFTER;
  }

  /** What is not here is asked for at once, of whoever announced it first. */
  hearAnnounce(from: number, it: Neighbour, ids: readonly Bytes[], nowMs: number): void {
    const wanted: Bytes[] = [];
    for (const id of ids) {
      if (this.#ground.knows(id) || this.#ground.recent.has(id) || this.#ground.isWanted(it, id)) continue;
      const missing = this.#missing.get(toKey(id));
      if (missing === undefined) {
        this.#missing.set(toKey(id), { announcers: [], asked: from, askAtMs: nowMs + ASK_WAIT_MS });
        this.#wakeAtMs = Math.min(this.#wakeAtMs, nowMs + ASK_WAIT_MS);
        wanted.push(id);
      } else if (missing.announcers.length < ANNOUNCERS_MAX && !missing.announcers.includes(from)) missing.announcers.push(from);
    }
    if (wanted.length > 0) this.#ground.send(from, { kind: 'graft', ids: wanted });
  }

  /** Asked for often enough, what has come so far is pushed again. */
  hearGraft(to: number, it: Neighbour, ids: readonly Bytes[], nowMs: number): void {
    for (const id of ids) {
      const recent = this.#ground.recent.get(id);
      const at = classOf(recent?.hops ?? 0);
      if (recent !== undefined && (it.lazy[at] as number) > 0) it.lazy[at] = (it.lazy[at] as number) - 1;
    }
    this.#offering.ask(to, it, ids, true, nowMs);
  }

  /** Whoever was asked is gone: the next is asked at once. */
  down(neighbour: number): void {
    for (const missing of this.#missing.values()) {
      if (missing.asked !== neighbour) continue;
      missing.askAtMs = 0;
      this.#wakeAtMs = 0;
    }
  }

  /** What was asked for and has not come is asked for of the next who announced it. */
  wake(nowMs: number): void {
    this.#pushLate(nowMs, nowMs);
    if (nowMs < this.#wakeAtMs) return;
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
    const asks = new Map<number, Bytes[]>();
    for (const [key, missing] of this.#missing.entries()) {
      if (missing.askAtMs <= nowMs) this.#askNext(key, missing, asks, nowMs);
      if (this.#missing.has(key)) this.#wakeAtMs = Math.min(this.#wakeAtMs, missing.askAtMs);
    }
    for (const [to, ids] of asks)
      for (let at = 0; at < ids.length; at += LIST_MAX) this.#ground.send(to, { kind: 'graft', ids: ids.slice(at, at + LIST_MAX) });
  }

  #askNext(key: string, missing: Missing, asks: Map<number, Bytes[]>, nowMs: number): void {
    const from = missing.announcers.find((one) => this.#ground.neighbours.has(one));
    if (from === undefined) {
      this.#missing.delete(key);
      return;
    }
    missing.announcers.splice(0, missing.announcers.indexOf(from) + 1);
    missing.asked = from;
    missing.askAtMs = nowMs + ASK_WAIT_MS;
    const ids = asks.get(from) ?? [];
    ids.push(fromKey(key));
    asks.set(from, ids);
  }
}

function classOf(hops: number): number {
  return Math.min(hops, PUSH_CLASSES - 1);
}
