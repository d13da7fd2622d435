/**
 * What each tag that might come would mean. The only thing consulted for an envelope that is for somebody else.
 * Most of a chain's tags are worked out only when somebody asks for one that is not there yet; what is answered is the same.
 * Rule: docs/protocol/session.md §6.
 */
import type { Suite } from '../../crypto/suite.ts';
import { CONTACT_SLOTS } from '../../identity/limits.ts';
import { type Bytes, fromKey, sameBytes, toHex, toKey } from '../../kernel/bytes.ts';
import { tagOf } from '../../session/chain.ts';
import { isExpectedAt, nearestFrom, numbersFrom } from '../../session/expected-tags.ts';
import { FIRST_MESSAGES_MAX, TAG_WINDOW } from '../../session/limits.ts';
import { firstTag, type Heard, readChains, type Session } from '../../session/session.ts';
import { NEWS_AHEAD } from './limits.ts';
import { TagIndex } from './tag-index.ts';

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
  readonly kind: 'chain';
  readonly session: string;
  place: 'current' | 'next';
  readonly headerKey: Bytes;
  /** The number that comes next. */
  from: number;
  /** Whether every expected tag is in the index, and not only the nearest. */
  isWhole: boolean;
  /** Numbers below this one were answered by `news`. */
  newsUpTo: number;
}

/** Numbers of one chain that were read, with the tags they came under. */
interface Spent {
  readonly headerKey: Bytes;
  readonly tags: Map<number, string>;
}

/** First messages by one bundle. */
interface First {
  readonly kind: 'first';
  readonly source: Occasioned;
}

/** What a device deposits: a number is a period and a slot. */
interface Deposits {
  readonly kind: 'deposit';
  readonly device: string;
}

/** What stands alone under its tag. */
type Single = Exclude<TagMeaning, { kind: 'session' | 'first' | 'deposit' }>;

