/**
 * Handing over: what a neighbour is shown of what lies here, what is wanted of what it shows, and how copies are counted.
 * Persons spray and then wait (Spyropoulos et al. 2005); relays give everything to relays. Rule: docs/protocol/gossip.md §4, §5.
 */
import { BODY_BYTES } from '../envelope/limits.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Bytes, compareBytes, concat, fromKey, sameBytes, toKey } from '../kernel/bytes.ts';
import { randomBelow } from '../kernel/random.ts';
import { ageOf, type Carried, carriedBytes } from './carried.ts';
import { type Cursor, giveHead, type Listed, pushHead } from './frames.ts';
import type { Ground } from './ground.ts';
import {
  ANSWER_WAIT_MS,
  ASKED_MAX,
  FERRIED_BYTES_MAX,
  FERRIED_MAX,
  GIVEN_AGAIN_BYTES,
  GIVEN_BYTES_MAX,
  HANDED_MAX,
  HANDED_NEIGHBOURS_MAX,
  LIST_MAX,
  LIST_PAGE_MS,
  LOOKED_MAX,
  WANTS_MAX,
} from './limits.ts';
import type { Asked, Handed, Neighbour } from './neighbour.ts';
import { Paying } from './paying.ts';

/** Stands for copies that the neighbour said it has: none go along again. */
const TAKEN: Handed = { copies: 0, isAgain: true };

export class Offering {
  readonly #ground: Ground;
  readonly #paying: Paying;
  /** Names this process in cursors: its numbers begin anew with it. */
  readonly #incarnation: Bytes;
  /** Depositor → up to where that relay has listed to us. */
  readonly #heardUpTo: Map<string, Cursor> = new Map<string, Cursor>();

