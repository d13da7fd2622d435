/**
 * Store, carry, forward: what this node holds for others and for itself, and what it tells each neighbour about it.
 *
 *   neighbour up ─▶ hello ─▶ their hello ─▶ have (list) ─▶ want ─▶ give ─▶ results ─▶ custody known
 *   new envelope ─────────────────────────▶ give (live push) ──────────▶ results
 *   read, or told so by a token ──────────▶ forget ─▶ dropped here, token passed on
 *
 * Knows tags, never people: whose a tag is comes in as `isMine`. Answers with effects; its host makes them rows and frames.
 * Rule: docs/protocol/gossip.md.
 */
import type { Suite } from '../crypto/suite.ts';
import { checkPurgeToken, type Envelope, HEADER_BYTES, hourOf, makePurgeToken, readEnvelope } from '../envelope/envelope.ts';
import { AHEAD_HOURS_MAX, BODY_BYTES } from '../envelope/limits.ts';
import { type Bytes, concat, fromKey, toKey } from '../kernel/bytes.ts';
import { type Carried, CarriedSet, carriedBytes, decodeCarried, encodeCarried } from './carried.ts';
import type { GossipEffect } from './effects.ts';
import { decodeFrame, encodeFrame, type Frame, giveHead, type Listed, type Role } from './frames.ts';
import {
  ANSWER_WAIT_MS,
  ASKED_MAX,
  COPIES,
  GIVEN_BYTES_MAX,
  type GossipLimits,
  HELLO_AGAIN_MS,
  LIST_MAX,
  SWEEP_MS,
  SWEEP_ROWS_MAX,
  TOKENS_MAX,
  WANTS_MAX,
} from './limits.ts';
import { Mailboxes } from './mailboxes.ts';
import { type Neighbour, newNeighbour } from './neighbour.ts';
import { PassedOver } from './passed-over.ts';
import type { CarryResult } from './refusals.ts';
import { SeenSet } from './seen.ts';

type Row = { readonly key: Bytes; readonly value: Bytes };

export class Gossip {
  readonly #suite: Suite;
  readonly #role: Role;
  readonly #limits: GossipLimits;
  readonly #isMine: (tag: Bytes) => boolean;
  readonly #neighbours: Map<number, Neighbour> = new Map<number, Neighbour>();
  /** Those that have said who they are and get everything: relays, and persons who cover what is theirs. The others may be hundreds. */
  readonly #wide: Map<number, Neighbour> = new Map<number, Neighbour>();
  readonly #carried: CarriedSet = new CarriedSet();
  readonly #seen: SeenSet;
  readonly #mailboxes: Mailboxes;
  readonly #passedOver: PassedOver = new PassedOver();
  #effects: GossipEffect[] = [];
  #hasPending = false;
  /** When what is pending leaves; decided by the first `wakeAtMs` after it came. */
  #flushAtMs: number | undefined;
  #sweepAtMs = 0;

  constructor(suite: Suite, role: Role, limits: GossipLimits, isMine: (tag: Bytes) => boolean) {
    this.#suite = suite;
    this.#role = role;
    this.#limits = limits;
    this.#isMine = isMine;
    this.#seen = new SeenSet(limits.seenMax);
    this.#mailboxes = new Mailboxes(limits.tagsPerNeighbourMax);
  }

