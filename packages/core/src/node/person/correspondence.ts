/** Texts and receipts, both ways, and the state of what was written. Rule: docs/protocol/conversation.md. */
import { encodeContent } from '../../content/content.ts';
import { RECEIPT_MESSAGES_MAX } from '../../content/limits.ts';
import type { Receipt } from '../../content/receipt.ts';
import { type TextMessage, textRefusal } from '../../content/text.ts';
import { UNREAD_MAX } from '../../conversation/limits.ts';
import { decodeMessage, encodeMessage, laterState, messageKey, placedAtMs, type StoredMessage } from '../../conversation/message.ts';
import { LIFETIME_HOURS } from '../../envelope/limits.ts';
import { type Bytes, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Reader } from '../../kernel/codec.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { type RowKey, type Rows, rowName } from '../machine.ts';
import type { PersonCall } from './inputs.ts';
import { OUTBOX_MAX } from './limits.ts';
import { type ContactRow, encodeOutbox, type OutboxRow } from './rows.ts';
import { answer, type Out, type PersonState } from './state.ts';
import { messageView } from './view.ts';

export function send(state: PersonState, call: Extract<PersonCall, { kind: 'send' }>, out: Out, nowMs: number): void {
  const contact = state.contacts.get(call.to);
  if (state.own === undefined) return answer(out, call, 'send', refuse({ kind: 'no-profile' }));
  if (contact === undefined) return answer(out, call, 'send', refuse({ kind: 'unknown-contact' }));
  const refusal = textRefusal(call.text);
  if (refusal !== undefined) return answer(out, call, 'send', refuse(refusal));
  if (state.outbox.size >= OUTBOX_MAX) return answer(out, call, 'send', refuse({ kind: 'not-saved', why: 'full' }));
  const id = state.random.bytes(16);
  const envelope = state.say(contact, encodeContent({ kind: 'text', id, sentAtMs: nowMs, text: call.text }), out, nowMs);
  const message: StoredMessage = {
    id,
    account: contact.account,
    mine: true,
    text: call.text,
    sentAtMs: nowMs,
    expiresAtMs: envelope.header.expiryHour * 3_600_000,
    state: { kind: 'waiting' },
  };
  const key = messageKey(message);
  out.put('messages', key, encodeMessage(message));
  out.put('messageIndex', id, key);
  const row: OutboxRow = { messageKey: key, envelopeId: envelope.id, carriers: [] };
  state.track(id, row);
  out.put('outbox', id, encodeOutbox(row));
  answer(out, call, 'send', ok(toHex(id)));
  out.event({ kind: 'message-changed', message: messageView(message), isNew: true });
  out.event({ kind: 'overview-changed' });
}

export function markRead(state: PersonState, call: Extract<PersonCall, { kind: 'mark-read' }>, out: Out, nowMs: number): void {
  const contact = state.contacts.get(call.account);
  if (contact !== undefined && contact.unread.length > 0) {
    for (let at = 0; at < contact.unread.length; at += RECEIPT_MESSAGES_MAX) {
      const messages = contact.unread.slice(at, at + RECEIPT_MESSAGES_MAX);
      state.say(contact, encodeContent({ kind: 'receipt', what: 'read', atMs: nowMs, messages }), out, nowMs);
    }
    const owed = state.owed.get(call.account)?.filter((id) => !contact.unread.some((read) => sameBytes(read, id)));
    if (owed === undefined || owed.length === 0) state.owed.delete(call.account);
    else state.owed.set(call.account, owed);
    const now = state.contacts.get(call.account) ?? contact;
    state.setContact({ ...now, unread: [] }, out);
    out.event({ kind: 'overview-changed' });
  }
  answer(out, call, 'mark-read', undefined);
}

/** A text as it will stand in its conversation. */
export function placeText(contact: ContactRow, content: TextMessage, nowMs: number): StoredMessage {
  const sentAtMs = placedAtMs(content.sentAtMs, nowMs, contact.metAtMs);
  const { id, text } = content;
  return { id, account: contact.account, mine: false, text, sentAtMs, expiresAtMs: nowMs, state: undefined };
}

/** `isKnown`: a message of theirs with this id and time is there already; what was read once is not changed by saying it again. */
export function hearText(state: PersonState, contact: ContactRow, content: TextMessage, isKnown: boolean, out: Out, nowMs: number): void {
  const account = toHex(contact.account);
  state.owed.set(account, [...(state.owed.get(account) ?? []), content.id]);
  if (isKnown) return;
  const message = placeText(contact, content, nowMs);
  out.put('messages', messageKey(message), encodeMessage(message));
  const unread = contact.unread.length < UNREAD_MAX ? [...contact.unread, content.id] : contact.unread;
  state.setContact({ ...contact, unread, lastHeardMs: nowMs }, out);
  out.event({ kind: 'message-changed', message: messageView(message), isNew: true });
  out.event({ kind: 'overview-changed' });
}

