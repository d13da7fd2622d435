/** What a person's node is built from, and the row of an overtaken message's key. */
import type { RelayCard } from '../../content/card.ts';
import type { Suite } from '../../crypto/suite.ts';
import { type Bytes, sameBytes } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import { ok, type Result, refuse } from '../../kernel/result.ts';
import { decodeSession, type Session } from '../../session/session.ts';
import { type DepositRow, type DeviceRow, decodeDeposit, decodeDevice, decodePrekey, newDevice, type PrekeyRow } from './device-rows.ts';
import { decodeIntroductions, INTRODUCTIONS_ROW, type IntroductionEntry } from './introduction-rows.ts';
import {
  type ContactRow,
  DEPOSIT_ROW,
  decodeContact,
  decodeIdentity,
  decodeInvitation,
  decodeOutbox,
  decodePull,
  decodeRelays,
  IDENTITY_ROW,
  type IdentityRow,
  type InvitationRow,
  type OneDevice,
  type OutboxRow,
  PULL_ROW,
  RELAYS_ROW,
} from './rows.ts';
import type { Pull } from './views.ts';

/** The spaces that are read whole before the first input. */
export const RESIDENT_SPACES: readonly [
  'self',
  'contacts',
  'devices',
  'prekeys',
  'sessions',
  'invitations',
  'skipped',
  'outbox',
  'carried',
  'seen',
] = ['self', 'contacts', 'devices', 'prekeys', 'sessions', 'invitations', 'skipped', 'outbox', 'carried', 'seen'];

interface StoredRow {
  readonly key: Bytes;
  readonly value: Bytes;
}

export type ResidentRows = Readonly<Record<(typeof RESIDENT_SPACES)[number], readonly StoredRow[]>>;

export interface DamagedRow {
  readonly space: (typeof RESIDENT_SPACES)[number];
  readonly key: Bytes;
}

/** The resident part of a store, read once before the first input. */
export interface PersonRows {
  readonly identity: IdentityRow | undefined;
  readonly relays: readonly RelayCard[];
  readonly pull: Pull;
  readonly introductions: readonly IntroductionEntry[];
  readonly deposit: DepositRow | undefined;
  readonly contacts: readonly ContactRow[];
  readonly devices: readonly DeviceRow[];
  readonly prekeys: readonly PrekeyRow[];
  /** Of `devices`, those that stand in no row of their own yet. */
  readonly migrated: readonly DeviceRow[];
  readonly sessions: readonly Session[];
  readonly invitations: readonly InvitationRow[];
  readonly skipped: readonly { readonly tag: Bytes; readonly session: Bytes; readonly isFirst: boolean; readonly keptHour: number }[];
  readonly outbox: readonly (readonly [Bytes, OutboxRow])[];
  readonly carried: readonly { readonly key: Bytes; readonly value: Bytes }[];
  readonly seen: readonly { readonly key: Bytes; readonly value: Bytes }[];
}

export interface SkippedRow {
  readonly session: Bytes;
  readonly isFirst: boolean;
  readonly messageKey: Bytes;
  /** When it was kept, in hours since 1970. */
  readonly keptHour: number;
}

const VERSION = 1;

export function encodeSkipped(row: SkippedRow): Bytes {
  return new Writer(56)
    .u8(VERSION)
    .raw(row.session)
    .u8(row.isFirst ? 1 : 0)
    .raw(row.messageKey)
    .u32(row.keptHour)
    .finish();
}

export function decodeSkipped(bytes: Bytes): SkippedRow | undefined {
  const reader = new Reader(bytes);
  if (reader.u8() !== VERSION) return undefined;
  const row = { session: reader.raw(16), isFirst: reader.u8() === 1, messageKey: reader.raw(32), keptHour: reader.u32() };
  return reader.finish(row);
}

/** Rows as a node takes them, or the first one that does not read. */
export function decodePerson(suite: Suite, raw: ResidentRows): Result<PersonRows, DamagedRow> {
  const damaged: DamagedRow[] = [];
  const each = <Value>(space: DamagedRow['space'], read: (row: StoredRow) => Value | undefined): readonly Value[] =>
    raw[space].flatMap((row) => {
      const value = read(row);
      if (value === undefined) damaged.push({ space, key: row.key });
      return value === undefined ? [] : [value];
    });
  const self = (key: Bytes) => raw.self.find((row) => sameBytes(row.key, key))?.value;
  const identity = self(IDENTITY_ROW);
  const decodedIdentity = identity && decodeIdentity(suite, identity);
  if (identity !== undefined && decodedIdentity === undefined) damaged.push({ space: 'self', key: IDENTITY_ROW });
  const relays = self(RELAYS_ROW);
  const [deposit, pull, introductions] = [self(DEPOSIT_ROW), self(PULL_ROW), self(INTRODUCTIONS_ROW)];
  const contacts = each('contacts', (row) => decodeContact(row.key, row.value));
  const sessions = each('sessions', (row) => decodeSession(row.value));
  const migrated = contacts.flatMap(({ row, oneDevice }) => (oneDevice === undefined ? [] : onlyDevice(row, oneDevice, sessions)));
  const rows: PersonRows = {
    identity: decodedIdentity,
    relays: relays === undefined ? [] : decodeRelays(relays),
    pull: pull === undefined ? 'cover' : decodePull(pull),
    introductions: introductions === undefined ? [] : decodeIntroductions(introductions),
    deposit: deposit && decodeDeposit(deposit),
    contacts: contacts.map(({ row }) => row),
    devices: [...migrated, ...each('devices', (row) => decodeDevice(row.key, row.value))],
    migrated,
    prekeys: each('prekeys', (row) => decodePrekey(row.key, row.value)),
    sessions,
    invitations: each('invitations', (row) => decodeInvitation(row.value)),
    skipped: each('skipped', (row) => {
      const skipped = decodeSkipped(row.value);
      return skipped && { tag: row.key, session: skipped.session, isFirst: skipped.isFirst, keptHour: skipped.keptHour };
    }),
    outbox: each('outbox', (row) => {
      const outbox = decodeOutbox(row.value);
      return outbox && ([row.key, outbox] as const);
    }),
    carried: raw.carried,
    seen: raw.seen,
  };
  const [first] = damaged;
  return first === undefined ? ok(rows) : refuse(first);
}

/** A contact of version 1 had one device: the one at the other end of its session. */
function onlyDevice(contact: ContactRow, one: OneDevice, sessions: readonly Session[]): readonly DeviceRow[] {
  const session = sessions.find((it) => sameBytes(it.id, one.sessionId));
  if (session === undefined) return [];
  return [{ ...newDevice(session.peerSigningKey, contact.account, contact.metAtMs), sessionId: one.sessionId }];
}
