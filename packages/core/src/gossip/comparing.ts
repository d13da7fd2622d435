/**
 * Comparing sets with a neighbour of one's own kind: digests first, and where they differ one side streams symbols until the other has
 * worked out the difference. Tokens are compared before anything is listed, so that nothing dead is handed over; envelopes only when
 * there are many, because a short list costs less. Whatever goes wrong ends in the plain list. Rule: docs/protocol/reconciliation.md.
 */
import { type Label, label } from '../crypto/suite.ts';
import { type Bytes, sameBytes, toKey } from '../kernel/bytes.ts';
import { Writer } from '../kernel/codec.ts';
import type { Comparison } from './comparison.ts';
import { type Frame, NO_DIGEST, type SetName, type SetSummary, SKETCH_SALT_BYTES } from './frames.ts';
import type { Ground } from './ground.ts';
import { CELL_MS, COMPARE_HELD_MIN, COMPARE_PATIENCE_MS, DIGEST_STEPS_A_TURN, HELLO_AGAIN_MS, LIST_MAX } from './limits.ts';
import type { Neighbour } from './neighbour.ts';
import type { Offering } from './offering.ts';
import { cellsAfter } from './reconcile/cells.ts';
import { Difference } from './reconcile/difference.ts';
import { CELLS_MAX } from './reconcile/limits.ts';
import { encodeCells } from './reconcile/wire.ts';
import type { Summary } from './summary.ts';

const TOKEN_SALT: Label = label('gossip/token-salt');

type StreamFrame = Extract<Frame, { kind: 'sketch' | 'symbols' | 'stop' | 'lacks' }>;

export class Comparing {
  readonly #ground: Ground;
  readonly #offering: Offering;
  /** As long as this process lives: neighbours keep their sketches under it. */
  readonly #salt: Bytes;
  /** Everybody's for the day: a phone then has one sketch of its tokens for all it meets. Whoever makes two tokens collide hides only their own. */
  #tokenSalt: Bytes = new Uint8Array(SKETCH_SALT_BYTES);
  #tokenDay = -1;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #isBehind = false;

  constructor(ground: Ground, offering: Offering) {
    this.#ground = ground;
    this.#offering = offering;
    this.#salt = ground.random.bytes(SKETCH_SALT_BYTES);
  }

  /** Both have said hello. */
  begin(to: number, it: Neighbour, nowMs: number): void {
    const day = Math.floor(nowMs / 86_400_000);
    if (day !== this.#tokenDay) {
      this.#tokenSalt = this.#ground.suite.hash(TOKEN_SALT, new Writer(4).u32(day).finish()).slice(0, SKETCH_SALT_BYTES);
      this.#tokenDay = day;
    }
    this.#compare(to, it, 'tokens', nowMs);
  }

