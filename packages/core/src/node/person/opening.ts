/** Opens envelopes under tags of ours. Nothing here changes the state: an opening is worked out, and then acted on or dropped. */
import type { Card } from '../../content/card.ts';
import { type Content, decodeContent } from '../../content/content.ts';
import { bodyOf, type Envelope, headerBytesOf, hourOf } from '../../envelope/envelope.ts';
import { LIFETIME_HOURS } from '../../envelope/limits.ts';
import { unpad } from '../../envelope/padding.ts';
import { type Bundle, readBundle } from '../../identity/bundle.ts';
import { contactFirstSecret, firstSecretOf, openUnderContactKey } from '../../identity/contact-key.ts';
import { linkBundleHash, linkPurgeKey, openLinkBundle, readLinkBundle } from '../../identity/device-code.ts';
import { type Device, readDeviceList } from '../../identity/device-list.ts';
import type { KnownList } from '../../identity/list-judgement.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Reader } from '../../kernel/codec.ts';
import { bundleHashOf, bundlePurgeKey, helloFirstSecret, helloPurgeKey, openBundle, openHello } from '../../rendezvous/invitation.ts';
import { targetOf } from '../../session/handshake.ts';
import { isWrittenTwice, openFirst, openNext, openSession, openSkipped, type Session, sessionIdOfFirst } from '../../session/session.ts';
import { type Rows, rowName } from '../machine.ts';
import type { DeviceRow } from './device-rows.ts';
import { acceptFirst, type Occasioned } from './first-message.ts';
import type { PersonState } from './state.ts';
import { decodeSkipped } from './stored.ts';
import type { TagMeaning } from './tag-table.ts';

/** What an envelope under a tag of ours turned out to be. */
export type Opening =
  | { readonly kind: 'rejected' }
  /** The bundle of an invitation we took up (`bundle`), or the answer to one we made (`hello`). */
  | {
      readonly kind: 'bundle' | 'hello';
      readonly invitation: string;
      readonly session: Session;
      readonly peer: KnownList;
      readonly card: Card;
      readonly purgeKey: Bytes;
    }
  /** What a device of a contact, or another of one's own, has deposited for all of its contacts. */
  | { readonly kind: 'deposit'; readonly device: string; readonly bundle: Bytes; readonly session: Session; readonly peer: KnownList }
  /** A new device waits to be linked. */
  | { readonly kind: 'link-bundle'; readonly session: Session; readonly device: Device; readonly purgeKey: Bytes }
  /** The peer's device has used a number twice: it was set back to an older state. */
  | { readonly kind: 'written-twice'; readonly session: Session }
  /** A list that contradicts the one that is believed of this account, from somebody whose device it names. */
  | { readonly kind: 'contradicted'; readonly account: Bytes }
  /** A header of theirs, and something behind it that does not follow from our state: one of us was set back, or a carrier plays with us. */
  | { readonly kind: 'out-of-step'; readonly session: Session }
  | {
      readonly kind: 'message';
      readonly session: Session;
      readonly skipped: readonly { readonly tag: Bytes; readonly messageKey: Bytes }[];
      readonly content: Content | undefined;
      readonly purgeKey: Bytes;
      /** The bundle of ours that this message takes up, and who takes it up. */
      readonly takes: Occasioned | undefined;
      readonly peer: KnownList | undefined;
      /** The tag of an overtaken message: its key is used up. */
      readonly used: Bytes | undefined;
    };

const REJECTED: Opening = { kind: 'rejected' };

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
      return REJECTED;
    case 'bundle':
      return openInvitersBundle(state, meaning.invitation, header, body, nowMs);
    case 'hello':
      return openHelloOf(state, meaning.invitation, header, body, nowMs);
    case 'deposit':
      return openDeposit(state, meaning, header, body, nowMs);
    case 'link-bundle':
      return openLink(state, header, body, nowMs);
    case 'session': {
      const session = state.sessions.get(meaning.session);
      assert(session !== undefined, 'a tag of a session that is gone');
      const opened = openNext(state.suite, session, { ...meaning, nowHour: hourOf(nowMs) }, header, body);
      if (!opened.ok) return opened.refusal.kind === 'out-of-step' ? { kind: 'out-of-step', session } : REJECTED;
      return readMessage(opened.value);
    }
    case 'spent': {
      const session = state.sessions.get(meaning.session);
      return session !== undefined && isWrittenTwice(state.suite, session, meaning.number, body)
        ? { kind: 'written-twice', session }
        : REJECTED;
    }
    case 'skipped':
      return openOvertaken(state, meaning.session, meaning.isFirst, envelope, rows);
    case 'first':
      return openFirstMessage(state, meaning, envelope, rows, nowMs);
  }
}

