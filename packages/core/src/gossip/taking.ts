/**
 * Taking in what a neighbour hands over: it is kept for others, read here, read past, or refused, and what is new goes on.
 * Rule: docs/protocol/gossip.md §5.
 */
import { type Envelope, readEnvelope } from '../envelope/envelope.ts';
import { AHEAD_HOURS_MAX, LIFETIME_HOURS } from '../envelope/limits.ts';
import type { Carried } from './carried.ts';
import type { Forgetting } from './forgetting.ts';
import type { Frame } from './frames.ts';
import type { Ground } from './ground.ts';
import { idKey } from './id-key.ts';
import type { Neighbour } from './neighbour.ts';
import type { Offering } from './offering.ts';
import type { Pushing } from './pushing.ts';
import type { CarryResult } from './refusals.ts';
import type { Admission } from './room.ts';
import type { Stamps } from './stamps.ts';

type Handed = Extract<Frame, { kind: 'give' | 'push' }>;
const NOT_PAID: { readonly result: 'work' } = { result: 'work' };

export class Taking {
  readonly #ground: Ground;
  readonly #offering: Offering;
  readonly #pushing: Pushing;
  readonly #forgetting: Forgetting;
  readonly #stamps: Stamps;
  /** Until then nothing is kept for others. */
  refuseUntilMs = 0;

  constructor(ground: Ground, offering: Offering, pushing: Pushing, forgetting: Forgetting, stamps: Stamps) {
    this.#ground = ground;
    this.#offering = offering;
    this.#pushing = pushing;
    this.#forgetting = forgetting;
    this.#stamps = stamps;
  }

  hear(neighbour: number, it: Neighbour, frame: Handed, nowMs: number): void {
    const ground = this.#ground;
    const read = readEnvelope(ground.suite, frame.envelope);
    if (!read.ok) return;
    const envelope = read.value;
    const { id } = envelope;
    const wasWanted = it.wanted.delete(idKey(id));
    this.#offering.settleUpTo(it);
    if (!wasWanted && !this.#pushing.admits(it, nowMs)) return;
    const isLive = frame.kind === 'push';
    // What is handed over to be read is answered the same by everybody, not at all: an answer would say for whom it was.
    const answer = (result: CarryResult): void => {
      if (ground.role === 'relay' || frame.copies > 0) ground.queueResult(it, id, result);
    };
    this.#forgetting.answer(it, id);
    const isKnown = ground.knows(id);
    const isNew = !isKnown && !ground.recent.has(id);
    if (isLive && !wasWanted) this.#pushing.heard(neighbour, id, frame.hops, isNew);
    if (isKnown) return answer('have');
    const refusal = this.#timeRefusal(envelope, frame.ageHours, nowMs);
    if (refusal !== undefined) return answer(refusal);
    this.#take(neighbour, it, frame, envelope, nowMs, answer);
    if (isNew && (isLive || (ground.carried.has(id) && frame.copies > 0))) this.#pass(envelope, neighbour, frame, nowMs);
  }

  /** Keeps it, reads it, or reads past it. */
  #take(from: number, it: Neighbour, frame: Handed, envelope: Envelope, nowMs: number, answer: (result: CarryResult) => void): void {
    const ground = this.#ground;
    const { id, header } = envelope;
    const admission = this.#admit(it, envelope, nowMs);
    const isFerried = frame.copies === 0 && this.#offering.ferriesFrom(it) && admission.result === 'accepted';
    if (ground.isMine(header.tag)) {
      // Answered, and shown to others until its token is public, as if it were somebody else's.
      answer(admission.result);
      ground.passedOver.came(id);
      if ((frame.copies > 0 || isFerried) && ground.role === 'person' && admission.result === 'accepted')
        this.#keep(it, frame, envelope, Math.min(1, frame.copies), admission.evicted, nowMs);
      return ground.effect({ kind: 'arrived', envelope, from });
    }
    if (ground.role === 'person' && !isFerried && (frame.copies === 0 || admission === NOT_PAID)) {
      if (ground.passedOver.note(id, header.tag, from, it.role === 'relay')) this.#offering.forgetUpTo();
      return answer(admission.result);
    }
    if (admission.result !== 'accepted') return answer(admission.result);
    if (isFerried) ground.passedOver.came(id);
    this.#keep(it, frame, envelope, Math.min(frame.copies, ground.limits.copies[header.class]), admission.evicted, nowMs);
    answer('accepted');
  }

  #admit(it: Neighbour, { id, bytes }: Envelope, nowMs: number): Admission | typeof NOT_PAID {
    if (nowMs < this.refuseUntilMs) return { result: 'full' };
    return this.#stamps.admits(it, id)
      ? this.#ground.room.admit(it.tier, it.depositor, bytes.length, this.#ground.clocks.runningHour(nowMs))
      : NOT_PAID;
  }

  #keep(it: Neighbour, frame: Handed, envelope: Envelope, copies: number, evicted: readonly Carried[], nowMs: number): void {
    const ground = this.#ground;
    this.#offering.evict(evicted);
    const ageHours = this.#ageNow(frame.ageHours, envelope, nowMs);
    ground.keep(envelope, { own: false, copies, ageHours, tier: it.tier, depositor: it.depositor }, nowMs);
  }

  /** What was pushed is pushed on; what was handed over at a meeting is shown to those near, who may carry it too. */
  #pass(envelope: Envelope, from: number, frame: Handed, nowMs: number): void {
    const ground = this.#ground;
    const hops = frame.kind === 'push' ? this.#pushing.hopsAfter(frame.hops) : 0;
    if (frame.kind === 'push' || ground.role === 'relay') return this.#pushing.spread(envelope, from, hops, frame.ageHours, nowMs);
    ground.recent.note(envelope, 0, nowMs);
    for (const [to, it] of ground.wide) if (to !== from && !it.behind) this.#offering.listOnly(to, it, [envelope.id]);
  }

  /** No more than its date allows, where the clock is believed: a lie about its age goes no further. */
  #ageNow(saidHours: number, { header }: Envelope, nowMs: number): number {
    const hour = this.#ground.dateHour(nowMs);
    const lifetime = LIFETIME_HOURS[header.class];
    const sinceMade = hour === undefined ? lifetime : Math.max(0, hour + 1 - header.createdHour);
    return Math.min(saidHours, lifetime, sinceMade);
  }

  #timeRefusal({ header }: Envelope, ageHours: number, nowMs: number): CarryResult | undefined {
    const hour = this.#ground.dateHour(nowMs);
    // What is for us is read however old it is said to be.
    const isOver = ageHours >= LIFETIME_HOURS[header.class] && !this.#ground.isMine(header.tag);
    if (hour === undefined) return this.#ground.clocks.isDoubted && isOver ? 'expired' : undefined;
    if (header.expiryHour < hour) return 'expired';
    return header.createdHour > hour + AHEAD_HOURS_MAX ? 'malformed' : undefined;
  }
}
