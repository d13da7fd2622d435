/**
 * The Double Ratchet with header encryption (Signal specification, "header encryption" variant) joined with a post-quantum one, as a
 * value: every step returns a new state, so a message that does not open costs nothing. My next ratchet key is made when I write, not
 * when I read. Rule: docs/protocol/session.md §3-§5.
 */
import { type KeyPair, LENGTHS, type Suite } from '../crypto/suite.ts';
import { assert } from '../kernel/assert.ts';
import { type Bytes, concat, sameBytes } from '../kernel/bytes.ts';
import { Reader } from '../kernel/codec.ts';
import type { Random } from '../kernel/random.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { bodyNonce, messageKeys, stepChain, stepRoot, tagOf } from './chain.ts';
import { type Header, openHeader, SEALED_HEADER_BYTES, sealHeader } from './header.ts';
import { JUMP_MAX, SKIPPED_MAX } from './limits.ts';
import {
  afterOpening,
  beforeSealing,
  beginPostQuantum,
  type Extension,
  encodeExtension,
  epochForNewChain,
  keyOfEpoch,
  mix,
  newestEpoch,
  type PostQuantum,
  readExtension,
} from './post-quantum.ts';
import type { SessionRefusal } from './refusals.ts';

export interface Chain {
  readonly headerKey: Bytes;
  readonly chainKey: Bytes;
  /** Number of the next message. */
  readonly next: number;
  /** Post-quantum epoch of every message of this chain. */
  readonly epoch: number;
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
  readonly postQuantum: PostQuantum;
}

/** Bytes a ratchet message has beyond its plaintext and extension. */
export const RATCHET_OVERHEAD_BYTES: number = SEALED_HEADER_BYTES + LENGTHS.sealTag;

export interface Secrets {
  readonly rootKey: Bytes;
  /** Header key of the initiator's first chain, and of the responder's. */
  readonly initiatorHeaderKey: Bytes;
  readonly responderHeaderKey: Bytes;
  /** Key of epoch 0. */
  readonly firstEpochKey: Bytes;
}

/** `nowHour` in hours since 1970, here and below. */
export function initiatorRatchet(suite: Suite, secrets: Secrets, mine: KeyPair, theirs: Bytes, agreed: Bytes, nowHour: number): Ratchet {
  const step = stepRoot(suite, secrets.rootKey, agreed);
  return {
    rootKey: step.rootKey,
    mine,
    theirs,
    sending: { headerKey: secrets.initiatorHeaderKey, chainKey: step.chainKey, next: 0, epoch: 0 },
    receiving: undefined,
    nextSendingHeaderKey: step.nextHeaderKey,
    nextReceivingHeaderKey: secrets.responderHeaderKey,
    previousLength: 0,
    postQuantum: beginPostQuantum(0, secrets.firstEpochKey, nowHour),
  };
}

export function responderRatchet(secrets: Secrets, mine: KeyPair, nowHour: number): Ratchet {
  return {
    rootKey: secrets.rootKey,
    mine,
    theirs: new Uint8Array(LENGTHS.publicKey),
    sending: undefined,
    receiving: undefined,
    nextSendingHeaderKey: secrets.responderHeaderKey,
    nextReceivingHeaderKey: secrets.initiatorHeaderKey,
    previousLength: 0,
    postQuantum: beginPostQuantum(1, secrets.firstEpochKey, nowHour),
  };
}

/** Starts my next sending chain if the last thing I did was to read a new one of theirs. */
function withSending(suite: Suite, random: Random, ratchet: Ratchet): Ratchet & { readonly sending: Chain } {
  if (ratchet.sending !== undefined) return { ...ratchet, sending: ratchet.sending };
  const mine = suite.agreementPair(random.bytes(LENGTHS.key));
  const agreed = suite.agree(mine.secretKey, ratchet.theirs);
  assert(agreed !== undefined, 'a ratchet key that was accepted is refused');
  const step = stepRoot(suite, ratchet.rootKey, agreed);
  return {
    ...ratchet,
    rootKey: step.rootKey,
    mine,
    sending: { headerKey: ratchet.nextSendingHeaderKey, chainKey: step.chainKey, next: 0, epoch: epochForNewChain(ratchet.postQuantum) },
    nextSendingHeaderKey: step.nextHeaderKey,
  };
}

