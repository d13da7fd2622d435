/**
 * Six digits that two people see at once when nobody stands between them. Whoever starts promises a number, the other answers with one,
 * and only then is the promised one shown: neither can choose. Not kept over a restart. Rule: docs/protocol/identity.md §9.
 *
 *   starter ── commit ──▶ answerer        waiting
 *   starter ◀── answer ── answerer        starter knows the digits
 *   starter ── reveal ──▶ answerer        answerer knows them too
 */
import type { ComparisonContent } from '../../content/agreement.ts';
import { encodeContent } from '../../content/content.ts';
import { comparisonCommitment, comparisonDigits, opensCommitment } from '../../identity/comparison.ts';
import { type Bytes, concat, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import type { Session } from '../../session/session.ts';
import type { ComparisonState } from './agreement-state.ts';
import { tellOwnDevices } from './archiving.ts';
import type { DeviceRow } from './device-rows.ts';
import type { PersonCall } from './inputs.ts';
import { COMPARISONS_MAX, LINKING_MS } from './limits.ts';
import type { ContactRow } from './rows.ts';
import { answer, type Out, type PersonState } from './state.ts';
import type { Comparison } from './views.ts';

function put(state: PersonState, account: Bytes, comparison: ComparisonState | undefined, out: Out): void {
  const key = toHex(account);
  state.comparisons.delete(key);
  if (comparison !== undefined) state.comparisons.set(key, comparison);
  for (const oldest of [...state.comparisons.keys()].slice(0, -COMPARISONS_MAX)) state.comparisons.delete(oldest);
  out.event({ kind: 'overview-changed' });
}

/** The device of a contact that was heard of last: where the person most likely is. */
function where(state: PersonState, contact: ContactRow): Session | undefined {
  const sessions = state.devicesOf(contact.account).flatMap((device) => (device.standing === 'listed' ? [state.sessionOf(device)] : []));
  return sessions.find((session) => session !== undefined);
}

export function compare(state: PersonState, call: Extract<PersonCall, { kind: 'compare' }>, out: Out, nowMs: number): void {
  const contact = state.contacts.get(call.account);
  const session = contact && where(state, contact);
  if (contact !== undefined && session !== undefined) {
    const nonce = state.random.bytes(32);
    say(state, session, 'commit', comparisonCommitment(state.suite, nonce), out, nowMs);
    const begun = {
      isStarter: true,
      session: session.id,
      nonce,
      commitment: undefined,
      shown: { step: 'waiting' } as const,
      untilMs: nowMs + LINKING_MS,
    };
    put(state, contact.account, begun, out);
  }
  answer(out, call, 'compare', undefined);
}

export function endComparison(state: PersonState, call: Extract<PersonCall, { kind: 'end-comparison' }>, out: Out, nowMs: number): void {
  const contact = state.contacts.get(call.account);
  const under = state.comparisons.get(call.account);
  if (contact !== undefined && under !== undefined) {
    if (call.isEqual && under.shown.step === 'digits') {
      state.setContact({ ...contact, verified: 'compared', news: undefined }, out);
      tellOwnDevices(state, contact.account, out, nowMs);
    }
    put(state, contact.account, undefined, out);
  }
  answer(out, call, 'end-comparison', undefined);
}

/** Nobody looks any more. */
export function expireComparisons(state: PersonState, out: Out, nowMs: number): void {
  for (const [account, { untilMs }] of [...state.comparisons]) if (untilMs <= nowMs) put(state, fromHex(account) as Bytes, undefined, out);
}

function say(state: PersonState, session: Session, step: ComparisonContent['step'], bytes: Bytes, out: Out, nowMs: number): void {
  const now = state.sessions.get(toHex(session.id));
  if (now?.retiredHour === undefined && now !== undefined) state.seal(now, encodeContent({ kind: 'comparison', step, bytes }), out, nowMs);
}

export function hearComparison(
  state: PersonState,
  device: DeviceRow,
  session: Session,
  content: ComparisonContent,
  out: Out,
  nowMs: number,
): void {
  const { own, suite } = state;
  const account = device.account;
  if (own === undefined || !state.contacts.has(toHex(account))) return;
  const under = state.comparisons.get(toHex(account));
  const isHere = under !== undefined && sameBytes(under.session, session.id);
  const digits = (starter: Bytes, answerer: Bytes, isStarter: boolean): Comparison => {
    const [first, second] = isStarter ? [own.device.account, account] : [account, own.device.account];
    return { step: 'digits', digits: comparisonDigits(suite, concat(first, second, session.id), starter, answerer) };
  };
  switch (content.step) {
    case 'commit': {
      // Both started at once: the smaller account's goes on, and the other side answers it.
      // Said once more, because they may have given up the one they had of us.
      if (under?.isStarter === true && under.shown.step === 'waiting' && toHex(own.device.account) < toHex(account))
        return say(state, session, 'commit', comparisonCommitment(suite, under.nonce), out, nowMs);
      if (under?.commitment !== undefined && sameBytes(under.commitment, content.bytes)) return;
      // A second promise while one is open would be a second guess: it ends in sight of the person, and is not answered.
      if (under !== undefined && !(under.isStarter && under.shown.step === 'waiting'))
        return put(state, account, { ...under, shown: { step: 'failed' } }, out);
      const nonce = state.random.bytes(32);
      say(state, session, 'answer', nonce, out, nowMs);
      const shown = { step: 'waiting' } as const;
      const untilMs = nowMs + LINKING_MS;
      return put(state, account, { isStarter: false, session: session.id, nonce, commitment: content.bytes, shown, untilMs }, out);
    }
    case 'answer': {
      if (!isHere || !under.isStarter || under.shown.step !== 'waiting') return;
      say(state, session, 'reveal', under.nonce, out, nowMs);
      return put(state, account, { ...under, shown: digits(under.nonce, content.bytes, true) }, out);
    }
    case 'reveal': {
      if (!isHere || under.commitment === undefined || under.shown.step !== 'waiting') return;
      const isKept = opensCommitment(suite, under.commitment, content.bytes);
      return put(state, account, { ...under, shown: isKept ? digits(content.bytes, under.nonce, false) : { step: 'failed' } }, out);
    }
  }
}
