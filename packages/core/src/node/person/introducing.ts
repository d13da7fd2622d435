/**
 * Bringing two contacts together: the introducer asks one, whose invitation, pinned to the other, it passes on. Until both have said yes
 * they know a name and which account it is, and nothing by which to reach it. Whoever introduces could stand in between, and the contact says so until they are verified.
 * Rule: docs/protocol/rendezvous.md §10.
 *
 *   Bo ── ask (Ann) ──▶ Cleo: yes        Cleo ── give ──▶ Bo ── pass (Cleo) ──▶ Ann: yes, takes it up
 */
import { encodeContent } from '../../content/content.ts';
import type { Introduction } from '../../content/introduction.ts';
import { type AccountId, accountId } from '../../identity/account.ts';
import { type Bytes, EMPTY, fromBase64Url, sameBytes, toBase64Url, toHex } from '../../kernel/bytes.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { invitationText, readInvitation } from '../../rendezvous/invitation.ts';
import type { DeviceRow } from './device-rows.ts';
import type { PersonCall } from './inputs.ts';
import { encodeIntroductions, INTRODUCTIONS_ROW, type IntroductionEntry } from './introduction-rows.ts';
import { makeInvitation, takeUp } from './inviting.ts';
import { INTRODUCTION_MS, INTRODUCTIONS_MAX, INTRODUCTIONS_OF_ONE_MAX } from './limits.ts';
import { answer, type Out, type PersonState } from './state.ts';

const NOBODY: Bytes = new Uint8Array(32);

export function introduce(state: PersonState, call: Extract<PersonCall, { kind: 'introduce' }>, out: Out, nowMs: number): void {
  const [one, other] = [state.contacts.get(call.account), state.contacts.get(call.to)];
  if (one === undefined || other === undefined || one === other) return answer(out, call, 'introduce', refuse({ kind: 'unknown-contact' }));
  const id = state.random.bytes(8);
  const ask = { step: 'ask', id, name: one.name, account: one.account, invitation: EMPTY } as const;
  if (!say(state, other.account, ask, out, nowMs)) return answer(out, call, 'introduce', refuse({ kind: 'not-reached-yet' }));
  put(state, { id, atMs: nowMs, account: one.account, name: one.name, step: 'waiting', to: other.account }, out);
  answer(out, call, 'introduce', ok(undefined));
}

/** A person says whether they want to be brought together with somebody. */
export function answerIntroduction(
  state: PersonState,
  call: Extract<PersonCall, { kind: 'answer-introduction' }>,
  out: Out,
  nowMs: number,
): void {
  const entry = state.introductions.get(call.id);
  if (entry === undefined || entry.step === 'waiting') return answer(out, call, 'answer-introduction', undefined);
  forget(state, call.id, out);
  if (entry.step === 'asked') agree(state, entry, call.isWanted, out, nowMs);
  else if (call.isWanted) takePassed(state, entry, out, nowMs);
  answer(out, call, 'answer-introduction', undefined);
}

function agree(state: PersonState, entry: Extract<IntroductionEntry, { step: 'asked' }>, isWanted: boolean, out: Out, nowMs: number): void {
  const reply = { id: entry.id, name: '', account: NOBODY } as const;
  const made = isWanted ? makeInvitation(state, { pinned: entry.account, introducedBy: entry.by }, out, nowMs) : undefined;
  const invitation = made && fromBase64Url(invitationText(made));
  if (invitation) say(state, entry.by, { ...reply, step: 'give', invitation }, out, nowMs);
  else say(state, entry.by, { ...reply, step: 'decline', invitation: EMPTY }, out, nowMs);
}

function takePassed(state: PersonState, entry: Extract<IntroductionEntry, { step: 'passed' }>, out: Out, nowMs: number): void {
  const read = readInvitation(toBase64Url(entry.invitation), nowMs);
  if (read.ok) takeUp(state, read.value, { isScanned: false, introducedBy: entry.by }, out, nowMs);
}