/** How many messages would have to be missing for this one to be the next: what was overtaken is behind the near ones, what was read comes last. */
function aheadOf(meaning: Single): number {
  switch (meaning.kind) {
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
  readonly #meanings: Map<string, Single> = new Map();
  /** Tags that come by the dozen. */
  readonly #expected: TagIndex<Chain | First | Deposits> = new TagIndex(
    (owner, number) => owner.kind !== 'chain' || isExpectedAt(owner.from, number),
  );
  /** Whose deposits were expected last: those of one device come together. */
  #deposits: Deposits = { kind: 'deposit', device: '' };

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
    const meaning = this.#meanings.get(toKey(tag));
    if (meaning !== undefined) return meaning;
    let found = this.#expected.get(tag);
    if (found === undefined && this.#unfinished.size > 0) {
      this.#finish();
      found = this.#expected.get(tag);
    }
    if (found === undefined) return undefined;
    const { owner, number } = found;
    if (owner.kind === 'first') return { kind: 'first', ...owner.source, number };
    if (owner.kind === 'deposit') return { ...owner, period: Math.floor(number / CONTACT_SLOTS), slot: number % CONTACT_SLOTS };
    return { kind: 'session', session: owner.session, chain: owner.place, number };
  }

  /** Every tag that means something, the likeliest to come first: whoever is asked by tags may take only so many. */
  *all(): Generator<Bytes, undefined> {
    this.#finish();
    const ranked = [...this.#meanings].map(([tag, meaning]) => ({ tag: fromKey(tag), ahead: aheadOf(meaning) }));
    for (const { tag, owner, number } of this.#expected.all())
      ranked.push({ tag, ahead: owner.kind === 'chain' ? number - owner.from : owner.kind === 'first' ? number : 0 });
    for (const { tag } of ranked.sort((a, b) => a.ahead - b.ahead)) yield tag;
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
    const tags = [...this.#set].map((tag) => fromKey(tag));
    for (const chain of this.#moved) {
      const { headerKey, from } = chain;
      if (chain.newsUpTo - from > NEWS_AHEAD / 2) continue;
      for (let number = Math.max(from, chain.newsUpTo); number < from + NEWS_AHEAD; number++)
        tags.push(tagOf(this.#suite, headerKey, number));
      chain.newsUpTo = from + NEWS_AHEAD;
    }
    this.#moved.clear();
    this.#set.clear();
    return tags;
  }

  set(tag: Uint8Array, meaning: Single | Extract<TagMeaning, { kind: 'deposit' }>): void {
    if (meaning.kind !== 'deposit') this.#meanings.set(toKey(tag), meaning);
    else {
      if (this.#deposits.device !== meaning.device) this.#deposits = { kind: 'deposit', device: meaning.device };
      this.#expectOnce(tag, this.#deposits, meaning.period * CONTACT_SLOTS + meaning.slot);
    }
    this.#noteNew(tag);
  }

  #noteNew(tag: Uint8Array): void {
    if (this.#isNewsWanted) this.#set.add(toKey(tag));
  }

  #expectOnce(tag: Uint8Array, owner: First | Deposits, number: number): void {
    this.#expected.remove(tag);
    this.#expected.add(tag, owner, number);
  }

  delete(tag: Uint8Array): void {
    const key = toKey(tag);
    this.#meanings.delete(key);
    this.#expected.remove(tag);
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
    const turned = before?.next !== undefined && receiving !== undefined && sameBytes(before.next.headerKey, receiving.headerKey);
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
    const isKnown = before !== undefined && headerKey !== undefined && sameBytes(before.headerKey, headerKey);
    if (!isKnown || from < before.from) {
      this.#forget(before);
      if (headerKey === undefined) return undefined;
      return this.#begin({ kind: 'chain', session, place, headerKey, from, isWhole: false, newsUpTo: 0 }, isKnown ? undefined : fresh);
    }
    if (from === before.from) return before;
    if (this.#isNewsWanted) this.#moved.add(before);
    const was = before.from;
    before.from = from;
    this.#addAll(before, numbersFrom(from, was), fresh);
    // What was expected before is worked out now, if it was not: it is not new.
    if (!before.isWhole) this.#addAll(before, nearestFrom(from));
    return before;
  }

  #begin(chain: Chain, fresh: Bytes[] | undefined): Chain {
    if (this.#isNewsWanted) this.#moved.add(chain);
    chain.isWhole = fresh !== undefined;
    if (!chain.isWhole) this.#unfinished.add(chain);
    this.#addAll(chain, chain.isWhole ? numbersFrom(chain.from, undefined) : nearestFrom(chain.from), fresh);
    return chain;
  }

  /** Those that are there already are passed over. */
  #addAll(chain: Chain, numbers: Iterable<number>, fresh?: Bytes[]): void {
    for (const number of numbers) {
      const tag = tagOf(this.#suite, chain.headerKey, number);
      if (this.#expected.get(tag) !== undefined) continue;
      this.#expected.add(tag, chain, number);
      fresh?.push(tag);
    }
  }

  /** Works out what was left for later. */
  #finish(): void {
    for (const chain of this.#unfinished) {
      this.#addAll(chain, numbersFrom(chain.from, undefined));
      chain.isWhole = true;
    }
    this.#unfinished.clear();
  }

  #forget(chain: Chain | undefined): void {
    if (chain === undefined) return;
    this.#expected.forget(chain);
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
          this.#deleteSpent(tag);
        }
      return spent;
    });
    for (const spent of before) if (!now.includes(spent)) for (const tag of spent.tags.values()) this.#deleteSpent(tag);
    this.#spent.set(id, now);
  }

  #spend(session: string, spent: Spent, number: number): void {
    const tag = toKey(tagOf(this.#suite, spent.headerKey, number));
    spent.tags.set(number, tag);
    if (!this.#meanings.has(tag)) this.#meanings.set(tag, { kind: 'spent', session, number });
  }

  /** A tag under which something was read may by now mean something else: that stays. */
  #deleteSpent(tag: string): void {
    if (this.#meanings.get(tag)?.kind === 'spent') this.#meanings.delete(tag);
  }

  /** Lets go of everything that was expected of a session. */
  forget(session: string): void {
    const chains = this.#chains.get(session);
    this.#forget(chains?.current);
    this.#forget(chains?.next);
    for (const spent of this.#spent.get(session) ?? []) for (const tag of spent.tags.values()) this.#deleteSpent(tag);
    this.#spent.delete(session);
    this.#chains.delete(session);
  }

  expectFirst(source: Occasioned, secret: Uint8Array, messages: number = FIRST_MESSAGES_MAX): readonly Bytes[] {
    const tags: Bytes[] = [];
    const owner: First = { kind: 'first', source };
    for (let number = 0; number < messages; number++) {
      const tag = firstTag(this.#suite, secret, number);
      this.#expectOnce(tag, owner, number);
      this.#noteNew(tag);
      tags.push(tag);
    }
    return tags;
  }

  forgetFirst(secret: Uint8Array, messages: number = FIRST_MESSAGES_MAX): void {
    for (let number = 0; number < messages; number++) this.delete(firstTag(this.#suite, secret, number));
  }
}
