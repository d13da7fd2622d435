/**
 * Searching for the stamps that neighbours ask for (stamps.ts): a little in each turn, for one neighbour after the other, so that nothing else
 * waits for it; never more in an hour than its bound, whatever strangers ask. Gives nothing itself. Rule: docs/protocol/gossip.md §9.
 */
import { hourOf } from '../envelope/envelope.ts';
import { type Bytes, compareBytes, sameBytes, toKey } from '../kernel/bytes.ts';
import { NO_WORK, type Work } from './frames.ts';
import type { Ground } from './ground.ts';
import {
  ASKED_MAX,
  WORK_BITS_MAX,
  WORK_BITS_SEARCHED,
  WORK_IDS_MAX,
  WORK_TRIES_A_TURN,
  WORK_TRIES_MAX,
  WORK_TURNS_AN_HOUR,
} from './limits.ts';
import type { Neighbour } from './neighbour.ts';
import { batchDigest, bitsOfBatch, isStamp } from './stamps.ts';
import type { Tier } from './tier.ts';

interface Batch {
  readonly work: Work;
  readonly ids: readonly Bytes[];
  readonly digest: Bytes;
  tries: number;
}

/** What one neighbour is to be given once it is paid for. */
interface Debt {
  readonly it: Neighbour;
  readonly owed: Map<string, Bytes>;
  batch: Batch | undefined;
}

/** Paid for, or given up. */
export interface Settled {
  readonly to: number;
  readonly it: Neighbour;
  readonly ids: readonly Bytes[];
  readonly isPaid: boolean;
}

export class Paying {
  readonly #ground: Ground;
  /** In the order of their turns. */
  readonly #debts: Map<number, Debt> = new Map<number, Debt>();
  /** Turns of this hour. */
  #turns: Record<Tier, number> = { own: 0, contact: 0, stranger: 0 };
  #hour = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Whether this neighbour wants to be paid for an envelope that comes with so many copies. */
  isAsked(it: Neighbour, copies: number): boolean {
    return it.greeting !== undefined && it.greeting.work.bits > 0 && copies > 0;
  }

  owe(to: number, it: Neighbour, id: Bytes): void {
    let debt = this.#debts.get(to);
    if (debt?.it !== it) {
      debt = { it, owed: new Map(), batch: undefined };
      this.#debts.set(to, debt);
    }
    if (debt.owed.size < ASKED_MAX) debt.owed.set(toKey(id), id);
    this.#ground.hasPending = true;
  }

  /** A turn of searching, for whoever's turn it is. The stamp that was found leaves before what it is for. */
  turn(nowMs: number): Settled | undefined {
    const next = this.#debts.entries().next();
    if (next.done === true) return undefined;
    const [to, debt] = next.value;
    this.#debts.delete(to);
    const settled = this.#search(to, debt, nowMs);
    if (debt.owed.size > 0) this.#debts.set(to, debt);
    if (this.#debts.size > 0) this.#ground.hasPending = true;
    return settled;
  }

  #search(to: number, debt: Debt, nowMs: number): Settled | undefined {
    const { it, owed } = debt;
    // Gone, or its queue ran over: whatever it missed it is shown anew.
    if (this.#ground.neighbours.get(to) !== it || it.behind) owed.clear();
    const batch = this.#batchOf(debt);
    debt.batch = batch;
    if (batch.ids.length === 0) return undefined;
    const found = this.#find(batch, it, nowMs);
    if (found === 'not-yet') return undefined;
    if (typeof found === 'number') this.#ground.send(to, { kind: 'stamp', nonce: found, ids: batch.ids });
    for (const id of batch.ids) owed.delete(toKey(id));
    debt.batch = undefined;
    return { to, it, ids: batch.ids, isPaid: found !== 'given-up' };
  }

  /** The batch under way, or a new one; begun anew when the neighbour asks for something else. */
  #batchOf({ it, owed, batch }: Debt): Batch {
    const work = it.greeting?.work ?? NO_WORK;
    if (batch !== undefined && owed.size > 0 && batch.work.bits === work.bits && sameBytes(batch.work.challenge, work.challenge))
      return batch;
    const idsMax = Math.min(WORK_IDS_MAX, 2 ** Math.max(0, WORK_BITS_SEARCHED - work.bits));
    const ids: Bytes[] = [];
    for (const [key, id] of owed) {
      if (!this.#ground.carried.has(id)) owed.delete(key);
      else if (ids.push(id) >= idsMax) break;
    }
    ids.sort(compareBytes);
    return { work, ids, digest: batchDigest(this.#ground.suite, ids), tries: 0 };
  }

  #find(batch: Batch, it: Neighbour, nowMs: number): number | 'free' | 'not-yet' | 'given-up' {
    const { work, ids, digest } = batch;
    if (work.bits === 0) return 'free';
    if (work.bits > WORK_BITS_MAX || batch.tries >= WORK_TRIES_MAX || !this.#mayTry(it.tier, nowMs)) return 'given-up';
    const bits = bitsOfBatch(work.bits, ids.length);
    batch.tries += WORK_TRIES_A_TURN;
    for (let tries = 0; tries < WORK_TRIES_A_TURN; tries++) {
      // Never a number twice: whoever checks takes only greater ones.
      const nonce = it.nonce++;
      if (isStamp(this.#ground.suite, work.challenge, digest, nonce, bits)) return nonce;
    }
    return 'not-yet';
  }

  #mayTry(tier: Tier, nowMs: number): boolean {
    const hour = hourOf(nowMs);
    if (hour !== this.#hour) this.#turns = { own: 0, contact: 0, stranger: 0 };
    this.#hour = hour;
    return this.#turns[tier]++ < WORK_TURNS_AN_HOUR[tier];
  }
}
