/**
 * Live push over standing lines as a policy whose numbers are open: the flood, Plumtree (Leitão, Pereira, Rodrigues 2007) and what each
 * line learns for each number of hops. Only ids, no envelopes: to choose numbers with, and to stand beside the real machine.
 */
import type { Crowd, Station } from './crowd.ts';
import type { Ear } from './ear.ts';

export interface PushRule {
  /** What a line does with a message that has travelled so many hops (0 at its author; the last class is for all above). */
  readonly classes: readonly ('push' | 'learn-push' | 'learn-announce')[];
  /** Second copies in a row by which a learning line learns to announce. */
  readonly prunedAfter: number;
  /** Messages that have to be asked for before such a line pushes again. Plumtree: 1. */
  readonly againAfter: number;
  /** Plumtree: a second copy prunes both directions of a line, and both who ask and who are asked push at once. */
  readonly isTree: boolean;
  /** How long what was announced may come by itself before it is asked for, in milliseconds. */
  readonly askMs: number;
  /** How long an answer may take before the next neighbour is asked, in milliseconds. */
  readonly nextMs: number;
}

export const FLOOD: PushRule = { classes: ['push'], prunedAfter: 1, againAfter: 1, isTree: false, askMs: 0, nextMs: 0 };

/** `askMs` has to be longer than the tree is deep, or it is made anew for every author. */
export function plumtree(askMs: number): PushRule {
  return { classes: ['learn-push'], prunedAfter: 1, againAfter: 1, isTree: true, askMs, nextMs: askMs };
}

export function learned(classes: number, lazyFrom: number, againAfter: number, nextMs: number): PushRule {
  return {
    classes: Array.from({ length: classes }, (_, hops) => (hops < lazyFrom ? 'learn-push' : 'learn-announce')),
    prunedAfter: 1,
    againAfter,
    isTree: false,
    askMs: 0,
    nextMs,
  };
}

export type PushFrame =
  | { readonly kind: 'push'; readonly id: number; readonly hops: number; readonly class: number }
  | { readonly kind: 'announce'; readonly ids: readonly number[] }
  | { readonly kind: 'prune'; readonly class: number }
  | { readonly kind: 'ask'; readonly id: number };

/** What a frame would be on the wire: an envelope of 300 bytes behind a head, or ids of 32. */
const BYTES: Readonly<Record<PushFrame['kind'], (ids: number) => number>> = {
  push: () => 305,
  announce: (ids) => 3 + 32 * ids,
  prune: () => 2,
  ask: (ids) => 3 + 32 * ids,
};

/** Ids told of again when a line comes up: what was missed while it was down is found by them. */
const RECENT_MAX = 128;

interface Line {
  /** For each class: 0 is pushed, more is announced, and so many asks bring the push back. */
  readonly asksLeft: number[];
  /** For each class: second copies in a row that came from there. */
  readonly seconds: number[];
}

interface Missing {
  atMs: number;
  readonly from: number[];
  asked: number | undefined;
}

export class PushStation implements Station<PushFrame> {
  readonly node: number;
  readonly #crowd: Crowd<PushFrame>;
  readonly #rule: PushRule;
  readonly #ear: Ear;
  readonly #up: Set<number> = new Set<number>();
  /** What lines have learned; kept while they are down. */
  readonly #lines: Map<number, Line> = new Map<number, Line>();
  readonly #held: Map<number, number> = new Map<number, number>();
  /** Announced and not here: when to ask, and whom, in order. */
  readonly #missing: Map<number, Missing> = new Map<number, Missing>();

  constructor(crowd: Crowd<PushFrame>, rule: PushRule, ear: Ear) {
    this.#crowd = crowd;
    this.#rule = rule;
    this.#ear = ear;
    this.node = crowd.add(this);
  }

  has(id: number): boolean {
    return this.#held.has(id);
  }

  /** Lets go of everything that was heard, as memory does in the long run; what was learned stays. */
  forget(): void {
    this.#held.clear();
    this.#missing.clear();
  }

  say(id: number): void {
    this.#pass(id, undefined, 0);
  }