function readMessage(
  opened: {
    readonly session: Session;
    readonly plaintext: Bytes;
    readonly purgeKey: Bytes;
    readonly skipped: readonly { readonly tag: Bytes; readonly messageKey: Bytes }[];
  },
  more: { readonly takes?: Occasioned; readonly peer?: KnownList; readonly used?: Bytes } = {},
): Opening {
  const { session, skipped, plaintext, purgeKey } = opened;
  const plain = unpad(plaintext);
  const content = plain && decodeContent(plain);
  return { kind: 'message', session, skipped, content, purgeKey, takes: more.takes, peer: more.peer, used: more.used };
}

function openOvertaken(state: PersonState, sessionId: string, isFirst: boolean, envelope: Envelope, rows: Rows): Opening {
  const session = state.sessions.get(sessionId);
  const row = rows.get(rowName({ space: 'skipped', key: envelope.header.tag }));
  const kept = row && decodeSkipped(row);
  if (session === undefined || !kept) return REJECTED;
  const opened = openSkipped(state.suite, kept.messageKey, isFirst, headerBytesOf(envelope), bodyOf(envelope));
  return opened === undefined ? REJECTED : readMessage({ ...opened, session, skipped: [] }, { used: envelope.header.tag });
}

function openFirstMessage(
  state: PersonState,
  meant: Extract<TagMeaning, { kind: 'first' }>,
  envelope: Envelope,
  rows: Rows,
  nowMs: number,
): Opening {
  const at = { number: meant.number, nowHour: hourOf(nowMs) };
  const known = sessionOfFirst(state, envelope);
  if (known !== undefined) {
    if (rows.get(rowName({ space: 'skipped', key: envelope.header.tag })) !== undefined)
      return openOvertaken(state, toHex(known.id), true, envelope, rows);
    const opened = openFirst(state.suite, known, at, headerBytesOf(envelope), bodyOf(envelope));
    if (opened.ok) return readMessage(opened.value);
    const isTwice = isWrittenTwice(state.suite, known, meant.number, bodyOf(envelope));
    return isTwice ? { kind: 'written-twice', session: known } : REJECTED;
  }
  const accepted = acceptFirst(state, meant, bodyOf(envelope), at.nowHour);
  if (accepted === undefined) return REJECTED;
  if ('contradicted' in accepted) return { kind: 'contradicted', account: accepted.contradicted };
  const opened = openFirst(state.suite, accepted.session, at, headerBytesOf(envelope), bodyOf(envelope));
  return opened.ok ? readMessage(opened.value, { takes: meant, peer: accepted.peer }) : REJECTED;
}

/** A bundle and a card, as they are deposited for one invitation. */
function readDeposited(
  state: PersonState,
  deposit: Bytes,
  nowMs: number,
): { readonly bundle: Bundle; readonly peer: KnownList; readonly card: Card } | undefined {
  const reader = new Reader(deposit);
  const record = reader.bytes16();
  const bundle = readBundle(state.suite, record, hourOf(nowMs));
  const card = decodeContent(reader.rest());
  if (!bundle.ok || card?.kind !== 'card') return undefined;
  return { bundle: bundle.value, peer: { list: bundle.value.list, record: listRecordOf(state, record) }, card };
}

/** The device list at the front of a bundle that was read before. */
function listRecordOf(state: PersonState, bundle: Bytes): Bytes {
  const reader = new Reader(bundle);
  readDeviceList(state.suite, reader);
  return bundle.slice(0, bundle.length - reader.left);
}

function openInvitersBundle(state: PersonState, invitationId: string, header: Bytes, body: Bytes, nowMs: number): Opening {
  const invitation = state.invitations.get(invitationId);
  if (state.own === undefined || invitation?.kind !== 'taken') return REJECTED;
  const { secret, bundleHash, account } = invitation;
  const padded = openBundle(state.suite, secret, header, body);
  const deposit = padded && unpad(padded);
  if (!deposit || !sameBytes(bundleHashOf(state.suite, deposit), bundleHash)) return REJECTED;
  const read = readDeposited(state, deposit, nowMs);
  if (read === undefined || !sameBytes(read.bundle.list.account, account)) return REJECTED;
  const occasion = { purpose: 'invitation', secret } as const;
  const session = openSession(state.suite, state.random, state.own.device, targetOf(read.bundle), occasion, hourOf(nowMs));
  if (!session.ok) return REJECTED;
  const { peer, card } = read;
  return { kind: 'bundle', invitation: invitationId, session: session.value, peer, card, purgeKey: bundlePurgeKey(state.suite, secret) };
}

