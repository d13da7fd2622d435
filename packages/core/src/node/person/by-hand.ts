/**
 * Connecting two devices with nothing between them: what one shows the other reads. Three ways, all over the link's own (`HandCommand`): an
 * invitation with an offer and its answer; one code of two who know each other; and the same offer and answer carried as messages. Attempts
 * are not kept over a restart. Rule: docs/protocol/rendezvous.md §7-§9.
 *
 *   Ann: invitation with an offer on the screen ──▶ Bo reads it, shows an answer ──▶ Ann reads it ── connected
 *   Ann: one code on the screen ──────────────────▶ Bo, whom she knows, reads it ── connected
 *   Ann: offer ──── by way of others ─────────────▶ Bo: answer ── by way of others ──▶ connected
 */
import { encodeContent } from '../../content/content.ts';
import type { Signal } from '../../content/signal.ts';
import { accountId } from '../../identity/account.ts';
import { type Bytes, EMPTY, sameBytes, toHex } from '../../kernel/bytes.ts';
import { randomBelow } from '../../kernel/random.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { type AgainCode, againText, answerTag, type HandAnswer, handAnswerText, readShownCode } from '../../rendezvous/hand-code.ts';
import { type Invitation, invitationText } from '../../rendezvous/invitation.ts';
import { HAND_CODE_BYTES_MAX, HAND_CODE_MS, HANDS_MAX } from '../../rendezvous/limits.ts';
import { pairHint, pairSecret, useSecret } from '../../rendezvous/pair.ts';
import { type HandCommand, type HandEvent, type HandFailure, type LinkEvent, transportKey } from '../machine.ts';
import { certificateName, certifyNext } from './certificates.ts';
import type { DeviceRow } from './device-rows.ts';
import type { PersonCall } from './inputs.ts';
import {
  HAND_LINK_MS,
  RECEIPT_COPIES,
  SIGNAL_ANSWER_MS,
  SIGNAL_CODE_BYTES,
  SIGNAL_FRESH_MS,
  SIGNAL_WAIT_FIRST_MS,
  SIGNAL_WAIT_MAX_MS,
} from './limits.ts';
import { knowCode } from './online.ts';
import type { Hand } from './presence.ts';
import { answer, type Out, type PersonState } from './state.ts';

type Call<Kind extends PersonCall['kind']> = Extract<PersonCall, { kind: Kind }>;

/** Each kind for itself, without its number. */
type Unnumbered<Command> = Command extends unknown ? Omit<Command, 'hand'> : never;
type Beginning = Unnumbered<Extract<HandCommand, { kind: 'hand-offer' | 'hand-answer' | 'hand-again' }>>;

function begin(state: PersonState, hand: Hand, command: Beginning, out: Out, nowMs: number): void {
  if (state.hands.size >= HANDS_MAX) makeRoom(state, out, nowMs);
  // Not from one: the link may still have attempts of a node that was built anew.
  if (state.nextHand === 0) state.nextHand = 1 + randomBelow(state.random, 0x7fff_ffff);
  const number = state.nextHand++;
  state.hands.set(number, hand);
  out.command({ ...command, hand: number });
}

/** One attempt goes: the oldest that nobody looks at, or the oldest. What others begin by signals never ends what stands on the screen. */
function makeRoom(state: PersonState, out: Out, nowMs: number): void {
  const oldest = [...state.hands].find(([, hand]) => isQuiet(hand)) ?? [...state.hands][0];
  if (oldest !== undefined) giveUp(state, oldest[0], oldest[1], out, nowMs);
}

/** Whoever waits for it hears so. */
function giveUp(state: PersonState, number: number, hand: Hand, out: Out, nowMs: number): void {
  drop(state, number, out);
  fail(state, hand, 'timed-out', out, nowMs);
}

function isQuiet(hand: Hand): boolean {
  return hand.waits === 'signal' || hand.waits === 'signalled' || (hand.waits === 'up' && hand.isQuiet);
}

function drop(state: PersonState, number: number, out: Out): void {
  if (state.hands.delete(number)) out.command({ kind: 'hand-drop', hand: number });
}

