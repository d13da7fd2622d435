/** What one device of a person hands another, and what a backup gives back. Rule: docs/protocol/archive.md. */
import type { Archive } from '../../content/archive.ts';
import { encodeContent } from '../../content/content.ts';
import { ARCHIVE_BYTES_MAX } from '../../content/limits.ts';
import { decodeMessage } from '../../conversation/message.ts';
import { readListRecord } from '../../identity/device-list.ts';
import { type Bytes, concat, sameBytes, toHex } from '../../kernel/bytes.ts';
import { type RowKey, type Rows, rowName } from '../machine.ts';
import { type ArchiveRecord, decodeRecords, encodeRecords } from './archive-records.ts';
import { type DeviceRow, newDevice } from './device-rows.ts';
import { expectDeposits, hearList } from './keys.ts';
import { CONTACTS_MAX } from './limits.ts';
import type { ContactRow } from './rows.ts';
import { openBySpare } from './sessions.ts';
import { type Out, type PersonState, UNSEALED } from './state.ts';

type ContactRecord = Extract<ArchiveRecord, { kind: 'contact' }>;

/** All contacts, each with one of the spare bundles we hold of theirs: it is handed over, not copied. */
export function contactRecords(state: PersonState, out: Out): readonly ContactRecord[] {
  return [...state.contacts.values()].map((contact) => contactRecord(state, contact, out));
}

function contactRecord(state: PersonState, contact: ContactRow, out: Out): ContactRecord {
  const spares = state.devicesOf(contact.account).flatMap((device) => {
    const [spare, ...left] = device.spares;
    if (spare === undefined || device.standing !== 'listed') return [];
    state.setDevice({ ...device, spares: left }, out);
    return [{ device: device.signingKey, spare }];
  });
  const { account, name, metAtMs, listRecord, contactKey, relays, verified } = contact;
  const record: ContactRecord = { kind: 'contact', account, name, metAtMs, listRecord, contactKey, relays, verified, spares };
  // With very many devices the spares are left out: their deposits serve as well.
  return encodeRecords([record]).length <= ARCHIVE_BYTES_MAX ? record : { ...record, spares: [] };
}

/** Records joined to pieces of which each fits an envelope. */
export function piecesOf(records: readonly ArchiveRecord[]): readonly Bytes[] {
  const pieces: Bytes[] = [];
  let piece: Bytes[] = [];
  let bytes = 0;
  for (const record of records) {
    const encoded = encodeRecords([record]);
    if (bytes + encoded.length > ARCHIVE_BYTES_MAX && piece.length > 0) {
      pieces.push(concat(...piece));
      piece = [];
      bytes = 0;
    }
    piece.push(encoded);
    bytes += encoded.length;
  }
  return piece.length > 0 ? [...pieces, concat(...piece)] : pieces;
}

/** One's own other devices learn of a new contact, or of what changed about one. */
export function tellOwnDevices(state: PersonState, account: Bytes, out: Out, nowMs: number): void {
  const contact = state.contacts.get(toHex(account));
  const own = state.own?.device.account;
  if (contact === undefined || own === undefined || !state.devicesOf(own).some((device) => device.standing === 'listed')) return;
  for (const device of state.devicesOf(own)) {
    const session = device.standing === 'listed' ? state.sessionOf(device) : undefined;
    if (session === undefined) continue;
    // Each with a spare of its own: one serves once.
    for (const records of piecesOf([contactRecord(state, contact, out)]))
      state.seal(
        state.sessions.get(toHex(session.id)) ?? session,
        encodeContent({ kind: 'archive', part: 0, parts: 0, records }),
        out,
        nowMs,
      );
  }
}

/** The rows that stand where a piece's messages would: what is there is not overwritten. */
export function archiveRows(content: Archive): readonly RowKey[] {
  return messagesIn(decodeRecords(content.records) ?? []).map(({ key }): RowKey => ({ space: 'messages', key }));
}

function messagesIn(records: readonly ArchiveRecord[]): readonly Extract<ArchiveRecord, { kind: 'message' }>[] {
  return records.filter((record) => record.kind === 'message');
}

/** A piece from another of one's own devices. */
export function hearArchive(state: PersonState, content: Archive, rows: Rows, out: Out, nowMs: number): void {
  const records = decodeRecords(content.records) ?? [];
  const isNew = (record: ArchiveRecord): boolean =>
    record.kind !== 'message' || rows.get(rowName({ space: 'messages', key: record.key })) === undefined;
  takeRecords(state, records.filter(isNew), out, nowMs);
}

/** What is known already is not made worse by an older archive. Messages are written as they are: whoever calls leaves out those that are there. */
export function takeRecords(state: PersonState, records: readonly ArchiveRecord[], out: Out, nowMs: number): void {
  /** account → the newest place of a text of theirs. */
  const newest = new Map<string, number>();
  for (const record of records) {
    switch (record.kind) {
      case 'profile':
        break;
      case 'contact':
        takeContact(state, record, out, nowMs);
        break;
      case 'message': {
        // Their contact may stand in a piece that is still on its way.
        const message = decodeMessage(record.key, record.row);
        if (message === undefined) break;
        out.put('messages', record.key, record.row);
        if (message.mine) out.put('messageIndex', message.id, record.key);
        else newest.set(toHex(message.account), Math.max(newest.get(toHex(message.account)) ?? 0, message.sentAtMs));
        break;
      }
      case 'undelivered': {
        const devices = state.devicesOf(record.messageKey.subarray(0, 32)).filter((device) => device.standing === 'listed');
        const parts = devices.map((device) => ({ device: device.signingKey, envelopeId: UNSEALED }));
        if (state.outbox.has(toHex(record.id))) break;
        state.setOutbox(record.id, { messageKey: record.messageKey, isDelivered: false, parts, carriers: [] }, out);
        break;
      }
    }
  }
  for (const [account, newestMs] of newest) {
    const contact = state.contacts.get(account);
    if (contact !== undefined && contact.newestMs < newestMs) state.setContact({ ...contact, newestMs }, out);
  }
  out.event({ kind: 'overview-changed' });
}

function takeContact(state: PersonState, record: ContactRecord, out: Out, nowMs: number): void {
  const key = toHex(record.account);
  const list = readListRecord(state.suite, record.listRecord);
  const before = state.contacts.get(key);
  if (state.own === undefined || sameBytes(record.account, state.own.device.account)) return;
  if (before === undefined && state.contacts.size >= CONTACTS_MAX) return;
  const { account, name, metAtMs, contactKey, relays } = record;
  const verified = before?.verified ?? record.verified;
  // Messages of theirs may have come in a piece before this one.
  const nothing = { lastHeardMs: 0, newestMs: nowMs, listRecord: new Uint8Array(0), unread: [], news: undefined, introducedBy: undefined };
  const contact: ContactRow =
    before === undefined ? { account, name, metAtMs, contactKey, relays, verified, ...nothing } : { ...before, verified };
  state.setContact(contact, out);
  // Somebody known from before lists were told has none: they are met again by what they write.
  if (!list.ok || !sameBytes(list.value.account, record.account)) return;
  hearList(state, contact, { list: list.value, record: record.listRecord }, out, nowMs);
  for (const { device: signingKey, spare } of record.spares) {
    const device: DeviceRow = state.devices.get(toHex(signingKey)) ?? newDevice(signingKey, account, nowMs);
    if (!sameBytes(device.account, account) || state.sessionOf(device) !== undefined) continue;
    const now = { ...device, spares: [...device.spares, spare] };
    if (!openBySpare(state, now, out, nowMs)) expectDeposits(state, now, nowMs);
  }
}
