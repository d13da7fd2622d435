/**
 * A person's store as records of an archive: for a backup, and for a device that is being linked. Only reads. What it tells never holds
 * a root, a seed or the state of a session. Rule: docs/protocol/archive.md.
 */
import { ARCHIVE_BYTES_MAX } from '../content/limits.ts';
import type { Suite } from '../crypto/suite.ts';
import { type Bytes, compareBytes, toHex } from '../kernel/bytes.ts';
import { type ArchiveRecord, encodeRecords } from '../node/person/archive-records.ts';
import { piecesOf } from '../node/person/archiving.ts';
import { ownFrom } from '../node/person/own.ts';
import { decodeContact, decodeIdentity, decodeOutbox, decodeRelays, IDENTITY_ROW, RELAYS_ROW } from '../node/person/rows.ts';
import { type Row, type Store, StoreFailed } from '../ports/store.ts';
import { ARCHIVE_ROWS, ARCHIVED_MESSAGES_MAX, ARCHIVED_PIECES_MAX } from './limits.ts';
import { readSpace } from './read-space.ts';

/**
 * Everything worth keeping: the profile, contacts, messages, and which messages had not arrived; nothing when there is no profile.
 * Throws `StoreFailed` for a row that does not read.
 */
export async function readArchive(store: Store, suite: Suite): Promise<readonly ArchiveRecord[]> {
  const profile = await readProfile(store, suite);
  if (profile === undefined) return [];
  const contacts = (await readSpace(store, 'contacts')).map(contactRecord);
  const messages = (await readSpace(store, 'messages')).map(messageRecord);
  // Read last: a message that is written meanwhile is in neither, and one that arrives meanwhile is not sealed again.
  const outbox = await readSpace(store, 'outbox');
  const told = new Set(messages.map(({ key }) => toHex(key)));
  const undelivered = outbox.flatMap((row) => undeliveredRecord(row)).filter(({ messageKey }) => told.has(toHex(messageKey)));
  return [profile, ...contacts, ...messages, ...undelivered];
}

/** Messages for a device that is being linked, newest first, as far as they may go: pieces of records of which each fits an envelope. */
export async function readMessagePieces(store: Store): Promise<readonly Bytes[]> {
  const records: ArchiveRecord[] = [];
  // A piece is broken off at most one record early, so half of the room is filled whatever the records' lengths.
  let bytesLeft = (ARCHIVED_PIECES_MAX / 2) * ARCHIVE_BYTES_MAX;
  for await (const row of newestFirst(store)) {
    const record = messageRecord(row);
    bytesLeft -= encodeRecords([record]).length;
    if (bytesLeft < 0 || records.length >= ARCHIVED_MESSAGES_MAX) break;
    records.push(record);
  }
  return piecesOf(records);
}

/** Without the messages that the store has already, and without sealing those again. */
export async function withoutKnown(store: Store, records: readonly ArchiveRecord[]): Promise<readonly ArchiveRecord[]> {
  const missing: ArchiveRecord[] = [];
  for (let at = 0; at < records.length; at += ARCHIVE_ROWS) {
    const some = records.slice(at, at + ARCHIVE_ROWS);
    const keys = some.flatMap((record) => messageKeyIn(record) ?? []);
    const values = await store.get(keys.map((key) => ({ space: 'messages', key })));
    const known = new Set(keys.filter((_, i) => values[i] !== undefined).map(toHex));
    for (const record of some) {
      const key = messageKeyIn(record);
      if (key === undefined || !known.has(toHex(key))) missing.push(record);
    }
  }
  return missing;
}

function messageKeyIn(record: ArchiveRecord): Bytes | undefined {
  if (record.kind === 'message') return record.key;
  return record.kind === 'undelivered' ? record.messageKey : undefined;
}

async function readProfile(store: Store, suite: Suite): Promise<Extract<ArchiveRecord, { kind: 'profile' }> | undefined> {
  const [row, relaysRow] = await store.get([
    { space: 'self', key: IDENTITY_ROW },
    { space: 'self', key: RELAYS_ROW },
  ]);
  if (row === undefined) return undefined;
  const identity = decodeIdentity(suite, row);
  if (identity === undefined) throw new StoreFailed('the row of the identity is damaged');
  const { name, listRecord, contactKey } = identity;
  const relays = relaysRow === undefined ? [] : decodeRelays(relaysRow);
  return { kind: 'profile', account: ownFrom(suite, identity).list.account, name, listRecord, contactKey, relays };
}

function contactRecord({ key, value }: Row): ArchiveRecord {
  const contact = decodeContact(key, value);
  if (contact === undefined) throw new StoreFailed(`the row of the contact ${toHex(key).slice(0, 16)} is damaged`);
  const { account, name, metAtMs, listRecord, contactKey, relays, verified } = contact.row;
  return { kind: 'contact', account, name, metAtMs, listRecord, contactKey, relays, verified, spares: [] };
}

function messageRecord({ key, value }: Row): Extract<ArchiveRecord, { kind: 'message' }> {
  return { kind: 'message', key, row: value };
}

/** What one device of theirs has reached the person. */
function undeliveredRecord({ key, value }: Row): Extract<ArchiveRecord, { kind: 'undelivered' }>[] {
  const row = decodeOutbox(value);
  if (row === undefined) throw new StoreFailed(`the row ${toHex(key).slice(0, 16)} of the outbox is damaged`);
  return row.isDelivered ? [] : [{ kind: 'undelivered', id: key, messageKey: row.messageKey }];
}

/** The messages of all conversations by their time: rows are in order within a conversation only, so conversations are merged. */
async function* newestFirst(store: Store): AsyncGenerator<Row> {
  const heads: { readonly conversation: AsyncGenerator<Row>; row: Row }[] = [];
  for (const contact of await readSpace(store, 'contacts')) {
    const conversation = conversationBackwards(store, contact.key);
    const first = await conversation.next();
    if (!first.done) heads.push({ conversation, row: first.value });
  }
  while (heads.length > 0) {
    const newest = heads.reduce((a, b) => (compareBytes(placeOf(b.row), placeOf(a.row)) > 0 ? b : a));
    yield newest.row;
    const next = await newest.conversation.next();
    if (next.done) heads.splice(heads.indexOf(newest), 1);
    else newest.row = next.value;
  }
}

async function* conversationBackwards(store: Store, account: Bytes): AsyncGenerator<Row> {
  let last: Row | undefined;
  do {
    const place = last === undefined ? {} : { after: last.key };
    const page: readonly Row[] = await store.range({ space: 'messages', prefix: account, limit: ARCHIVE_ROWS, reverse: true, ...place });
    yield* page;
    last = page.at(-1);
  } while (last !== undefined);
}

/** Time, writer and id of a message, as they stand behind the account in its key. */
function placeOf(row: Row): Uint8Array {
  return row.key.subarray(32);
}
