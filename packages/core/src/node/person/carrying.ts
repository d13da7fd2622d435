/**
 * What a person carries by hand: which envelopes and purge tokens go into a bundle file, and what becomes of a frame of one that came,
 * which is heard exactly as from a neighbour. Never opens an envelope itself. Rule: docs/protocol/bundle.md.
 */
import { type Envelope, hourOf, PURGE_TOKEN_BYTES, readEnvelope } from '../../envelope/envelope.ts';
import { AHEAD_HOURS_MAX, LIFETIME_HOURS } from '../../envelope/limits.ts';
import { ageOf, type Carried, carriedBytes, decodeCarried } from '../../gossip/carried.ts';
import { runningHourAfter } from '../../gossip/clocks.ts';
import type { GossipEffect } from '../../gossip/effects.ts';
import { decodeFrame, encodeFrame, giveHead } from '../../gossip/frames.ts';
import { LIST_MAX } from '../../gossip/limits.ts';
import type { Who } from '../../gossip/tier.ts';
import { type Bytes, compareBytes, toHex } from '../../kernel/bytes.ts';
import { Reader } from '../../kernel/codec.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { type RowKey, type Rows, rowName } from '../machine.ts';
import type { CarriedIn, PersonCall } from './inputs.ts';
import { BUNDLE_COPIES, BUNDLE_TOKENS_SHARE } from './limits.ts';
import type { Opening } from './opening.ts';
import { encodePull, PULL_ROW } from './rows.ts';
import { answer, type Out, type PersonState } from './state.ts';

interface Row {
  readonly key: Bytes;
  readonly value: Bytes;
}

/** What goes into a bundle file. */
export interface ToCarry {
  /** Whole frames, before all others: what need not be taken is known first. */
  readonly forgets: readonly Bytes[];
  /** The front of a frame each, and the envelope whose bytes follow. */
  readonly gives: readonly { readonly head: Bytes; readonly id: Bytes; readonly own: boolean }[];
}

/**
 * Chooses for a file with `roomBytes` for frames, each with `extraBytes` of its own: what was written here and still waits, a share of
 * tokens, then what is carried for others; small before large, newest first. Order in the file is by id, so that it does not say who wrote what.
 */
export function chooseToCarry(
  carried: readonly Row[],
  seen: readonly Row[],
  roomBytes: number,
  extraBytes: number,
  nowMs: number,
): ToCarry {
  const all = carried.flatMap((row) => decodeCarried(row.key, row.value) ?? []);
  const lastHour = all.reduce((last, one) => Math.max(last, one.arrivedHour), 0);
  const hour = runningHourAfter(lastHour, nowMs);
  const own = all.filter((one) => one.own).sort(bySizeAndAge);
  const others = all.filter((one) => !one.own && one.class !== 3).sort(bySizeAndAge);
  const chosen: Carried[] = [];
  let left = roomBytes;
  const take = (some: readonly Carried[]): void => {
    for (const one of some) {
      const bytes = extraBytes + giveHead(0, 0).length + carriedBytes(one);
      if (bytes > left) return;
      left -= bytes;
      chosen.push(one);
    }
  };
  take(own);
  const forgets = forgetFrames(tokensOf(seen, hourOf(nowMs)), Math.floor(left / BUNDLE_TOKENS_SHARE), extraBytes);
  for (const frame of forgets) left -= extraBytes + frame.length;
  take(others);
  chosen.sort((a, b) => compareBytes(a.id, b.id));
  return { forgets, gives: chosen.map((one) => ({ head: headOf(one, hour), id: one.id, own: one.own })) };
}

function bySizeAndAge(a: Carried, b: Carried): number {
  return a.size - b.size || createdHour(b) - createdHour(a) || compareBytes(a.id, b.id);
}

function createdHour(one: Carried): number {
  return one.expiryHour - LIFETIME_HOURS[one.class as 1 | 2 | 3];
}

/** The same copies for everything, so that they do not say who wrote what; a file is a carrier too, and costs none of those left. */
function headOf(one: Carried, hour: number): Bytes {
  return giveHead(BUNDLE_COPIES, ageOf(one, hour));
}

/** Tokens that may be told to anybody, of envelopes that others may still carry; the longest to live first. */
function tokensOf(seen: readonly Row[], hour: number): readonly Bytes[] {
  const tokens = seen.flatMap((row) => {
    const reader = new Reader(row.value);
    const [expiryHour, token] = [reader.u32(), reader.rest()];
    // Behind one that is held back stands a byte that says so.
    return token.length === PURGE_TOKEN_BYTES && expiryHour >= hour ? [{ expiryHour, token }] : [];
  });
  return tokens.sort((a, b) => b.expiryHour - a.expiryHour || compareBytes(a.token, b.token)).map(({ token }) => token);
}