export function hearIntroduction(state: PersonState, device: DeviceRow, it: Introduction, out: Out, nowMs: number): void {
  const by = device.account;
  const id = toHex(it.id);
  const about = { id: it.id, atMs: nowMs, name: it.name } as const;
  switch (it.step) {
    case 'ask':
      if (isStranger(state, it.account) && !state.introductions.has(id))
        put(state, { ...about, account: accountId(it.account), step: 'asked', by }, out);
      return;
    case 'give': {
      const entry = state.introductions.get(id);
      if (entry?.step !== 'waiting' || !sameBytes(entry.to, by)) return;
      forget(state, id, out);
      const name = state.contacts.get(toHex(by))?.name ?? '';
      say(state, entry.account, { step: 'pass', id: it.id, name, account: by, invitation: it.invitation }, out, nowMs);
      return;
    }
    case 'pass': {
      const read = readInvitation(toBase64Url(it.invitation), nowMs);
      const isTheirs = read.ok && sameBytes(read.value.account, it.account);
      if (isTheirs && isStranger(state, it.account) && !state.introductions.has(id))
        put(state, { ...about, account: accountId(it.account), step: 'passed', by, invitation: it.invitation }, out);
      return;
    }
    case 'decline': {
      const entry = state.introductions.get(id);
      if (entry?.step === 'waiting' && sameBytes(entry.to, by)) forget(state, id, out);
    }
  }
}

function isStranger(state: PersonState, account: Bytes): boolean {
  const isOwn = state.own !== undefined && sameBytes(account, state.own.device.account);
  return !isOwn && !state.contacts.has(toHex(account));
}

function say(state: PersonState, to: AccountId, it: Omit<Introduction, 'kind'>, out: Out, nowMs: number): boolean {
  const session = state
    .devicesOf(to)
    .filter((device) => device.standing === 'listed')
    .map((device) => state.sessionOf(device))
    .find((one) => one !== undefined);
  if (session === undefined) return false;
  state.seal(session, encodeContent({ kind: 'introduction', ...it }), out, nowMs);
  return true;
}

function put(state: PersonState, entry: IntroductionEntry, out: Out): void {
  // Asked again is one question still, and one answer.
  for (const [id, one] of state.introductions) if (isSameQuestion(one, entry)) state.introductions.delete(id);
  // Whoever introduces without end takes nobody else's place.
  const same = [...state.introductions].filter(([, one]) => sameSource(one, entry));
  for (const [oldest] of same.slice(0, Math.max(0, same.length - INTRODUCTIONS_OF_ONE_MAX + 1))) state.introductions.delete(oldest);
  state.introductions.set(toHex(entry.id), entry);
  for (const oldest of [...state.introductions.keys()].slice(0, -INTRODUCTIONS_MAX)) state.introductions.delete(oldest);
  keep(state, out);
}

function isSameQuestion(one: IntroductionEntry, other: IntroductionEntry): boolean {
  return one.step !== 'waiting' && one.step === other.step && sameSource(one, other) && sameBytes(one.account, other.account);
}

function sameSource(one: IntroductionEntry, other: IntroductionEntry): boolean {
  if (one.step === 'waiting' || other.step === 'waiting') return one.step === other.step;
  return sameBytes(one.by, other.by);
}

function forget(state: PersonState, id: string, out: Out): void {
  if (state.introductions.delete(id)) keep(state, out);
}

function keep(state: PersonState, out: Out): void {
  out.put('self', INTRODUCTIONS_ROW, encodeIntroductions([...state.introductions.values()]));
  out.event({ kind: 'overview-changed' });
}

/** Those that nobody answered go, and those whose people know each other by now. */
export function expireIntroductions(state: PersonState, out: Out, nowMs: number): void {
  for (const [id, entry] of [...state.introductions]) {
    const isOver = entry.step === 'passed' && !readInvitation(toBase64Url(entry.invitation), nowMs).ok;
    const isDone = isOver || (entry.step !== 'waiting' && !isStranger(state, entry.account));
    if (isDone || Math.abs(nowMs - entry.atMs) > INTRODUCTION_MS) forget(state, id, out);
  }
}
