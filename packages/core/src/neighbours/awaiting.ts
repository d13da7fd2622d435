/**
 * Who was handed something that has to be answered and has said nothing since, and when it is time to ask whether they are still there. Asks nobody
 * itself, and nothing waits where nothing was handed over. Rule: docs/protocol/neighbours.md §10.
 */
import { ANSWER_PATIENCE_MAX_MS, ANSWER_PATIENCE_MS, ASKED_AGAIN_MS } from './limits.ts';

interface Waiting {
  /** When the first thing left that nothing was heard after; `undefined` when nothing is waited for. */
  sinceMs: number | undefined;
  /** It was asked for a sign of life, and said nothing that counts since. */
  isAsked: boolean;
  askedAtMs: number;
  /** How long its word takes usually, and by how much that varies: as TCP measures its round trips (RFC 6298 §2). */
  usualMs: number;
  variesMs: number;
}

export class Awaiting {
  /** By number; as many as are connected. */
  readonly #waiting: Map<number, Waiting> = new Map<number, Waiting>();

  /** It was handed something now. */
  handed(neighbour: number, nowMs: number): void {
    const it = this.#waiting.get(neighbour);
    if (it === undefined) {
      this.#waiting.set(neighbour, { ...NEW, sinceMs: nowMs });
      return;
    }
    // Whoever lives and does not answer is not asked without end.
    if (it.isAsked && nowMs - it.askedAtMs < ASKED_AGAIN_MS) return;
    if (it.isAsked || it.sinceMs === undefined) it.sinceMs = nowMs;
    it.isAsked = false;
  }

  /** It said something: whoever speaks is there. */
  heard(neighbour: number, nowMs: number): void {
    const it = this.#waiting.get(neighbour);
    if (it?.sinceMs === undefined) return;
    const tookMs = nowMs - it.sinceMs;
    const isFirst = it.usualMs < 0;
    it.variesMs = isFirst ? tookMs / 2 : (3 * it.variesMs + Math.abs(it.usualMs - tookMs)) / 4;
    it.usualMs = isFirst ? tookMs : (7 * it.usualMs + tookMs) / 8;
    it.sinceMs = undefined;
    it.isAsked = false;
  }

  gone(neighbour: number): void {
    this.#waiting.delete(neighbour);
  }

  /** Whom to ask now; each is answered once. */
  due(nowMs: number): readonly number[] {
    const due: number[] = [];
    for (const [neighbour, it] of this.#waiting) {
      if (askAtMs(it) > nowMs) continue;
      it.isAsked = true;
      it.askedAtMs = nowMs;
      due.push(neighbour);
    }
    return due;
  }

  /** When `due` will answer somebody. */
  wakeAtMs(): number | undefined {
    let at = Number.POSITIVE_INFINITY;
    for (const it of this.#waiting.values()) at = Math.min(at, askAtMs(it));
    return at === Number.POSITIVE_INFINITY ? undefined : at;
  }
}

const NEW: Waiting = { sinceMs: undefined, isAsked: false, askedAtMs: Number.NEGATIVE_INFINITY, usualMs: -1, variesMs: 0 };

function askAtMs({ sinceMs, isAsked, usualMs, variesMs }: Waiting): number {
  if (sinceMs === undefined || isAsked) return Number.POSITIVE_INFINITY;
  return sinceMs + Math.ceil(Math.min(ANSWER_PATIENCE_MAX_MS, Math.max(ANSWER_PATIENCE_MS, usualMs + 4 * variesMs)));
}
