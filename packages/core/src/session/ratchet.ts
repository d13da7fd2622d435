/**
 * The Double Ratchet with header encryption (Signal specification, "header encryption" variant), as a value: every step returns a
 * new state, so a message that does not open costs nothing. My next ratchet key is made when I write, not when I read.
 * Rule: docs/protocol/session.md §3-§5.
 */
import { type KeyPair, LENGTHS, type Suite } from '../crypto/suite.ts';
import { type Bytes, concat, sameBytes } from '../kernel/bytes.ts';
import type { Random } from '../kernel/random.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { bodyNonce, messageKeys, stepChain, stepRoot, tagOf } from './chain.ts';
import { type Header, openHeader, SEALED_HEADER_BYTES, sealHeader } from './header.ts';
import { JUMP_MAX, SKIPPED_MAX } from './limits.ts';
import type { SessionRefusal } from './refusals.ts';

export interface Chain {
  readonly headerKey: Bytes;
  readonly chainKey: Bytes;
  /** Number of the next message. */
  readonly next: number;
}

export interface Ratchet {
  readonly rootKey: Bytes;
  readonly mine: KeyPair;
  readonly theirs: Bytes;
  readonly sending: Chain | undefined;
  readonly receiving: Chain | undefined;
  readonly nextSendingHeaderKey: Bytes;
  readonly nextReceivingHeaderKey: Bytes;
  /** Messages in my previous sending chain. */
  readonly previousLength: number;
}

/** Bytes a ratchet message has beyond its plaintext. */
export const RATCHET_OVERHEAD_BYTES: number = SEALED_HEADER_BYTES + LENGTHS.sealTag;

export interface Secrets {
  readonly rootKey: Bytes;
  /** Header key of the initiator's first chain, and of the responder's. */
  readonly initiatorHeaderKey: Bytes;
  readonly responderHeaderKey: Bytes;
}

export function initiatorRatchet(suite: Suite, secrets: Secrets, mine: KeyPair, theirs: Bytes, agreed: Bytes): Ratchet {
  const step = stepRoot(suite, secrets.rootKey, agreed);
  return {
    rootKey: step.rootKey,
    mine,
    theirs,
    sending: { headerKey: secrets.initiatorHeaderKey, chainKey: step.chainKey, next: 0 },
    receiving: undefined,
    nextSendingHeaderKey: step.nextHeaderKey,
    nextReceivingHeaderKey: secrets.responderHeaderKey,
    previousLength: 0,
  };
}

export function responderRatchet(secrets: Secrets, mine: KeyPair): Ratchet {
  return {
    rootKey: secrets.rootKey,
    mine,
    theirs: new Uint8Array(LENGTHS.publicKey),
    sending: undefined,
    receiving: undefined,
    nextSendingHeaderKey: secrets.responderHeaderKey,
    nextReceivingHeaderKey: secrets.initiatorHeaderKey,
    previousLength: 0,
  };
}

/** Starts my next sending chain if the last thing I did was to read a new one of theirs. */
function withSending(suite: Suite, random: Random, ratchet: Ratchet): Ratchet & { readonly sending: Chain } {
  if (ratchet.sending !== undefined) return { ...ratchet, sending: ratchet.sending };
  const mine = suite.agreementPair(random.bytes(LENGTHS.key));
  const agreed = suite.agree(mine.secretKey, ratchet.theirs);
  // Their key was accepted by `agree` when their chain was read; a fresh secret of ours cannot turn it into a bad one.
  if (agreed === undefined) throw new Error('a ratchet key that was accepted is refused');
  const step = stepRoot(suite, ratchet.rootKey, agreed);
  return {
    ...ratchet,
    rootKey: step.rootKey,
    mine,
    sending: { headerKey: ratchet.nextSendingHeaderKey, chainKey: step.chainKey, next: 0 },
    nextSendingHeaderKey: step.nextHeaderKey,
  };
}

/** One message about to be sealed: its tag and purge key go into the envelope's header, which is then bound to the body. */
export interface Sealing {
  readonly ratchet: Ratchet;
  readonly tag: Bytes;
  readonly purgeKey: Bytes;
  readonly number: number;
  /** `associated` is everything that stands before this message in its envelope. */
  seal(associated: Uint8Array, plaintext: Uint8Array): Bytes;
}

export function nextSealing(suite: Suite, random: Random, before: Ratchet): Sealing {
  const ratchet = withSending(suite, random, before);
  const { headerKey, next } = ratchet.sending;
  const step = stepChain(suite, ratchet.sending.chainKey);
  const keys = messageKeys(suite, step.messageKey);
  const nonce = random.bytes(LENGTHS.nonce);
  const header: Header = { ratchetKey: ratchet.mine.publicKey, previousLength: ratchet.previousLength, number: next };
  return {
    ratchet: { ...ratchet, sending: { headerKey, chainKey: step.chainKey, next: next + 1 } },
    tag: tagOf(suite, headerKey, next),
    purgeKey: keys.purgeKey,
    number: next,
    seal: (associated, plaintext) => {
      const sealedHeader = sealHeader(suite, headerKey, nonce, header);
      const bound = concat(associated, sealedHeader);
      return concat(sealedHeader, suite.seal(keys.bodyKey, bodyNonce(suite, step.messageKey, nonce), bound, plaintext));
    },
  };
}

