/**
 * Who may leave how much here. Each depositing neighbour has a quota by its tier, each tier a share of the whole, and no stranger more than
 * its fair share; when a tier's share is full, whoever takes up most of it gives way, newcomers first once they have more than their part.
 * One's own envelopes are never asked to. Rule: docs/protocol/gossip.md §9.
 */
import { BoundedMap } from '../kernel/bounded-map.ts';
import { type Carried, carriedBytes, NOBODY } from './carried.ts';
import { type GossipLimits, NEWCOMER_HOURS, NEWCOMERS_PERCENT, STRANGERS_HEARD_HOURS, STRANGERS_HEARD_MAX } from './limits.ts';
import type { Tier } from './tier.ts';

/** What one neighbour has lying here, oldest first. */
interface Account {
  readonly depositor: string;
  readonly tier: Tier;
  readonly items: Map<Carried['id'], Carried>;
  sinceHour: number;
  bytes: number;
}

interface Share {
  bytes: number;
  count: number;
  readonly accounts: Map<string, Account>;
}

export type Admission = { readonly result: 'accepted'; readonly evicted: readonly Carried[] } | { readonly result: 'quota' | 'full' };

export class Room {
  readonly #limits: GossipLimits;
  readonly #shares: Readonly<Record<Tier, Share>> = { own: newShare(), contact: newShare(), stranger: newShare() };
  /** Strangers that said hello lately, with the hour; the longest ago first. */
  readonly #heard: BoundedMap<string, number> = new BoundedMap<string, number>(STRANGERS_HEARD_MAX);
  /** Bytes that the disk has left for this, when somebody has measured. */
  #diskBytes = Number.POSITIVE_INFINITY;

  constructor(limits: GossipLimits) {
    this.#limits = limits;
  }

  set diskBytes(bytes: number) {
    this.#diskBytes = bytes;
  }

  /** Bytes and envelopes that this depositor has here. */
  of(tier: Tier, depositor: string): { readonly bytes: number; readonly count: number } {
    const account = this.#shares[tier].accounts.get(depositor);
    return { bytes: account?.bytes ?? 0, count: account?.items.size ?? 0 };
  }

  /** How much of the strangers' share is taken, in bytes or in number, in hundredths. */
  get strangersPercent(): number {
    const { carriedBytesMax, carriedMax, quotas } = this.#limits;
    const { bytes, count } = this.#shares.stranger;
    return Math.floor((Math.max(bytes / carriedBytesMax, count / carriedMax) * 10_000) / quotas.stranger.sharePercent);
  }

