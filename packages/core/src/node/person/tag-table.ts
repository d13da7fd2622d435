/** What each tag that might come would mean. The only thing consulted for an envelope that is for somebody else. */
import type { Suite } from '../../crypto/suite.ts';
import { type Bytes, fromHex, toHex } from '../../kernel/bytes.ts';
import { type ExpectedTags, expectTags } from '../../session/expected-tags.ts';
import { FIRST_MESSAGES_MAX } from '../../session/limits.ts';
import { firstTag, type Session } from '../../session/session.ts';

export type TagMeaning =
  /** Message `number` of a chain of a session (its id in hexadecimal). */
  | { readonly kind: 'session'; readonly session: string; readonly chain: 'current' | 'next'; readonly number: number }
  /** A message that was overtaken: its key is a row under this tag. */
  | { readonly kind: 'skipped'; readonly session: string; readonly isFirst: boolean }
  /** The `number`-th message before an answer, under an invitation we made. */
  | { readonly kind: 'first'; readonly invitation: string; readonly number: number }
  /** The bundle of an invitation we took up. */
  | { readonly kind: 'bundle'; readonly invitation: string };

export class TagTable {
  readonly #suite: Suite;
  readonly #meanings: Map<string, TagMeaning> = new Map<string, TagMeaning>();
  readonly #chains: Map<string, { readonly current: ExpectedTags | undefined; readonly next: ExpectedTags | undefined }> = new Map();

  constructor(suite: Suite) {
    this.#suite = suite;
  }

  get(tag: Uint8Array): TagMeaning | undefined {
    return this.#meanings.get(toHex(tag));
  }

  set(tag: Uint8Array, meaning: TagMeaning): void {
    this.#meanings.set(toHex(tag), meaning);
  }

  delete(tag: Uint8Array): void {
    this.#meanings.delete(toHex(tag));
  }

  /** Follows a session to its new position; answers the tags that are new. */
  follow(session: Session): readonly Bytes[] {
    const id = toHex(session.id);
    const before = this.#chains.get(id);
    const { receiving, nextReceivingHeaderKey } = session.ratchet;
    const turned = before?.next !== undefined && receiving !== undefined && toHex(before.next.headerKey) === toHex(receiving.headerKey);
    if (turned) for (const tag of before.current?.tags.values() ?? []) this.#deleteExpected(tag);
    const current = expectTags(this.#suite, turned ? before.next : before?.current, receiving?.headerKey, receiving?.next ?? 0);
    const next = expectTags(this.#suite, turned ? undefined : before?.next, nextReceivingHeaderKey, 0);
    const fresh: Bytes[] = [];
    for (const [chain, change] of [
      ['current', current],
      ['next', next],
    ] as const) {
      for (const tag of change.removed) this.#deleteExpected(tag);
      for (const { tag, number } of change.added) {
        this.#meanings.set(tag, { kind: 'session', session: id, chain, number });
        fresh.push(fromHex(tag) as Bytes);
      }
    }
    // What was expected of the next chain is now expected of the current one.
    if (turned)
      for (const [number, tag] of current.now?.tags ?? [])
        this.#meanings.set(tag, { kind: 'session', session: id, chain: 'current', number });
    this.#chains.set(id, { current: current.now, next: next.now });
    return fresh;
  }

  /** A tag that is no longer expected of a chain may by now mean an overtaken message: that stays. */
  #deleteExpected(tag: string): void {
    if (this.#meanings.get(tag)?.kind === 'session') this.#meanings.delete(tag);
  }

  expectFirst(invitation: string, secret: Uint8Array): readonly Bytes[] {
    const tags: Bytes[] = [];
    for (let number = 0; number < FIRST_MESSAGES_MAX; number++) {
      const tag = firstTag(this.#suite, secret, number);
      this.set(tag, { kind: 'first', invitation, number });
      tags.push(tag);
    }
    return tags;
  }

  forgetFirst(secret: Uint8Array): void {
    for (let number = 0; number < FIRST_MESSAGES_MAX; number++) this.delete(firstTag(this.#suite, secret, number));
  }
}
