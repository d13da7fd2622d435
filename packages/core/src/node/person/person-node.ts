/**
 * A person's node: the machines joined. Text goes down through content, session and envelope into gossip, and comes up the same way;
 * each input is one pass and one outcome. Never reads a clock, a socket or a store. Rule: docs/architecture.md.
 *
 *   call ─▶ say: encode ─▶ seal ─▶ envelope ─▶ gossip ─▶ frames
 *   frame ─▶ gossip ─▶ (tag is ours) ─▶ open ─▶ content ─▶ rows and events
 *   wake ─▶ owed receipts, changed states, recalled envelopes
 *
 * Over 500 lines because it is the one place where all machines meet; what can be said apart stands in the files beside it.
 */
import type { Suite } from '../../crypto/suite.ts';
import { type Card, nameFrom, sameCard } from '../../content/card.ts';
import { type Content, decodeContent, encodeContent } from '../../content/content.ts';
import { RECEIPT_MESSAGES_MAX } from '../../content/limits.ts';
import type { Receipt } from '../../content/receipt.ts';
import { type TextMessage, textRefusal } from '../../content/text.ts';
import { type DeliveryState, decodeMessage, encodeMessage, laterState, messageKey, placedAtMs, type StoredMessage } from '../../conversation/message.ts';
import { UNREAD_MAX } from '../../conversation/limits.ts';
import { bodyOf, type Envelope, encodeHeader, headerBytesOf, headerFor, hourOf, makeEnvelope, purgeHashOf, readEnvelope } from '../../envelope/envelope.ts';
import { pad, unpad } from '../../envelope/padding.ts';
import { Gossip } from '../../gossip/gossip.ts';
import { type GossipLimits, PERSON_LIMITS } from '../../gossip/limits.ts';
import { accountId } from '../../identity/account.ts';
import { prekeysFrom, readBundle, signBundle } from '../../identity/bundle.ts';
import { assert, assertNever } from '../../kernel/assert.ts';
import { type Bytes, EMPTY, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';
import type { Random } from '../../kernel/random.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { Neighbours } from '../../neighbours/neighbours.ts';
import { bundleHashOf, bundlePurgeKey, bundleTag, type Invitation, invitationText, openBundle, readInvitation, sealBundle } from '../../rendezvous/invitation.ts';
import { INVITATION_HOURS, INVITATIONS_MAX } from '../../rendezvous/limits.ts';
import { acceptSession, encodeSession, openFirst, openNext, openSession, openSkipped, type Session, sealNext, sessionIdOfFirst } from '../../session/session.ts';
import { carry, obey } from '../carriage.ts';
import type { HostInput, LinkEvent, Machine, RowKey, Rows, Step } from '../machine.ts';
import { rowName } from '../machine.ts';
import { OutcomeBuilder } from '../outcome.ts';
import type { Answers, PersonCall, PersonEvent, PersonInput } from './inputs.ts';
import { CONTACTS_MAX, HEARD_RECENTLY_MS, OUTBOX_MAX, RELAYS_MAX } from './limits.ts';
import { beginIdentity, type Own, ownFrom } from './own.ts';
import {
  type ContactRow, encodeContact, encodeIdentity, encodeInvitation, encodeOutbox, encodeRelays, IDENTITY_ROW, type InvitationRow, type OutboxRow, RELAYS_ROW,
} from './rows.ts';
import { decodeSkipped, encodeSkipped, type PersonRows } from './stored.ts';
import { TagTable } from './tag-table.ts';
import type { Contact, Message, NeighbourView, Profile, Reach } from './views.ts';

type Out = OutcomeBuilder<PersonEvent>;

/** What an envelope under a tag of ours turned out to be; worked out before anything changes. */
type Opening =
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

/** A contact without what only the store knows. */
export type ContactView = Omit<Contact, 'lastMessage'>;

export interface PersonView {
  readonly profile: Profile | undefined;
  readonly contacts: readonly ContactView[];
  readonly neighbours: readonly NeighbourView[];
  readonly knowsRelay: boolean;
}

export class PersonNode implements Machine<PersonInput, PersonEvent> {
  readonly #suite: Suite;
  readonly #random: Random;
  readonly #tags: TagTable;
  readonly #gossip: Gossip;
  #own: Own | undefined;
  #neighbours: Neighbours;
  #relays: readonly Card['relays'][number][];
  readonly #contacts: Map<string, ContactRow> = new Map<string, ContactRow>();
  readonly #sessions: Map<string, Session> = new Map<string, Session>();
  readonly #invitations: Map<string, InvitationRow> = new Map<string, InvitationRow>();
  /** message id → what is undelivered of it, and the way back from its envelope. */
  readonly #outbox: Map<string, OutboxRow> = new Map<string, OutboxRow>();
  readonly #messageOf: Map<string, string> = new Map<string, string>();
  /** Envelopes held before their tag meant anything. */
  readonly #recalled: Bytes[] = [];
  /** message id → its new state, to be written with its row. */
  readonly #restated: Map<string, { readonly state: DeliveryState; readonly key: Bytes | undefined }> = new Map();
  readonly #owed: Map<string, Bytes[]> = new Map<string, Bytes[]>();
  readonly #heardThroughRelayMs: Map<string, number> = new Map<string, number>();
  readonly #openings: Map<string, Opening> = new Map<string, Opening>();
  #toldReach = '';

  constructor(suite: Suite, random: Random, rows: PersonRows, limits: GossipLimits = PERSON_LIMITS) {
    this.#suite = suite;
    this.#random = random;
    this.#tags = new TagTable(suite);
    this.#own = rows.identity === undefined ? undefined : ownFrom(suite, rows.identity);
    this.#relays = rows.relays;
    this.#neighbours = new Neighbours(random, this.#own?.transportKey ?? '');
    this.#gossip = new Gossip(suite, 'person', limits, (tag) => this.#tags.get(tag) !== undefined);
    this.#gossip.restore(rows.carried, rows.seen);
    for (const contact of rows.contacts) this.#contacts.set(toHex(contact.account), contact);
    for (const session of rows.sessions) {
      this.#sessions.set(toHex(session.id), session);
      this.#tags.follow(session);
    }
    for (const row of rows.invitations) this.#expectInvitation(row);
    for (const { tag, session, isFirst } of rows.skipped) this.#tags.set(tag, { kind: 'skipped', session: toHex(session), isFirst });
    for (const [id, row] of rows.outbox) this.#track(id, row);
  }

  /** What the first screen shows, from memory alone. */
  view(nowMs: number): PersonView {
    return {
      profile: this.#own && { account: toHex(this.#own.device.account), name: this.#own.row.name },
      contacts: [...this.#contacts.values()].map((contact) => this.#contactView(contact, nowMs)),
      neighbours: [...this.#neighbours.connected()].map((it) => this.#neighbourView(it)),
      knowsRelay: this.#relays.length > 0,
    };
  }

  handle(input: PersonInput | HostInput, rows: Rows, nowMs: number): Step<PersonEvent> {
    const needs = this.#needs(input, rows, nowMs);
    if (needs.length > 0) return { kind: 'needs', keys: needs };
    const out: Out = new OutcomeBuilder();
    this.#perform(input, rows, out, nowMs);
    this.#drain(out, nowMs);
    this.#openings.clear();
    const reach = JSON.stringify(this.view(nowMs).contacts.map((contact) => contact.reach.kind)) + [...this.#neighbours.connected()].length;
    if (reach !== this.#toldReach) {
      this.#toldReach = reach;
      out.event({ kind: 'overview-changed' });
    }
    this.#setWake(out, nowMs);
    return { kind: 'outcome', outcome: out.finish() };
  }

  #setWake(out: Out, nowMs: number): void {
    if (this.#own === undefined) return;
    if (this.#recalled.length > 0 || this.#restated.size > 0 || this.#owed.size > 0) out.wakeAt(nowMs);
    out.wakeAt(this.#gossip.wakeAtMs(nowMs));
    out.wakeAt(this.#neighbours.wakeAtMs());
    for (const heard of this.#heardThroughRelayMs.values()) if (heard + HEARD_RECENTLY_MS > nowMs) out.wakeAt(heard + HEARD_RECENTLY_MS);
  }

  /* ---- Before anything changes: which rows are needed ---- */

  #needs(input: PersonInput | HostInput, rows: Rows, nowMs: number): readonly RowKey[] {
    const missing = (key: RowKey) => !rows.has(rowName(key));
    if (input.kind === 'link' && input.event.kind === 'frame') {
      const envelope = this.#gossip.peek(input.event.frame);
      return envelope === undefined ? [] : this.#needsFor(envelope, rows, nowMs).filter(missing);
    }
    if (input.kind !== 'wake') return [];
    const [first] = this.#recalled;
    const keys: RowKey[] = first === undefined ? [] : [{ space: 'bodies', key: first }];
    for (const [id, { key }] of this.#restated) {
      const index: RowKey = { space: 'messageIndex', key: fromHex(id) as Bytes };
      const messageRow = key ?? rows.get(rowName(index));
      if (messageRow !== undefined) keys.push({ space: 'messages', key: messageRow });
      else keys.push(index);
    }
    const envelope = first && this.#recalledEnvelope(first, rows);
    if (envelope !== undefined) keys.push(...this.#needsFor(envelope, rows, nowMs));
    return keys.filter(missing);
  }

  #recalledEnvelope(id: Bytes, rows: Rows): Envelope | undefined {
    const body = rows.get(rowName({ space: 'bodies', key: id }));
    const read = body && readEnvelope(this.#suite, body);
    return read?.ok ? read.value : undefined;
  }

  #needsFor(envelope: Envelope, rows: Rows, nowMs: number): readonly RowKey[] {
    const meaning = this.#tags.get(envelope.header.tag);
    const key: RowKey = { space: 'skipped', key: envelope.header.tag };
    const wantsKey = meaning?.kind === 'skipped' || (meaning?.kind === 'first' && this.#sessionOfFirst(envelope) !== undefined);
    if (wantsKey && !rows.has(rowName(key))) return [key];
    this.#openings.set(toHex(envelope.id), this.#open(envelope, rows, nowMs));
    return [];
  }

  /* ---- Opening: pure, the same answer for the same state ---- */

  #sessionOfFirst(envelope: Envelope): Session | undefined {
    const id = sessionIdOfFirst(this.#suite, bodyOf(envelope));
    return id && this.#sessions.get(toHex(id));
  }

  #open(envelope: Envelope, rows: Rows, nowMs: number): Opening {
    const meaning = this.#tags.get(envelope.header.tag);
    const header = headerBytesOf(envelope);
    const body = bodyOf(envelope);
    switch (meaning?.kind) {
      case undefined:
        return { kind: 'rejected' };
      case 'bundle':
        return this.#openBundle(meaning.invitation, header, body, nowMs);
      case 'session': {
        const session = this.#sessions.get(meaning.session);
        assert(session !== undefined, 'a tag of a session that is gone');
        const opened = openNext(this.#suite, session, meaning.chain, meaning.number, header, body);
        return opened.ok ? this.#message(opened.value) : { kind: 'rejected' };
      }
      case 'skipped':
        return this.#openOvertaken(meaning.session, meaning.isFirst, envelope, rows);
      case 'first':
        return this.#openFirst(meaning.invitation, meaning.number, envelope, rows);
    }
  }

  #message(
    opened: { readonly session: Session; readonly plaintext: Bytes; readonly purgeKey: Bytes; readonly skipped: readonly { readonly tag: Bytes; readonly messageKey: Bytes }[] },
    takes?: string,
    used?: Bytes,
  ): Opening {
    const plain = unpad(opened.plaintext);
    const content = plain && decodeContent(plain);
    return { kind: 'message', session: opened.session, skipped: opened.skipped, content, purgeKey: opened.purgeKey, takes, used };
  }

  #openOvertaken(sessionId: string, isFirst: boolean, envelope: Envelope, rows: Rows): Opening {
    const session = this.#sessions.get(sessionId);
    const row = rows.get(rowName({ space: 'skipped', key: envelope.header.tag }));
    const kept = row && decodeSkipped(row);
    if (session === undefined || !kept) return { kind: 'rejected' };
    const opened = openSkipped(this.#suite, kept.messageKey, isFirst, headerBytesOf(envelope), bodyOf(envelope));
    return opened === undefined ? { kind: 'rejected' } : this.#message({ ...opened, session, skipped: [] }, undefined, envelope.header.tag);
  }

  #openFirst(invitationId: string, number: number, envelope: Envelope, rows: Rows): Opening {
    const known = this.#sessionOfFirst(envelope);
    if (known !== undefined) {
      if (rows.get(rowName({ space: 'skipped', key: envelope.header.tag })) !== undefined) return this.#openOvertaken(toHex(known.id), true, envelope, rows);
      const opened = openFirst(this.#suite, known, number, headerBytesOf(envelope), bodyOf(envelope));
      return opened.ok ? this.#message(opened.value) : { kind: 'rejected' };
    }
    const invitation = this.#invitations.get(invitationId);
    if (this.#own === undefined || invitation?.kind !== 'made' || invitation.usedBy !== undefined || this.#contacts.size >= CONTACTS_MAX) {
      return { kind: 'rejected' };
    }
    const prekeys = prekeysFrom(this.#suite, invitation.prekeySeed);
    const accepted = acceptSession(this.#suite, this.#own.device, prekeys, invitation.secret, bodyOf(envelope));
    if (!accepted.ok || sameBytes(accepted.value.session.peerAccount, this.#own.device.account)) return { kind: 'rejected' };
    const opened = openFirst(this.#suite, accepted.value.session, number, headerBytesOf(envelope), bodyOf(envelope));
    return opened.ok ? this.#message(opened.value, invitationId) : { kind: 'rejected' };
  }

  #openBundle(invitationId: string, header: Bytes, body: Bytes, nowMs: number): Opening {
    const invitation = this.#invitations.get(invitationId);
    if (this.#own === undefined || invitation?.kind !== 'taken') return { kind: 'rejected' };
    const padded = openBundle(this.#suite, invitation.secret, header, body);
    const deposit = padded && unpad(padded);
    if (!deposit || !sameBytes(bundleHashOf(this.#suite, deposit), invitation.bundleHash)) return { kind: 'rejected' };
    const reader = new Reader(deposit);
    const bundle = readBundle(this.#suite, reader.bytes16(), hourOf(nowMs));
    const card = decodeContent(reader.rest());
    if (!bundle.ok || card?.kind !== 'card' || !sameBytes(bundle.value.list.account, invitation.account)) return { kind: 'rejected' };
    const session = openSession(this.#suite, this.#random, this.#own.device, bundle.value, invitation.secret);
    if (!session.ok) return { kind: 'rejected' };
    return { kind: 'bundle', invitation: invitationId, session: session.value, card, purgeKey: bundlePurgeKey(this.#suite, invitation.secret) };
  }

  /* ---- Performing ---- */

  #perform(input: PersonInput | HostInput, rows: Rows, out: Out, nowMs: number): void {
    switch (input.kind) {
      case 'start':
        if (this.#own !== undefined) this.#goOnline(this.#own, out, nowMs);
        return;
      case 'link':
        return this.#hear(input.event, out, nowMs);
      case 'full':
        return this.#gossip.full(input.neighbour);
      case 'wake':
        return this.#wake(rows, out, nowMs);
      case 'begin':
        return this.#begin(input, out, nowMs);
      case 'invite':
        return this.#invite(input, out, nowMs);
      case 'accept':
        return this.#accept(input, out, nowMs);
      case 'send':
        return this.#send(input, out, nowMs);
      case 'mark-read':
        return this.#markRead(input, out, nowMs);
      case 'use-relay':
        return this.#useRelay(input, out, nowMs);
      case 'awake':
        this.#neighbours.retry(nowMs);
        return this.#answer(out, input, 'awake', undefined);
      default:
        assertNever(input);
    }
  }

  #answer<Kind extends keyof Answers>(out: Out, to: PersonCall, of: Kind, answer: Answers[Kind]): void {
    out.event({ kind: 'answer', call: to.call, of, answer } as PersonEvent);
  }

  #hear(event: LinkEvent, out: Out, nowMs: number): void {
    switch (event.kind) {
      case 'up':
        if (this.#neighbours.up(event, nowMs)) this.#gossip.up(event.neighbour);
        return;
      case 'down':
        this.#neighbours.down(event.neighbour, nowMs);
        return this.#gossip.down(event.neighbour);
      case 'frame':
        return this.#gossip.frame(event.neighbour, event.frame, nowMs);
      case 'drained':
        return this.#gossip.drained(event.neighbour);
      case 'dial-failed':
        return this.#neighbours.dialFailed(event.dial, nowMs);
      default:
        return;
    }
  }

  /** Performs what gossip and neighbours answered; arrivals may lead to further answers. */
  #drain(out: Out, nowMs: number): void {
    for (;;) {
      const left = carry(this.#gossip.take(), out);
      obey(this.#neighbours.take(), out);
      if (left.length === 0) return;
      for (const effect of left) {
        if (effect.kind === 'arrived') this.#arrived(effect.envelope, effect.from, out, nowMs);
        else if (effect.kind === 'custody') this.#custody(effect.id, effect.by, out);
        else this.#expired(effect.id, out);
      }
    }
  }

  #arrived(envelope: Envelope, from: number | undefined, out: Out, nowMs: number): void {
    const opening = this.#openings.get(toHex(envelope.id));
    // Its tag came to mean something within this very input: the next look at it finds it held by its neighbour.
    if (opening === undefined || opening.kind === 'rejected') return this.#gossip.rejected(envelope);
    const key = from === undefined ? undefined : this.#neighbours.get(from)?.key;
    if (opening.kind === 'bundle') {
      this.#gossip.consumed(envelope, opening.purgeKey, from);
      return this.#meetInviter(opening, out, nowMs);
    }
    const contact = this.#contacts.get(toHex(opening.session.peerAccount));
    const isFromAuthor = contact !== undefined && key === toHex(contact.transportKey);
    this.#gossip.consumed(envelope, opening.purgeKey, isFromAuthor || opening.takes !== undefined ? from : undefined);
    this.#setSession(opening.session, out);
    for (const { tag, messageKey } of opening.skipped) this.#keepSkipped(opening.session, tag, messageKey, out, nowMs);
    if (opening.used !== undefined) {
      this.#tags.delete(opening.used);
      out.remove('skipped', opening.used);
    }
    if (opening.takes !== undefined) this.#meetInvited(opening.takes, opening.session, out, nowMs);
    if (from !== undefined && this.#neighbours.get(from)?.path !== 'direct') this.#heardThroughRelayMs.set(toHex(opening.session.peerAccount), nowMs);
    this.#hearContent(opening.session, opening.content, out, nowMs);
  }

  #hearContent(session: Session, content: Content | undefined, out: Out, nowMs: number): void {
    const contact = this.#contacts.get(toHex(session.peerAccount));
    if (contact === undefined || content === undefined) return;
    switch (content.kind) {
      case 'text':
        return this.#hearText(contact, content, out, nowMs);
      case 'receipt':
        return this.#hearReceipt(contact, content, out, nowMs);
      case 'card':
        return this.#hearCard(contact, content, out, nowMs);
      default:
        assertNever(content);
    }
  }

  #hearText(contact: ContactRow, content: TextMessage, out: Out, nowMs: number): void {
    const sentAtMs = placedAtMs(content.sentAtMs, nowMs);
    const message: StoredMessage = {
      id: content.id, account: contact.account, mine: false, text: content.text, sentAtMs, expiresAtMs: nowMs, state: undefined,
    };
    out.put('messages', messageKey(message), encodeMessage(message));
    const unread = contact.unread.length < UNREAD_MAX ? [...contact.unread, content.id] : contact.unread;
    this.#setContact({ ...contact, unread, lastHeardMs: nowMs }, out);
    const account = toHex(contact.account);
    this.#owed.set(account, [...(this.#owed.get(account) ?? []), content.id]);
    out.event({ kind: 'message-changed', message: messageView(message), isNew: true });
    out.event({ kind: 'overview-changed' });
  }

  #hearReceipt(contact: ContactRow, content: Receipt, out: Out, nowMs: number): void {
    this.#setContact({ ...contact, lastHeardMs: nowMs }, out);
    for (const id of content.messages) {
      const hex = toHex(id);
      const waiting = this.#outbox.get(hex);
      // A receipt answers for messages to its writer only.
      if (waiting !== undefined && !sameBytes(waiting.messageKey.subarray(0, 32), contact.account)) continue;
      this.#restate(hex, { kind: content.what, atMs: content.atMs }, waiting?.messageKey);
      if (waiting === undefined) continue;
      this.#gossip.withdraw(waiting.envelopeId);
      this.#untrack(id, out);
    }
  }

  #hearCard(contact: ContactRow, card: Card, out: Out, nowMs: number): void {
    const before = toHex(contact.transportKey);
    const now: ContactRow = { ...contact, name: card.name, transportKey: card.transportKey, relays: card.relays, lastHeardMs: nowMs };
    this.#setContact(now, out);
    if (before !== toHex(card.transportKey)) this.#neighbours.forget(before);
    this.#knowContact(now, nowMs);
    out.event({ kind: 'overview-changed' });
  }

  /* ---- Meeting ---- */

  /** The bundle of an invitation we took up was found: open a session and say who we are. */
  #meetInviter(opening: Extract<Opening, { kind: 'bundle' }>, out: Out, nowMs: number): void {
    const invitation = this.#invitations.get(opening.invitation);
    assert(invitation?.kind === 'taken', 'a bundle is opened for an invitation that was taken up');
    this.#tags.delete(bundleTag(this.#suite, invitation.secret));
    this.#invitations.delete(opening.invitation);
    out.remove('invitations', invitationKey(this.#suite, invitation.secret));
    this.#addContact(opening.session, opening.card, out, nowMs);
  }

  /** Somebody took up our invitation: it is used, and they get our card. */
  #meetInvited(invitationId: string, session: Session, out: Out, nowMs: number): void {
    const invitation = this.#invitations.get(invitationId);
    assert(invitation?.kind === 'made', 'only an invitation that was made can be taken up');
    // The secret stays, because messages written before our answer still come under its tags; the prekeys go.
    this.#putInvitation({ ...invitation, prekeySeed: EMPTY, usedBy: session.id }, out);
    const nobody: Card = { kind: 'card', name: '', transportKey: new Uint8Array(32), relays: [] };
    this.#addContact(session, nobody, out, nowMs);
  }

  #addContact(session: Session, card: Card, out: Out, nowMs: number): void {
    const account = toHex(session.peerAccount);
    const before = this.#contacts.get(account);
    this.#setSession(session, out);
    // Both invited each other: the session with the smaller id is written to, the other one is still read.
    const writesTo = before !== undefined && toHex(before.sessionId) < toHex(session.id) ? before.sessionId : session.id;
    const contact: ContactRow = {
      account: session.peerAccount, name: card.name || (before?.name ?? ''), metAtMs: before?.metAtMs ?? nowMs, lastHeardMs: nowMs, sessionId: writesTo,
      transportKey: card.name ? card.transportKey : (before?.transportKey ?? card.transportKey), relays: card.relays, unread: before?.unread ?? [], toldCard: EMPTY,
    };
    this.#setContact(contact, out);
    if (card.name) this.#knowContact(contact, nowMs);
    this.#tellCard(contact, out, nowMs);
    if (before === undefined) out.event({ kind: 'contact-added', contact: { ...this.#contactView(contact, nowMs), lastMessage: undefined } });
    out.event({ kind: 'overview-changed' });
  }

  #knowContact(contact: ContactRow, nowMs: number): void {
    this.#neighbours.knowPerson(toHex(contact.transportKey), [], contact.relays.map((relay) => toHex(relay.key)), nowMs);
  }

  #myCard(own: Own): Card {
    return { kind: 'card', name: own.row.name, transportKey: fromHex(own.transportKey) as Bytes, relays: this.#relays };
  }

  /** Tells a contact our card, unless they have this very one. */
  #tellCard(contact: ContactRow, out: Out, nowMs: number): void {
    if (this.#own === undefined) return;
    const card = this.#myCard(this.#own);
    const encoded = encodeContent(card);
    const told = decodeContent(contact.toldCard);
    if (told?.kind === 'card' && sameCard(told, card)) return;
    this.#say(contact, encoded, out, nowMs);
    const now = this.#contacts.get(toHex(contact.account));
    if (now !== undefined) this.#setContact({ ...now, toldCard: encoded }, out);
  }

  /* ---- Calls ---- */

  #begin(call: Extract<PersonCall, { kind: 'begin' }>, out: Out, nowMs: number): void {
    const named = nameFrom(call.name);
    if ('refusal' in named) return this.#answer(out, call, 'begin', refuse(named.refusal));
    if (this.#own !== undefined) return this.#answer(out, call, 'begin', refuse({ kind: 'already-begun' }));
    const row = beginIdentity(this.#suite, this.#random, named.name, hourOf(nowMs));
    const own = ownFrom(this.#suite, row);
    this.#own = own;
    this.#neighbours = new Neighbours(this.#random, own.transportKey);
    out.put('self', IDENTITY_ROW, encodeIdentity(row));
    this.#goOnline(own, out, nowMs);
    this.#answer(out, call, 'begin', ok({ account: toHex(own.device.account), name: row.name }));
    out.event({ kind: 'overview-changed' });
  }

  #goOnline(own: Own, out: Out, nowMs: number): void {
    out.command({ kind: 'listen', seed: own.row.transportSeed });
    for (const relay of this.#relays) this.#neighbours.knowRelay(toHex(relay.key), relay.addresses, nowMs);
    for (const contact of this.#contacts.values()) this.#knowContact(contact, nowMs);
  }

  #invite(call: Extract<PersonCall, { kind: 'invite' }>, out: Out, nowMs: number): void {
    const own = this.#own;
    if (own === undefined) return this.#answer(out, call, 'invite', refuse({ kind: 'no-profile' }));
    const secret = this.#random.bytes(32);
    const prekeySeed = this.#random.bytes(32);
    const expiryHour = hourOf(nowMs) + INVITATION_HOURS;
    const { signing, agreement, listRecord } = own.device;
    const account = accountId(own.device.account);
    const device = { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
    const bundle = signBundle(this.#suite, listRecord, device, signing.secretKey, prekeysFrom(this.#suite, prekeySeed), expiryHour);
    const deposit = new Writer(2048).bytes16(bundle).raw(encodeContent(this.#myCard(own))).finish();
    const padded = pad(deposit, 16);
    assert(padded !== undefined, 'a bundle and a card fit an envelope');
    const header = headerFor(bundleTag(this.#suite, secret), purgeHashOf(this.#suite, bundlePurgeKey(this.#suite, secret)), 1, nowMs);
    const encoded = encodeHeader(header);
    this.#gossip.publish(makeEnvelope(this.#suite, header, encoded, sealBundle(this.#suite, secret, encoded, padded)), nowMs);
    this.#putInvitation({ kind: 'made', secret, prekeySeed, expiryHour, usedBy: undefined }, out);
    this.#dropOldInvitations(out);
    const relays = this.#relays.flatMap((relay) => relay.addresses.slice(0, 1).map((address) => ({ key: relay.key, address })));
    const invitation: Invitation = {
      account, secret, bundleHash: bundleHashOf(this.#suite, deposit), transportKey: fromHex(own.transportKey) as Bytes, expiryHour, relays,
    };
    this.#answer(out, call, 'invite', ok({ text: invitationText(invitation), expiresAtMs: expiryHour * 3_600_000 }));
  }

  #dropOldInvitations(out: Out): void {
    const unused = [...this.#invitations].filter(([, row]) => row.kind === 'made' && row.usedBy === undefined);
    for (const [id, row] of unused.slice(0, Math.max(0, unused.length - INVITATIONS_MAX))) {
      this.#invitations.delete(id);
      out.remove('invitations', invitationKey(this.#suite, row.secret));
    }
  }

  #accept(call: Extract<PersonCall, { kind: 'accept' }>, out: Out, nowMs: number): void {
    const own = this.#own;
    if (own === undefined) return this.#answer(out, call, 'accept', refuse({ kind: 'no-profile' }));
    const read = readInvitation(call.text, nowMs);
    if (!read.ok) return this.#answer(out, call, 'accept', read);
    const invitation = read.value;
    const account = toHex(invitation.account);
    if (sameBytes(invitation.account, own.device.account)) return this.#answer(out, call, 'accept', refuse({ kind: 'own' }));
    if (this.#contacts.has(account)) return this.#answer(out, call, 'accept', refuse({ kind: 'already-known', account }));
    const card: Card = { kind: 'card', name: '', transportKey: invitation.transportKey, relays: [] };
    const { secret, expiryHour, bundleHash } = invitation;
    const tags = this.#putInvitation({ kind: 'taken', secret, expiryHour, account: invitation.account, bundleHash, card }, out);
    for (const relay of invitation.relays) this.#learnRelay({ key: relay.key, addresses: [relay.address] }, out, nowMs);
    this.#recalled.push(...this.#gossip.recognise(tags));
    this.#neighbours.knowPerson(toHex(invitation.transportKey), [], [], nowMs);
    this.#answer(out, call, 'accept', ok({ account }));
  }

  #send(call: Extract<PersonCall, { kind: 'send' }>, out: Out, nowMs: number): void {
    const contact = this.#contacts.get(call.to);
    if (this.#own === undefined) return this.#answer(out, call, 'send', refuse({ kind: 'no-profile' }));
    if (contact === undefined) return this.#answer(out, call, 'send', refuse({ kind: 'unknown-contact' }));
    const refusal = textRefusal(call.text);
    if (refusal !== undefined) return this.#answer(out, call, 'send', refuse(refusal));
    if (this.#outbox.size >= OUTBOX_MAX) return this.#answer(out, call, 'send', refuse({ kind: 'not-saved', why: 'full' }));
    const id = this.#random.bytes(16);
    const envelope = this.#say(contact, encodeContent({ kind: 'text', id, sentAtMs: nowMs, text: call.text }), out, nowMs);
    const message: StoredMessage = {
      id, account: contact.account, mine: true, text: call.text, sentAtMs: nowMs, expiresAtMs: envelope.header.expiryHour * 3_600_000, state: { kind: 'waiting' },
    };
    const key = messageKey(message);
    out.put('messages', key, encodeMessage(message));
    out.put('messageIndex', id, key);
    const row: OutboxRow = { messageKey: key, envelopeId: envelope.id, carriers: [] };
    this.#track(id, row);
    out.put('outbox', id, encodeOutbox(row));
    this.#answer(out, call, 'send', ok(toHex(id)));
    out.event({ kind: 'message-changed', message: messageView(message), isNew: true });
    out.event({ kind: 'overview-changed' });
  }

  #markRead(call: Extract<PersonCall, { kind: 'mark-read' }>, out: Out, nowMs: number): void {
    const contact = this.#contacts.get(call.account);
    if (contact !== undefined && contact.unread.length > 0) {
      for (let at = 0; at < contact.unread.length; at += RECEIPT_MESSAGES_MAX) {
        const messages = contact.unread.slice(at, at + RECEIPT_MESSAGES_MAX);
        this.#say(contact, encodeContent({ kind: 'receipt', what: 'read', atMs: nowMs, messages }), out, nowMs);
      }
      const owed = this.#owed.get(call.account)?.filter((id) => !contact.unread.some((read) => sameBytes(read, id)));
      if (owed === undefined || owed.length === 0) this.#owed.delete(call.account);
      else this.#owed.set(call.account, owed);
      const now = this.#contacts.get(call.account) ?? contact;
      this.#setContact({ ...now, unread: [] }, out);
      out.event({ kind: 'overview-changed' });
    }
    this.#answer(out, call, 'mark-read', undefined);
  }

  #useRelay(call: Extract<PersonCall, { kind: 'use-relay' }>, out: Out, nowMs: number): void {
    const key = fromHex(call.relay.key);
    if (key?.length === 32) this.#learnRelay({ key, addresses: call.relay.addresses }, out, nowMs);
    this.#answer(out, call, 'use-relay', undefined);
  }

  #learnRelay(relay: Card['relays'][number], out: Out, nowMs: number): void {
    const key = toHex(relay.key);
    const before = this.#relays.find((one) => toHex(one.key) === key);
    if (before === undefined || before.addresses.join() !== relay.addresses.join()) {
      this.#relays = [relay, ...this.#relays.filter((one) => one !== before)].slice(0, RELAYS_MAX);
      out.put('self', RELAYS_ROW, encodeRelays(this.#relays));
      for (const contact of [...this.#contacts.values()]) this.#tellCard(contact, out, nowMs);
      out.event({ kind: 'overview-changed' });
    }
    if (this.#own !== undefined) this.#neighbours.knowRelay(key, relay.addresses, nowMs);
  }

  /* ---- Saying: content to envelope ---- */

  #say(contact: ContactRow, encoded: Bytes, out: Out, nowMs: number): Envelope {
    const session = this.#sessions.get(toHex(contact.sessionId));
    assert(session !== undefined, 'a contact has a session');
    const sealing = sealNext(this.#suite, this.#random, session);
    const header = headerFor(sealing.tag, purgeHashOf(this.#suite, sealing.purgeKey), 1, nowMs);
    const encodedHeader = encodeHeader(header);
    const padded = pad(encoded, sealing.overheadBytes);
    assert(padded !== undefined, 'content is bounded so that it fits an envelope');
    const envelope = makeEnvelope(this.#suite, header, encodedHeader, sealing.seal(encodedHeader, padded));
    this.#setSession(sealing.session, out);
    this.#gossip.publish(envelope, nowMs);
    return envelope;
  }

  /* ---- Waking: what was put off to the end of the turn ---- */

  #wake(rows: Rows, out: Out, nowMs: number): void {
    this.#neighbours.wake(nowMs);
    // One at a time: each opening starts from the session that the one before it left.
    const id = this.#recalled.shift();
    const envelope = id && this.#recalledEnvelope(id, rows);
    if (envelope !== undefined) this.#arrived(envelope, undefined, out, nowMs);
    for (const [messageId, { state, key }] of [...this.#restated]) {
      this.#restated.delete(messageId);
      const messageRow = key ?? rows.get(rowName({ space: 'messageIndex', key: fromHex(messageId) as Bytes }));
      const row = messageRow && rows.get(rowName({ space: 'messages', key: messageRow }));
      const message = messageRow && row && decodeMessage(messageRow, row);
      if (!message?.state) continue;
      const now = { ...message, state: laterState(message.state, state) };
      out.put('messages', messageRow as Bytes, encodeMessage(now));
      out.event({ kind: 'message-changed', message: messageView(now), isNew: false });
    }
    for (const [account, ids] of [...this.#owed]) {
      const contact = this.#contacts.get(account);
      this.#owed.delete(account);
      if (contact === undefined) continue;
      for (let at = 0; at < ids.length; at += RECEIPT_MESSAGES_MAX) {
        const messages = ids.slice(at, at + RECEIPT_MESSAGES_MAX);
        this.#say(this.#contacts.get(account) ?? contact, encodeContent({ kind: 'receipt', what: 'delivered', atMs: nowMs, messages }), out, nowMs);
      }
    }
    this.#gossip.wake(nowMs);
  }

  #custody(envelopeId: Bytes, by: number, out: Out): void {
    const id = this.#messageOf.get(toHex(envelopeId));
    const row = id === undefined ? undefined : this.#outbox.get(id);
    const key = fromHex(this.#neighbours.get(by)?.key ?? '');
    if (id === undefined || row === undefined || key?.length !== 32 || row.carriers.length >= 64 || row.carriers.some((one) => sameBytes(one, key))) return;
    const now = { ...row, carriers: [...row.carriers, key] };
    this.#outbox.set(id, now);
    out.put('outbox', fromHex(id) as Bytes, encodeOutbox(now));
    this.#restate(id, { kind: 'carried', carriers: now.carriers.length }, row.messageKey);
  }

  #expired(envelopeId: Bytes, out: Out): void {
    const id = this.#messageOf.get(toHex(envelopeId));
    const row = id === undefined ? undefined : this.#outbox.get(id);
    if (id === undefined || row === undefined) return;
    this.#restate(id, { kind: 'expired' }, row.messageKey);
    this.#untrack(fromHex(id) as Bytes, out);
  }

  #restate(id: string, state: DeliveryState, key: Bytes | undefined): void {
    const before = this.#restated.get(id);
    this.#restated.set(id, { state: before === undefined ? state : laterState(before.state, state), key: key ?? before?.key });
  }

  /* ---- Rows that are also held in memory ---- */

  #setSession(session: Session, out: Out): void {
    this.#sessions.set(toHex(session.id), session);
    out.put('sessions', session.id, encodeSession(session));
    this.#recalled.push(...this.#gossip.recognise(this.#tags.follow(session)));
  }

  #keepSkipped(session: Session, tag: Bytes, messageKey: Bytes, out: Out, nowMs: number): void {
    const isFirst = this.#tags.get(tag)?.kind === 'first';
    out.put('skipped', tag, encodeSkipped({ session: session.id, isFirst, messageKey, keptHour: hourOf(nowMs) }));
    // A first tag keeps its meaning: it leads to the session and there to this row.
    if (!isFirst) this.#tags.set(tag, { kind: 'skipped', session: toHex(session.id), isFirst });
  }

  #setContact(contact: ContactRow, out: Out): void {
    this.#contacts.set(toHex(contact.account), contact);
    out.put('contacts', contact.account, encodeContact(contact));
  }

  #putInvitation(row: InvitationRow, out: Out): readonly Bytes[] {
    out.put('invitations', invitationKey(this.#suite, row.secret), encodeInvitation(row));
    return this.#expectInvitation(row);
  }

  #expectInvitation(row: InvitationRow): readonly Bytes[] {
    const id = toHex(invitationKey(this.#suite, row.secret));
    this.#invitations.set(id, row);
    if (row.kind === 'made') return this.#tags.expectFirst(id, row.secret);
    const tag = bundleTag(this.#suite, row.secret);
    this.#tags.set(tag, { kind: 'bundle', invitation: id });
    return [tag];
  }

  #track(id: Bytes, row: OutboxRow): void {
    this.#outbox.set(toHex(id), row);
    this.#messageOf.set(toHex(row.envelopeId), toHex(id));
  }

  #untrack(id: Bytes, out: Out): void {
    const row = this.#outbox.get(toHex(id));
    this.#outbox.delete(toHex(id));
    if (row !== undefined) this.#messageOf.delete(toHex(row.envelopeId));
    out.remove('outbox', id);
  }

  /* ---- Views ---- */

  #reach(contact: ContactRow, nowMs: number): Reach {
    const key = toHex(contact.transportKey);
    let isNear = false;
    for (const it of this.#neighbours.connected()) {
      if (it.key === key) return it.path === 'direct' ? { kind: 'direct' } : { kind: 'relay' };
      isNear = true;
    }
    const heard = this.#heardThroughRelayMs.get(toHex(contact.account));
    if (isNear && heard !== undefined && nowMs - heard < HEARD_RECENTLY_MS) return { kind: 'relay' };
    return isNear ? { kind: 'carried' } : { kind: 'not-now' };
  }

  #contactView(contact: ContactRow, nowMs: number): ContactView {
    return {
      account: toHex(contact.account), name: contact.name, reach: this.#reach(contact, nowMs), lastHeardMs: contact.lastHeardMs || undefined,
      unread: contact.unread.length, metAtMs: contact.metAtMs,
    };
  }

  #neighbourView(it: { readonly key: string; readonly path: 'direct' | 'relay' | 'circuit' }): NeighbourView {
    const relay = this.#relays.some((one) => toHex(one.key) === it.key);
    const contact = [...this.#contacts.values()].find((one) => toHex(one.transportKey) === it.key);
    return { kind: relay ? 'relay' : contact ? 'contact' : 'stranger', account: contact && toHex(contact.account), path: it.path };
  }
}

function invitationKey(suite: Suite, secret: Bytes): Bytes {
  return bundleTag(suite, secret);
}

/** A stored message as programs see it. */
export function messageView(message: StoredMessage): Message {
  return {
    id: toHex(message.id), conversation: toHex(message.account), mine: message.mine, text: message.text, sentAtMs: message.sentAtMs,
    state: message.state, expiresAtMs: message.expiresAtMs,
  };
}
