/**
 * Handing over: what a neighbour is shown of what lies here, what is wanted of what it shows, and how copies are counted.
 * Persons spray and then wait (Spyropoulos et al. 2005); relays give everything to relays. Rule: docs/protocol/gossip.md §4, §5.
 */
import { hourOf } from '../envelope/envelope.ts';
import { BODY_BYTES } from '../envelope/limits.ts';
import { type Bytes, fromKey, sameBytes, toKey } from '../kernel/bytes.ts';
import { randomBelow } from '../kernel/random.ts';
import { ageOf, type Carried, carriedBytes } from './carried.ts';
import { type Cursor, giveHead, type Listed } from './frames.ts';
import type { Ground } from './ground.ts';
import { ASKED_MAX, DECOYS, GIVEN_BYTES_MAX, LIST_MAX, WANTS_MAX } from './limits.ts';
import type { Neighbour } from './neighbour.ts';

export class Offering {
  readonly #ground: Ground;
  /** Names this process in cursors: its numbers begin anew with it. */
  readonly #incarnation: Bytes;
  /** Depositor → up to where that relay has listed to us. */
  readonly #heardUpTo: Map<string, Cursor> = new Map<string, Cursor>();

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#incarnation = ground.random.bytes(8);
  }

  heardUpTo(it: Neighbour): Cursor | undefined {
    return it.who.isKnownRelay ? this.#heardUpTo.get(it.depositor) : undefined;
  }

  /** A relay has listed up to here; that counts once all that was wanted of it has come. */
  hearUpTo(it: Neighbour, cursor: Cursor): void {
    if (!it.who.isKnownRelay) return;
    it.upto = cursor;
    this.settleUpTo(it);
  }

  settleUpTo(it: Neighbour): void {
    if (it.upto === undefined || it.wanted.size > 0) return;
    this.#heardUpTo.set(it.depositor, it.upto);
    it.upto = undefined;
  }

  /** What was read past is forgotten here and there: everything is listed anew. */
  forgetUpTo(): void {
    this.#heardUpTo.clear();
  }

  mayHave(it: Neighbour, one: Pick<Carried, 'tag' | 'class'>): boolean {
    if (it.role === undefined || it.behind) return false;
    if (this.#ground.role === 'relay' && it.role === 'person' && it.pull === 'mailbox') return it.tags.has(toKey(one.tag));
    return it.role === 'relay' || one.class !== 3;
  }

  /** Relays keep no account of copies among themselves; what a relay hands to a person is for reading, not for carrying. */
  copiesFor(it: Neighbour, copies: number): number {
    const { role, limits } = this.#ground;
    if (it.role === 'relay') return copies;
    if (role === 'relay' || copies < 2) return 0;
    return it.tier === 'stranger' ? Math.min(limits.strangerCopies, copies - 1) : Math.floor(copies / 2);
  }

  /** Begins to list what a neighbour might lack: a page now, the others one by one, so that a hello does not buy megabytes at once. */
  list(to: number, it: Neighbour, nowMs: number): void {
    it.listedAtMs = nowMs;
    const { carried, role } = this.#ground;
    const since = it.greeting?.since;
    const isAfter = role === 'relay' && since !== undefined && sameBytes(since.incarnation, this.#incarnation);
    it.listing = isAfter ? carried.after(since.number) : carried.values();
    this.listPage(to, it);
  }

  listPage(to: number, it: Neighbour): void {
    const entries: Listed[] = [];
    while (it.listing !== undefined && entries.length < LIST_MAX) {
      const next = it.listing.next();
      if (next.done === true) it.listing = undefined;
      else if (this.#isNewsTo(it, next.value)) entries.push(this.#listed(it, next.value));
    }
    if (entries.length > 0) this.#ground.send(to, { kind: 'have', entries });
    if (it.listing !== undefined) this.#ground.hasPending = true;
    else if (this.#ground.role === 'relay' && it.role === 'person') {
      const number = this.#ground.carried.lastNumber;
      this.#ground.send(to, { kind: 'upto', cursor: { incarnation: this.#incarnation, number } });
    }
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

  #listed(it: Neighbour, { id, tag, class: envelopeClass, size, copies }: Carried): Listed {
    return { id, tag, class: envelopeClass, size, copies: this.copiesFor(it, copies) };
  }

  /** By class, then in the order of the list: small things first. */
  hear(from: number, it: Neighbour, entries: readonly Listed[]): void {
    const wanted: Listed[] = [];
    const waiting: Listed[] = [];
    let isForUs = false;
    for (const entry of entries) {
      if (this.#ground.carried.get(entry.id)?.own) this.#ground.effect({ kind: 'custody', id: entry.id, by: from });
      if (!this.#isNew(it, entry) || this.#ground.passedOver.isKnown(entry.id, from)) continue;
      const isMine = this.#ground.isMine(entry.tag);
      if (isMine || this.#carries(it, entry)) wanted.push(entry);
      else waiting.push(entry);
      if (isMine && entry.copies === 0 && it.role === 'person') isForUs = true;
    }
    if (isForUs) wanted.push(...this.#decoys(waiting));
    wanted.sort((a, b) => a.class - b.class);
    for (const entry of wanted) it.wanted.set(toKey(entry.id), true);
    this.want(
      from,
      wanted.map((entry) => entry.id),
    );
  }

  #isNew(it: Neighbour, entry: Listed): boolean {
    return !this.#ground.knows(entry.id) && !this.#ground.isWanted(it, entry.id) && entry.size < BODY_BYTES.length;
  }

  /** What is taken though it is for somebody else. */
  #carries(it: Neighbour, entry: Listed): boolean {
    if (this.#ground.role === 'relay' || it.role === 'relay') return true;
    return entry.copies > 0 && this.#ground.room.hasQuota(it.tier, it.depositor, carriedBytes(entry));
  }

  /** Whoever asks for one waiting envelope alone says that it is theirs. */
  #decoys(waiting: Listed[]): readonly Listed[] {
    const chosen: Listed[] = [];
    while (chosen.length < DECOYS && waiting.length > 0) {
      const at = randomBelow(this.#ground.random, waiting.length);
      chosen.push(...waiting.splice(at, 1));
    }
    return chosen;
  }

  want(from: number, ids: readonly Bytes[]): void {
    for (let at = 0; at < ids.length; at += WANTS_MAX) this.#ground.send(from, { kind: 'want', ids: ids.slice(at, at + WANTS_MAX) });
  }

  ask(to: number, it: Neighbour, ids: readonly Bytes[], nowMs: number): void {
    for (const id of ids) if (it.asked.size < ASKED_MAX) it.asked.set(toKey(id), id);
    this.giveAsked(to, it, nowMs);
  }

  /** Each once, and at a time no more bytes than the budget; the rest in the next turn. */
  giveAsked(to: number, it: Neighbour, nowMs: number): void {
    let bytes = 0;
    for (const [key, id] of it.asked) {
      if (bytes >= GIVEN_BYTES_MAX) break;
      it.asked.delete(key);
      const one = this.#ground.carried.get(id);
      if (one === undefined || !this.mayHave(it, one)) continue;
      bytes += carriedBytes(one);
      const copies = this.copiesFor(it, one.copies);
      this.#ground.effect({ kind: 'send-stored', to, head: giveHead(copies, ageOf(one, hourOf(nowMs))), id });
      this.handOut(it, one, copies);
    }
    if (it.asked.size > 0) this.#ground.hasPending = true;
  }

  /** A person's copies become fewer by those handed to another person (binary spray). */
  handOut(it: Neighbour, one: Carried, copies: number): void {
    if (copies === 0 || it.role !== 'person' || this.#ground.role !== 'person') return;
    it.handed.set(toKey(one.id), copies);
    this.#ground.change({ ...one, copies: one.copies - copies });
  }

  /** Copies that were not taken are there again; what was taken is gone for good. */
  hearResult(it: Neighbour, id: Bytes, isTaken: boolean): void {
    const copies = it.handed.get(toKey(id));
    if (copies === undefined) return;
    it.handed.delete(toKey(id));
    const one = this.#ground.carried.get(id);
    if (!isTaken && one !== undefined) this.#ground.change({ ...one, copies: one.copies + copies });
  }

  /** Wants of before, again. */
  wantAgain(from: number, it: Neighbour): void {
    this.want(from, [...it.wanted.keys()].map(fromKey));
  }
}
