/** Texts and receipts, both ways, and the state of what was written. Rule: docs/protocol/conversation.md. */
import { decodeContent, encodeContent } from '../../content/content.ts';
import { RECEIPT_MESSAGES_MAX } from '../../content/limits.ts';
import type { Receipt } from '../../content/receipt.ts';
import type { Sync } from '../../content/sync.ts';
import { type TextMessage, textRefusal } from '../../content/text.ts';
import { UNREAD_MAX } from '../../conversation/limits.ts';
import {
  type DeliveryState,
  decodeMessage,
  encodeMessage,
  laterState,
  messageKey,
  nextPlaceMs,
  placedAtMs,
  type StoredMessage,
} from '../../conversation/message.ts';
import { hourOf } from '../../envelope/envelope.ts';
import { LIFETIME_HOURS } from '../../envelope/limits.ts';
import { type Bytes, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Reader } from '../../kernel/codec.ts';
import { randomBelow } from '../../kernel/random.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { type RowKey, type Rows, rowName } from '../machine.ts';
import type { DeviceRow } from './device-rows.ts';
import type { PersonCall } from './inputs.ts';
import { OUTBOX_MAX, RECEIPT_COPIES, RECEIPT_LATE_MS, RESEALS_PER_TURN } from './limits.ts';
import type { ContactRow, OutboxPart, OutboxRow } from './rows.ts';
import { freshSession, sealWaiting } from './sessions.ts';
import { answer, type Out, type PersonState, UNSEALED } from './state.ts';
import { messageView } from './view.ts';

export function send(state: PersonState, call: Extract<PersonCall, { kind: 'send' }>, out: Out, nowMs: number): void {
  const contact = state.contacts.get(call.to);
  if (state.own === undefined) return answer(out, call, 'send', refuse({ kind: 'no-profile' }));
  if (contact === undefined) return answer(out, call, 'send', refuse({ kind: 'unknown-contact' }));
  if (contact.news?.kind === 'root-unknown') return answer(out, call, 'send', refuse({ kind: 'not-trusted' }));
  const refusal = textRefusal(call.text);
  if (refusal !== undefined) return answer(out, call, 'send', refuse(refusal));
  if (state.outbox.size >= OUTBOX_MAX) return answer(out, call, 'send', refuse({ kind: 'not-saved', why: 'full' }));
  const id = state.random.bytes(16);
  const sentAtMs = nextPlaceMs(nowMs, state.newestMine.get(call.to) ?? 0, contact.newestMs);
  const said = encodeContent({ kind: 'text', id, sentAtMs, text: call.text });
  for (const device of state.devicesOf(contact.account)) freshSession(state, device, out, nowMs);
  const parts = [...state.tell(contact.account, said, out, nowMs), ...tellOwn(state, contact.account, said, out, nowMs)];
  const message: StoredMessage = {
    id,
    account: contact.account,
    mine: true,
    text: call.text,
    sentAtMs,
    expiresAtMs: (hourOf(nowMs) + LIFETIME_HOURS[1]) * 3_600_000,
    state: { kind: 'waiting' },
    fromRemovedDevice: false,
  };
  keepMine(state, message, parts, out);
  answer(out, call, 'send', ok(toHex(id)));
}

function keepMine(state: PersonState, message: StoredMessage, parts: readonly OutboxPart[], out: Out): void {
  const key = messageKey(message);
  out.put('messages', key, encodeMessage(message));
  out.put('messageIndex', message.id, key);
  state.newestMine.set(toHex(message.account), message.sentAtMs);
  state.setOutbox(message.id, { messageKey: key, isDelivered: false, parts, carriers: [] }, out);
  out.event({ kind: 'message-changed', message: messageView(message), isNew: true });
  out.event({ kind: 'overview-changed' });
}

/** One's own other devices show what this one says. */
function tellOwn(state: PersonState, account: Bytes, said: Bytes, out: Out, nowMs: number, leavesAtMs?: number): readonly OutboxPart[] {
  const { own } = state;
  if (own === undefined) return [];
  return state.tell(own.device.account, encodeContent({ kind: 'sync', account, said }), out, nowMs, undefined, leavesAtMs);
}

/** When a receipt, and what is said of it among one's own devices, leaves. */
function aMomentLate(state: PersonState, nowMs: number): number {
  return nowMs + RECEIPT_LATE_MS.least + randomBelow(state.random, RECEIPT_LATE_MS.most - RECEIPT_LATE_MS.least);
}

