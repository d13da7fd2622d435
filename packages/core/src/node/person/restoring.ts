/** A backup gives back what it holds: to a new device that takes its account over with the words, or to one of the same account. Rule: docs/protocol/archive.md. */

import { hourOf } from '../../envelope/envelope.ts';
import { rootPair } from '../../identity/account.ts';
import { readListRecord } from '../../identity/device-list.ts';
import { sameBytes } from '../../kernel/bytes.ts';
import { ok, refuse } from '../../kernel/result.ts';
import type { ArchiveRecord } from './archive-records.ts';
import { takeRecords } from './archiving.ts';
import type { PersonCall } from './inputs.ts';
import { startAs } from './meeting.ts';
import { recoverIdentity } from './own.ts';
import { encodeRelays, RELAYS_ROW } from './rows.ts';
import { answer, type Out, type PersonState } from './state.ts';

export function restore(state: PersonState, call: Extract<PersonCall, { kind: 'restore' }>, out: Out, nowMs: number): void {
  const profile = call.records.find((record): record is Extract<ArchiveRecord, { kind: 'profile' }> => record.kind === 'profile');
  if (profile === undefined) return answer(out, call, 'restore', refuse({ kind: 'damaged' }));
  if (state.own !== undefined) {
    if (!sameBytes(state.own.device.account, profile.account)) return answer(out, call, 'restore', refuse({ kind: 'other-account' }));
  } else {
    if (call.seed === undefined) return answer(out, call, 'restore', refuse({ kind: 'needs-words' }));
    const list = readListRecord(state.suite, profile.listRecord);
    if (!list.ok || !sameBytes(list.value.account, profile.account)) return answer(out, call, 'restore', refuse({ kind: 'damaged' }));
    const isTheirs = sameBytes(rootPair(state.suite, call.seed, list.value.rootIndex).publicKey, list.value.rootKey);
    const known = { list: list.value, record: profile.listRecord };
    const row = recoverIdentity(state.suite, state.random, profile.name, call.seed, known, hourOf(nowMs));
    if (!isTheirs || row === undefined) return answer(out, call, 'restore', refuse({ kind: 'other-words' }));
    if (state.relays.length === 0 && profile.relays.length > 0) {
      state.relays = profile.relays;
      out.put('self', RELAYS_ROW, encodeRelays(state.relays));
    }
    startAs(state, row, out, nowMs);
  }
  takeRecords(state, call.records, out, nowMs);
  const count = (kind: ArchiveRecord['kind']): number => call.records.filter((record) => record.kind === kind).length;
  answer(out, call, 'restore', ok({ contacts: count('contact'), messages: count('message') }));
}