  /** Somebody said hello: the first places are shared by all strangers who did lately. */
  heard(tier: Tier, depositor: string, hour: number): void {
    this.#heard.delete(depositor);
    if (tier === 'stranger') this.#heard.set(depositor, hour);
    for (const [known, atHour] of this.#heard.entries()) if (Math.abs(hour - atHour) >= STRANGERS_HEARD_HOURS) this.#heard.delete(known);
  }

  note(one: Carried): void {
    const share = this.#shares[one.tier];
    const bytes = carriedBytes(one);
    let account = share.accounts.get(one.depositor);
    if (account === undefined) {
      account = { depositor: one.depositor, tier: one.tier, items: new Map(), sinceHour: one.arrivedHour, bytes: 0 };
      share.accounts.set(one.depositor, account);
    }
    account.sinceHour = Math.min(account.sinceHour, one.arrivedHour);
    account.items.set(one.id, one);
    account.bytes += bytes;
    share.bytes += bytes;
    share.count++;
    this.#diskBytes -= bytes;
  }

  release(one: Carried): void {
    const share = this.#shares[one.tier];
    const account = share.accounts.get(one.depositor);
    if (!account?.items.delete(one.id)) return;
    const bytes = carriedBytes(one);
    account.bytes -= bytes;
    share.bytes -= bytes;
    share.count--;
    this.#diskBytes += bytes;
    if (account.items.size === 0) share.accounts.delete(one.depositor);
  }

  /** Whether this neighbour may leave `bytes` more, as things stand; says nothing of what would have to go for it. */
  hasQuota(tier: Tier, depositor: string, bytes: number): boolean {
    const left = this.left(tier, depositor);
    return left.count > 0 && left.bytes >= bytes;
  }

  /** What this neighbour may leave here besides what it has; below 0 where its share has become less than that. */
  left(tier: Tier, depositor: string): { readonly bytes: number; readonly count: number } {
    const quota = this.#limits.quotas[tier];
    const has = this.of(tier, depositor);
    return { bytes: quota.bytes - has.bytes, count: Math.min(quota.envelopes, this.#fairShare(tier, has.count)) - has.count };
  }

  /** Answers what must go so that it fits. Changes nothing. */
  admit(tier: Tier, depositor: string, bytes: number, hour: number): Admission {
    if (!this.hasQuota(tier, depositor, bytes)) return { result: 'quota' };
    if (this.#diskBytes < bytes) return { result: 'full' };
    const { carriedBytesMax, carriedMax, quotas } = this.#limits;
    const share = this.#shares[tier];
    const part = { bytes: (carriedBytesMax * quotas[tier].sharePercent) / 100, count: (carriedMax * quotas[tier].sharePercent) / 100 };
    const evicted: Carried[] = [];
    const freed = { bytes: 0, count: 0 };
    const inTier = { bytes: share.bytes + bytes - part.bytes, count: share.count + 1 - part.count };
    if (!this.#evict([tier], depositor, inTier, part, hour, evicted, freed)) return { result: 'full' };
    const all = this.#all();
    const inAll = { bytes: all.bytes + bytes - carriedBytesMax, count: all.count + 1 - carriedMax };
    // What somebody chose to take along, from a file or from relays, gives way like a stranger's.
    if (!this.#evict(['stranger', 'own', tier], depositor, inAll, part, hour, evicted, freed)) return { result: 'full' };
    return { result: 'accepted', evicted };
  }

  /** Answers what others left that must go for `bytes` of our own; as much as there is. Changes nothing. */
  makeWay(bytes: number, hour: number): readonly Carried[] {
    const { carriedBytesMax, carriedMax } = this.#limits;
    const all = this.#all();
    const evicted: Carried[] = [];
    const short = { bytes: all.bytes + bytes - carriedBytesMax, count: all.count + 1 - carriedMax };
    this.#evict(['stranger', 'contact', 'own'], '', short, { bytes: carriedBytesMax, count: carriedMax }, hour, evicted, {
      bytes: 0,
      count: 0,
    });
    return evicted;
  }

  #all(): Amount {
    const { own, contact, stranger } = this.#shares;
    return { bytes: own.bytes + contact.bytes + stranger.bytes, count: own.count + contact.count + stranger.count };
  }

  #fairShare(tier: Tier, has: number): number {
    if (tier !== 'stranger') return Number.POSITIVE_INFINITY;
    const { count, accounts } = this.#shares[tier];
    const others = { count: count - has, accounts: accounts.size - (has > 0 ? 1 : 0) };
    const fair = Math.floor(others.count / Math.max(1, others.accounts));
    const first = this.#limits.fairShareFirst;
    return Math.max(1, fair, Math.min(first - others.count, Math.floor(first / Math.max(1, this.#heard.size))));
  }

  /** Adds to `evicted` the oldest of whoever has most, until what is short is free; answers whether it could. */
  #evict(
    tiers: readonly Tier[],
    depositor: string,
    short: Amount,
    part: Amount,
    hour: number,
    evicted: Carried[],
    freed: { bytes: number; count: number },
  ): boolean {
    const isEnough = (spare: number): boolean =>
      freed.bytes >= short.bytes + spare * part.bytes && freed.count >= short.count + spare * part.count;
    if (isEnough(0)) return true;
    const gone = new Set(evicted);
    const accounts = [...new Set(tiers)].flatMap((tier) => [...this.#shares[tier].accounts.values()]);
    const all = accounts.filter((account) => account.depositor !== NOBODY || account.tier !== 'own');
    const isNew = (account: Account): boolean => hour - account.sinceHour < NEWCOMER_HOURS;
    const newcomers = new Largest(all.filter(isNew));
    const settled = new Largest(all.filter((account) => !isNew(account)));
    // A little more than is short, so that not every deposit has to look for room.
    while (!isEnough(SPARE)) {
      const isTheirTurn =
        newcomers.bytes * 100 > part.bytes * NEWCOMERS_PERCENT || (newcomers.first?.bytes ?? 0) >= (settled.first?.bytes ?? 0);
      const from = isTheirTurn && newcomers.first !== undefined ? newcomers : settled;
      if (from.first === undefined || from.first.account.depositor === depositor) return isEnough(0);
      const one = from.takeOldest();
      if (one === undefined || gone.has(one)) continue;
      evicted.push(one);
      freed.bytes += carriedBytes(one);
      freed.count++;
    }
    return true;
  }
}

/** Accounts with the largest in front, as a heap; what is taken from them here stays where it is. */
class Largest {
  readonly #heap: { readonly account: Account; readonly items: Iterator<Carried>; bytes: number }[];
  #bytes = 0;

  constructor(accounts: readonly Account[]) {
    this.#heap = accounts.map((account) => ({ account, items: account.items.values(), bytes: account.bytes }));
    this.#heap.sort((a, b) => b.bytes - a.bytes);
    for (const { bytes } of this.#heap) this.#bytes += bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get first(): { readonly account: Account; readonly bytes: number } | undefined {
    return this.#heap[0];
  }

  /** The oldest envelope of the first account; `undefined` when that had none left, and is gone. */
  takeOldest(): Carried | undefined {
    const first = this.#heap[0];
    const next = first?.items.next();
    if (first === undefined || next === undefined) return undefined;
    const taken = next.done === true ? first.bytes : carriedBytes(next.value);
    first.bytes -= taken;
    this.#bytes -= taken;
    if (next.done === true) {
      const last = this.#heap.pop();
      if (last !== undefined && last !== first) this.#heap[0] = last;
    }
    this.#sink();
    return next.done === true ? undefined : next.value;
  }

  #sink(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      let largest = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if ((heap[child]?.bytes ?? -1) > (heap[largest]?.bytes ?? -1)) largest = child;
      if (largest === at) return;
      [heap[at], heap[largest]] = [heap[largest] as (typeof heap)[number], heap[at] as (typeof heap)[number]];
      at = largest;
    }
  }
}

/** Part of a share that is freed beyond what is short. */
const SPARE: number = 1 / 128;

interface Amount {
  readonly bytes: number;
  readonly count: number;
}

function newShare(): Share {
  return { bytes: 0, count: 0, accounts: new Map() };
}
