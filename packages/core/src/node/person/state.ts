/** What a person's node remembers: rows that are held in memory, the machines below it, and work put off to the end of a turn. */
import type { Card } from '../../content/card.ts';
import { type DeliveryState, laterState } from '../../conversation/message.ts';
import type { Suite } from '../../crypto/suite.ts';
import { type Envelope, encodeHeader, headerFor, hourOf, makeEnvelope, purgeHashOf } from '../../envelope/envelope.ts';
import { pad } from '../../envelope/padding.ts';
import { Gossip } from '../../gossip/gossip.ts';
import type { GossipLimits } from '../../gossip/limits.ts';
import { assert } from '../../kernel/assert.ts';
import { BoundedMap } from '../../kernel/bounded-map.ts';
import { type Bytes, fromHex, toHex } from '../../kernel/bytes.ts';
import type { Random } from '../../kernel/random.ts';
import { Neighbours } from '../../neighbours/neighbours.ts';
import { bundleTag } from '../../rendezvous/invitation.ts';
import { SKIPPED_KEPT_DAYS, SKIPPED_MAX } from '../../session/limits.ts';
import { encodeSession, type Session, sealNext } from '../../session/session.ts';
import type { OutcomeBuilder } from '../outcome.ts';
import type { Answers, PersonCall, PersonEvent } from './inputs.ts';
import { type Own, ownFrom } from './own.ts';
import { type ContactRow, encodeContact, encodeInvitation, type InvitationRow, type OutboxRow } from './rows.ts';
import { encodeSkipped, type PersonRows } from './stored.ts';
import { TagTable } from './tag-table.ts';

export type Out = OutcomeBuilder<PersonEvent>;

export class PersonState {
  readonly suite: Suite;
  readonly random: Random;
  readonly tags: TagTable;
  readonly gossip: Gossip;
  own: Own | undefined;
  neighbours: Neighbours;
  relays: Card['relays'];
  readonly contacts: Map<string, ContactRow> = new Map<string, ContactRow>();
  readonly sessions: Map<string, Session> = new Map<string, Session>();
  readonly invitations: Map<string, InvitationRow> = new Map<string, InvitationRow>();
  /** message id → what is undelivered of it, and the way back from its envelope. */
  readonly outbox: Map<string, OutboxRow> = new Map<string, OutboxRow>();
  readonly messageOf: Map<string, string> = new Map<string, string>();
  /** Envelopes held before their tag meant anything. */
  readonly recalled: Bytes[] = [];
  /** message id → its new state, to be written with its row. */
  readonly restated: Map<string, { readonly account: Bytes; readonly state: DeliveryState; readonly key: Bytes | undefined }> = new Map();
  /** account → messages of theirs for which a receipt is owed. */
  readonly owed: Map<string, Bytes[]> = new Map<string, Bytes[]>();
  /** session → tags whose keys are kept, with the hour since when; the oldest give way. */
  readonly #skipped: Map<string, BoundedMap<string, number>> = new Map<string, BoundedMap<string, number>>();
  /** When the outbox is next looked through for what has run out of time. */
  outboxCheckAtMs = 0;
  readonly heardThroughRelayMs: Map<string, number> = new Map<string, number>();

  constructor(suite: Suite, random: Random, rows: PersonRows, limits: GossipLimits) {
    this.suite = suite;
    this.random = random;
    this.tags = new TagTable(suite);
    this.own = rows.identity === undefined ? undefined : ownFrom(suite, rows.identity);
    this.relays = rows.relays;
    this.neighbours = new Neighbours(random, this.own?.transportKey ?? '');
    this.gossip = new Gossip(suite, 'person', limits, (tag) => this.tags.get(tag) !== undefined);
    this.gossip.restore(rows.carried, rows.seen);
    for (const contact of rows.contacts) this.contacts.set(toHex(contact.account), contact);
    for (const session of rows.sessions) {
      this.sessions.set(toHex(session.id), session);
      this.tags.follow(session);
    }
    for (const row of rows.invitations) this.expectInvitation(row);
    for (const { tag, session, isFirst, keptHour } of [...rows.skipped].sort((a, b) => a.keptHour - b.keptHour)) {
      if (this.tags.get(tag)?.kind !== 'first') this.tags.set(tag, { kind: 'skipped', session: toHex(session), isFirst });
      this.skippedOf(session).set(toHex(tag), keptHour);
    }
    for (const [id, row] of rows.outbox) this.track(id, row);
  }

  /** Whether a transport key is that of a relay this person uses. */
  isRelay(transportKey: string): boolean {
    return this.relays.some((relay) => toHex(relay.key) === transportKey);
  }

  /** Something was put off to the end of the turn. */
  get hasWork(): boolean {
    return this.recalled.length > 0 || this.restated.size > 0 || this.owed.size > 0;
  }

  /** Rows that are also held in memory are changed here, both at once. */
  setSession(session: Session, out: Out): void {
    this.sessions.set(toHex(session.id), session);
    out.put('sessions', session.id, encodeSession(session));
    this.recalled.push(...this.gossip.recognise(this.tags.follow(session)));
  }

