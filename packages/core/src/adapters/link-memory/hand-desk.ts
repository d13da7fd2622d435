/**
 * Connections made by hand in a memory network: a code is a number that the desk gave out. What the outside does to real ones happens
 * here by command: a cut between the two is a time-out. Deterministic; nothing here hides or proves anything. Rule: node/machine.ts.
 */
import { type Bytes, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Writer } from '../../kernel/codec.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';
import type { HandAgain, HandCommand, HandFailure, LinkEvent, TransportKey } from '../../node/machine.ts';

export interface HandSide {
  readonly name: string;
  /** `undefined` until it listens. */
  readonly key: TransportKey | undefined;
  tell(event: LinkEvent): void;
}

export interface Handed<Side> {
  readonly side: Side;
  readonly hand: number;
}

/** What the desk is told of the network it stands in. */
export interface HandRoads<Side> {
  isCut(a: string, b: string): boolean;
  /** Makes the connection; `first` counts as its dialler. */
  connect(first: Handed<Side>, second: Handed<Side>): void;
}

/** Attempts of one side at a time; the oldest gives way. As in docs/protocol/by-hand.md. */
const ATTEMPTS_MAX = 8;

interface Attempt<Side> extends Handed<Side> {
  readonly code: Bytes;
  /** Absent until the side says whom it expects; in an `again` for good, if it takes whoever holds the certificate. */
  readonly expectedKey?: TransportKey;
  /** The attempt that this one answers. */
  readonly answers?: Attempt<Side>;
  readonly again?: HandAgain;
}

export class HandDesk<Side extends HandSide> {
  readonly #roads: HandRoads<Side>;
  readonly #attempts: Set<Attempt<Side>> = new Set();
  readonly #certificates: Map<string, Bytes> = new Map();
  #codes = 0;

  constructor(roads: HandRoads<Side>) {
    this.#roads = roads;
  }

  perform(side: Side, command: HandCommand): void {
    if (command.kind === 'hand-certify') {
      const certificate = this.#certificates.get(nameOf(side, command.name)) ?? fingerprintOf(nameOf(side, command.name));
      this.#certificates.set(nameOf(side, command.name), certificate);
      side.tell({ kind: 'hand-certificate', name: command.name, fingerprint: certificate });
    } else if (command.kind === 'hand-forget') this.#certificates.delete(nameOf(side, command.name));
    else if (command.kind === 'hand-accept') this.#accept(side, command);
    else {
      const earlier = this.#find(side, command.hand);
      if (earlier !== undefined) this.#attempts.delete(earlier);
      if (command.kind === 'hand-drop') return;
      if (side.key === undefined) fail(side, command.hand, 'no-transport');
      else if (command.kind === 'hand-offer') this.#show({ side, hand: command.hand, code: this.#newCode() });
      else if (command.kind === 'hand-answer') this.#answer(side, command);
      else this.#again(side, command);
    }
  }

  /** A side has stopped. */
  leave(side: Side): void {
    for (const attempt of this.#attempts) if (attempt.side === side) this.#attempts.delete(attempt);
  }

  #answer(side: Side, { hand, offer, expectedKey }: Extract<HandCommand, { kind: 'hand-answer' }>): void {
    const answers = this.#shown(offer, side);
    if (answers === undefined || answers.again !== undefined || answers.answers !== undefined) return fail(side, hand, 'bad-code');
    this.#show({ side, hand, code: this.#newCode(), expectedKey, answers });
  }

  #accept(side: Side, { hand, answer, expectedKey }: Extract<HandCommand, { kind: 'hand-accept' }>): void {
    const offered = this.#find(side, hand);
    const answered = this.#shown(answer, side);
    if (offered === undefined || offered.answers !== undefined || answered?.answers !== offered) {
      if (offered !== undefined) this.#attempts.delete(offered);
      return fail(side, hand, 'bad-code');
    }
    this.#connect({ ...offered, expectedKey }, answered);
    this.#attempts.delete(offered);
    this.#attempts.delete(answered);
  }

  #again(side: Side, command: Extract<HandCommand, { kind: 'hand-again' }>): void {
    const { hand, certificate, shown, expectedKey } = command;
    const own = this.#certificates.get(nameOf(side, certificate));
    if (own === undefined) return fail(side, hand, 'no-certificate');
    const mine = { side, hand, code: this.#newCode(), again: command, ...(expectedKey === undefined ? {} : { expectedKey }) };
    if (shown === undefined) return this.#show(mine);
    const theirs = this.#shown(shown, side);
    if (theirs?.again === undefined) return fail(side, hand, 'bad-code');
    const theirOwn = this.#certificates.get(nameOf(theirs.side, theirs.again.certificate));
    const knowEachOther =
      sameBytes(command.secret, theirs.again.secret) &&
      sameBytes(own, theirs.again.peerFingerprint) &&
      theirOwn !== undefined &&
      sameBytes(theirOwn, command.peerFingerprint);
    // the one who shows hears nothing of a stranger
    if (!knowEachOther) return fail(side, hand, 'timed-out');
    this.#connect(theirs, mine);
    this.#attempts.delete(theirs);
  }

  #connect(first: Attempt<Side>, second: Attempt<Side>): void {
    const end = (reason: HandFailure): void => {
      for (const { side, hand } of [first, second]) fail(side, hand, reason);
    };
    if (this.#roads.isCut(first.side.name, second.side.name)) end('timed-out');
    else if (refuses(first, second) || refuses(second, first)) end('wrong-key');
    else this.#roads.connect(first, second);
  }

  #show(attempt: Attempt<Side>): void {
    this.#attempts.add(attempt);
    const own = [...this.#attempts].filter(({ side }) => side === attempt.side);
    const oldest = own.length > ATTEMPTS_MAX ? own[0] : undefined;
    if (oldest !== undefined) {
      this.#attempts.delete(oldest);
      fail(oldest.side, oldest.hand, 'timed-out');
    }
    attempt.side.tell({ kind: 'hand-code', hand: attempt.hand, code: attempt.code });
  }

  #find(side: Side, hand: number): Attempt<Side> | undefined {
    return [...this.#attempts].find((attempt) => attempt.side === side && attempt.hand === hand);
  }

  /** What somebody else shows under this code. */
  #shown(code: Bytes, side: Side): Attempt<Side> | undefined {
    return [...this.#attempts].find((attempt) => attempt.side !== side && sameBytes(attempt.code, code));
  }

  #newCode(): Bytes {
    this.#codes++;
    return new Writer(8).u32(0x68616e64).u32(this.#codes).finish();
  }
}

function refuses({ expectedKey }: Attempt<HandSide>, { side }: Attempt<HandSide>): boolean {
  return expectedKey !== undefined && expectedKey !== side.key;
}

function fail(side: HandSide, hand: number, reason: HandFailure): void {
  side.tell({ kind: 'hand-failed', hand, reason });
}

function nameOf(side: HandSide, certificate: string): string {
  return `${side.name}/${certificate}`;
}

/** 32 bytes that differ when the names do: enough for a test, and no hash. */
function fingerprintOf(name: string): Bytes {
  const fingerprint = new Uint8Array(32);
  let state = 0x811c9dc5;
  const bytes = encodeUtf8(`${name}/${toHex(encodeUtf8(name))}`.padEnd(64, '.'));
  for (const [at, byte] of bytes.entries()) {
    state = Math.imul(state ^ byte, 0x01000193);
    fingerprint[at % 32] = ((fingerprint[at % 32] as number) ^ (state >>> 24)) & 0xff;
  }
  return fingerprint;
}