/** One message about to be sealed: its tag and purge key go into the envelope's header, which is then bound to the body. */
export interface Sealing {
  readonly ratchet: Ratchet;
  readonly tag: Bytes;
  readonly purgeKey: Bytes;
  readonly number: number;
  /** Bytes the message has beyond the plaintext. */
  readonly overheadBytes: number;
  /** `associated` is everything that stands before this message in its envelope. */
  seal(associated: Uint8Array, plaintext: Uint8Array): Bytes;
}

export function nextSealing(suite: Suite, random: Random, before: Ratchet, nowHour: number): Sealing {
  const ratchet = withSending(suite, random, before);
  const { headerKey, next, epoch } = ratchet.sending;
  const { state: postQuantum, extension } = beforeSealing(suite, random, ratchet.postQuantum, next, nowHour);
  const epochKey = keyOfEpoch(postQuantum, epoch);
  assert(epochKey !== undefined, 'the epoch of a chain is held as long as the chain');
  const step = stepChain(suite, ratchet.sending.chainKey);
  const messageKey = mix(suite, epochKey, step.messageKey);
  const keys = messageKeys(suite, messageKey);
  const nonce = random.bytes(LENGTHS.nonce);
  const header: Header = {
    ratchetKey: ratchet.mine.publicKey,
    previousLength: ratchet.previousLength,
    number: next,
    epoch,
    knows: newestEpoch(postQuantum),
  };
  const extended = encodeExtension(extension);
  return {
    ratchet: { ...ratchet, sending: { headerKey, chainKey: step.chainKey, next: next + 1, epoch }, postQuantum },
    tag: tagOf(suite, headerKey, next),
    purgeKey: keys.purgeKey,
    number: next,
    overheadBytes: RATCHET_OVERHEAD_BYTES + extended.length,
    seal: (associated, plaintext) => {
      const sealedHeader = sealHeader(suite, headerKey, nonce, header);
      const bound = concat(associated, sealedHeader);
      const body = suite.seal(keys.bodyKey, bodyNonce(suite, messageKey, nonce), bound, concat(extended, plaintext));
      return concat(sealedHeader, body);
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
  readonly extension: Extension;
  readonly purgeKey: Bytes;
}

export interface Advanced extends Opened {
  readonly ratchet: Ratchet & { readonly receiving: Chain };
  readonly skipped: readonly Skipped[];
}

/** Opens a message with its own key: the way of those that were overtaken. */
export function openWithKey(suite: Suite, messageKey: Uint8Array, associated: Uint8Array, message: Uint8Array): Opened | undefined {
  if (message.length < RATCHET_OVERHEAD_BYTES) return undefined;
  const sealedHeader = message.subarray(0, SEALED_HEADER_BYTES);
  const keys = messageKeys(suite, messageKey);
  const nonce = bodyNonce(suite, messageKey, sealedHeader.subarray(0, LENGTHS.nonce));
  const body = suite.open(keys.bodyKey, nonce, concat(associated, sealedHeader), message.subarray(SEALED_HEADER_BYTES));
  if (body === undefined) return undefined;
  const reader = new Reader(body);
  const extension = readExtension(reader);
  return extension === undefined ? undefined : { plaintext: reader.rest(), extension, purgeKey: keys.purgeKey };
}

/** Steps `chain` up to `until`, keeping the keys it passes. */
function skipTo(suite: Suite, epochKey: Bytes, chain: Chain, until: number, skipped: Skipped[]): Chain {
  let { chainKey } = chain;
  for (let number = chain.next; number < until; number++) {
    const step = stepChain(suite, chainKey);
    const { headerKey } = chain;
    skipped.push({ tag: tagOf(suite, headerKey, number), headerKey, number, messageKey: mix(suite, epochKey, step.messageKey) });
    chainKey = step.chainKey;
  }
  return { ...chain, chainKey, next: Math.max(until, chain.next) };
}

/** Their next chain: closes the current one at the length they say it had. */
function withReceiving(suite: Suite, ratchet: Ratchet, header: Header, skipped: Skipped[]): Ratchet | undefined {
  const agreed = suite.agree(ratchet.mine.secretKey, header.ratchetKey);
  if (agreed === undefined) return undefined;
  if (ratchet.receiving !== undefined) {
    const epochKey = keyOfEpoch(ratchet.postQuantum, ratchet.receiving.epoch);
    if (epochKey === undefined) return undefined;
    skipTo(suite, epochKey, ratchet.receiving, header.previousLength, skipped);
  }
  const step = stepRoot(suite, ratchet.rootKey, agreed);
  return {
    ...ratchet,
    rootKey: step.rootKey,
    theirs: header.ratchetKey,
    receiving: { headerKey: ratchet.nextReceivingHeaderKey, chainKey: step.chainKey, next: 0, epoch: header.epoch },
    nextReceivingHeaderKey: step.nextHeaderKey,
    previousLength: ratchet.sending?.next ?? ratchet.previousLength,
    sending: undefined,
  };
}

/** What a header contradicts, before anything is derived from it. */
function headerRefusal(before: Ratchet, chain: 'current' | 'next', header: Header, number: number): SessionRefusal | undefined {
  if (header.number !== number) return { kind: 'wrong-number' };
  const { receiving, postQuantum } = before;
  const isEpochGood = chain === 'current' ? header.epoch === receiving?.epoch : header.epoch >= (receiving?.epoch ?? 0);
  if (!isEpochGood || keyOfEpoch(postQuantum, header.epoch) === undefined) return { kind: 'wrong-epoch', epoch: header.epoch };
  const closing = chain === 'next' ? Math.max(0, header.previousLength - (receiving?.next ?? header.previousLength)) : 0;
  const ahead = number - (chain === 'current' ? (receiving?.next ?? 0) : 0);
  if (ahead < 0) return { kind: 'wrong-number' };
  if (closing > JUMP_MAX || ahead > JUMP_MAX) return { kind: 'too-far', skipped: Math.max(closing, ahead), max: JUMP_MAX };
  if (closing + ahead > SKIPPED_MAX) return { kind: 'too-far', skipped: closing + ahead, max: SKIPPED_MAX };
  return undefined;
}

/**
 * Opens message `number` of the `current` or `next` receiving chain, as its tag said.
 * Refuses without a trace: the state handed in stays good.
 */
export function advance(
  suite: Suite,
  before: Ratchet,
  at: { readonly chain: 'current' | 'next'; readonly number: number; readonly nowHour: number },
  associated: Uint8Array,
  message: Uint8Array,
): Result<Advanced, SessionRefusal> {
  if (message.length < RATCHET_OVERHEAD_BYTES) return refuse({ kind: 'malformed' });
  const headerKey = at.chain === 'current' ? before.receiving?.headerKey : before.nextReceivingHeaderKey;
  if (headerKey === undefined) return refuse({ kind: 'wrong-number' });
  const header = openHeader(suite, headerKey, message.subarray(0, SEALED_HEADER_BYTES));
  if (header === undefined) return refuse({ kind: 'not-authentic' });
  const refusal = headerRefusal(before, at.chain, header, at.number);
  if (refusal !== undefined) return refuse(refusal);

  const skipped: Skipped[] = [];
  const ratchet = at.chain === 'next' ? withReceiving(suite, before, header, skipped) : before;
  const epochKey = keyOfEpoch(before.postQuantum, header.epoch);
  if (ratchet?.receiving === undefined || epochKey === undefined) return refuse({ kind: 'not-authentic' });
  if (!sameBytes(ratchet.theirs, header.ratchetKey)) return refuse({ kind: 'out-of-step' });
  const reached = skipTo(suite, epochKey, ratchet.receiving, at.number, skipped);
  const step = stepChain(suite, reached.chainKey);
  const opened = openWithKey(suite, mix(suite, epochKey, step.messageKey), associated, message);
  if (opened === undefined) return refuse({ kind: 'out-of-step' });
  const told = { extension: opened.extension, peerKnows: header.knows, chainEpoch: header.epoch };
  const postQuantum = afterOpening(suite, ratchet.postQuantum, told, at.nowHour);
  const receiving = { ...reached, chainKey: step.chainKey, next: at.number + 1 };
  return ok({ ...opened, ratchet: { ...ratchet, receiving, postQuantum }, skipped });
}