  #set(name: SetName): Summary {
    return name === 'held' ? this.#ground.held : this.#ground.tokens;
  }

  #compare(to: number, it: Neighbour, set: SetName, nowMs: number): void {
    it.comparison = undefined;
    const [ours, theirs] = [it.told?.[set], it.greeting?.[set]];
    const isLarge = set === 'tokens' || ((ours?.count ?? 0) >= COMPARE_HELD_MIN && (theirs?.count ?? 0) >= COMPARE_HELD_MIN);
    if (!this.#isOfOurKind(it) || ours === undefined || theirs === undefined || !isLarge) return this.#next(to, it, set, nowMs);
    if (isEqual(ours, theirs)) return set === 'held' ? undefined : this.#next(to, it, set, nowMs);
    if (streams(ours, theirs)) this.#stream(to, it, set, nowMs);
    else it.comparison = { side: 'waits', set, untilMs: this.#wakeBy(nowMs + COMPARE_PATIENCE_MS) };
  }

  /** After the tokens the envelopes; after a comparison of envelopes that said nothing the plain list. */
  #next(to: number, it: Neighbour, set: SetName, nowMs: number): void {
    it.comparison = undefined;
    if (set === 'tokens' && this.#isOfOurKind(it)) {
      const isLarge = [it.told?.held, it.greeting?.held].every((one) => (one?.count ?? 0) >= COMPARE_HELD_MIN);
      if (isLarge) return this.#compare(to, it, 'held', nowMs);
    }
    this.#offering.list(to, it, nowMs);
  }

  /** Both sides have to think so: a relay that is not ours, and counts as a person here, compares with relays alone. */
  #isOfOurKind(it: Neighbour): boolean {
    return it.role === this.#ground.role && it.greeting?.role === this.#ground.role;
  }

  #stream(to: number, it: Neighbour, set: SetName, nowMs: number): void {
    const summary = this.#set(set);
    const salt = set === 'held' ? this.#salt : this.#tokenSalt;
    const [digest, sketch] = [summary.digest(), summary.sketch(salt)];
    if (digest === undefined || sketch === undefined) return this.#settleLater(to, it, nowMs);
    const snapshot = sketch.snapshot();
    if (!sketch.isWhole) return this.#offering.list(to, it, nowMs);
    it.comparison = { side: 'streams', set, sketch, snapshot, sent: 0, answered: 0, nextAtMs: nowMs };
    const { exceptions } = sketch;
    this.#ground.send(to, { kind: 'sketch', set, size: snapshot.size, digest: digest.value(), salt, exceptions });
    this.#sendSymbols(to, it.comparison, nowMs);
  }

  /** Too far behind, after a start: it is worked on in every turn, and done for the next meeting. */
  #settleLater(to: number, it: Neighbour, nowMs: number): void {
    this.#isBehind = true;
    this.#ground.hasPending = true;
    it.comparison = undefined;
    this.#offering.list(to, it, nowMs);
  }

  /** A turn's work on digests that a comparison had to do without. */
  settle(): void {
    if (!this.#isBehind) return;
    const { held, tokens } = this.#ground;
    const areDone = [held, tokens].map((set) => set.settle(DIGEST_STEPS_A_TURN));
    this.#isBehind = areDone.includes(false);
    if (this.#isBehind) this.#ground.hasPending = true;
  }

  /** No faster than so many a millisecond: what is under way when the other says stop is for nothing. */
  #sendSymbols(to: number, stream: Extract<Comparison, { side: 'streams' }>, nowMs: number): void {
    const count = cellsAfter(stream.sent);
    this.#ground.send(to, { kind: 'symbols', set: stream.set, cells: encodeCells(stream.snapshot, stream.sent, count) });
    stream.sent += count;
    stream.nextAtMs = nowMs + (stream.sent < CELLS_MAX ? Math.ceil(count * CELL_MS) : 2 * COMPARE_PATIENCE_MS);
    this.#wakeBy(stream.nextAtMs);
  }

  get wakeAtMs(): number {
    return this.#wakeAtMs;
  }

  /** More symbols for whoever has not said stop; and the end of patience: what was not compared is listed. */
  wake(nowMs: number): void {
    if (nowMs < this.#wakeAtMs) return;
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
    for (const [to, it] of this.#ground.neighbours) {
      const { comparison } = it;
      if (comparison === undefined) continue;
      const atMs = comparison.side === 'streams' ? comparison.nextAtMs : comparison.untilMs;
      if (nowMs < atMs) this.#wakeBy(atMs);
      else if (comparison.side === 'streams' && comparison.sent < CELLS_MAX) {
        if (!it.behind) this.#sendSymbols(to, comparison, nowMs);
      } else if (comparison.side === 'fills') it.comparison = undefined;
      else this.#next(to, it, comparison.set, nowMs);
    }
  }

  #wakeBy(atMs: number): number {
    this.#wakeAtMs = Math.min(this.#wakeAtMs, atMs);
    return atMs;
  }

  /** What was listed may be what the difference said is missing. Ids that do not add up to the other's digest are not believed: all is listed. */
  heardListed(from: number, it: Neighbour, ids: readonly Bytes[], nowMs: number): void {
    const { comparison } = it;
    if (comparison?.side !== 'fills') return;
    for (const id of ids) if (comparison.left.delete(toKey(comparison.sketch.shortOf(id)))) comparison.filled.push(id);
    if (comparison.left.size > 0) return;
    it.comparison = undefined;
    if (comparison.isAll(comparison.filled)) return;
    this.#ground.send(from, { kind: 'stop', set: comparison.set, isDecoded: false });
    this.#offering.list(from, it, nowMs);
  }

  hear(from: number, it: Neighbour, frame: StreamFrame, nowMs: number): void {
    switch (frame.kind) {
      case 'sketch':
        return this.#hearSketch(from, it, frame, nowMs);
      case 'symbols':
        return it.comparison?.set === frame.set ? this.#hearSymbols(from, it, frame.cells, nowMs) : undefined;
      case 'lacks':
        return this.#hearLacks(from, it, frame.set, frame.shorts);
      case 'stop':
        return this.#hearStop(from, it, frame, nowMs);
    }
  }

  /** The stream was enough, or hopeless; said once more after it was enough, it says that the ids did not add up. */
  #hearStop(from: number, it: Neighbour, frame: Extract<StreamFrame, { kind: 'stop' }>, nowMs: number): void {
    const isStreaming = it.comparison?.side === 'streams' && it.comparison.set === frame.set;
    if (isStreaming) {
      this.#ground.flushAnswers(from, it);
      if (frame.isDecoded && frame.set === 'held') it.comparison = undefined;
      else this.#next(from, it, frame.set, nowMs);
    } else if (!frame.isDecoded && frame.set === 'held' && nowMs - it.listedAtMs >= HELLO_AGAIN_MS) this.#offering.list(from, it, nowMs);
  }

  #hearSketch(from: number, it: Neighbour, frame: Extract<StreamFrame, { kind: 'sketch' }>, nowMs: number): void {
    const { comparison } = it;
    if (comparison?.side !== 'waits' || comparison.set !== frame.set) return;
    const summary = this.#set(frame.set);
    const digest = summary.digest();
    const sketch = digest && summary.sketchUnder(frame.salt, nowMs);
    if (digest === undefined || sketch === undefined) {
      this.#isBehind = digest === undefined;
      this.#ground.send(from, { kind: 'stop', set: frame.set, isDecoded: false });
      return this.#next(from, it, frame.set, nowMs);
    }
    it.comparison = {
      side: 'decodes',
      set: frame.set,
      theirs: { digest: frame.digest, exceptions: frame.exceptions },
      sketch,
      digest,
      difference: new Difference(this.#ground.suite, sketch.snapshot(), frame.size),
      untilMs: this.#wakeBy(nowMs + 2 * COMPARE_PATIENCE_MS),
    };
  }

  #hearSymbols(from: number, it: Neighbour, cells: Bytes, nowMs: number): void {
    const { comparison } = it;
    if (comparison?.side !== 'decodes') return;
    const progress = comparison.sketch.isWhole ? comparison.difference.take(cells) : 'hopeless';
    comparison.untilMs = this.#wakeBy(nowMs + 2 * COMPARE_PATIENCE_MS);
    if (progress === 'more') return;
    if (progress === 'whole') this.#settle(from, it, comparison, nowMs);
    this.#ground.send(from, { kind: 'stop', set: comparison.set, isDecoded: progress === 'whole' });
    if (progress === 'hopeless' || comparison.set === 'tokens') this.#next(from, it, comparison.set, nowMs);
  }

  /** What only they have is asked for, what only we have is told; whether that was all shows when it has come. */
  #settle(from: number, it: Neighbour, comparison: Extract<Comparison, { side: 'decodes' }>, nowMs: number): void {
    const { set, sketch, difference, theirs, digest } = comparison;
    const shorts = difference.onlyTheirs;
    const exceptions = new Set(theirs.exceptions.map(toKey));
    const held = [...difference.onlyOurs.flatMap((short) => sketch.idOf(short) ?? []), ...sketch.exceptions];
    const onlyOurs = held.filter((id) => !exceptions.has(toKey(id)));
    for (let at = 0; at < shorts.length; at += LIST_MAX)
      this.#ground.send(from, { kind: 'lacks', set, shorts: shorts.slice(at, at + LIST_MAX) });
    if (set === 'tokens') {
      for (const id of onlyOurs) this.#tellToken(it, id);
      return this.#ground.flushAnswers(from, it);
    }
    this.#offering.listOnly(from, it, onlyOurs);
    const beside = theirs.exceptions.filter((id) => !this.#ground.held.has(id));
    const isAll = (filled: readonly Bytes[]): boolean => sameBytes(digest.with([...filled, ...beside], onlyOurs), theirs.digest);
    const untilMs = this.#wakeBy(nowMs + 2 * COMPARE_PATIENCE_MS);
    it.comparison = { side: 'fills', set, sketch, left: new Set(shorts.map(toKey)), filled: [], isAll, untilMs };
    this.heardListed(from, it, [], nowMs);
  }

  #tellToken(it: Neighbour, id: Bytes): void {
    const token = this.#ground.seen.isPublic(id) ? this.#ground.seen.tokenOf(id) : undefined;
    if (token !== undefined) this.#ground.queueToken(it, token);
  }

  #hearLacks(from: number, it: Neighbour, set: SetName, shorts: readonly Bytes[]): void {
    const { comparison } = it;
    if (comparison?.side !== 'streams' || comparison.set !== set) return;
    // More than all cells can show is no honest question.
    comparison.answered += shorts.length;
    if (comparison.answered > CELLS_MAX) return;
    const ids = [...shorts.flatMap((short) => comparison.sketch.idOf(short) ?? []), ...comparison.sketch.exceptions];
    if (comparison.set === 'held') this.#offering.listOnly(from, it, ids);
    else for (const id of ids) this.#tellToken(it, id);
  }
}

function isEqual(a: SetSummary, b: SetSummary): boolean {
  return a.count === b.count && (a.count === 0 || (sameBytes(a.digest, b.digest) && !sameBytes(a.digest, NO_DIGEST)));
}

/** The larger set is streamed; of two as large, that with the greater digest. Both sides come to the same end. */
function streams(ours: SetSummary, theirs: SetSummary): boolean {
  if (ours.count !== theirs.count) return ours.count > theirs.count;
  return toKey(ours.digest) > toKey(theirs.digest);
}