  /** Takes up what the store held. Rows that do not read are passed over: they cost an envelope, not the node. Answers what was on its way to us. */
  restore(carried: Iterable<Row>, seen: Iterable<Row>): readonly Bytes[] {
    for (const row of carried) {
      const one = decodeCarried(row.key, row.value);
      if (one !== undefined) this.#carried.set(one);
    }
    for (const row of seen) this.#seen.restore(row.key, row.value);
    return [...this.#carried.values()].filter((one) => !one.own && this.#isMine(one.tag)).map((one) => one.id);
  }

  get carriedCount(): number {
    return this.#carried.size;
  }

  get carriedBytes(): number {
    return this.#carried.bytes;
  }

  /** Answers the effects since the last call, in order. */
  take(): readonly GossipEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** When `wake` is wanted: soon while results or tokens wait to be sent together, else for the next sweep. Asked after each input. */
  wakeAtMs(nowMs: number): number {
    if (!this.#hasPending) return this.#sweepAtMs;
    this.#flushAtMs ??= nowMs + ANSWER_WAIT_MS;
    return Math.min(this.#flushAtMs, this.#sweepAtMs);
  }

  /** `isKnownRelay`: for a person's node, whether the neighbour is a relay it uses. */
  up(neighbour: number, isKnownRelay = false): void {
    this.#neighbours.set(neighbour, newNeighbour(isKnownRelay));
    this.#sendFrame(neighbour, { kind: 'hello', role: this.#role, pull: 'cover' });
  }

  down(neighbour: number): void {
    const it = this.#neighbours.get(neighbour);
    if (it === undefined) return;
    this.#mailboxes.closeAll(neighbour, it);
    this.#neighbours.delete(neighbour);
    this.#wide.delete(neighbour);
  }

  full(neighbour: number): void {
    const it = this.#neighbours.get(neighbour);
    if (it !== undefined) it.behind = true;
  }

  drained(neighbour: number): void {
    const it = this.#neighbours.get(neighbour);
    if (it?.behind !== true) return;
    it.behind = false;
    // What was lost on the way may be what it asked for: a second hello says that nothing older will come.
    this.#sendFrame(neighbour, { kind: 'hello', role: this.#role, pull: 'cover' });
    this.#list(neighbour, it);
    this.#want(neighbour, [...it.wanted.keys()].map(fromKey));
  }

  /** The envelope in a `give` frame, if it is new and bears a tag of ours: for the node to look at before anything changes. */
  peek(bytes: Bytes): Envelope | undefined {
    const frame = decodeFrame(bytes);
    if (frame?.kind !== 'give') return undefined;
    const read = readEnvelope(this.#suite, frame.envelope);
    if (!read.ok || !this.#isMine(read.value.header.tag) || this.#knows(read.value.id)) return undefined;
    return read.value;
  }

  frame(neighbour: number, bytes: Bytes, nowMs: number): void {
    const it = this.#neighbours.get(neighbour);
    const frame = decodeFrame(bytes);
    if (it === undefined || frame === undefined) return;
    switch (frame.kind) {
      case 'hello':
        return this.#greet(neighbour, it, frame, nowMs);
      case 'have':
        return this.#hear(neighbour, it, frame.entries, nowMs);
      case 'want':
        return this.#ask(neighbour, it, frame.ids, nowMs);
      case 'give':
        return this.#accept(neighbour, it, frame, nowMs);
      case 'results':
        for (const { id, result } of frame.results) this.#hearResult(neighbour, id, result);
        return;
      case 'forget':
        for (const token of frame.tokens) this.#hearToken(neighbour, token);
        return;
      case 'tags':
        return this.#openMailbox(neighbour, it, frame.replace, frame.tags, nowMs);
    }
  }

  /** Takes in an envelope of our own and pushes it to whoever is near. */
  publish(envelope: Envelope, nowMs: number): void {
    const copies = COPIES[envelope.header.class];
    this.#keep(envelope, { own: true, copies, ageHours: 0, from: undefined }, nowMs);
    this.#push(envelope, undefined, nowMs);
  }

  /**
   * An arrived envelope was read: it is let go everywhere its token comes. Relays are told; `author` too, when the envelope came
   * straight from whoever wrote it. Nobody else is: it would say for whom the envelope was.
   */
  consumed(envelope: Envelope, purgeKey: Bytes, author: number | undefined): void {
    const token = makePurgeToken(this.#suite, envelope, purgeKey);
    this.#letGo(envelope.id, envelope.header.expiryHour, token);
    for (const [neighbour, it] of this.#neighbours) if (it.role === 'relay' || neighbour === author) this.#queueToken(it, token);
  }

  /** An arrived envelope under a tag of ours is not for us after all: forged or damaged. It is not asked for again. */
  rejected(envelope: Envelope): void {
    this.#letGo(envelope.id, envelope.header.expiryHour, undefined);
  }

  /** An envelope we wrote is needed by nobody any more (its message was answered for on another way). */
  withdraw(id: Bytes): void {
    const one = this.#carried.get(id);
    if (one !== undefined) this.#letGo(id, one.expiryHour, undefined);
  }

  /** New tags mean something: envelopes held under them, and a second look at those that were read past. */
  recognise(tags: readonly Bytes[]): readonly Bytes[] {
    const held: Bytes[] = [];
    for (const tag of tags) {
      for (const one of this.#carried.under(tag)) if (!one.own) held.push(one.id);
      const passed = this.#passedOver.take(tag);
      if (passed !== undefined && this.#neighbours.has(passed.from)) this.#sendFrame(passed.from, { kind: 'want', ids: [passed.id] });
    }
    return held;
  }

  wake(nowMs: number): void {
    if (this.#hasPending && nowMs >= (this.#flushAtMs ?? 0)) this.#flush(nowMs);
    if (nowMs >= this.#sweepAtMs) this.#sweep(nowMs);
  }

  #knows(id: Uint8Array): boolean {
    return this.#seen.has(id) || this.#carried.has(id);
  }

  #sendFrame(to: number, frame: Exclude<Frame, { kind: 'give' }>): void {
    this.#effects.push({ kind: 'send', to, frame: encodeFrame(frame) });
  }

  /**
   * The first hello is answered with a list. A later one says that its sender begins anew (its store failed, its queue ran over): what
   * was wanted of it before may have been lost, and it may no longer know who we are. Answered so seldom that repeating it gains nothing.
   */
  #greet(neighbour: number, it: Neighbour, frame: Extract<Frame, { kind: 'hello' }>, nowMs: number): void {
    const isFirst = it.role === undefined;
    it.role = this.#role === 'relay' || it.isKnownRelay ? frame.role : 'person';
    it.pull = frame.pull;
    if (it.role === 'relay' || it.pull === 'cover') this.#wide.set(neighbour, it);
    else this.#wide.delete(neighbour);
    it.wanted.clear();
    if (!isFirst && nowMs - it.greetedAtMs < HELLO_AGAIN_MS) return;
    it.greetedAtMs = isFirst ? Number.NEGATIVE_INFINITY : nowMs;
    if (!isFirst) this.#sendFrame(neighbour, { kind: 'hello', role: this.#role, pull: 'cover' });
    this.#list(neighbour, it);
  }

  /** Begins to list what a neighbour might lack: a page now, the others one by one, so that a hello does not buy megabytes at once. */
  #list(neighbour: number, it: Neighbour): void {
    it.listing = this.#carried.values();
    this.#listPage(neighbour, it);
  }

  #listPage(neighbour: number, it: Neighbour): void {
    const entries: Listed[] = [];
    while (it.listing !== undefined && entries.length < LIST_MAX) {
      const next = it.listing.next();
      if (next.done === true) it.listing = undefined;
      else if (next.value.from !== neighbour && this.#mayHave(it, next.value)) {
        const { id, tag, class: envelopeClass, size } = next.value;
        entries.push({ id, tag, class: envelopeClass, size, copies: this.#copiesFor(it, next.value) });
      }
    }
    if (entries.length > 0) this.#sendFrame(neighbour, { kind: 'have', entries });
    if (it.listing !== undefined) this.#hasPending = true;
  }

  #mayHave(it: Neighbour, one: Carried): boolean {
    if (it.role === undefined || it.behind) return false;
    if (this.#role === 'relay' && it.role === 'person' && it.pull === 'mailbox') return it.tags.has(toKey(one.tag));
    return it.role === 'relay' || one.class !== 3;
  }

  /** Relays keep no account of copies among themselves; what a relay hands to a person is for reading, not for carrying. */
  #copiesFor(it: Neighbour, one: Carried): number {
    if (this.#role === 'relay') return it.role === 'relay' ? one.copies : 0;
    return it.role === 'relay' ? one.copies : Math.floor(one.copies / 2);
  }

  #hear(neighbour: number, it: Neighbour, entries: readonly Listed[], nowMs: number): void {
    const ids: Bytes[] = [];
    for (const entry of entries) {
      const token = this.#seen.tokenOf(entry.id);
      if (token !== undefined && this.#tellsTokens(it)) this.#queueToken(it, token);
      else if (this.#carried.get(entry.id)?.own) this.#effects.push({ kind: 'custody', id: entry.id, by: neighbour });
      if (!this.#wants(it, entry) || this.#passedOver.isKnown(entry.id, neighbour)) continue;
      it.wanted.set(toKey(entry.id), true);
      ids.push(entry.id);
    }
    this.#want(neighbour, ids);
    this.#sweepAtMs = Math.min(this.#sweepAtMs, nowMs + SWEEP_MS);
  }

  #want(neighbour: number, ids: readonly Bytes[]): void {
    for (let at = 0; at < ids.length; at += WANTS_MAX) this.#sendFrame(neighbour, { kind: 'want', ids: ids.slice(at, at + WANTS_MAX) });
  }

  /** A person's token says that they could read: that is for their relays alone, not for whoever lists an id to find out. */
  #tellsTokens(it: Neighbour): boolean {
    return this.#role === 'relay' || it.role === 'relay';
  }

  #wants(it: Neighbour, entry: Listed): boolean {
    if (this.#knows(entry.id) || it.wanted.has(toKey(entry.id)) || entry.size >= BODY_BYTES.length) return false;
    if (this.#role === 'relay') return true;
    return entry.copies > 0 || it.role === 'relay' || this.#isMine(entry.tag);
  }

  #ask(neighbour: number, it: Neighbour, ids: readonly Bytes[], nowMs: number): void {
    for (const id of ids) if (it.asked.size < ASKED_MAX) it.asked.set(toKey(id), id);
    this.#giveAsked(neighbour, it, nowMs);
  }

  /** Each once, and at a time no more bytes than the budget; the rest in the next turn. */
  #giveAsked(neighbour: number, it: Neighbour, nowMs: number): void {
    let bytes = 0;
    for (const [key, id] of it.asked) {
      if (bytes >= GIVEN_BYTES_MAX) break;
      it.asked.delete(key);
      const one = this.#carried.get(id);
      if (one !== undefined) bytes += carriedBytes(one);
      this.#giveStored(neighbour, it, id, nowMs);
    }
    if (it.asked.size > 0) this.#hasPending = true;
  }

  #giveStored(neighbour: number, it: Neighbour, id: Bytes, nowMs: number): void {
    const one = this.#carried.get(id);
    if (one === undefined || !this.#mayHave(it, one)) return;
    const copies = this.#copiesFor(it, one);
    const ageHours = one.ageHours + Math.max(0, hourOf(nowMs) - one.arrivedHour);
    this.#effects.push({ kind: 'send-stored', to: neighbour, head: giveHead(copies, ageHours), id });
    if (it.role === 'person' && this.#role === 'person') this.#spend(one, copies);
  }

  /** A person's copies are halved with each one handed to another person (binary spray). */
  #spend(one: Carried, copies: number): void {
    if (copies === 0) return;
    const left = { ...one, copies: one.copies - copies };
    this.#carried.set(left);
    this.#effects.push({ kind: 'keep-row', id: one.id, row: encodeCarried(left) });
  }

  #accept(neighbour: number, it: Neighbour, frame: Extract<Frame, { kind: 'give' }>, nowMs: number): void {
    const read = readEnvelope(this.#suite, frame.envelope);
    if (!read.ok) return;
    const envelope = read.value;
    const { id, header } = envelope;
    it.wanted.delete(toKey(id));
    // What is handed over to be read is answered the same by everybody, not at all: an answer would say for whom it was.
    const answer = (result: CarryResult): void => {
      if (this.#role === 'relay' || frame.copies > 0) this.#queueResult(it, id, result);
    };
    const token = this.#seen.tokenOf(id);
    if (token !== undefined && this.#tellsTokens(it)) this.#queueToken(it, token);
    if (this.#knows(id)) return answer('have');
    const hour = hourOf(nowMs);
    if (header.expiryHour < hour) return answer('expired');
    if (header.createdHour > hour + AHEAD_HOURS_MAX) return answer('malformed');
    if (this.#isMine(header.tag)) {
      answer('accepted');
      this.#effects.push({ kind: 'arrived', envelope, from: neighbour });
      return;
    }
    if (frame.copies === 0 && this.#role === 'person') {
      this.#passedOver.note(id, header.tag, neighbour);
      return;
    }
    if (!this.#makeRoom(envelope.bytes.length)) return answer('full');
    const copies = Math.min(frame.copies, COPIES[header.class]);
    this.#keep(envelope, { own: false, copies, ageHours: frame.ageHours, from: neighbour }, nowMs);
    answer('accepted');
    this.#push(envelope, neighbour, nowMs);
  }

  #keep(envelope: Envelope, hop: Pick<Carried, 'own' | 'copies' | 'ageHours' | 'from'>, nowMs: number): void {
    const { header, id } = envelope;
    const size = BODY_BYTES.indexOf(envelope.bytes.length - HEADER_BYTES);
    const one: Carried = {
      id,
      tag: header.tag,
      class: header.class,
      size,
      expiryHour: header.expiryHour,
      arrivedHour: hourOf(nowMs),
      ...hop,
    };
    this.#carried.set(one);
    this.#effects.push({ kind: 'keep', id, row: encodeCarried(one), body: envelope.bytes });
  }

  /** Live push: whoever is near and may have it gets it now; a person whose copies have run out is told that it is here. */
  #push(envelope: Envelope, except: number | undefined, nowMs: number): void {
    if (this.#role === 'relay') return this.#pushFromRelay(envelope, except);
    for (const [neighbour, it] of this.#neighbours) {
      const one = this.#carried.get(envelope.id);
      if (one === undefined || neighbour === except || !this.#mayHave(it, one)) continue;
      const copies = this.#copiesFor(it, one);
      const ageHours = one.ageHours + Math.max(0, hourOf(nowMs) - one.arrivedHour);
      if (copies > 0) {
        this.#effects.push({ kind: 'send', to: neighbour, frame: concat(giveHead(copies, ageHours), envelope.bytes) });
        if (it.role === 'person') this.#spend(one, copies);
      } else {
        const listed = { id: one.id, tag: one.tag, class: one.class, size: one.size, copies };
        this.#sendFrame(neighbour, { kind: 'have', entries: [listed] });
      }
    }
  }

  #pushFromRelay(envelope: Envelope, except: number | undefined): void {
    const forReading = concat(giveHead(0, 0), envelope.bytes);
    for (const to of this.#mailboxes.of(envelope.header.tag)) {
      if (to !== except && this.#neighbours.get(to)?.behind === false) this.#effects.push({ kind: 'send', to, frame: forReading });
    }
    for (const [to, it] of this.#wide) {
      if (to === except || it.behind || it.pull === 'mailbox') continue;
      const copies = it.role === 'relay' ? (this.#carried.get(envelope.id)?.copies ?? 0) : 0;
      this.#effects.push({ kind: 'send', to, frame: copies === 0 ? forReading : concat(giveHead(copies, 0), envelope.bytes) });
    }
  }

  #hearResult(neighbour: number, id: Bytes, result: CarryResult): void {
    if (result !== 'accepted' && result !== 'have') return;
    if (this.#carried.get(id)?.own) this.#effects.push({ kind: 'custody', id, by: neighbour });
  }

  #hearToken(neighbour: number, token: Bytes): void {
    const checked = checkPurgeToken(this.#suite, token);
    if (checked === undefined || this.#seen.tokenOf(checked.id) !== undefined) return;
    const from = this.#carried.get(checked.id)?.from;
    if (from === undefined && !this.#knows(checked.id)) return;
    if (this.#carried.get(checked.id)?.own) this.#effects.push({ kind: 'read', id: checked.id });
    this.#letGo(checked.id, checked.expiryHour, token);
    if (this.#role !== 'relay') return;
    const giver = from === undefined ? undefined : this.#neighbours.get(from);
    if (giver !== undefined && from !== neighbour) this.#queueToken(giver, token);
    for (const [to, it] of this.#wide) if (to !== neighbour && to !== from && it.role === 'relay') this.#queueToken(it, token);
  }

  #letGo(id: Bytes, expiryHour: number, token: Bytes | undefined): void {
    if (this.#carried.delete(id) !== undefined) this.#effects.push({ kind: 'drop', id });
    this.#remember(id, expiryHour, token);
  }

  #remember(id: Bytes, expiryHour: number, token: Bytes | undefined): void {
    const { row, evicted } = this.#seen.remember(id, expiryHour, token);
    this.#effects.push({ kind: 'seen', id, row });
    if (evicted !== undefined) this.#effects.push({ kind: 'unsee', id: evicted });
  }

  #queueResult(it: Neighbour, id: Bytes, result: CarryResult): void {
    it.results.push({ id, result });
    this.#answerBy(it.results.length);
  }

  #queueToken(it: Neighbour, token: Bytes): void {
    // A neighbour that lists without end gets no more than this at a time; what it lists again is answered again.
    if (it.tokens.length < TOKENS_MAX) it.tokens.push(token);
    this.#answerBy(it.tokens.length);
  }

  /** Whole frames do not wait. */
  #answerBy(count: number): void {
    this.#hasPending = true;
    if (count >= LIST_MAX / 2) this.#flushAtMs = 0;
  }

  #flush(nowMs: number): void {
    this.#hasPending = false;
    this.#flushAtMs = undefined;
    for (const [neighbour, it] of this.#neighbours) {
      if (!it.behind) {
        if (it.asked.size > 0) this.#giveAsked(neighbour, it, nowMs);
        if (it.listing !== undefined) this.#listPage(neighbour, it);
      }
      while (it.results.length > 0) this.#sendFrame(neighbour, { kind: 'results', results: it.results.splice(0, LIST_MAX) });
      while (it.tokens.length > 0) this.#sendFrame(neighbour, { kind: 'forget', tokens: it.tokens.splice(0, LIST_MAX / 2) });
    }
  }

  #openMailbox(neighbour: number, it: Neighbour, replace: boolean, tags: readonly Bytes[], nowMs: number): void {
    if (this.#role !== 'relay') return;
    if (replace) this.#mailboxes.closeAll(neighbour, it);
    for (const tag of tags) {
      if (!this.#mailboxes.open(tag, neighbour, it)) continue;
      for (const one of this.#carried.under(tag)) {
        if (one.from !== neighbour && it.asked.size < ASKED_MAX) it.asked.set(toKey(one.id), one.id);
      }
    }
    this.#giveAsked(neighbour, it, nowMs);
  }

  /** Room for `bytes` more, at the cost of what others gave first. */
  #makeRoom(bytes: number): boolean {
    const given = this.#carried.roomFor(bytes, this.#limits.carriedBytesMax, this.#limits.carriedMax);
    for (const one of given ?? []) {
      this.#carried.delete(one.id);
      this.#effects.push({ kind: 'drop', id: one.id });
    }
    return given !== undefined;
  }

  /** In portions: what expires together must not become one outcome without end. */
  #sweep(nowMs: number): void {
    const hour = hourOf(nowMs);
    let left = SWEEP_ROWS_MAX;
    for (const one of this.#carried.values()) {
      if (one.expiryHour >= hour) continue;
      if (left-- === 0) return;
      this.#letGo(one.id, one.expiryHour, undefined);
      if (one.own) this.#effects.push({ kind: 'expired', id: one.id });
    }
    const old = this.#seen.forgetOld(hour, left);
    for (const id of old) this.#effects.push({ kind: 'unsee', id });
    if (old.length === left) return;
    this.#sweepAtMs = nowMs + SWEEP_MS;
  }
}
