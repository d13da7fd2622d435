/** Opens envelopes under tags of ours. Nothing here changes the state: an opening is worked out, and then acted on or dropped. */
import type { Card } from '../../content/card.ts';
import { type Content, decodeContent } from '../../content/content.ts';
import { bodyOf, type Envelope, headerBytesOf, hourOf } from '../../envelope/envelope.ts';
import { LIFETIME_HOURS } from '../../envelope/limits.ts';
import { unpad } from '../../envelope/padding.ts';
import { prekeysFrom, readBundle } from '../../identity/bundle.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Reader } from '../../kernel/codec.ts';
import { bundleHashOf, bundlePurgeKey, openBundle } from '../../rendezvous/invitation.ts';
import { acceptSession, openFirst, openNext, openSession, openSkipped, type Session, sessionIdOfFirst } from '../../session/session.ts';
import { type Rows, rowName } from '../machine.ts';
import { CONTACTS_MAX } from './limits.ts';
import type { PersonState } from './state.ts';
import { decodeSkipped } from './stored.ts';

/** What an envelope under a tag of ours turned out to be. */
export type Opening =
  | { readonly kind: 'rejected' }
  | { readonly kind: 'bundle'; readonly invitation: string; readonly session: Session; readonly card: Card; readonly purgeKey: Bytes }
  | {
      readonly kind: 'message';
      readonly session: Session;
      readonly skipped: readonly { readonly tag: Bytes; readonly messageKey: Bytes }[];
      readonly content: Content | undefined;
      readonly purgeKey: Bytes;
      /** The invitation that this message takes up. */
      readonly takes: string | undefined;
      /** The tag of an overtaken message: its key is used up. */
      readonly used: Bytes | undefined;
    };

/** Whether the row of an overtaken message's key must be read before this envelope can be opened. */
export function wantsSkippedRow(state: PersonState, envelope: Envelope): boolean {
  const meaning = state.tags.get(envelope.header.tag);
  return meaning?.kind === 'skipped' || (meaning?.kind === 'first' && sessionOfFirst(state, envelope) !== undefined);
}

function sessionOfFirst(state: PersonState, envelope: Envelope): Session | undefined {
  const id = sessionIdOfFirst(state.suite, bodyOf(envelope));
  return id && state.sessions.get(toHex(id));
}

export function openEnvelope(state: PersonState, envelope: Envelope, rows: Rows, nowMs: number): Opening {
  const meaning = state.tags.get(envelope.header.tag);
  const header = headerBytesOf(envelope);
  const body = bodyOf(envelope);
  switch (meaning?.kind) {
    case undefined:
      return { kind: 'rejected' };
    case 'bundle':
      return openDeposit(state, meaning.invitation, header, body, nowMs);
    case 'session': {
      const session = state.sessions.get(meaning.session);
      assert(session !== undefined, 'a tag of a session that is gone');
      const opened = openNext(state.suite, session, { ...meaning, nowHour: hourOf(nowMs) }, header, body);
      return opened.ok ? readMessage(opened.value) : { kind: 'rejected' };
    }
    case 'skipped':
      return openOvertaken(state, meaning.session, meaning.isFirst, envelope, rows);
    case 'first':
      return openFirstMessage(state, meaning, envelope, rows, hourOf(nowMs));
  }
}

function readMessage(
  opened: {
    readonly session: Session;
    readonly plaintext: Bytes;
    readonly purgeKey: Bytes;
    readonly skipped: readonly { readonly tag: Bytes; readonly messageKey: Bytes }[];
  },
  takes?: string,
  used?: Bytes,
): Opening {
  const plain = unpad(opened.plaintext);
  const content = plain && decodeContent(plain);
  return { kind: 'message', session: opened.session, skipped: opened.skipped, content, purgeKey: opened.purgeKey, takes, used };
}

function openOvertaken(state: PersonState, sessionId: string, isFirst: boolean, envelope: Envelope, rows: Rows): Opening {
  const session = state.sessions.get(sessionId);
  const row = rows.get(rowName({ space: 'skipped', key: envelope.header.tag }));
  const kept = row && decodeSkipped(row);
  if (session === undefined || !kept) return { kind: 'rejected' };
  const opened = openSkipped(state.suite, kept.messageKey, isFirst, headerBytesOf(envelope), bodyOf(envelope));
  return opened === undefined ? { kind: 'rejected' } : readMessage({ ...opened, session, skipped: [] }, undefined, envelope.header.tag);
}

function openFirstMessage(
  state: PersonState,
  meant: { readonly invitation: string; readonly number: number },
  envelope: Envelope,
  rows: Rows,
  nowHour: number,
): Opening {
  const at = { number: meant.number, nowHour };
  const known = sessionOfFirst(state, envelope);
  if (known !== undefined) {
    if (rows.get(rowName({ space: 'skipped', key: envelope.header.tag })) !== undefined)
      return openOvertaken(state, toHex(known.id), true, envelope, rows);
    const opened = openFirst(state.suite, known, at, headerBytesOf(envelope), bodyOf(envelope));
    return opened.ok ? readMessage(opened.value) : { kind: 'rejected' };
  }
  const invitation = state.invitations.get(meant.invitation);
  if (state.own === undefined || invitation?.kind !== 'made' || invitation.usedBy !== undefined || state.contacts.size >= CONTACTS_MAX) {
    return { kind: 'rejected' };
  }
  // Taken up in time, a first message may still have been carried for as long as envelopes live.
  if (invitation.expiryHour + LIFETIME_HOURS[1] < nowHour) return { kind: 'rejected' };
  const prekeys = prekeysFrom(state.suite, invitation.prekeySeed);
  const accepted = acceptSession(state.suite, state.own.device, prekeys, invitation.secret, bodyOf(envelope), nowHour);
  if (!accepted.ok || sameBytes(accepted.value.session.peerAccount, state.own.device.account)) return { kind: 'rejected' };
  const opened = openFirst(state.suite, accepted.value.session, at, headerBytesOf(envelope), bodyOf(envelope));
  return opened.ok ? readMessage(opened.value, meant.invitation) : { kind: 'rejected' };
}

function openDeposit(state: PersonState, invitationId: string, header: Bytes, body: Bytes, nowMs: number): Opening {
  const invitation = state.invitations.get(invitationId);
  if (state.own === undefined || invitation?.kind !== 'taken') return { kind: 'rejected' };
  const padded = openBundle(state.suite, invitation.secret, header, body);
  const deposit = padded && unpad(padded);
  if (!deposit || !sameBytes(bundleHashOf(state.suite, deposit), invitation.bundleHash)) return { kind: 'rejected' };
  const reader = new Reader(deposit);
  const bundle = readBundle(state.suite, reader.bytes16(), hourOf(nowMs));
  const card = decodeContent(reader.rest());
  if (!bundle.ok || card?.kind !== 'card' || !sameBytes(bundle.value.list.account, invitation.account)) return { kind: 'rejected' };
  const session = openSession(state.suite, state.random, state.own.device, bundle.value, invitation.secret, hourOf(nowMs));
  if (!session.ok) return { kind: 'rejected' };
  return {
    kind: 'bundle',
    invitation: invitationId,
    session: session.value,
    card,
    purgeKey: bundlePurgeKey(state.suite, invitation.secret),
  };
}
