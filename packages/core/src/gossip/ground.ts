/**
 * What all parts of gossip stand on: what is held and was seen, who is near, and what is to be done about it. Changes rows and memory
 * together. Decides nothing.
 */
import type { Suite } from '../crypto/suite.ts';
import { type Envelope, HEADER_BYTES, hourOf } from '../envelope/envelope.ts';
import { BODY_BYTES } from '../envelope/limits.ts';
import type { Bytes } from '../kernel/bytes.ts';
import type { Random } from '../kernel/random.ts';
import { type Carried, CarriedSet, encodeCarried } from './carried.ts';
import { Clocks } from './clocks.ts';
import type { GossipEffect } from './effects.ts';
import { encodeFrame, type Frame, type Role } from './frames.ts';
import { idKey } from './id-key.ts';
import { type GossipLimits, LIST_MAX, TOKENS_MAX } from './limits.ts';
import type { Neighbour } from './neighbour.ts';
import { PassedOver } from './passed-over.ts';
import { Recent } from './recent.ts';
import type { CarryResult } from './refusals.ts';
import { Room } from './room.ts';
import { SeenSet } from './seen.ts';
import { Summary } from './summary.ts';

export class Ground {
  readonly suite: Suite;
  readonly random: Random;
  readonly role: Role;
  readonly limits: GossipLimits;
  readonly isMine: (tag: Bytes) => boolean;
  readonly neighbours: Map<number, Neighbour> = new Map<number, Neighbour>();
  /** Those that have said who they are and get everything: relays, and persons who cover what is theirs. The others may be hundreds. */
  readonly wide: Map<number, Neighbour> = new Map<number, Neighbour>();
  readonly carried: CarriedSet = new CarriedSet();
  readonly seen: SeenSet;
  readonly room: Room;
  readonly clocks: Clocks = new Clocks();
  readonly passedOver: PassedOver = new PassedOver();
  readonly recent: Recent = new Recent();
  /** The two sets that are compared with others: envelopes carried, and tokens that are public. */
  readonly held: Summary;
  readonly tokens: Summary;
  /** Whether what one's own relays hand over to be read is kept, for relays that come later. */
  ferries = false;
  /** Something waits to be said soon. */
  hasPending = false;
  /** Enough waits that it is said now. */
  isUrgent = false;
  #effects: GossipEffect[] = [];

  constructor(suite: Suite, random: Random, role: Role, limits: GossipLimits, isMine: (tag: Bytes) => boolean) {
    this.suite = suite;
    this.random = random;
    this.role = role;
    this.limits = limits;
    this.isMine = isMine;
    this.seen = new SeenSet(limits.seenMax);
    this.room = new Room(limits);
    this.held = new Summary(suite);
    this.tokens = new Summary(suite);
  }

  take(): readonly GossipEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  effect(effect: GossipEffect): void {
    this.#effects.push(effect);
  }

  send(to: number, frame: Exclude<Frame, { kind: 'give' | 'push' }>): void {
    this.#effects.push({ kind: 'send', to, frame: encodeFrame(frame) });
  }

  knows(id: Uint8Array): boolean {
    return this.seen.has(id) || this.carried.has(id);
  }

  /** The hour by which envelopes expire; `undefined` while one's own clock is not to be believed. */
  dateHour(nowMs: number): number | undefined {
    return this.clocks.isSure ? hourOf(nowMs) : undefined;
  }

  hold(one: Carried): void {
    this.carried.set(one);
    this.held.add(one.id);
    this.room.note(one);
  }

  keep(envelope: Envelope, hop: Pick<Carried, 'own' | 'copies' | 'ageHours' | 'tier' | 'depositor'>, nowMs: number): Carried {
    const { header, id } = envelope;
    const size = BODY_BYTES.indexOf(envelope.bytes.length - HEADER_BYTES);
    const { tag, class: envelopeClass, expiryHour } = header;
    const { own, copies, ageHours, tier, depositor } = hop;
    const arrivedHour = this.clocks.runningHour(nowMs);
    // In one piece, and in the order in which it is made of a row.
    const one: Carried = { id, tag, class: envelopeClass, size, expiryHour, own, copies, ageHours, arrivedHour, tier, depositor };
    this.hold(one);
    this.effect({ kind: 'keep', id, row: encodeCarried(one), body: envelope.bytes });
    return one;
  }

  change(one: Carried): void {
    this.carried.set(one);
    this.effect({ kind: 'keep-row', id: one.id, row: encodeCarried(one) });
  }

  /** Drops an envelope without a word of why; answers it if it was carried. */
  drop(id: Bytes): Carried | undefined {
    const one = this.carried.delete(id);
    if (one === undefined) return undefined;
    this.held.remove(id);
    this.room.release(one);
    this.effect({ kind: 'drop', id });
    return one;
  }

  /** Drops it and takes it never again. */
  letGo(id: Bytes, expiryHour: number, token: Bytes | undefined, isPublic: boolean): void {
    this.drop(id);
    this.remember(id, expiryHour, token, isPublic);
  }

  /** It was seen, and whether it is carried on is for others to say. */
  remember(id: Bytes, expiryHour: number, token: Bytes | undefined, isPublic: boolean): void {
    const { row, evicted } = this.seen.remember(id, expiryHour, token, isPublic);
    if (token !== undefined && isPublic) this.tokens.add(id);
    this.effect({ kind: 'seen', id, row });
    if (evicted === undefined) return;
    this.tokens.remove(evicted);
    this.effect({ kind: 'unsee', id: evicted });
  }

  /** An id that was seen is not remembered any longer. */
  forget(id: Bytes): void {
    this.seen.forget(id);
    this.tokens.remove(id);
    this.effect({ kind: 'unsee', id });
  }

  queueResult(it: Neighbour, id: Bytes, result: CarryResult): void {
    it.results.push({ id, result });
    this.#answerBy(it.results.length);
  }

  queueToken(it: Neighbour, token: Bytes): void {
    // A neighbour that lists without end gets no more than this at a time; what it lists again is answered again.
    if (it.tokens.length < TOKENS_MAX) it.tokens.push(token);
    this.#answerBy(it.tokens.length);
  }

  /** Whole frames do not wait. */
  #answerBy(count: number): void {
    this.hasPending = true;
    if (count >= LIST_MAX / 2) this.isUrgent = true;
  }

  /** What waits for a neighbour, at once. */
  flushAnswers(to: number, it: Neighbour): void {
    while (it.results.length > 0) this.send(to, { kind: 'results', results: it.results.splice(0, LIST_MAX) });
    while (it.tokens.length > 0) this.send(to, { kind: 'forget', tokens: it.tokens.splice(0, LIST_MAX / 2) });
  }

  /** The neighbour that left an envelope here, if it is near. */
  nearDepositor(depositor: string): Neighbour | undefined {
    for (const it of this.neighbours.values()) if (it.depositor === depositor) return it;
    return undefined;
  }

  isWanted(it: Neighbour, id: Bytes): boolean {
    return it.wanted.has(idKey(id));
  }
}