  keepSkipped(session: Session, tag: Bytes, messageKey: Bytes, out: Out, nowMs: number): void {
    const isFirst = this.tags.get(tag)?.kind === 'first';
    const keptHour = hourOf(nowMs);
    out.put('skipped', tag, encodeSkipped({ session: session.id, isFirst, messageKey, keptHour }));
    const evicted = this.skippedOf(session.id).set(toHex(tag), keptHour);
    if (evicted !== undefined) this.dropSkipped(session.id, fromHex(evicted.key) as Bytes, out);
    // A first tag keeps its meaning: it leads to the session and there to this row.
    if (!isFirst) this.tags.set(tag, { kind: 'skipped', session: toHex(session.id), isFirst });
  }

  /** A kept key was used, or is kept no longer. */
  dropSkipped(session: Bytes, tag: Bytes, out: Out): void {
    this.skippedOf(session).delete(toHex(tag));
    if (this.tags.get(tag)?.kind === 'skipped') this.tags.delete(tag);
    out.remove('skipped', tag);
  }

  dropOldSkipped(out: Out, nowMs: number): void {
    const oldest = hourOf(nowMs) - SKIPPED_KEPT_DAYS * 24;
    for (const [session, kept] of this.#skipped) {
      for (const [tag, keptHour] of kept.entries())
        if (keptHour < oldest) this.dropSkipped(fromHex(session) as Bytes, fromHex(tag) as Bytes, out);
    }
  }

  skippedOf(session: Bytes): BoundedMap<string, number> {
    const id = toHex(session);
    const kept = this.#skipped.get(id) ?? new BoundedMap<string, number>(SKIPPED_MAX);
    this.#skipped.set(id, kept);
    return kept;
  }

  setContact(contact: ContactRow, out: Out): void {
    this.contacts.set(toHex(contact.account), contact);
    out.put('contacts', contact.account, encodeContact(contact));
  }

  putInvitation(row: InvitationRow, out: Out): readonly Bytes[] {
    out.put('invitations', invitationKey(this.suite, row.secret), encodeInvitation(row));
    return this.expectInvitation(row);
  }

  forgetInvitation(id: string, row: InvitationRow, out: Out): void {
    this.invitations.delete(id);
    out.remove('invitations', invitationKey(this.suite, row.secret));
    if (row.kind === 'made') this.tags.forgetFirst(row.secret);
    else this.tags.delete(bundleTag(this.suite, row.secret));
  }

  expectInvitation(row: InvitationRow): readonly Bytes[] {
    const id = toHex(invitationKey(this.suite, row.secret));
    this.invitations.set(id, row);
    if (row.kind === 'made') return this.tags.expectFirst(id, row.secret);
    const tag = bundleTag(this.suite, row.secret);
    this.tags.set(tag, { kind: 'bundle', invitation: id });
    return [tag];
  }

  /** Follows an undelivered message of ours. */
  track(id: Bytes, row: OutboxRow): void {
    this.outbox.set(toHex(id), row);
    this.messageOf.set(toHex(row.envelopeId), toHex(id));
  }

  untrack(id: Bytes, out: Out): void {
    const row = this.outbox.get(toHex(id));
    this.outbox.delete(toHex(id));
    if (row !== undefined) this.messageOf.delete(toHex(row.envelopeId));
    out.remove('outbox', id);
  }

  /** Content to envelope: sealed for the contact's device, kept, and pushed to whoever is near. */
  say(contact: ContactRow, encoded: Bytes, out: Out, nowMs: number): Envelope {
    const session = this.sessions.get(toHex(contact.sessionId));
    assert(session !== undefined, 'a contact has a session');
    const sealing = sealNext(this.suite, this.random, session, hourOf(nowMs));
    const header = headerFor(sealing.tag, purgeHashOf(this.suite, sealing.purgeKey), 1, nowMs);
    const encodedHeader = encodeHeader(header);
    const padded = pad(encoded, sealing.overheadBytes);
    assert(padded !== undefined, 'content is bounded so that it fits an envelope');
    const envelope = makeEnvelope(this.suite, header, encodedHeader, sealing.seal(encodedHeader, padded));
    this.setSession(sealing.session, out);
    this.gossip.publish(envelope, nowMs);
    return envelope;
  }

  restate(id: string, account: Bytes, state: DeliveryState, key: Bytes | undefined): void {
    const before = this.restated.get(id);
    this.restated.set(id, { account, state: before === undefined ? state : laterState(before.state, state), key: key ?? before?.key });
  }
}

export function invitationKey(suite: Suite, secret: Bytes): Bytes {
  return bundleTag(suite, secret);
}

export function answer<Kind extends keyof Answers>(out: Out, to: PersonCall, of: Kind, it: Answers[Kind]): void {
  out.event({ kind: 'answer', call: to.call, of, answer: it } as PersonEvent);
}