/** An invitation for somebody beside us: its code waits for what the link says, and is shown without it rather than late. */
export function inviteByHand(state: PersonState, call: Call<'invite'>, invitation: Invitation, out: Out, nowMs: number): void {
  // One code stands on the screen.
  for (const [number, hand] of state.hands) if (hand.waits === 'reader') drop(state, number, out);
  out.event({ kind: 'waits', call: call.call });
  const waits = { waits: 'offer', call, invitation, untilMs: nowMs + HAND_LINK_MS } as const;
  begin(state, waits, { kind: 'hand-offer', codeBytesMax: HAND_CODE_BYTES_MAX }, out, nowMs);
}

/** An invitation that came with an offer was taken up: what its maker has to read is asked for. */
export function answerByHand(state: PersonState, call: Call<'accept'>, invitation: Invitation, out: Out, nowMs: number): void {
  const { account, secret, offer } = invitation;
  out.event({ kind: 'waits', call: call.call });
  const waits = { waits: 'answer', call, account, secret, untilMs: nowMs + HAND_LINK_MS } as const;
  const expectedKey = transportKey(toHex(invitation.transportKey));
  begin(state, waits, { kind: 'hand-answer', offer, expectedKey, codeBytesMax: HAND_CODE_BYTES_MAX }, out, nowMs);
}

/** The one code for somebody known. */
export function meetAgain(state: PersonState, call: Call<'meet-again'>, out: Out, nowMs: number): void {
  const contact = state.contacts.get(call.account);
  const { suite, today } = state;
  if (contact === undefined || today === undefined) return answer(out, call, 'meet-again', refuse({ kind: 'unknown-contact' }));
  for (const device of state.devicesOf(contact.account)) {
    const secret = device.standing === 'listed' ? pairSecret(suite, device.pair) : undefined;
    const [mine, theirs] = [device.pair.certificates[0], device.pair.peerCertificates[0]];
    if (secret === undefined || mine === undefined || theirs === undefined) continue;
    const nonce = state.random.bytes(16);
    const shown = {
      nonce,
      hint: pairHint(suite, secret, nonce, today.publicKey),
      transportKey: today.publicKey,
      certificate: mine.number,
      peerCertificate: theirs.number,
    };
    out.event({ kind: 'waits', call: call.call });
    const waits = { waits: 'again', call, device: toHex(device.signingKey), shown, untilMs: nowMs + HAND_LINK_MS } as const;
    const certificate = certificateName(state, device, mine.number);
    const again = { secret: useSecret(suite, secret, nonce), certificate, peerFingerprint: theirs.fingerprint };
    return begin(state, waits, { kind: 'hand-again', ...again }, out, nowMs);
  }
  answer(out, call, 'meet-again', refuse({ kind: 'needs-two-codes' }));
}

/** Something was read that only means anything to whoever stands beside the one who shows it. */
export function readShown(state: PersonState, call: Call<'accept'>, out: Out, nowMs: number): void {
  const read = readShownCode(call.text);
  if (state.own === undefined) return answer(out, call, 'accept', refuse({ kind: 'no-profile' }));
  if (!read.ok)
    return answer(out, call, 'accept', refuse({ kind: read.refusal.kind === 'not-a-code' ? 'not-an-invitation' : 'newer-version' }));
  if (read.value.kind === 'answer') readAnswer(state, call, read.value, out, nowMs);
  else readAgain(state, call, read.value, out, nowMs);
}

function readAnswer(state: PersonState, call: Call<'accept'>, shown: HandAnswer, out: Out, nowMs: number): void {
  const { own, suite } = state;
  for (const [number, hand] of state.hands) {
    if (hand.waits !== 'reader' || !sameBytes(answerTag(suite, hand.secret), shown.tag)) continue;
    if (own !== undefined && sameBytes(shown.account, own.device.account)) return answer(out, call, 'accept', refuse({ kind: 'own' }));
    const account = accountId(shown.account);
    pin(state, hand.secret, account, call.how === 'scanned', out);
    const expectedKey = transportKey(toHex(shown.transportKey));
    knowCode(state, expectedKey, [], nowMs);
    state.hands.set(number, { waits: 'up', account, device: undefined, isAgain: false, isQuiet: false, untilMs: nowMs + HAND_CODE_MS });
    out.command({ kind: 'hand-accept', hand: number, answer: shown.code, expectedKey });
    tell(out, { account: toHex(account), step: 'connecting' });
    return answer(out, call, 'accept', ok({ account: toHex(account), answer: undefined, byHand: undefined }));
  }
  answer(out, call, 'accept', refuse({ kind: 'not-awaited' }));
}