export function markRead(state: PersonState, call: Extract<PersonCall, { kind: 'mark-read' }>, out: Out, nowMs: number): void {
  const contact = state.contacts.get(call.account);
  if (contact !== undefined && contact.unread.length > 0) {
    const leavesAtMs = aMomentLate(state, nowMs);
    for (let at = 0; at < contact.unread.length; at += RECEIPT_MESSAGES_MAX) {
      const messages = contact.unread.slice(at, at + RECEIPT_MESSAGES_MAX);
      const said = encodeContent({ kind: 'receipt', what: 'read', atMs: nowMs, messages });
      state.tell(contact.account, said, out, nowMs, RECEIPT_COPIES, leavesAtMs);
      tellOwn(state, contact.account, said, out, nowMs, leavesAtMs);
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
export function placeText(contact: ContactRow, content: TextMessage, fromRemovedDevice: boolean, nowMs: number): StoredMessage {
  const sentAtMs = placedAtMs(content.sentAtMs, nowMs, contact.metAtMs);
  const { id, text } = content;
  return { id, account: contact.account, mine: false, text, sentAtMs, expiresAtMs: nowMs, state: undefined, fromRemovedDevice };
}

/** What another of one's own devices wrote: it stands at the time that device gave it. */
export function placeSynced(account: Bytes, content: TextMessage): StoredMessage {
  const { id, text, sentAtMs } = content;
  const expiresAtMs = sentAtMs + LIFETIME_HOURS[1] * 3_600_000;
  return { id, account, mine: true, text, sentAtMs, expiresAtMs, state: { kind: 'waiting' }, fromRemovedDevice: false };
}

/** `isKnown`: a message of theirs with this id and time is there already; what was read once is not changed by saying it again. */
export function hearText(state: PersonState, device: DeviceRow, content: TextMessage, isKnown: boolean, out: Out, nowMs: number): void {
  const account = toHex(device.account);
  const contact = state.contacts.get(account);
  if (contact === undefined) return;
  state.owed.set(account, [...(state.owed.get(account) ?? []), content.id]);
  if (isKnown) return;
  const message = placeText(contact, content, device.standing !== 'listed', nowMs);
  out.put('messages', messageKey(message), encodeMessage(message));
  const newestMs = Math.max(contact.newestMs, message.sentAtMs);
  const unread = contact.unread.length < UNREAD_MAX ? [...contact.unread, content.id] : contact.unread;
  state.setContact({ ...contact, unread, lastHeardMs: nowMs, newestMs }, out);
  out.event({ kind: 'message-changed', message: messageView(message), isNew: true });
  out.event({ kind: 'overview-changed' });
}

/** What another of one's own devices said to a contact, or read of theirs. */
export function hearSync(state: PersonState, content: Sync, isKnown: boolean, out: Out): void {
  const contact = state.contacts.get(toHex(content.account));
  const said = decodeContent(content.said);
  const own = state.own?.device.account;
  if (contact === undefined || own === undefined) return;
  if (said?.kind === 'receipt') {
    for (const id of said.messages) state.restate(toHex(id), contact.account, { kind: said.what, atMs: said.atMs }, undefined);
    const unread =
      said.what === 'read' ? contact.unread.filter((id) => !said.messages.some((read) => sameBytes(read, id))) : contact.unread;
    if (unread.length === contact.unread.length) return;
    state.setContact({ ...contact, unread }, out);
    out.event({ kind: 'overview-changed' });
  } else if (said?.kind === 'text') {
    state.owed.set(toHex(own), [...(state.owed.get(toHex(own)) ?? []), said.id]);
    if (isKnown) return;
    const early = state.early.get(toHex(said.id));
    const placed = placeSynced(contact.account, said);
    const message = early !== undefined && sameBytes(early.account, contact.account) ? { ...placed, state: early.state } : placed;
    const key = messageKey(message);
    out.put('messages', key, encodeMessage(message));
    out.put('messageIndex', said.id, key);
    state.newestMine.set(toHex(message.account), Math.max(state.newestMine.get(toHex(message.account)) ?? 0, message.sentAtMs));
    out.event({ kind: 'message-changed', message: messageView(message), isNew: true });
    out.event({ kind: 'overview-changed' });
  }
}

export function hearReceipt(state: PersonState, device: DeviceRow, content: Receipt, out: Out, nowMs: number): void {
  const contact = state.contacts.get(toHex(device.account));
  if (contact !== undefined) {
    state.setContact({ ...contact, lastHeardMs: nowMs }, out);
    // The device that wrote them sees to it that the others know.
    const mine = content.messages.filter((id) => state.outbox.has(toHex(id)));
    const said = encodeContent({ ...content, messages: mine });
    if (mine.length > 0) tellOwn(state, contact.account, said, out, nowMs, aMomentLate(state, nowMs));
  }
  for (const id of content.messages) {
    if (contact !== undefined) state.restate(toHex(id), device.account, { kind: content.what, atMs: content.atMs }, undefined);
    answerPart(state, id, (part) => sameBytes(part.device, device.signingKey) || sameBytes(part.device, UNSEALED), out);
  }
}

/** A device has the message: its part is done, and with the last one the message. */
function answerPart(state: PersonState, id: Bytes, isAnswered: (part: OutboxPart) => boolean, out: Out): void {
  const row = state.outbox.get(toHex(id));
  if (row === undefined) return;
  const parts: OutboxPart[] = [];
  let isDelivered = row.isDelivered;
  for (const part of row.parts) {
    if (!isAnswered(part)) parts.push(part);
    else {
      state.gossip.withdraw(part.envelopeId);
      isDelivered ||= !isOwnDevice(state, part.device);
    }
  }
  if (parts.length === row.parts.length) return;
  if (parts.length === 0 && isDelivered) state.untrack(id, out);
  else state.setOutbox(id, { ...row, isDelivered, parts }, out);
}

function isOwnDevice(state: PersonState, signingKey: Bytes): boolean {
  const device = state.devices.get(toHex(signingKey));
  return device !== undefined && state.own !== undefined && sameBytes(device.account, state.own.device.account);
}

/** The message and its part that an envelope carries. */
function partOf(
  state: PersonState,
  envelopeId: Bytes,
): { readonly id: string; readonly row: OutboxRow; readonly part: OutboxPart } | undefined {
  const id = state.messageOf.get(toHex(envelopeId));
  const row = id === undefined ? undefined : state.outbox.get(id);
  const part = row?.parts.find((one) => sameBytes(one.envelopeId, envelopeId));
  return id === undefined || row === undefined || part === undefined ? undefined : { id, row, part };
}

export function custody(state: PersonState, envelopeId: Bytes, by: number, out: Out): void {
  const found = partOf(state, envelopeId);
  const key = fromHex(state.neighbours.get(by)?.key ?? '');
  if (found === undefined || isOwnDevice(state, found.part.device)) return;
  const { id, row } = found;
  if (key?.length !== 32 || row.carriers.length >= 64 || row.carriers.some((one) => sameBytes(one, key))) return;
  const now = { ...row, carriers: [...row.carriers, key] };
  state.setOutbox(fromHex(id) as Bytes, now, out);
  state.restate(id, row.messageKey.slice(0, 32), { kind: 'carried', carriers: now.carriers.length }, row.messageKey);
}

/**
 * The message is lost to this device; to all of them, it has expired in sight of its writer. Unless its own time is not over: then a clock
 * was wrong when it was sealed, and it is sealed again.
 */
export function expired(state: PersonState, envelopeId: Bytes, out: Out, nowMs: number): void {
  const found = partOf(state, envelopeId);
  if (found === undefined) return;
  const { id, row, part } = found;
  const device = state.devices.get(toHex(part.device));
  if (device !== undefined && writtenAtMs(row) + LIFETIME_HOURS[1] * 3_600_000 > nowMs) {
    const waiting = row.parts.map((one) => (one === part ? { ...one, envelopeId: UNSEALED } : one));
    state.setOutbox(fromHex(id) as Bytes, { ...row, parts: waiting }, out);
    return sealWaiting(state, device);
  }
  const parts = row.parts.filter((one) => one !== part);
  const isLast = !parts.some((one) => !isOwnDevice(state, one.device));
  if (isLast && !row.isDelivered) state.restate(id, row.messageKey.slice(0, 32), { kind: 'expired' }, row.messageKey);
  if (parts.length === 0) state.untrack(fromHex(id) as Bytes, out);
  else state.setOutbox(fromHex(id) as Bytes, { ...row, parts }, out);
}

/** A carrier showed the token that only the reader's device can have made: delivered, though its receipt may be lost. */
export function readElsewhere(state: PersonState, envelopeId: Bytes, out: Out, nowMs: number): void {
  const found = partOf(state, envelopeId);
  if (found === undefined) return;
  const { id, row, part } = found;
  if (!isOwnDevice(state, part.device)) state.restate(id, row.messageKey.slice(0, 32), { kind: 'delivered', atMs: nowMs }, row.messageKey);
  answerPart(state, fromHex(id) as Bytes, (one) => one === part, out);
}

function writtenAtMs(row: OutboxRow): number {
  return new Reader(row.messageKey.subarray(32)).u64();
}

/** Messages whose time has run out though no carrier said so: every message ends as delivered or expired. */
export function expireOutbox(state: PersonState, out: Out, nowMs: number): void {
  for (const [id, row] of state.outbox) {
    if (writtenAtMs(row) + (LIFETIME_HOURS[1] + 1) * 3_600_000 >= nowMs) continue;
    for (const part of row.parts) state.gossip.withdraw(part.envelopeId);
    if (!row.isDelivered) state.restate(id, row.messageKey.slice(0, 32), { kind: 'expired' }, row.messageKey);
    state.untrack(fromHex(id) as Bytes, out);
  }
}

/** The rows of messages that are to be sealed again in this turn. */
export function resealRows(state: PersonState): readonly RowKey[] {
  return state.reseals.slice(0, RESEALS_PER_TURN).flatMap(({ message }) => {
    const row = state.outbox.get(message);
    return row === undefined ? [] : [{ space: 'messages', key: row.messageKey } as const];
  });
}

export function sealAgain(state: PersonState, rows: Rows, out: Out, nowMs: number): void {
  for (const { message, device: key } of state.reseals.splice(0, RESEALS_PER_TURN)) {
    const row = state.outbox.get(message);
    const device = state.devices.get(key);
    const session = device && state.sessionOf(device);
    const at = row?.parts.findIndex((part) => toHex(part.device) === key && sameBytes(part.envelopeId, UNSEALED)) ?? -1;
    if (row === undefined || device === undefined || session === undefined || at < 0) continue;
    const stored = rows.get(rowName({ space: 'messages', key: row.messageKey }));
    const text = stored && decodeMessage(row.messageKey, stored);
    if (!text) continue;
    const said = encodeContent({ kind: 'text', id: text.id, sentAtMs: text.sentAtMs, text: text.text });
    const wrapped = isOwnDevice(state, device.signingKey) ? encodeContent({ kind: 'sync', account: text.account, said }) : said;
    const envelopeId = state.seal(session, wrapped, out, nowMs).id;
    state.setOutbox(fromHex(message) as Bytes, { ...row, parts: row.parts.with(at, { device: device.signingKey, envelopeId }) }, out);
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
    if (messageRow === undefined) noteEarly(state, id, account, news);
    // A receipt answers for messages to its writer only.
    if (!messageRow || !message?.state || !sameBytes(message.account, account)) continue;
    const told = 'atMs' in news ? { ...news, atMs: Math.max(news.atMs, message.sentAtMs) } : news;
    const now = { ...message, state: laterState(message.state, told) };
    out.put('messages', messageRow, encodeMessage(now));
    out.event({ kind: 'message-changed', message: messageView(now), isNew: false });
  }
  state.restated.clear();
}

function noteEarly(state: PersonState, id: string, account: Bytes, news: DeliveryState): void {
  const before = state.early.get(id);
  const isTheirs = before !== undefined && sameBytes(before.account, account);
  state.early.set(id, { account, state: isTheirs ? laterState(before.state, news) : news });
}

/** Written at once, so that none is lost if the program ends; they leave a moment later. */
export function sayOwedReceipts(state: PersonState, out: Out, nowMs: number): void {
  for (const [account, ids] of state.owed) {
    const leavesAtMs = aMomentLate(state, nowMs);
    for (let at = 0; at < ids.length; at += RECEIPT_MESSAGES_MAX) {
      const messages = ids.slice(at, at + RECEIPT_MESSAGES_MAX);
      const said = encodeContent({ kind: 'receipt', what: 'delivered', atMs: nowMs, messages });
      state.tell(fromHex(account) as Bytes, said, out, nowMs, RECEIPT_COPIES, leavesAtMs);
    }
  }
  state.owed.clear();
}
