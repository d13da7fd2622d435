/**
 * What each tag that might come would mean. The only thing consulted for an envelope that is for somebody else.
 * Most of a chain's tags are worked out only when somebody asks for one that is not there yet; what is answered is the same.
 * Rule: docs/protocol/session.md §6.
 */
import type { Suite } from '../../crypto/suite.ts';
import { type Bytes, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import { tagOf } from '../../session/chain.ts';
import { type ExpectedTags, expectTags } from '../../session/expected-tags.ts';
import { FIRST_MESSAGES_MAX, TAG_WINDOW } from '../../session/limits.ts';
import { firstTag, type Heard, readChains, type Session } from '../../session/session.ts';
import { NEWS_AHEAD } from './limits.ts';

export type TagMeaning =
  /** Message `number` of a chain of a session (its id in hexadecimal). */
  | { readonly kind: 'session'; readonly session: string; readonly chain: 'current' | 'next'; readonly number: number }
  /** A message that was overtaken: its key is a row under this tag. */
  | { readonly kind: 'skipped'; readonly session: string; readonly isFirst: boolean }
  /** A number of the current chain that was read before: whoever uses it again was set back. */
  | { readonly kind: 'spent'; readonly session: string; readonly number: number }
  /** The `number`-th message before an answer, to a bundle we gave away. */
  | ({ readonly kind: 'first'; readonly number: number } & Occasioned)
  /** The bundle of an invitation we took up. */
  | { readonly kind: 'bundle'; readonly invitation: string }
  /** The answer, the other way round, to an invitation we made. */
  | { readonly kind: 'hello'; readonly invitation: string }
  /** What a device (its signing key in hexadecimal) deposits for its contacts. */
  | { readonly kind: 'deposit'; readonly device: string; readonly period: number; readonly slot: number }
  /** What a device that waits to be linked has deposited. */
  | { readonly kind: 'link-bundle' };

/** By which of our bundles a first message comes: `id` names the row in hexadecimal; nothing for a link, of which there is one. */
export interface Occasioned {
  readonly occasion: 'invitation' | 'prekeys' | 'link';
  readonly id: string;
  /** Whose first messages come under this tag, as an account in hexadecimal; for bundles that many may take up. */
  readonly by?: string;
}

/** One receiving chain. It is the next one of its session before it is the current one, under the same tags. */
interface Chain {
  readonly session: string;
  place: 'current' | 'next';
  expected: ExpectedTags;
  /** Numbers below this one were answered by `news`. */
  newsUpTo: number;
}

/** Numbers of one chain that were read, with the tags they came under. */
interface Spent {
  readonly headerKey: Bytes;
  readonly tags: Map<number, string>;
}

interface Expected {
  readonly kind: 'expected';
  readonly of: Chain;
  readonly number: number;
}

/** How many messages would have to be missing for this one to be the next: what was overtaken is behind the near ones, what was read comes last. */
function aheadOf(meaning: Exclude<TagMeaning, { kind: 'session' }> | Expected): number {
  switch (meaning.kind) {
    case 'expected':
      return meaning.number - meaning.of.expected.from;
    case 'first':
      return meaning.number;
    case 'skipped':
      return TAG_WINDOW;
    case 'spent':
      return Number.POSITIVE_INFINITY;
    default:
      return 0;
  }
}

export class TagTable {
  readonly #suite: Suite;
  readonly #meanings: Map<string, Exclude<TagMeaning, { kind: 'session' }> | Expected> = new Map();
  readonly #chains: Map<string, { readonly current: Chain | undefined; readonly next: Chain | undefined }> = new Map();
  readonly #spent: Map<string, readonly Spent[]> = new Map<string, readonly Spent[]>();
  /** Chains whose far tags are not worked out yet: at most two of each session. */
  readonly #unfinished: Set<Chain> = new Set<Chain>();
  /** What is new since `news` was asked for, if anybody wants to know: chains that are new or have moved, and tags outside chains. */
  readonly #moved: Set<Chain> = new Set<Chain>();
  readonly #set: Set<string> = new Set<string>();
  #isNewsWanted = false;

  constructor(suite: Suite) {
    this.#suite = suite;
  }

  get(tag: Uint8Array): TagMeaning | undefined {
    const key = toHex(tag);
    if (!this.#meanings.has(key) && this.#unfinished.size > 0) this.#finish();
    const meaning = this.#meanings.get(key);
    if (meaning?.kind !== 'expected') return meaning;
    return { kind: 'session', session: meaning.of.session, chain: meaning.of.place, number: meaning.number };
  }

  /** Every tag that means something, the likeliest to come first: whoever is asked by tags may take only so many. */
  *all(): Generator<Bytes, undefined> {
    this.#finish();
    const ranked = [...this.#meanings].map(([tag, meaning]) => ({ tag, ahead: aheadOf(meaning) }));
    for (const { tag } of ranked.sort((a, b) => a.ahead - b.ahead)) yield fromHex(tag) as Bytes;
  }

  /** From now on `news` is asked for, or no longer; what was new before is not. */
  wantNews(isWanted: boolean): void {
    this.#isNewsWanted = isWanted;
    this.#moved.clear();
    this.#set.clear();
  }

  /**
   * Tags that are new since this was asked last, for whoever has to name them: those outside chains, and of chains that are new or have
   * moved some ahead of where each stands. Each tag of a chain is named once.
   */
  news(): readonly Bytes[] {
    const tags = [...this.#set].map((tag) => fromHex(tag) as Bytes);
    for (const chain of this.#moved) {
      const { headerKey, from } = chain.expected;
      if (chain.newsUpTo - from > NEWS_AHEAD / 2) continue;
      for (let number = Math.max(from, chain.newsUpTo); number < from + NEWS_AHEAD; number++)
        tags.push(tagOf(this.#suite, headerKey, number));
      chain.newsUpTo = from + NEWS_AHEAD;
    }
    this.#moved.clear();
    this.#set.clear();
    return tags;
  }

  set(tag: Uint8Array, meaning: Exclude<TagMeaning, { kind: 'session' }>): void {
    const key = toHex(tag);
    this.#meanings.set(key, meaning);
    if (this.#isNewsWanted) this.#set.add(key);
  }

  delete(tag: Uint8Array): void {
    const key = toHex(tag);
    this.#meanings.delete(key);
    this.#set.delete(key);
  }

  /**
   * Follows a session to its new position; answers the tags that are new and under which something may have been written before.
   * Of the next chain there is nothing yet: its writer begins it when they have read what we write from now on (Double Ratchet with
   * header encryption: a chain's header key is known one chain ahead). Only who was written to first and has read nothing is late for it.
   */
  follow(session: Session): readonly Bytes[] {
    const id = toHex(session.id);
    const before = this.#chains.get(id);
    const { receiving, sending, nextReceivingHeaderKey } = session.ratchet;
    const turned = before?.next !== undefined && receiving !== undefined && sameBytes(before.next.expected.headerKey, receiving.headerKey);
    if (turned) {
      this.#forget(before.current);
      // What was expected of the next chain is now expected of the current one.
      before.next.place = 'current';
    }
    const fresh: Bytes[] = [];
    const isLate = receiving === undefined && sending === undefined;
    const now = turned ? before.next : before?.current;
    const current = this.#expect(id, 'current', now, receiving?.headerKey, receiving?.next ?? 0, fresh);
    const next = this.#expect(id, 'next', turned ? undefined : before?.next, nextReceivingHeaderKey, 0, isLate ? fresh : undefined);
    this.#chains.set(id, { current, next });
    this.#remember(id, session);
    return fresh;
  }

  /** `fresh` receives the tags that are new; without it a new chain's far tags are left for later. */
  #expect(
    session: string,
    place: Chain['place'],
    before: Chain | undefined,
    headerKey: Bytes | undefined,
    from: number,
    fresh: Bytes[] | undefined,
  ): Chain | undefined {
    const isKnown = before !== undefined && headerKey !== undefined && sameBytes(before.expected.headerKey, headerKey);
    const reach = fresh === undefined || isKnown ? 'near' : 'whole';
    const { now, added, removed } = expectTags(this.#suite, before?.expected, headerKey, from, reach);
    if (isKnown) for (const tag of removed) this.#deleteExpected(tag);
    else this.#forget(before);
    if (now === undefined) return undefined;
    const chain: Chain = isKnown ? before : { session, place, expected: now, newsUpTo: 0 };
    const hasMoved = !isKnown || chain.expected.from !== now.from;
    chain.expected = now;
    if (!now.isWhole) this.#unfinished.add(chain);
    if (hasMoved && this.#isNewsWanted) this.#moved.add(chain);
    for (const { tag, bytes, number, isLate } of added) {
      this.#meanings.set(tag, { kind: 'expected', of: chain, number });
      if (!isLate) fresh?.push(bytes);
    }
    return chain;
  }

  /** Works out what was left for later. */
  #finish(): void {
    for (const chain of this.#unfinished) {
      const { now, added } = expectTags(this.#suite, chain.expected, chain.expected.headerKey, chain.expected.from);
      if (now !== undefined) chain.expected = now;
      for (const { tag, number } of added) this.#meanings.set(tag, { kind: 'expected', of: chain, number });
    }
    this.#unfinished.clear();
  }

  #forget(chain: Chain | undefined): void {
    if (chain === undefined) return;
    for (const tag of chain.expected.tags.values()) this.#deleteExpected(tag);
    this.#unfinished.delete(chain);
    this.#moved.delete(chain);
  }

  /** Numbers that were read are remembered for a while under the tags they came with. */
  #remember(id: string, session: Session): void {
    const before = this.#spent.get(id) ?? [];
    const now = readChains(session).map(({ headerKey, heard }) => {
      const spent = before.find((one) => sameBytes(one.headerKey, headerKey)) ?? { headerKey, tags: new Map<number, string>() };
      // The newest stand last, and those before one that is known are known.
      for (let at = heard.length - 1; at >= 0; at--) {
        const { number } = heard[at] as Heard;
        if (spent.tags.has(number)) break;
        this.#spend(id, spent, number);
      }
      if (spent.tags.size > heard.length)
        for (const [number, tag] of spent.tags) {
          if (heard.some((one) => one.number === number)) continue;
          spent.tags.delete(number);
          this.#deleteExpected(tag);
        }
      return spent;
    });
    for (const spent of before) if (!now.includes(spent)) for (const tag of spent.tags.values()) this.#deleteExpected(tag);
    this.#spent.set(id, now);
  }

  #spend(session: string, spent: Spent, number: number): void {
    const tag = toHex(tagOf(this.#suite, spent.headerKey, number));
    spent.tags.set(number, tag);
    if (!this.#meanings.has(tag)) this.#meanings.set(tag, { kind: 'spent', session, number });
  }

  /** A tag that is no longer expected of a chain may by now mean an overtaken message: that stays. */
  #deleteExpected(tag: string): void {
    const kind = this.#meanings.get(tag)?.kind;
    if (kind === 'expected' || kind === 'spent') this.#meanings.delete(tag);
  }

  /** Lets go of everything that was expected of a session. */
  forget(session: string): void {
    const chains = this.#chains.get(session);
    this.#forget(chains?.current);
    this.#forget(chains?.next);
    for (const spent of this.#spent.get(session) ?? []) for (const tag of spent.tags.values()) this.#deleteExpected(tag);
    this.#spent.delete(session);
    this.#chains.delete(session);
  }

  expectFirst(source: Occasioned, secret: Uint8Array, messages: number = FIRST_MESSAGES_MAX): readonly Bytes[] {
    const tags: Bytes[] = [];
    for (let number = 0; number < messages; number++) {
      const tag = firstTag(this.#suite, secret, number);
      this.set(tag, { kind: 'first', ...source, number });
      tags.push(tag);
    }
    return tags;
  }

  forgetFirst(secret: Uint8Array, messages: number = FIRST_MESSAGES_MAX): void {
    for (let number = 0; number < messages; number++) this.delete(firstTag(this.#suite, secret, number));
  }
}