/**
 * Whoever showed the answer is the one who may take the invitation up; scanned, their account was read from their own screen. It may have been
 * taken up already: then it counts for that session alone, never for whomever else an answer names.
 */
function pin(state: PersonState, secret: Bytes, account: ReturnType<typeof accountId>, isScanned: boolean, out: Out): void {
  const contact = state.contacts.get(toHex(account));
  for (const row of state.invitations.values()) {
    if (row.kind !== 'made' || !sameBytes(row.secret, secret)) continue;
    const session = row.usedBy && state.sessions.get(toHex(row.usedBy));
    if (row.usedBy === undefined) state.putInvitation({ ...row, pinned: account, isScanned: isScanned && contact === undefined }, out);
    else if (isScanned && session && contact !== undefined && contact.verified === undefined && sameBytes(session.peerAccount, account))
      state.setContact({ ...contact, verified: 'scanned' }, out);
    return;
  }
}

function readAgain(state: PersonState, call: Call<'accept'>, shown: AgainCode, out: Out, nowMs: number): void {
  const { suite } = state;
  for (const device of state.devices.values()) {
    const secret = device.standing === 'listed' ? pairSecret(suite, device.pair) : undefined;
    if (secret === undefined || !sameBytes(pairHint(suite, secret, shown.nonce, shown.transportKey), shown.hint)) continue;
    const account = toHex(device.account);
    const mine = device.pair.certificates.find(({ number }) => number === shown.peerCertificate);
    const theirs = device.pair.peerCertificates.find(({ number }) => number === shown.certificate);
    if (mine === undefined || theirs === undefined) return answer(out, call, 'accept', refuse({ kind: 'needs-two-codes', account }));
    const name = toHex(device.signingKey);
    const waits = {
      waits: 'up',
      account: device.account,
      device: name,
      isAgain: true,
      isQuiet: false,
      untilMs: nowMs + HAND_CODE_MS,
    } as const;
    const again = {
      secret: useSecret(suite, secret, shown.nonce),
      certificate: certificateName(state, device, mine.number),
      peerFingerprint: theirs.fingerprint,
      shown: shown.code,
      expectedKey: transportKey(toHex(shown.transportKey)),
    };
    begin(state, waits, { kind: 'hand-again', ...again }, out, nowMs);
    tell(out, { account, step: 'connecting' });
    return answer(out, call, 'accept', ok({ account, answer: undefined, byHand: undefined }));
  }
  answer(out, call, 'accept', refuse({ kind: 'not-for-me' }));
}

export function hearHand(state: PersonState, event: Exclude<HandEvent, { kind: 'hand-certificate' }>, out: Out, nowMs: number): void {
  const hand = state.hands.get(event.hand);
  if (hand === undefined) return;
  if (event.kind === 'hand-code') return takeCode(state, event.hand, hand, event.code, out, nowMs);
  state.hands.delete(event.hand);
  fail(state, hand, event.reason, out, nowMs);
}

function takeCode(state: PersonState, number: number, hand: Hand, code: Bytes, out: Out, nowMs: number): void {
  const untilMs = nowMs + HAND_CODE_MS;
  const connects = (account: Bytes, device: string | undefined, isAgain: boolean, isQuiet: boolean): void =>
    void state.hands.set(number, { waits: 'up', account, device, isAgain, isQuiet, untilMs });
  switch (hand.waits) {
    case 'offer': {
      const { call, invitation } = hand;
      state.hands.set(number, { waits: 'reader', secret: invitation.secret, untilMs });
      return answer(out, call, 'invite', ok(invitationShown({ ...invitation, offer: code }, { isByHand: true })));
    }
    case 'answer': {
      const { today, own } = state;
      if (today === undefined || own === undefined) return giveUp(state, number, hand, out, nowMs);
      const tag = answerTag(state.suite, hand.secret);
      const text = handAnswerText({ tag, account: own.device.account, transportKey: today.publicKey, code });
      connects(hand.account, undefined, false, false);
      return answer(out, hand.call, 'accept', ok({ account: toHex(hand.account), answer: text, byHand: undefined }));
    }
    case 'again': {
      const device = state.devices.get(hand.device);
      if (device === undefined) return giveUp(state, number, hand, out, nowMs);
      connects(device.account, hand.device, true, false);
      return answer(out, hand.call, 'meet-again', ok({ text: againText({ ...hand.shown, code }), expiresAtMs: untilMs }));
    }
    case 'signal': {
      const device = state.devices.get(hand.device);
      if (device === undefined || !say(state, device, hand.step, hand.id, code, out, nowMs)) return drop(state, number, out);
      if (hand.step === 'answer') return connects(device.account, hand.device, false, true);
      return void state.hands.set(number, { waits: 'signalled', device: hand.device, id: hand.id, untilMs: nowMs + SIGNAL_FRESH_MS });
    }
    case 'reader':
    case 'signalled':
    case 'up':
      // One code an attempt.
      return;
  }
}

