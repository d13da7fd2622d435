/** Making sure that a contact is who they seem: safety numbers, codes from their screen, news about their account. Rule: docs/protocol/identity.md §8. */

import { accountId } from '../../identity/account.ts';
import { judgeSafetyCode, readSafetyCode, safetyCodeText, safetyNumber } from '../../identity/safety-number.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { tellOwnDevices } from './archiving.ts';
import type { PersonCall } from './inputs.ts';
import type { ContactRow } from './rows.ts';
import { answer, type Out, type PersonState } from './state.ts';

export function showSafetyNumber(state: PersonState, call: Extract<PersonCall, { kind: 'safety-number' }>, out: Out): void {
  const contact = state.contacts.get(call.account);
  if (state.own === undefined) return answer(out, call, 'safety-number', refuse({ kind: 'no-profile' }));
  if (contact === undefined) return answer(out, call, 'safety-number', refuse({ kind: 'unknown-contact' }));
  const mine = accountId(state.own.device.account);
  const digits = safetyNumber(state.suite, mine, contact.account);
  answer(out, call, 'safety-number', ok({ digits, code: safetyCodeText(mine, contact.account) }));
}

export function verifyByCode(state: PersonState, call: Extract<PersonCall, { kind: 'verify-by-code' }>, out: Out, nowMs: number): void {
  const contact = state.contacts.get(call.account);
  if (state.own === undefined || contact === undefined) return answer(out, call, 'verify-by-code', refuse({ kind: 'unknown-contact' }));
  const read = readSafetyCode(call.code);
  if (!read.ok) return answer(out, call, 'verify-by-code', read);
  const judgement = judgeSafetyCode(read.value, accountId(state.own.device.account), contact.account);
  if (judgement !== 'match') return answer(out, call, 'verify-by-code', refuse({ kind: judgement }));
  putTrust(state, contact, 'scanned', out, nowMs);
  answer(out, call, 'verify-by-code', ok(undefined));
}

export function setVerified(state: PersonState, call: Extract<PersonCall, { kind: 'set-verified' }>, out: Out, nowMs: number): void {
  const contact = state.contacts.get(call.account);
  if (contact !== undefined) putTrust(state, contact, call.isVerified ? 'compared' : undefined, out, nowMs);
  answer(out, call, 'set-verified', undefined);
}

/** Verified anew, an account may be written to again, whatever was said of it before. */
function putTrust(state: PersonState, contact: ContactRow, verified: ContactRow['verified'], out: Out, nowMs: number): void {
  const news = verified === undefined ? contact.news : undefined;
  state.setContact({ ...contact, verified, news }, out);
  if (verified !== undefined) tellOwnDevices(state, contact.account, out, nowMs);
  out.event({ kind: 'overview-changed' });
}

export function newsSeen(state: PersonState, call: Extract<PersonCall, { kind: 'news-seen' }>, out: Out): void {
  const contact = state.contacts.get(call.account);
  if (contact?.news !== undefined && contact.news.kind !== 'root-unknown') {
    state.setContact({ ...contact, news: undefined }, out);
    out.event({ kind: 'overview-changed' });
  }
  answer(out, call, 'news-seen', undefined);
}
