/**
 * Work for a deposit: a node whose room for strangers runs short asks them for a number that only trying finds, for each envelope that they
 * leave here. Contacts and one's own are never asked. Friction, not a wall: whoever has time pays. Rule: docs/protocol/gossip.md §9.
 */
import { type Label, label, type Suite } from '../crypto/suite.ts';
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Bytes, compareBytes, concat, toKey } from '../kernel/bytes.ts';
import { Writer } from '../kernel/codec.ts';
import { CHALLENGE_BYTES, type Frame, NO_WORK, type Work } from './frames.ts';
import type { Ground } from './ground.ts';
import { WORK_STAMPED_MAX, WORK_STEPS } from './limits.ts';
import type { Neighbour } from './neighbour.ts';

const STAMP: Label = label('gossip/stamp');
const STAMP_IDS: Label = label('gossip/stamp-ids');

/** The ids of a stamp, ascending, as one. */
export function batchDigest(suite: Suite, ids: readonly Bytes[]): Bytes {
  return suite.hash(STAMP_IDS, concat(...ids));
}

/** Zero bits that a stamp over so many ids begins with: each id costs as much alone as with others. */
export function bitsOfBatch(bits: number, count: number): number {
  return bits + (32 - Math.clz32(count - 1));
}

export function isStamp(suite: Suite, challenge: Bytes, batch: Bytes, nonce: number, bits: number): boolean {
  const hash = suite.hash(STAMP, challenge, batch, new Writer(8).u64(nonce).finish());
  let zeros = 0;
  for (const byte of hash) {
    zeros += byte === 0 ? 8 : Math.clz32(byte) - 24;
    if (byte !== 0) break;
  }
  return zeros >= bits;
}

export class Stamps {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** What this neighbour is asked for from now on, to be said in a hello. */
  ask(it: Neighbour): Work {
    const percent = this.#ground.room.strangersPercent;
    const bits = it.tier === 'stranger' ? (WORK_STEPS.find((step) => percent >= step.percent)?.bits ?? 0) : 0;
    if (bits === 0) it.demand = undefined;
    else {
      it.demand ??= {
        bits,
        challenge: this.#ground.random.bytes(CHALLENGE_BYTES),
        nonceLeast: 0,
        stamped: new BoundedMap(WORK_STAMPED_MAX),
      };
      it.demand.bits = bits;
    }
    return it.demand ?? NO_WORK;
  }

  /** A stamp that does not hold, or was used before, is passed over. */
  hear(it: Neighbour, { nonce, ids }: Extract<Frame, { kind: 'stamp' }>): void {
    const { demand } = it;
    if (demand === undefined || nonce < demand.nonceLeast || !isAscending(ids)) return;
    const { suite } = this.#ground;
    if (!isStamp(suite, demand.challenge, batchDigest(suite, ids), nonce, bitsOfBatch(demand.bits, ids.length))) return;
    demand.nonceLeast = nonce + 1;
    for (const id of ids) demand.stamped.set(toKey(id), true);
  }

  /** Whether this neighbour may leave the envelope here; of what it was asked to pay for, once. */
  admits(it: Neighbour, id: Bytes): boolean {
    return it.demand === undefined || it.tier !== 'stranger' || it.demand.stamped.delete(toKey(id));
  }
}

/** One at least, and none twice. */
function isAscending(ids: readonly Bytes[]): boolean {
  return ids.length > 0 && ids.every((id, at) => at === 0 || compareBytes(ids[at - 1] as Bytes, id) < 0);
}