/** The invitation as its maker shows it. */
export function invitationShown(
  invitation: Invitation,
  how: { readonly isByHand: boolean; readonly why?: HandFailure },
): { readonly text: string; readonly expiresAtMs: number; readonly isByHand: boolean; readonly why: HandFailure | undefined } {
  return { text: invitationText(invitation), expiresAtMs: invitation.expiryHour * 3_600_000, isByHand: how.isByHand, why: how.why };
}

/** Nothing comes of it: whoever asked hears so, and what works without it goes on. */
function fail(state: PersonState, hand: Hand, why: HandFailure, out: Out, nowMs: number): void {
  switch (hand.waits) {
    case 'offer':
      return answer(out, hand.call, 'invite', ok(invitationShown(hand.invitation, { isByHand: false, why })));
    case 'answer':
      return answer(out, hand.call, 'accept', ok({ account: toHex(hand.account), answer: undefined, byHand: why }));
    case 'again':
      certifyAnew(state, hand.device, why, out);
      return answer(out, hand.call, 'meet-again', refuse({ kind: why === 'no-certificate' ? 'needs-two-codes' : 'not-by-hand', why }));
    case 'signal':
      if (why === 'no-transport') state.makesHands = false;
      return;
    case 'signalled':
      return;
    case 'reader':
      return tell(out, { account: undefined, step: 'failed', why });
    case 'up':
      if (hand.isAgain) certifyAnew(state, hand.device, why, out);
      if (hand.isQuiet) return waitLonger(state, hand.device, nowMs);
      return tell(out, { account: toHex(hand.account), step: 'failed', why });
  }
}

function certifyAnew(state: PersonState, name: string | undefined, why: HandFailure, out: Out): void {
  const device = state.devices.get(name ?? '');
  if (device !== undefined && why === 'no-certificate') certifyNext(state, device, out);
}

function tell(
  out: Out,
  byHand: { readonly account: string | undefined; readonly step: 'connecting' | 'connected' | 'failed'; readonly why?: HandFailure },
): void {
  out.event({ kind: 'by-hand', byHand });
}

/** A connection that was made by hand is there. */
export function handUp(state: PersonState, event: Extract<LinkEvent, { kind: 'up' }>, out: Out): void {
  const hand = event.hand === undefined ? undefined : state.hands.get(event.hand);
  if (event.hand === undefined || hand === undefined) return;
  state.hands.delete(event.hand);
  if (hand.waits !== 'up') return;
  const device = state.devices.get(hand.device ?? '');
  if (device !== undefined) {
    state.bindKey(event.key, device);
    state.signals.delete(hand.device ?? '');
    // A certificate serves once: who watches the air cannot tell that the same two have met again.
    if (hand.isAgain) certifyNext(state, device, out);
  }
  // Whom a code names is believed of nobody who is known under other keys.
  const isKnown = state.contacts.has(toHex(hand.account));
  const isTheirs = !isKnown || sameBytes(state.deviceAt(event.key)?.account ?? EMPTY, hand.account);
  tell(out, { account: isTheirs ? toHex(hand.account) : undefined, step: 'connected' });
}

/** Gives up what nobody answered. */
export function expireHands(state: PersonState, out: Out, nowMs: number): void {
  for (const [number, hand] of [...state.hands]) {
    if (hand.untilMs > nowMs) continue;
    giveUp(state, number, hand, out, nowMs);
  }
}

