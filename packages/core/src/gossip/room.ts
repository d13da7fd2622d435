/**
 * Who may leave how much here. Each depositing neighbour has a quota by its tier, each tier a share of the whole; when a share is full,
 * whoever takes up most of it gives way, newcomers first once they have more than their part. One's own envelopes are never asked to.
 * Rule: docs/protocol/gossip.md §9.
 */
import { type Carried, carriedBytes, NOBODY } from './carried.ts';
import { FAIR_SHARE_LEAST, FAIR_SHARE_TIMES, type GossipLimits, NEWCOMER_HOURS, NEWCOMERS_PERCENT } from './limits.ts';
import type { Tier } from './tier.ts';

/** What one neighbour has lying here, oldest first. */
interface Account {
  readonly depositor: string;
  readonly tier: Tier;
  readonly items: Map<Carried['id'], Carried>;
  readonly sinceHour: number;
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
  readonly #isFair: boolean;
  readonly #shares: Readonly<Record<Tier, Share>> = { own: newShare(), contact: newShare(), stranger: newShare() };
  /** Bytes that the disk has left for this, when somebody has measured. */
  #diskBytes = Number.POSITIVE_INFINITY;

  /** `isFair`: strangers are held to a multiple of what strangers have on average. */
  constructor(limits: GossipLimits, isFair: boolean) {
    this.#limits = limits;
    this.#isFair = isFair;
  }

  set diskBytes(bytes: number) {
    this.#diskBytes = bytes;
  }

  /** Bytes and envelopes that this depositor has here. */
  of(tier: Tier, depositor: string): { readonly bytes: number; readonly count: number } {
    const account = this.#shares[tier].accounts.get(depositor);
    return { bytes: account?.bytes ?? 0, count: account?.items.size ?? 0 };
  }

  note(one: Carried): void {
    const share = this.#shares[one.tier];
    const bytes = carriedBytes(one);
    let account = share.accounts.get(one.depositor);
    if (account === undefined) {
      account = { depositor: one.depositor, tier: one.tier, items: new Map(), sinceHour: one.arrivedHour, bytes: 0 };
      share.accounts.set(one.depositor, account);
    }
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
    const quota = this.#limits.quotas[tier];
    const has = this.of(tier, depositor);
    return has.count < Math.min(quota.envelopes, this.#fairShare(tier)) && has.bytes + bytes <= quota.bytes;
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
    if (!this.#evict(['stranger', tier], depositor, inAll, part, hour, evicted, freed)) return { result: 'full' };
    return { result: 'accepted', evicted };
  }

  #all(): Amount {
    const { own, contact, stranger } = this.#shares;
    return { bytes: own.bytes + contact.bytes + stranger.bytes, count: own.count + contact.count + stranger.count };
  }

  #fairShare(tier: Tier): number {
    if (!this.#isFair || tier !== 'stranger') return Number.POSITIVE_INFINITY;
    const { count, accounts } = this.#shares[tier];
    return Math.max(FAIR_SHARE_LEAST, Math.floor((FAIR_SHARE_TIMES * count) / Math.max(1, accounts.size)));
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
    const left = new Map<Account, Carried[]>();
    const sizes = new Map<Account, number>();
    for (const account of tiers.flatMap((tier) => [...this.#shares[tier].accounts.values()])) {
      const items =
        account.depositor === NOBODY && account.tier === 'own' ? [] : [...account.items.values()].filter((one) => !gone.has(one));
      if (items.length === 0) continue;
      left.set(account, items);
      sizes.set(
        account,
        items.reduce((sum, one) => sum + carriedBytes(one), 0),
      );
    }
    // A little more than is short, so that not every deposit has to look for room.
    while (!isEnough(SPARE)) {
      const victim = this.#largest(sizes, part, hour);
      if (victim === undefined || victim.depositor === depositor) return isEnough(0);
      const items = left.get(victim) as Carried[];
      const one = items.shift() as Carried;
      evicted.push(one);
      freed.bytes += carriedBytes(one);
      freed.count++;
      if (items.length === 0) sizes.delete(victim);
      else sizes.set(victim, (sizes.get(victim) as number) - carriedBytes(one));
    }
    return true;
  }

  #largest(sizes: ReadonlyMap<Account, number>, part: Amount, hour: number): Account | undefined {
    let [newcomers, largest, largestNew] = [0, undefined as Account | undefined, undefined as Account | undefined];
    for (const [account, bytes] of sizes) {
      if (largest === undefined || bytes > (sizes.get(largest) as number)) largest = account;
      if (hour - account.sinceHour >= NEWCOMER_HOURS) continue;
      newcomers += bytes;
      if (largestNew === undefined || bytes > (sizes.get(largestNew) as number)) largestNew = account;
    }
    return newcomers * 100 > part.bytes * NEWCOMERS_PERCENT ? largestNew : largest;
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