export function hearReceipt(state: PersonState, contact: ContactRow, content: Receipt, out: Out, nowMs: number): void {
  state.setContact({ ...contact, lastHeardMs: nowMs }, out);
  for (const id of content.messages) {
    const hex = toHex(id);
    const waiting = state.outbox.get(hex);
    // A receipt answers for messages to its writer only.
    if (waiting !== undefined && !sameBytes(waiting.messageKey.subarray(0, 32), contact.account)) continue;
    const atMs = Math.min(content.atMs, nowMs);
    state.restate(hex, contact.account, { kind: content.what, atMs }, waiting?.messageKey);
    if (waiting === undefined) continue;
    state.gossip.withdraw(waiting.envelopeId);
    state.untrack(id, out);
  }
}

export function custody(state: PersonState, envelopeId: Bytes, by: number, out: Out): void {
  const id = state.messageOf.get(toHex(envelopeId));
  const row = id === undefined ? undefined : state.outbox.get(id);
  const key = fromHex(state.neighbours.get(by)?.key ?? '');
  if (
    id === undefined ||
    row === undefined ||
    key?.length !== 32 ||
    row.carriers.length >= 64 ||
    row.carriers.some((one) => sameBytes(one, key))
  )
    return;
  const now = { ...row, carriers: [...row.carriers, key] };
  state.outbox.set(id, now);
  out.put('outbox', fromHex(id) as Bytes, encodeOutbox(now));
  state.restate(id, row.messageKey.slice(0, 32), { kind: 'carried', carriers: now.carriers.length }, row.messageKey);
}

export function expired(state: PersonState, envelopeId: Bytes, out: Out): void {
  const id = state.messageOf.get(toHex(envelopeId));
  const row = id === undefined ? undefined : state.outbox.get(id);
  if (id === undefined || row === undefined) return;
  state.restate(id, row.messageKey.slice(0, 32), { kind: 'expired' }, row.messageKey);
  state.untrack(fromHex(id) as Bytes, out);
}

/** A carrier showed the token that only the reader's device can have made: delivered, though its receipt may be lost. */
export function readElsewhere(state: PersonState, envelopeId: Bytes, out: Out, nowMs: number): void {
  const id = state.messageOf.get(toHex(envelopeId));
  const row = id === undefined ? undefined : state.outbox.get(id);
  if (id === undefined || row === undefined) return;
  state.restate(id, row.messageKey.slice(0, 32), { kind: 'delivered', atMs: nowMs }, row.messageKey);
  state.untrack(fromHex(id) as Bytes, out);
}

/** Messages whose time has run out though no carrier said so: every message ends as delivered or expired. */
export function expireOutbox(state: PersonState, out: Out, nowMs: number): void {
  for (const [id, row] of state.outbox) {
    const sentAtMs = new Reader(row.messageKey.subarray(32)).u64();
    if (sentAtMs + (LIFETIME_HOURS[1] + 1) * 3_600_000 >= nowMs) continue;
    state.gossip.withdraw(row.envelopeId);
    state.restate(id, row.messageKey.slice(0, 32), { kind: 'expired' }, row.messageKey);
    state.untrack(fromHex(id) as Bytes, out);
  }
}

/** The rows of messages whose state is to change; in two rounds where only the message's id is known. */
export function restatedRows(state: PersonState, rows: Rows): readonly RowKey[] {
  return [...state.restated].map(([id, { key }]): RowKey => {
    const index: RowKey = { space: 'messageIndex', key: fromHex(id) as Bytes };
    const messageRow = key ?? rows.get(rowName(index));
    return messageRow === undefined ? index : { space: 'messages', key: messageRow };
  });
}

export function writeRestated(state: PersonState, rows: Rows, out: Out): void {
  for (const [id, { account, state: news, key }] of state.restated) {
    const messageRow = key ?? rows.get(rowName({ space: 'messageIndex', key: fromHex(id) as Bytes }));
    const row = messageRow && rows.get(rowName({ space: 'messages', key: messageRow }));
    const message = messageRow && row && decodeMessage(messageRow, row);
    // A receipt answers for messages to its writer only.
    if (!messageRow || !message?.state || !sameBytes(message.account, account)) continue;
    const told = 'atMs' in news ? { ...news, atMs: Math.max(news.atMs, message.sentAtMs) } : news;
    const now = { ...message, state: laterState(message.state, told) };
    out.put('messages', messageRow, encodeMessage(now));
    out.event({ kind: 'message-changed', message: messageView(now), isNew: false });
  }
  state.restated.clear();
}

export function sayOwedReceipts(state: PersonState, out: Out, nowMs: number): void {
  for (const [account, ids] of state.owed) {
    for (let at = 0; at < ids.length; at += RECEIPT_MESSAGES_MAX) {
      const contact = state.contacts.get(account);
      if (contact === undefined) break;
      const receipt = encodeContent({
        kind: 'receipt',
        what: 'delivered',
        atMs: nowMs,
        messages: ids.slice(at, at + RECEIPT_MESSAGES_MAX),
      });
      state.say(contact, receipt, out, nowMs);
    }
  }
  state.owed.clear();
}