  /** Depositor → what it was handed, kept while it is away: whoever comes anew gets no copies anew. */
  readonly #handed: BoundedMap<string, BoundedMap<string, Handed>> = new BoundedMap(HANDED_NEIGHBOURS_MAX);

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#paying = new Paying(ground);
    this.#incarnation = ground.random.bytes(8);
  }

  /** To be said in a hello: what is listed from now on counts. */
  heardUpTo(it: Neighbour): Cursor | undefined {
    it.countsUpTo = true;
    return it.who.isKnownRelay ? this.#heardUpTo.get(it.depositor) : undefined;
  }

  /** A relay has listed up to here; that counts once all that was wanted of it has come. */
  hearUpTo(it: Neighbour, cursor: Cursor): void {
    if (!it.who.isKnownRelay || !it.countsUpTo) return;
    it.upto = cursor;
    this.settleUpTo(it);
  }

  settleUpTo(it: Neighbour): void {
    if (it.upto === undefined || it.wanted.size > 0) return;
    if (it.countsUpTo) this.#heardUpTo.set(it.depositor, it.upto);
    it.upto = undefined;
  }

  /** What was read past is forgotten here and there: everything is listed anew. */
  forgetUpTo(): void {
    this.#heardUpTo.clear();
    for (const it of this.#ground.neighbours.values()) it.countsUpTo = false;
  }

  handedTo(depositor: string): BoundedMap<string, Handed> {
    const known = this.#handed.get(depositor);
    if (known !== undefined) return known;
    const handed = new BoundedMap<string, Handed>(HANDED_MAX);
    this.#handed.set(depositor, handed);
    return handed;
  }

  mayHave(it: Neighbour, one: Pick<Carried, 'tag' | 'class'>): boolean {
    if (it.role === undefined || it.behind) return false;
    if (this.#ground.role === 'relay' && it.role === 'person' && it.pull === 'mailbox') return it.tags.has(toKey(one.tag));
    return it.role === 'relay' || one.class !== 3;
  }

  /** Relays keep no account of copies among themselves; what a relay hands to a person is for reading, not for carrying. */
  copiesFor(it: Neighbour, { copies, class: envelopeClass }: Pick<Carried, 'copies' | 'class'>): number {
    const { role, limits } = this.#ground;
    // A relay keeps no account; what it is told is the same for everything, and says nothing of who wrote it.
    if (it.role === 'relay') return limits.copies[envelopeClass as 1 | 2 | 3];
    if (role === 'relay' || copies < 2) return 0;
    return it.tier === 'stranger' ? Math.min(limits.strangerCopies, copies - 1) : Math.floor(copies / 2);
  }

  /** Begins to list what a neighbour might lack: a page now, the others one by one, so that a hello does not buy megabytes at once. */
  list(to: number, it: Neighbour, nowMs: number): void {
    const since = it.greeting?.since;
    const isAfter = since !== undefined && sameBytes(since.incarnation, this.#incarnation);
    it.listedAtMs = nowMs;
    if (this.#ground.role === 'person') it.listing = this.#leastSpreadFirst();
    else it.listing = this.#isByTags(it) ? undefined : this.#ground.carried.after(isAfter ? since.number : 0);
    this.listPage(to, it, nowMs);
  }

  /** A stranger has room for few: what most could still carry is shown before what has been handed on already. */
  *#leastSpreadFirst(): Generator<{ readonly number: number; readonly one: Carried }> {
    const all = [...this.#ground.carried.values()].sort((a, b) => b.copies - a.copies);
    for (const one of all) if (this.#ground.carried.has(one.id)) yield { number: 0, one };
  }

  #isByTags(it: Neighbour): boolean {
    return this.#ground.role === 'relay' && it.role === 'person' && it.pull === 'mailbox';
  }

  /** What goes along to this neighbour: never more of one envelope than once. */
  #copiesTo(it: Neighbour, one: Carried): number {
    const handed = it.role === 'person' && this.#ground.role === 'person' ? it.handed.get(toKey(one.id)) : undefined;
    return handed === undefined ? this.copiesFor(it, one) : handed.copies;
  }

  /** With the place it ends at, so that whoever is cut off goes on from there. */
  listPage(to: number, it: Neighbour, nowMs: number): void {
    const { listing } = it;
    if (listing === undefined) return;
    if (nowMs < it.pageAtMs) {
      this.#ground.hasPending = true;
      return;
    }
    const entries: Listed[] = [];
    let number = 0;
    for (let looked = 0; it.listing !== undefined && entries.length < LIST_MAX && looked < LOOKED_MAX; looked++) {
      const next = listing.next();
      if (next.done === true) it.listing = undefined;
      else {
        number = next.value.number;
        if (this.#isNewsTo(it, next.value.one)) entries.push(this.#listed(it, next.value.one));
      }
    }
    if (entries.length > 0) this.#ground.send(to, { kind: 'have', entries });
    if (this.#ground.role === 'relay' && it.role === 'person') {
      const upto = it.listing === undefined ? this.#ground.carried.lastNumber : number;
      this.#ground.send(to, { kind: 'upto', cursor: { incarnation: this.#incarnation, number: upto } });
    }
    it.pageAtMs = nowMs + LIST_PAGE_MS;
    if (it.listing !== undefined) this.#ground.hasPending = true;
  }

  /** Lists these alone, in one frame for each thousand. */
  listOnly(to: number, it: Neighbour, ids: readonly Bytes[]): void {
    const entries: Listed[] = [];
    for (const id of ids) {
      const one = this.#ground.carried.get(id);
      if (one !== undefined && this.mayHave(it, one)) entries.push(this.#listed(it, one));
    }
    for (let at = 0; at < entries.length; at += LIST_MAX)
      this.#ground.send(to, { kind: 'have', entries: entries.slice(at, at + LIST_MAX) });
  }

  #isNewsTo(it: Neighbour, one: Carried): boolean {
    return (one.own || one.depositor !== it.depositor) && this.mayHave(it, one);
  }

  #listed(it: Neighbour, one: Carried): Listed {
    return { id: one.id, tag: one.tag, class: one.class, size: one.size, copies: this.#copiesTo(it, one) };
  }

  /** By class, then in the order of the list: small things first. */
  hear(from: number, it: Neighbour, entries: readonly Listed[]): void {
    const wanted: Listed[] = [];
    const left = this.#quotaLeft(it);
    let isForUs = false;
    for (const entry of entries) {
      if (this.#ground.carried.get(entry.id)?.own) this.#ground.effect({ kind: 'custody', id: entry.id, by: from });
      if (!this.#isNew(it, entry)) continue;
      const isMine = this.#ground.isMine(entry.tag);
      const isCarried = left.count > 0 && left.bytes >= carriedBytes(entry) && this.#carries(it, entry, from);
      if (isCarried) left.count--;
      if (isCarried) left.bytes -= carriedBytes(entry);
      if (isMine || isCarried) wanted.push(entry);
      else it.waiting.set(toKey(entry.id), entry);
      if (isMine && !isCarried) isForUs = true;
    }
    if (isForUs) wanted.push(...this.#decoys(it));
    // By id, so that the order does not say which ones were chosen as decoys.
    wanted.sort((a, b) => a.class - b.class || compareBytes(a.id, b.id));
    for (const entry of wanted) if (it.wanted.set(toKey(entry.id), true) !== undefined) it.countsUpTo = false;
    this.want(
      from,
      wanted.map((entry) => entry.id),
    );
  }

  #isNew(it: Neighbour, entry: Listed): boolean {
    return !this.#ground.knows(entry.id) && !this.#ground.isWanted(it, entry.id) && entry.size < BODY_BYTES.length;
  }

  /** What it may still leave here, besides what was wanted of it already. A person asks relays for everything. */
  #quotaLeft(it: Neighbour): { count: number; bytes: number } {
    if (this.#ground.role === 'person' && it.role === 'relay') return { count: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
    const { count, bytes } = this.#ground.room.left(it.tier, it.depositor);
    return { count: count - it.wanted.size, bytes };
  }

  /** Whether what this relay hands over to be read is kept for the others: as long as there is plenty of room. */
  ferriesFrom(it: Neighbour): boolean {
    const { ferries, room } = this.#ground;
    const has = room.of(it.tier, it.depositor);
    return ferries && it.who.isKnownRelay && has.count < FERRIED_MAX && has.bytes < FERRIED_BYTES_MAX;
  }

  /** These give way. What a relay had handed over to be read may mean something later, so it is listed again. */
  evict(some: readonly Carried[]): void {
    for (const one of some) this.#ground.drop(one.id);
    if (this.#ground.ferries && some.some((one) => one.tier === 'own')) this.forgetUpTo();
  }

  /** What is taken though it is for somebody else. What was read past is not taken again only to be read past. */
  #carries(it: Neighbour, entry: Listed, from: number): boolean {
    const { role, passedOver, room } = this.#ground;
    if (role === 'relay') return true;
    if (entry.copies === 0 || it.role === 'relay')
      return it.role === 'relay' && (!passedOver.isKnown(entry.id, from) || this.ferriesFrom(it));
    return room.hasQuota(it.tier, it.depositor, carriedBytes(entry));
  }

  /** Whoever asks for one waiting envelope alone says that it is theirs. Each serves once. */
  #decoys(it: Neighbour): readonly Listed[] {
    const waiting = [...it.waiting.values()].filter((entry) => this.#isNew(it, entry));
    const chosen: Listed[] = [];
    while (chosen.length < this.#ground.limits.decoys && waiting.length > 0) {
      const [entry] = waiting.splice(randomBelow(this.#ground.random, waiting.length), 1) as [Listed];
      it.waiting.delete(toKey(entry.id));
      chosen.push(entry);
    }
    return chosen;
  }

  want(from: number, ids: readonly Bytes[]): void {
    for (let at = 0; at < ids.length; at += WANTS_MAX) this.#ground.send(from, { kind: 'want', ids: ids.slice(at, at + WANTS_MAX) });
  }

  /** `isLive`: what was announced. */
  ask(to: number, it: Neighbour, ids: readonly Bytes[], isLive: boolean, nowMs: number): void {
    for (const id of ids) if (it.asked.size < ASKED_MAX) it.asked.set(toKey(id), { id, isLive });
    this.giveAsked(to, it, nowMs);
  }

  /** Gives what is here under tags that a neighbour has just named. */
  giveMail(to: number, it: Neighbour, tags: readonly Bytes[], nowMs: number): void {
    const before = it.mail;
    const { carried } = this.#ground;
    it.mail = (function* (): Generator<Carried> {
      for (let next = before?.next(); next !== undefined && next.done !== true; next = before?.next()) yield next.value;
      for (const tag of tags) yield* carried.under(tag);
    })();
    this.giveAsked(to, it, nowMs);
  }

  /** Each once, and at a time no more bytes than the budget; the rest in a later turn. */
  giveAsked(to: number, it: Neighbour, nowMs: number): void {
    this.#askMail(it);
    if (it.asked.size > 0) this.#ground.hasPending = true;
    if (it.behind || nowMs < it.gaveAtMs + ANSWER_WAIT_MS) return;
    let bytes = 0;
    for (const [key, { id, isLive }] of it.asked) {
      if (bytes >= GIVEN_BYTES_MAX) break;
      it.asked.delete(key);
      const given = this.#give(to, it, id, isLive, nowMs);
      if (given > 0) this.#noteGiven(it, { id, isLive }, given);
      bytes += given;
    }
    if (bytes > 0) it.gaveAtMs = nowMs;
  }

  #noteGiven(it: Neighbour, asked: Asked, bytes: number): void {
    it.gave.push({ asked, bytes });
    it.gaveBytes += bytes;
    while (it.gaveBytes - (it.gave[0]?.bytes ?? 0) >= GIVEN_AGAIN_BYTES) it.gaveBytes -= it.gave.shift()?.bytes ?? 0;
  }

  /** Its queue ran over: what it was given last may be lost, and whoever is asked by tags is not listed to. */
  giveAgain(to: number, it: Neighbour, nowMs: number): void {
    const waiting = [...it.asked.values()];
    it.asked.clear();
    for (const asked of [...it.gave.map((one) => one.asked), ...waiting]) it.asked.set(toKey(asked.id), asked);
    it.gave.length = 0;
    it.gaveBytes = 0;
    this.giveAsked(to, it, nowMs);
  }

  #askMail(it: Neighbour): void {
    while (it.mail !== undefined && it.asked.size < ASKED_MAX) {
      const next = it.mail.next();
      if (next.done === true) it.mail = undefined;
      else if (next.value.depositor !== it.depositor) it.asked.set(toKey(next.value.id), { id: next.value.id, isLive: false });
    }
    if (it.mail !== undefined) this.#ground.hasPending = true;
  }

  #give(to: number, it: Neighbour, id: Bytes, isLive: boolean, nowMs: number): number {
    const ground = this.#ground;
    const recent = isLive ? ground.recent.get(id) : undefined;
    if (recent !== undefined && it.role !== undefined) {
      ground.effect({ kind: 'send', to, frame: concat(pushHead(recent.hops, 0, 0), recent.bytes) });
      return recent.bytes.length;
    }
    const one = ground.carried.get(id);
    if (one === undefined || !this.mayHave(it, one)) return 0;
    const copies = this.#copiesTo(it, one);
    if (isLive) ground.effect({ kind: 'send-stored', to, head: pushHead(0, 0, ageOf(one, ground.clocks.runningHour(nowMs))), id });
    else if (this.#paying.isAsked(it, copies)) this.#paying.owe(to, it, id);
    else this.#hand(to, it, one, copies, nowMs);
    return carriedBytes(one);
  }

  #hand(to: number, it: Neighbour, one: Carried, copies: number, nowMs: number): void {
    this.#ground.effect({
      kind: 'send-stored',
      to,
      head: giveHead(copies, ageOf(one, this.#ground.clocks.runningHour(nowMs))),
      id: one.id,
    });
    this.handOut(it, one, copies);
  }

  /** The copies that go along with a push: none where they have to be paid for first. */
  copiesPushed(to: number, it: Neighbour, one: Carried): number {
    const copies = this.#copiesTo(it, one);
    if (!this.#paying.isAsked(it, copies)) return copies;
    this.#paying.owe(to, it, one.id);
    return 0;
  }

  /** A neighbour would have kept it for work. */
  hearWork(from: number, it: Neighbour, id: Bytes): void {
    const one = this.#ground.carried.get(id);
    if (one !== undefined && this.mayHave(it, one) && this.#paying.isAsked(it, this.#copiesTo(it, one))) this.#paying.owe(from, it, id);
  }

  /** A turn of the work that is owed. What was given up goes to people all the same, to be read. */
  pay(nowMs: number): void {
    const settled = this.#paying.turn(nowMs);
    if (settled === undefined) return;
    const { to, it, ids, isPaid } = settled;
    for (const id of ids) {
      const one = this.#ground.carried.get(id);
      if (one === undefined || !this.mayHave(it, one) || (!isPaid && it.role === 'relay')) continue;
      this.#hand(to, it, one, isPaid ? this.#copiesTo(it, one) : 0, nowMs);
    }
  }

  /** A person's copies become fewer by those handed to another person (binary spray). */
  handOut(it: Neighbour, one: Carried, copies: number): void {
    if (copies === 0 || it.role !== 'person' || this.#ground.role !== 'person') return;
    // Asked for again, the same copies go along again and cost nothing more.
    const isAgain = it.handed.has(toKey(one.id));
    it.handed.set(toKey(one.id), { copies, isAgain });
    if (isAgain) return;
    this.#ground.change({ ...one, copies: one.copies - copies });
  }

  /**
   * Copies that were not taken are there again; what was taken is gone for good. So is what was handed over twice: which of the two the
   * answer is for cannot be told, and there must never be more copies than there were.
   */
  hearResult(it: Neighbour, id: Bytes, isTaken: boolean): void {
    const handed = it.handed.get(toKey(id));
    if (handed === undefined || handed === TAKEN) return;
    if (isTaken || handed.isAgain) it.handed.set(toKey(id), TAKEN);
    else it.handed.delete(toKey(id));
    const one = this.#ground.carried.get(id);
    if (!isTaken && !handed.isAgain && one !== undefined) this.#ground.change({ ...one, copies: one.copies + handed.copies });
  }

  /** Wants of before, again. */
  wantAgain(from: number, it: Neighbour): void {
    this.want(from, [...it.wanted.keys()].map(fromKey));
  }
}
