/**
 * Devices, what they hand out so that sessions with them can be opened, and one end of a session, which finds its messages by their tags
 * alone as a node does. For tests of sessions and of what stands on them; keeps no rule of its own.
 */
import type { Suite } from '../crypto/suite.ts';
import { accountIdOf, commitmentTo, rootPair } from '../identity/account.ts';
import { type PrekeySecrets, prekeysFrom, publicPrekeys } from '../identity/bundle.ts';
import { signDeviceList } from '../identity/device-list.ts';
import { assert } from '../kernel/assert.ts';
import { type Bytes, bytesOf, sameBytes, toHex } from '../kernel/bytes.ts';
import type { Random } from '../kernel/random.ts';
import type { Result } from '../kernel/result.ts';
import { decodeUtf8, encodeUtf8 } from '../kernel/utf8.ts';
import { tagOf } from '../session/chain.ts';
import { numbersFrom } from '../session/expected-tags.ts';
import type { Occasion, OwnDevice, Target } from '../session/handshake.ts';
import type { Purpose } from '../session/purpose.ts';
import type { SessionRefusal } from '../session/refusals.ts';
import {
  acceptSession,
  firstTag,
  openFirst,
  openNext,
  openSession,
  openSkipped,
  type Session,
  type SessionOpened,
  sealNext,
} from '../session/session.ts';

/** An hour (since 1970) at which tests begin. */
export const TEST_HOUR = 500_000;

/** Stands for the header of every envelope. */
export const TEST_HEADER: Bytes = bytesOf(Array.from({ length: 44 }, (_, i) => i));

/** A device that is alone in the list of an account of its own. */
export function makeDevice(suite: Suite, random: Random): OwnDevice {
  const seed = random.bytes(32);
  const root = rootPair(suite, seed, 0);
  const nextRootCommitment = commitmentTo(suite, rootPair(suite, seed, 1).publicKey);
  const signing = suite.signingPair(random.bytes(32));
  const agreement = suite.agreementPair(random.bytes(32));
  const list = {
    rootIndex: 0,
    sequence: TEST_HOUR,
    previousHash: new Uint8Array(32),
    minimumSuite: 1,
    rootKey: root.publicKey,
    nextRootCommitment,
    devices: [{ signingKey: signing.publicKey, agreementKey: agreement.publicKey }],
  };
  const listRecord = signDeviceList(suite, list, root.secretKey);
  return { account: accountIdOf(suite, root.publicKey, nextRootCommitment), listRecord, signing, agreement };
}

/** Prekeys of a device that were handed out, and for what. */
export interface Offer {
  readonly owner: OwnDevice;
  readonly prekeys: PrekeySecrets;
  readonly target: Target;
  readonly occasion: Occasion;
}

export function makeOffer(suite: Suite, random: Random, owner: OwnDevice, purpose: Purpose = 'invitation'): Offer {
  const prekeys = prekeysFrom(suite, random.bytes(32));
  const device = { signingKey: owner.signing.publicKey, agreementKey: owner.agreement.publicKey };
  const target = { account: owner.account, device, prekeys: publicPrekeys(prekeys) };
  return { owner, prekeys, target, occasion: { purpose, secret: random.bytes(32) } };
}

export interface Sent {
  readonly tag: string;
  readonly body: Bytes;
  readonly text: string;
}

interface Kept {
  readonly messageKey: Bytes;
  readonly isFirst: boolean;
}

/** One end of a session. What it keeps is replaced, never changed in place: `copy` is a copy of its whole state. */
export class End {
  session: Session;
  /** tag in hexadecimal → key of a message that was overtaken. */
  skipped: ReadonlyMap<string, Kept> = new Map<string, Kept>();
  readonly #suite: Suite;
  readonly #random: Random;
  readonly #expected: Map<string, Map<number, string>>;

  constructor(
    suite: Suite,
    random: Random,
    session: Session,
    expected: Map<string, Map<number, string>> = new Map<string, Map<number, string>>(),
  ) {
    this.#suite = suite;
    this.#random = random;
    this.#expected = expected;
    this.session = session;
  }

  static open(suite: Suite, random: Random, own: OwnDevice, offer: Offer, nowHour: number = TEST_HOUR): End {
    const opened = openSession(suite, random, own, offer.target, offer.occasion, nowHour);
    assert(opened.ok, 'a session opens');
    return new End(suite, random, opened.value);
  }

  /** `undefined` for a body that does not begin a session under this offer. Nothing of it is read yet. */
  static accept(suite: Suite, random: Random, offer: Offer, body: Bytes, nowHour: number = TEST_HOUR): End | undefined {
    const accepted = acceptSession(suite, offer.owner, offer.prekeys, offer.occasion, body, nowHour);
    return accepted.ok ? new End(suite, random, accepted.value.session) : undefined;
  }

