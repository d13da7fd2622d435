/**
 * What each tag that might come would mean. The only thing consulted for an envelope that is for somebody else.
 * Most of a chain's tags are worked out only when somebody asks for one that is not there yet; what is answered is the same.
 * Rule: docs/protocol/session.md §6.
 */
import type { Suite } from '../../crypto/suite.ts';
import { type Bytes, sameBytes, toHex } from '../../kernel/bytes.ts';
import { type ExpectedTags, expectTags } from '../../session/expected-tags.ts';
import { FIRST_MESSAGES_MAX, SPENT_TAGS } from '../../session/limits.ts';
import { firstTag, type Session } from '../../session/session.ts';

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
  /** Tags under which its messages were read, newest last. */
  spent: readonly string[];
}

interface Expected {
  readonly kind: 'expected';
  readonly of: Chain;
  readonly number: number;
}

export class TagTable {
  readonly #suite: Suite;
  readonly #meanings: Map<string, Exclude<TagMeaning, { kind: 'session' }> | Expected> = new Map();
  readonly #chains: Map<string, { readonly current: Chain | undefined; readonly next: Chain | undefined }> = new Map();
  /** Chains whose far tags are not worked out yet: at most two of each session. */
  readonly #unfinished: Set<Chain> = new Set<Chain>();

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

  set(tag: Uint8Array, meaning: Exclude<TagMeaning, { kind: 'session' }>): void {
    this.#meanings.set(toHex(tag), meaning);
  }

  delete(tag: Uint8Array): void {
    this.#meanings.delete(toHex(tag));
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
    if (before !== undefined && isKnown) this.#spend(before, removed);
    else this.#forget(before);
    if (now === undefined) return undefined;
    const chain: Chain = isKnown ? before : { session, place, expected: now, spent: [] };
    chain.expected = now;
    if (!now.isWhole) this.#unfinished.add(chain);
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
    for (const tag of chain.spent) this.#deleteExpected(tag);
    this.#unfinished.delete(chain);
  }

  /** Numbers that were read, or passed by, are remembered for a while under the tags they came with. */
  #spend(chain: Chain, passed: readonly string[]): void {
    if (passed.length === 0) return;
    for (const tag of passed) {
      const meaning = this.#meanings.get(tag);
      if (meaning?.kind === 'expected') this.#meanings.set(tag, { kind: 'spent', session: chain.session, number: meaning.number });
    }
    const all = [...chain.spent, ...passed];
    for (const tag of all.slice(0, -SPENT_TAGS)) this.#deleteExpected(tag);
    chain.spent = all.slice(-SPENT_TAGS);
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
