/**
 * Two relays' gossip machines, as they ship, over a simulated line: each way a frame waits until the one before it has left at the line's rate and arrives
 * half a round trip later. Nothing is lost. What leaves between the moment the difference is known and the moment `stop` arrives is counted
 * like the rest. Only time is simulated, and none of it is waited for.
 */
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { hourOf } from '../../packages/core/src/envelope/envelope.ts';
import { encodeCarried, NOBODY } from '../../packages/core/src/gossip/carried.ts';
import { decodeFrame, type Frame } from '../../packages/core/src/gossip/frames.ts';
import { Gossip } from '../../packages/core/src/gossip/gossip.ts';
import { RELAY_LIMITS } from '../../packages/core/src/gossip/limits.ts';
import type { Bytes } from '../../packages/core/src/kernel/bytes.ts';
import { SeededRandom } from '../../packages/core/src/testing/index.ts';
import { DIFFERING, type Item, type Sets } from './reconcile.part.sets.ts';

export interface Line {
  readonly roundTripMs: number;
  readonly bytesPerSecond: number;
}

/** What one meeting cost. */
export interface Meeting {
  /** Both ways: sketch, cells and stop, whole frames. */
  readonly bytes: number;
  /** Of these, cells that were under way when the difference was known, or left later. */
  readonly vainBytes: number;
  /** The short ids that the knowing side then asks for. */
  readonly asking: number;
  /** From both hellos leaving until one side knows what is missing on both. */
  readonly knownMs: number;
}

const START_MS = 1_800_000_000_000;
const BETWEEN_MS = 120_000;
/** A meeting is over: longer than a stream of all cells may take, and shorter than until they compare again. */
const MEETING_MS = 20_000;

class Side {
  readonly gossip: Gossip;
  readonly #who: { readonly key: string; readonly tier: 'stranger'; readonly isKnownRelay: boolean };
  /** When the last frame has left. */
  freeAtMs = 0;
  wakeAtMs = 0;

  constructor(suite: Suite, name: string, items: readonly Item[], other: number) {
    this.gossip = new Gossip(suite, new SeededRandom(name), 'relay', RELAY_LIMITS, () => false);
    this.#who = { key: `${other + 1}`.repeat(64), tier: 'stranger', isKnownRelay: false };
    const arrivedHour = hourOf(START_MS);
    const hop = { own: false, copies: 8, ageHours: 0, arrivedHour, tier: 'stranger', depositor: NOBODY } as const;
    const rest = { class: 1, size: 0, expiryHour: arrivedHour + 300, ...hop };
    const rows = items.map(({ id }) => ({ key: id, value: encodeCarried({ id, tag: id.slice(0, 16), ...rest }) }));
    this.gossip.restore(rows, []);
  }

  up(neighbour: number, nowMs: number): void {
    this.gossip.up(neighbour, this.#who, nowMs);
  }

  frames(): readonly Bytes[] {
    return this.gossip.take().flatMap((effect) => (effect.kind === 'send' ? [effect.frame] : []));
  }
}

interface Underway {
  readonly to: number;
  readonly atMs: number;
  readonly bytes: Bytes;
  readonly frame: Frame;
}

export class Pair {
  readonly #sides: readonly [Side, Side];
  #nowMs = START_MS;

  constructor(suite: Suite, { theirs, ours }: Sets) {
    this.#sides = [new Side(suite, 'theirs', theirs, 1), new Side(suite, 'ours', ours, 0)];
    this.#workUp();
  }

  /** As after a first meeting: digests and each one's own cells are worked out, which is done a little in each turn. */
  #workUp(): void {
    const [a, b] = this.#sides;
    for (let isDone = false; !isDone; this.#nowMs += BETWEEN_MS) {
      for (const side of this.#sides) side.up(0, this.#nowMs);
      const hellos = this.#sides.map((side) => side.frames());
      for (const bytes of hellos[0] ?? []) b.gossip.frame(0, bytes, this.#nowMs);
      for (const bytes of hellos[1] ?? []) a.gossip.frame(0, bytes, this.#nowMs);
      isDone = this.#sides.some((side) => side.frames().some((bytes) => decodeFrame(bytes)?.kind === 'sketch'));
      for (let turn = 0; turn < 20; turn++)
        for (const { gossip } of this.#sides) {
          gossip.wakeAtMs(this.#nowMs + turn);
          gossip.wake(this.#nowMs + turn);
        }
      for (const side of this.#sides) {
        side.gossip.down(0);
        side.frames();
      }
    }
  }

  meet(line: Line): Meeting {
    this.#nowMs += BETWEEN_MS;
    const [startMs, underway]: [number, Underway[]] = [this.#nowMs, []];
    let [bytes, vainBytes, asking, knownMs] = [0, 0, 0, Number.NaN];
    const leave = (from: number): void => {
      const side = this.#sides[from] as Side;
      for (const content of side.frames()) {
        const frame = decodeFrame(content);
        if (frame === undefined) throw new Error('a frame of ours does not read');
        side.freeAtMs = Math.max(side.freeAtMs, this.#nowMs) + (content.length / line.bytesPerSecond) * 1000;
        underway.push({ to: 1 - from, atMs: side.freeAtMs + line.roundTripMs / 2, bytes: content, frame });
        if (frame.kind === 'lacks') asking += content.length;
        if (frame.kind === 'stop' && Number.isNaN(knownMs)) {
          if (!frame.isDecoded) throw new Error('the cells did not decode');
          knownMs = this.#nowMs - startMs;
        }
        if (frame.kind === 'sketch' || frame.kind === 'symbols' || frame.kind === 'stop') bytes += content.length;
        if (frame.kind === 'have' && frame.entries.length > DIFFERING) throw new Error('they list what both have');
      }
      side.wakeAtMs = side.gossip.wakeAtMs(this.#nowMs);
    };
    for (const [at, side] of this.#sides.entries()) {
      side.freeAtMs = 0;
      side.up(0, startMs);
      leave(at);
    }
    for (;;) {
      const next = underway.reduce<Underway | undefined>(
        (first, one) => (first === undefined || one.atMs < first.atMs ? one : first),
        undefined,
      );
      const waking = this.#sides[0].wakeAtMs <= this.#sides[1].wakeAtMs ? 0 : 1;
      const { wakeAtMs } = this.#sides[waking];
      this.#nowMs = Math.max(this.#nowMs, Math.ceil(Math.min(wakeAtMs, next?.atMs ?? Number.POSITIVE_INFINITY)));
      if (this.#nowMs > startMs + MEETING_MS) break;
      const at = next !== undefined && next.atMs <= wakeAtMs ? next.to : waking;
      const { gossip } = this.#sides[at] as Side;
      if (next !== undefined && next.atMs <= wakeAtMs) {
        if (next.frame.kind === 'symbols' && !Number.isNaN(knownMs)) vainBytes += next.bytes.length;
        underway.splice(underway.indexOf(next), 1);
        gossip.frame(0, next.bytes, this.#nowMs);
      } else gossip.wake(this.#nowMs);
      leave(at);
    }
    for (const side of this.#sides) {
      side.gossip.down(0);
      side.frames();
    }
    if (Number.isNaN(knownMs)) throw new Error('nobody knew the difference');
    return { bytes, vainBytes, asking, knownMs };
  }
}