  up(neighbour: number): void {
    this.#up.add(neighbour);
    const recent = [...this.#held.keys()].slice(-RECENT_MAX);
    if (recent.length > 0) this.#send(neighbour, { kind: 'announce', ids: recent });
  }

  down(neighbour: number, nowMs: number): void {
    this.#up.delete(neighbour);
    for (const [id, one] of this.#missing) if (one.asked === neighbour) this.#askFor(id, one, nowMs);
    this.#plan();
  }

  hear(from: number, frame: PushFrame, nowMs: number): void {
    switch (frame.kind) {
      case 'push':
        return this.#take(from, frame, nowMs);
      case 'announce':
        for (const id of frame.ids) this.#miss(from, id, nowMs);
        return;
      case 'prune':
        this.#line(from).asksLeft[frame.class] = this.#rule.againAfter;
        return;
      case 'ask': {
        const hops = this.#held.get(frame.id);
        if (hops === undefined) return;
        const line = this.#line(from);
        const at = this.#classOf(hops);
        line.asksLeft[at] = Math.max(0, (line.asksLeft[at] ?? 0) - 1);
        this.#send(from, { kind: 'push', id: frame.id, hops: hops + 1, class: at });
      }
    }
  }

  wake(nowMs: number): void {
    for (const [id, one] of this.#missing) if (nowMs >= one.atMs) this.#askFor(id, one, nowMs);
    this.#plan();
  }

  #take(from: number, frame: Extract<PushFrame, { kind: 'push' }>, nowMs: number): void {
    const isFirst = !this.#held.has(frame.id);
    this.#ear.copy(this.node, frame.id, frame.hops, isFirst, nowMs);
    const line = this.#line(from);
    if (isFirst) {
      line.seconds[frame.class] = 0;
      if (this.#rule.isTree) line.asksLeft[frame.class] = 0;
      this.#missing.delete(frame.id);
      this.#plan();
      return this.#pass(frame.id, from, frame.hops);
    }
    const seconds = (line.seconds[frame.class] ?? 0) + 1;
    line.seconds[frame.class] = seconds % this.#rule.prunedAfter;
    if (this.#rule.classes[frame.class] === 'push' || seconds < this.#rule.prunedAfter) return;
    if (this.#rule.isTree) line.asksLeft[frame.class] = this.#rule.againAfter;
    this.#send(from, { kind: 'prune', class: frame.class });
  }

  #pass(id: number, from: number | undefined, hops: number): void {
    this.#held.set(id, hops);
    const at = this.#classOf(hops);
    for (const neighbour of this.#up) {
      if (neighbour === from) continue;
      const isPushed = this.#line(neighbour).asksLeft[at] === 0;
      this.#send(neighbour, isPushed ? { kind: 'push', id, hops: hops + 1, class: at } : { kind: 'announce', ids: [id] });
    }
  }

  #miss(from: number, id: number, nowMs: number): void {
    if (this.#held.has(id)) return;
    const known = this.#missing.get(id);
    if (known !== undefined) {
      known.from.push(from);
      return;
    }
    const one = { atMs: nowMs + this.#rule.askMs, from: [from], asked: undefined };
    this.#missing.set(id, one);
    if (nowMs >= one.atMs) this.#askFor(id, one, nowMs);
    this.#plan();
  }

  #askFor(id: number, one: Missing, nowMs: number): void {
    const from = one.from.find((neighbour) => this.#up.has(neighbour));
    if (from === undefined) {
      this.#missing.delete(id);
      return;
    }
    one.from.splice(0, one.from.indexOf(from) + 1);
    one.atMs = nowMs + this.#rule.nextMs;
    one.asked = from;
    if (this.#rule.isTree) this.#line(from).asksLeft.fill(0);
    this.#send(from, { kind: 'ask', id });
  }

  #line(neighbour: number): Line {
    const known = this.#lines.get(neighbour);
    if (known !== undefined) return known;
    const { classes, againAfter } = this.#rule;
    const line = { asksLeft: classes.map((one) => (one === 'learn-announce' ? againAfter : 0)), seconds: classes.map(() => 0) };
    this.#lines.set(neighbour, line);
    return line;
  }

  #classOf(hops: number): number {
    return Math.min(hops, this.#rule.classes.length - 1);
  }

  #plan(): void {
    let atMs = Number.POSITIVE_INFINITY;
    for (const one of this.#missing.values()) atMs = Math.min(atMs, one.atMs);
    this.#crowd.wakeAt(this.node, atMs);
  }

  #send(to: number, frame: PushFrame): void {
    const ids = frame.kind === 'announce' ? frame.ids.length : 1;
    this.#ear.frame(frame.kind, ids, BYTES[frame.kind](ids));
    this.#crowd.send(this.node, to, frame);
  }
}