function openHelloOf(state: PersonState, invitationId: string, header: Bytes, body: Bytes, nowMs: number): Opening {
  const invitation = state.invitations.get(invitationId);
  if (state.own === undefined || invitation?.kind !== 'made' || invitation.usedBy !== undefined) return REJECTED;
  if (invitation.expiryHour + LIFETIME_HOURS[1] < hourOf(nowMs)) return REJECTED;
  const padded = openHello(state.suite, invitation.secret, header, body);
  const deposit = padded && unpad(padded);
  const read = deposit && readDeposited(state, deposit, nowMs);
  const isPinned = read && invitation.pinned !== undefined && !sameBytes(read.bundle.list.account, invitation.pinned);
  if (!read || isPinned || state.refuses(read.peer) || sameBytes(read.bundle.list.account, state.own.device.account)) return REJECTED;
  const occasion = { purpose: 'hello', secret: helloFirstSecret(state.suite, invitation.secret) } as const;
  const session = openSession(state.suite, state.random, state.own.device, targetOf(read.bundle), occasion, hourOf(nowMs));
  if (!session.ok) return REJECTED;
  const purgeKey = helloPurgeKey(state.suite, invitation.secret);
  return { kind: 'hello', invitation: invitationId, session: session.value, peer: read.peer, card: read.card, purgeKey };
}

function openDeposit(
  state: PersonState,
  meant: Extract<TagMeaning, { kind: 'deposit' }>,
  header: Bytes,
  body: Bytes,
  nowMs: number,
): Opening {
  const device = state.devices.get(meant.device);
  const contactKey = device && state.contactKeyOf(device.account);
  if (state.own === undefined || device === undefined || contactKey === undefined || contactKey.length === 0) return REJECTED;
  const padded = openUnderContactKey(state.suite, contactKey, device.signingKey, meant.period, meant.slot, header, body);
  const bundle = padded && unpad(padded);
  const met = bundle && takeDeposit(state, device, bundle, nowMs);
  return bundle && met ? { kind: 'deposit', device: meant.device, bundle, ...met } : REJECTED;
}

/** A session to the device whose deposit this is; `undefined` if it cannot be believed, or not any more. */
export function takeDeposit(
  state: PersonState,
  device: DeviceRow,
  record: Bytes,
  nowMs: number,
): { readonly session: Session; readonly peer: KnownList } | undefined {
  const contactKey = state.contactKeyOf(device.account);
  const bundle = readBundle(state.suite, record, hourOf(nowMs));
  if (state.own === undefined || !contactKey?.length || !bundle.ok) return undefined;
  if (!sameBytes(bundle.value.device.signingKey, device.signingKey)) return undefined;
  const peer = { list: bundle.value.list, record: listRecordOf(state, record) };
  if (!sameBytes(peer.list.account, device.account) || state.refuses(peer)) return undefined;
  const contactFirst = contactFirstSecret(state.suite, contactKey, bundle.value.prekeys.id);
  const secret = firstSecretOf(state.suite, contactFirst, state.own.device.account);
  const occasion = { purpose: 'contact-key', secret } as const;
  const session = openSession(state.suite, state.random, state.own.device, targetOf(bundle.value), occasion, hourOf(nowMs));
  return session.ok ? { session: session.value, peer } : undefined;
}

function openLink(state: PersonState, header: Bytes, body: Bytes, nowMs: number): Opening {
  const { own, linking } = state;
  if (own === undefined || linking?.side !== 'old' || linking.session !== undefined) return REJECTED;
  const { secret, bundleHash } = linking.code;
  const padded = openLinkBundle(state.suite, secret, header, body);
  const deposit = padded && unpad(padded);
  if (!deposit || !sameBytes(linkBundleHash(state.suite, deposit), bundleHash)) return REJECTED;
  const bundle = readLinkBundle(state.suite, deposit, hourOf(nowMs));
  if (!bundle.ok) return REJECTED;
  const target = { account: new Uint8Array(32), device: bundle.value.device, prekeys: bundle.value.prekeys };
  const session = openSession(state.suite, state.random, own.device, target, { purpose: 'link', secret }, hourOf(nowMs));
  const { device } = bundle.value;
  return session.ok ? { kind: 'link-bundle', session: session.value, device, purgeKey: linkPurgeKey(state.suite, secret) } : REJECTED;
}