  copy(): End {
    const copy = new End(this.#suite, this.#random, this.session, this.#expected);
    copy.skipped = this.skipped;
    return copy;
  }

  write(text: string, nowHour: number = TEST_HOUR): Sent {
    const sealing = sealNext(this.#suite, this.#random, this.session, nowHour);
    this.session = sealing.session;
    return { tag: toHex(sealing.tag), body: sealing.seal(TEST_HEADER, encodeUtf8(text)), text };
  }

  /** The text, or why there is none; then nothing has changed. */
  read(sent: Sent, nowHour: number = TEST_HOUR): string | SessionRefusal | { readonly kind: 'unknown-tag' } {
    const kept = this.skipped.get(sent.tag);
    if (kept !== undefined) {
      const opened = openSkipped(this.#suite, kept.messageKey, kept.isFirst, TEST_HEADER, sent.body);
      if (opened === undefined) return { kind: 'not-authentic' };
      this.skipped = new Map([...this.skipped].filter(([tag]) => tag !== sent.tag));
      return decodeUtf8(opened.plaintext) ?? '';
    }
    const result = this.#open(sent, nowHour);
    if (result === undefined) return { kind: 'unknown-tag' };
    if (!result.ok) return result.refusal;
    const { skipped, session, plaintext } = result.value;
    if (skipped.length > 0) this.skipped = new Map([...this.skipped, ...skipped.map((one) => [toHex(one.tag), this.#kept(one)] as const)]);
    this.session = session;
    return decodeUtf8(plaintext) ?? '';
  }

  /** Which message of which chain a tag means, if it is expected. */
  place(tag: string): { readonly chain: 'first' | 'current' | 'next'; readonly number: number } | undefined {
    const { invited, ratchet } = this.session;
    for (let number = 0; number < (invited?.messages ?? 0); number++)
      if (invited !== undefined && toHex(firstTag(this.#suite, invited.secret, number)) === tag) return { chain: 'first', number };
    const current = this.#numberOf(tag, ratchet.receiving?.headerKey, ratchet.receiving?.next ?? 0);
    if (current !== undefined) return { chain: 'current', number: current };
    const next = this.#numberOf(tag, ratchet.nextReceivingHeaderKey, 0);
    return next === undefined ? undefined : { chain: 'next', number: next };
  }

  #open({ tag, body }: Sent, nowHour: number): Result<SessionOpened, SessionRefusal> | undefined {
    const place = this.place(tag);
    if (place === undefined) return undefined;
    const { chain, number } = place;
    return chain === 'first'
      ? openFirst(this.#suite, this.session, { number, nowHour }, TEST_HEADER, body)
      : openNext(this.#suite, this.session, { chain, number, nowHour }, TEST_HEADER, body);
  }

  #numberOf(tag: string, headerKey: Bytes | undefined, from: number): number | undefined {
    if (headerKey === undefined) return undefined;
    const name = toHex(headerKey);
    const known = this.#expected.get(name) ?? new Map<number, string>();
    this.#expected.set(name, known);
    for (const number of numbersFrom(from, undefined)) {
      const expected = known.get(number) ?? toHex(tagOf(this.#suite, headerKey, number));
      known.set(number, expected);
      if (expected === tag) return number;
    }
    return undefined;
  }

  #kept(one: { readonly tag: Bytes; readonly headerKey: Bytes; readonly number: number; readonly messageKey: Bytes }): Kept {
    return { messageKey: one.messageKey, isFirst: !sameBytes(one.tag, tagOf(this.#suite, one.headerKey, one.number)) };
  }
}

/** Ann opened a session to Bo and wrote `hello`, which Bo has got but not read. */
export interface Meeting {
  readonly ann: OwnDevice;
  readonly bo: OwnDevice;
  readonly offer: Offer;
  readonly annEnd: End;
  readonly boEnd: End;
  readonly hello: Sent;
  readonly random: Random;
}

export function meet(suite: Suite, random: Random, purpose: Purpose = 'invitation'): Meeting {
  const [ann, bo] = [makeDevice(suite, random), makeDevice(suite, random)];
  const offer = makeOffer(suite, random, bo, purpose);
  const annEnd = End.open(suite, random, ann, offer);
  const hello = annEnd.write('hello');
  const boEnd = End.accept(suite, random, offer, hello.body);
  assert(boEnd !== undefined, 'a session is accepted');
  return { ann, bo, offer, annEnd, boEnd, hello, random };
}