/** The person has left the screen with the code. */
export function endByHand(state: PersonState, call: Call<'end-by-hand'>, out: Out, nowMs: number): void {
  leaveCodes(state, out, nowMs);
  answer(out, call, 'end-by-hand', undefined);
}

/** Whatever stands on the screen for somebody's camera stands for nothing any more. */
export function leaveCodes(state: PersonState, out: Out, nowMs: number): void {
  for (const [number, hand] of [...state.hands]) {
    if (hand.waits === 'offer') {
      giveUp(state, number, hand, out, nowMs);
    } else if (hand.waits === 'reader' || (hand.waits === 'up' && !hand.isQuiet)) drop(state, number, out);
  }
}

/**
 * Somebody was heard of just now, by way of others: they may be near enough for a connection of our own. The one whose account is smaller
 * offers, so that not both do.
 */
export function callOut(state: PersonState, device: DeviceRow, saidAtMs: number, out: Out, nowMs: number): void {
  const name = toHex(device.signingKey);
  const mine = state.own?.device.account;
  if (!state.makesHands || mine === undefined || device.standing !== 'listed' || Math.abs(nowMs - saidAtMs) > SIGNAL_FRESH_MS) return;
  if (toHex(mine) >= toHex(device.account) || state.isReachedDirectly(device.account)) return;
  const before = state.signals.get(name);
  if (before !== undefined && nowMs < before.notBeforeMs) return;
  waitLonger(state, name, nowMs);
  const waits = { waits: 'signal', device: name, step: 'offer', id: state.random.bytes(8), untilMs: nowMs + HAND_LINK_MS } as const;
  begin(state, waits, { kind: 'hand-offer', codeBytesMax: SIGNAL_CODE_BYTES }, out, nowMs);
}

function waitLonger(state: PersonState, name: string | undefined, nowMs: number): void {
  if (name === undefined) return;
  const before = state.signals.get(name);
  const waitMs = Math.min(SIGNAL_WAIT_MAX_MS, Math.max(SIGNAL_WAIT_FIRST_MS, (before?.waitMs ?? 0) * 2));
  state.signals.set(name, { ...before, waitMs, notBeforeMs: nowMs + waitMs });
}

function say(state: PersonState, device: DeviceRow, step: Signal['step'], id: Bytes, code: Bytes, out: Out, nowMs: number): boolean {
  const session = state.sessionOf(device);
  if (session === undefined || state.today === undefined) return false;
  const said = encodeContent({ kind: 'signal', step, id, atMs: nowMs, transportKey: state.today.publicKey, code });
  state.seal(session, said, out, nowMs, RECEIPT_COPIES);
  return true;
}

export function hearSignal(state: PersonState, device: DeviceRow, signal: Signal, out: Out, nowMs: number): void {
  const name = toHex(device.signingKey);
  if (!state.makesHands || Math.abs(nowMs - signal.atMs) > SIGNAL_FRESH_MS || state.isReachedDirectly(device.account)) return;
  const expectedKey = transportKey(toHex(signal.transportKey));
  if (signal.step === 'offer') {
    // Each answer tells where we are, and takes the link's time.
    if ((state.signals.get(name)?.answeredAtMs ?? Number.NEGATIVE_INFINITY) + SIGNAL_ANSWER_MS > nowMs) return;
    state.signals.set(name, { waitMs: 0, notBeforeMs: 0, ...state.signals.get(name), answeredAtMs: nowMs });
    const waits = { waits: 'signal', device: name, step: 'answer', id: signal.id, untilMs: nowMs + HAND_LINK_MS } as const;
    return begin(state, waits, { kind: 'hand-answer', offer: signal.code, expectedKey, codeBytesMax: SIGNAL_CODE_BYTES }, out, nowMs);
  }
  for (const [number, hand] of state.hands) {
    if (hand.waits !== 'signalled' || hand.device !== name || !sameBytes(hand.id, signal.id)) continue;
    state.hands.set(number, {
      waits: 'up',
      account: device.account,
      device: name,
      isAgain: false,
      isQuiet: true,
      untilMs: nowMs + SIGNAL_FRESH_MS,
    });
    return out.command({ kind: 'hand-accept', hand: number, answer: signal.code, expectedKey });
  }
}