/** The key of a message that was overtaken, under the tag it will come with. */
export interface Skipped {
  readonly tag: Bytes;
  readonly headerKey: Bytes;
  readonly number: number;
  readonly messageKey: Bytes;
}

export interface Opened {
  readonly plaintext: Bytes;
  readonly purgeKey: Bytes;
}

export interface Advanced extends Opened {
  readonly ratchet: Ratchet;
  readonly skipped: readonly Skipped[];
}

/** Opens a message with its own key: the way of those that were overtaken. */
export function openWithKey(suite: Suite, messageKey: Uint8Array, associated: Uint8Array, message: Uint8Array): Opened | undefined {
  if (message.length < RATCHET_OVERHEAD_BYTES) return undefined;
  const sealedHeader = message.subarray(0, SEALED_HEADER_BYTES);
  const keys = messageKeys(suite, messageKey);
  const nonce = bodyNonce(suite, messageKey, sealedHeader.subarray(0, LENGTHS.nonce));
  const plaintext = suite.open(keys.bodyKey, nonce, concat(associated, sealedHeader), message.subarray(SEALED_HEADER_BYTES));
  return plaintext === undefined ? undefined : { plaintext, purgeKey: keys.purgeKey };
}

/** Steps `chain` up to `until`, keeping the keys it passes. */
function skipTo(suite: Suite, chain: Chain, until: number, skipped: Skipped[]): Chain {
  let { chainKey } = chain;
  for (let number = chain.next; number < until; number++) {
    const step = stepChain(suite, chainKey);
    skipped.push({ tag: tagOf(suite, chain.headerKey, number), headerKey: chain.headerKey, number, messageKey: step.messageKey });
    chainKey = step.chainKey;
  }
  return { headerKey: chain.headerKey, chainKey, next: Math.max(until, chain.next) };
}

/** Their next chain: closes the current one at the length they say it had. */
function withReceiving(suite: Suite, ratchet: Ratchet, header: Header, skipped: Skipped[]): Ratchet | undefined {
  const agreed = suite.agree(ratchet.mine.secretKey, header.ratchetKey);
  if (agreed === undefined) return undefined;
  if (ratchet.receiving !== undefined) skipTo(suite, ratchet.receiving, header.previousLength, skipped);
  const step = stepRoot(suite, ratchet.rootKey, agreed);
  return {
    ...ratchet,
    rootKey: step.rootKey,
    theirs: header.ratchetKey,
    receiving: { headerKey: ratchet.nextReceivingHeaderKey, chainKey: step.chainKey, next: 0 },
    nextReceivingHeaderKey: step.nextHeaderKey,
    previousLength: ratchet.sending?.next ?? ratchet.previousLength,
    sending: undefined,
  };
}

/**
 * Opens message `number` of the `current` or `next` receiving chain, as its tag said.
 * Refuses without a trace: the state handed in stays good.
 */
export function advance(
  suite: Suite,
  before: Ratchet,
  chain: 'current' | 'next',
  number: number,
  associated: Uint8Array,
  message: Uint8Array,
): Result<Advanced, SessionRefusal> {
  if (message.length < RATCHET_OVERHEAD_BYTES) return refuse({ kind: 'malformed' });
  const headerKey = chain === 'current' ? before.receiving?.headerKey : before.nextReceivingHeaderKey;
  if (headerKey === undefined) return refuse({ kind: 'wrong-number' });
  const header = openHeader(suite, headerKey, message.subarray(0, SEALED_HEADER_BYTES));
  if (header === undefined) return refuse({ kind: 'not-authentic' });
  if (header.number !== number) return refuse({ kind: 'wrong-number' });

  const closing = chain === 'next' ? Math.max(0, header.previousLength - (before.receiving?.next ?? header.previousLength)) : 0;
  const ahead = number - (chain === 'current' ? (before.receiving?.next ?? 0) : 0);
  if (ahead < 0) return refuse({ kind: 'wrong-number' });
  if (closing > JUMP_MAX || ahead > JUMP_MAX) return refuse({ kind: 'too-far', skipped: Math.max(closing, ahead), max: JUMP_MAX });
  if (closing + ahead > SKIPPED_MAX) return refuse({ kind: 'too-far', skipped: closing + ahead, max: SKIPPED_MAX });

  const skipped: Skipped[] = [];
  const ratchet = chain === 'next' ? withReceiving(suite, before, header, skipped) : before;
  if (ratchet?.receiving === undefined) return refuse({ kind: 'not-authentic' });
  if (!sameBytes(ratchet.theirs, header.ratchetKey)) return refuse({ kind: 'wrong-number' });
  const reached = skipTo(suite, ratchet.receiving, number, skipped);
  const step = stepChain(suite, reached.chainKey);
  const opened = openWithKey(suite, step.messageKey, associated, message);
  if (opened === undefined) return refuse({ kind: 'not-authentic' });
  const receiving = { headerKey: reached.headerKey, chainKey: step.chainKey, next: number + 1 };
  return ok({ ...opened, ratchet: { ...ratchet, receiving }, skipped });
}
