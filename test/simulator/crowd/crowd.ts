/**
 * Many stations and the lines between them: frames arrive after their delay, in order and whole, or the line goes down and comes up
 * again, as ports/link.ts promises. Everything comes from the seed. It knows nothing of what a frame says.
 */
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import { Agenda } from './agenda.ts';
import type { Overlay } from './overlay.ts';

/** One node: it is told what happens to it and answers through the crowd it was made with. */
export interface Station<Frame> {
  up(neighbour: number, nowMs: number): void;
  down(neighbour: number, nowMs: number): void;
  hear(from: number, frame: Frame, nowMs: number): void;
  wake(nowMs: number): void;
}

export interface Air {
  /** How long the frame that leaves now is under way on the line from `a` to `b`. */
  readonly delayMs: (a: number, b: number) => number;
  /** The share of frames that are lost, each with its line. */
  readonly loss: number;
  /** How long a line that lost a frame is down, in milliseconds. */
  readonly againMs: number;
  /** Everybody reaches everybody, without lines. */
  readonly isOpen?: boolean;
}

/** Every frame takes exactly one step and none is lost. */
export const STEPS: Air = { delayMs: () => 1, loss: 0, againMs: 1 };

type Happening<Frame> =
  | { readonly kind: 'frame'; readonly to: number; readonly from: number; readonly line: Line | undefined; readonly frame: Frame }
  | { readonly kind: 'wake'; readonly node: number }
  | { readonly kind: 'up'; readonly a: number; readonly b: number }
  | { readonly kind: 'call'; readonly what: (nowMs: number) => void };

interface Line {
  isUp: boolean;
  /** When the last frame towards the smaller and the larger number arrives. */
  lastDown: number;
  lastUp: number;
}

export class Crowd<Frame> {
  readonly stations: Station<Frame>[] = [];
  readonly #agenda: Agenda<Happening<Frame>> = new Agenda<Happening<Frame>>();
  readonly #lines: Map<number, Line>[] = [];
  readonly #wakes: number[] = [];
  readonly #air: Air;
  readonly #chance: SeededRandom;
  #nowMs: number;
  #events = 0;
  #lost = 0;

  constructor(air: Air, chance: SeededRandom, startMs = 0) {
    this.#air = air;
    this.#chance = chance;
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get events(): number {
    return this.#events;
  }

  get lost(): number {
    return this.#lost;
  }

  /** Answers the number of the new node. */
  add(station: Station<Frame>): number {
    this.#lines.push(new Map());
    return this.stations.push(station) - 1;
  }

  joinAll(overlay: Overlay): void {
    for (const [node, near] of overlay.entries()) for (const other of near) if (node < other) this.connect(node, other);
  }

  neighboursOf(node: number): readonly number[] {
    return [...(this.#lines[node]?.keys() ?? [])];
  }

  connect(a: number, b: number): void {
    if (a === b || this.#lines[a]?.has(b) !== false) return;
    const line = { isUp: true, lastDown: 0, lastUp: 0 };
    this.#lines[a]?.set(b, line);
    this.#lines[b]?.set(a, line);
    this.stations[a]?.up(b, this.#nowMs);
    this.stations[b]?.up(a, this.#nowMs);
  }

  /** What is under way on the line is lost. */
  disconnect(a: number, b: number): void {
    const line = this.#lines[a]?.get(b);
    if (line === undefined) return;
    line.isUp = false;
    this.#lines[a]?.delete(b);
    this.#lines[b]?.delete(a);
    this.stations[a]?.down(b, this.#nowMs);
    this.stations[b]?.down(a, this.#nowMs);
  }

  send(from: number, to: number, frame: Frame): void {
    const line = this.#lines[from]?.get(to);
    if (line === undefined) {
      if (this.#air.isOpen) this.#agenda.add(this.#nowMs + this.#air.delayMs(from, to), { kind: 'frame', to, from, line, frame });
      return;
    }
    const at = Math.max(this.#nowMs + this.#air.delayMs(from, to), from < to ? line.lastUp : line.lastDown);
    if (from < to) line.lastUp = at;
    else line.lastDown = at;
    this.#agenda.add(at, { kind: 'frame', to, from, line, frame });
  }

  /** Replaces the time at which the node wants to be woken; infinity for not at all. */
  wakeAt(node: number, atMs: number): void {
    if (this.#wakes[node] === atMs) return;
    this.#wakes[node] = atMs;
    if (atMs < Number.POSITIVE_INFINITY) this.#agenda.add(Math.max(atMs, this.#nowMs), { kind: 'wake', node });
  }

  at(atMs: number, what: (nowMs: number) => void): void {
    this.#agenda.add(Math.max(atMs, this.#nowMs), { kind: 'call', what });
  }

  /** Until nothing is left to happen, or the time is over; answers whether it is quiet. */
  run(untilMs: number = Number.POSITIVE_INFINITY): boolean {
    while (this.#agenda.size > 0 && this.#agenda.nextAt <= untilMs) {
      this.#nowMs = Math.max(this.#nowMs, this.#agenda.nextAt);
      const next = this.#agenda.take();
      if (next === undefined) return true;
      this.#events++;
      this.#happen(next);
    }
    if (untilMs < Number.POSITIVE_INFINITY) this.#nowMs = Math.max(this.#nowMs, untilMs);
    return this.#agenda.size === 0;
  }

  #happen(next: Happening<Frame>): void {
    switch (next.kind) {
      case 'frame': {
        if (next.line?.isUp === false) return;
        if (this.#air.loss > 0 && this.#chance.chance(this.#air.loss)) return this.#reset(next.from, next.to);
        return this.stations[next.to]?.hear(next.from, next.frame, this.#nowMs);
      }
      case 'wake': {
        const atMs = this.#wakes[next.node];
        if (atMs === undefined || atMs > this.#nowMs) return;
        this.#wakes[next.node] = Number.POSITIVE_INFINITY;
        return this.stations[next.node]?.wake(this.#nowMs);
      }
      case 'up':
        return this.connect(next.a, next.b);
      case 'call':
        return next.what(this.#nowMs);
    }
  }

  #reset(a: number, b: number): void {
    this.#lost++;
    this.disconnect(a, b);
    this.#agenda.add(this.#nowMs + this.#air.againMs, { kind: 'up', a, b });
  }
}