function forgetFrames(tokens: readonly Bytes[], roomBytes: number, extraBytes: number): readonly Bytes[] {
  const frames: Bytes[] = [];
  const frontBytes = extraBytes + encodeFrame({ kind: 'forget', tokens: [] }).length;
  let [at, left] = [0, roomBytes];
  for (;;) {
    const count = Math.min(tokens.length - at, LIST_MAX / 2, Math.floor((left - frontBytes) / PURGE_TOKEN_BYTES));
    if (count < 1) return frames;
    frames.push(encodeFrame({ kind: 'forget', tokens: tokens.slice(at, at + count).sort(compareBytes) }));
    at += count;
    left -= frontBytes + count * PURGE_TOKEN_BYTES;
  }
}

/** The neighbour that a bundle file is while a frame of it is heard: links number theirs upwards from 0. What it is answered goes nowhere. */
const BY_HAND = -1;

/** All files together are one depositor, under a key that nobody else can have: its like is no point of the curve. */
const WHO: Who = { key: 'ff'.repeat(32), tier: 'own', isKnownRelay: false };

/** What gossip wants done. Relays that are asked by tags are told what means something since; what a bundle file would be told goes nowhere. */
export function takeEffects(state: PersonState): readonly GossipEffect[] {
  if (state.pull === 'mailbox') state.gossip.recognise(state.tags.news());
  return state.gossip.take().filter((effect) => !('to' in effect && effect.to === BY_HAND));
}

/** Envelope id → what it turned out to be, worked out before anything changes. */
type Openings = ReadonlyMap<string, Opening>;

type CarryIn = Extract<PersonCall, { kind: 'carry-in' }>;

/** The row that says whether the envelope was seen before. */
export function carryInRows(state: PersonState, call: CarryIn): readonly RowKey[] {
  const envelope = envelopeIn(state, call);
  return envelope === undefined ? [] : [{ space: 'seen', key: envelope.id }];
}

/** Hears a frame of a bundle file. What follows from it (a message read, a token passed on) follows as from any neighbour's. */
export function carryIn(state: PersonState, call: CarryIn, rows: Rows, openings: Openings, out: Out, nowMs: number): void {
  if (state.own === undefined) return answer(out, call, 'carry-in', refuse({ kind: 'no-profile' }));
  const envelope = envelopeIn(state, call);
  const { gossip } = state;
  const isKnown =
    envelope !== undefined && (gossip.isCarried(envelope.id) || rows.get(rowName({ space: 'seen', key: envelope.id })) !== undefined);
  if (envelope !== undefined || decodeFrame(call.frame)?.kind === 'forget') {
    gossip.up(BY_HAND, WHO, nowMs);
    gossip.frame(BY_HAND, call.frame, nowMs);
    gossip.down(BY_HAND);
  }
  if (envelope === undefined) return answer(out, call, 'carry-in', ok(decodeFrame(call.frame)?.kind === 'give' ? 'refused' : 'nothing'));
  answer(out, call, 'carry-in', ok(isKnown ? 'known' : whatBecame(state, envelope, openings.get(toHex(envelope.id)), nowMs)));
}

function envelopeIn(state: PersonState, call: CarryIn): Envelope | undefined {
  const frame = decodeFrame(call.frame);
  const read = frame?.kind === 'give' ? readEnvelope(state.suite, frame.envelope) : undefined;
  return read?.ok ? read.value : undefined;
}

/** Of one that is new, when it was heard. Whose clock is not to be believed judges nothing by date. */
function whatBecame(state: PersonState, { id, header }: Envelope, opening: Opening | undefined, nowMs: number): CarriedIn {
  const hour = hourOf(nowMs);
  const isOutOfDate = header.expiryHour < hour || header.createdHour > hour + AHEAD_HOURS_MAX;
  if (isOutOfDate && state.gossip.isClockSure) return 'refused';
  if (state.tags.get(header.tag) !== undefined) return isForMe(opening) ? 'forMe' : 'refused';
  return state.gossip.isCarried(id) ? 'toCarry' : 'refused';
}

/** Anybody can copy a tag: what bears one of ours is ours when it opens. */
function isForMe(opening: Opening | undefined): boolean {
  switch (opening?.kind) {
    case 'message':
    case 'bundle':
    case 'hello':
    case 'deposit':
    case 'link-bundle':
      return true;
    case undefined:
    case 'rejected':
    case 'written-twice':
    case 'contradicted':
    case 'out-of-step':
      return false;
  }
}

export function setPull(state: PersonState, call: Extract<PersonCall, { kind: 'set-pull' }>, out: Out, nowMs: number): void {
  if (state.pull !== call.pull) {
    state.pull = call.pull;
    // All tags are named at once, and from then on what is new.
    state.tags.wantNews(call.pull === 'mailbox');
    state.gossip.setPull(call.pull, () => state.tags.all(), nowMs);
    out.put('self', PULL_ROW, encodePull(call.pull));
    out.event({ kind: 'overview-changed' });
  }
  answer(out, call, 'set-pull', undefined);
}
