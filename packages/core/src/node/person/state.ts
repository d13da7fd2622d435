/** What a person's node remembers: rows that are held in memory, the machines below it, and work put off to the end of a turn. */
import type { Card } from '../../content/card.ts';
import { type DeliveryState, laterState } from '../../conversation/message.ts';
import type { Suite } from '../../crypto/suite.ts';
import { type Envelope, encodeHeader, headerFor, hourOf, makeEnvelope, purgeHashOf } from '../../envelope/envelope.ts';
import { pad } from '../../envelope/padding.ts';
import { Gossip } from '../../gossip/gossip.ts';
import type { GossipLimits } from '../../gossip/limits.ts';
import type { Tier, Who } from '../../gossip/tier.ts';
import { firstSecretOf } from '../../identity/contact-key.ts';
import { readListRecord } from '../../identity/device-list.ts';
import { judgeList, type KnownList, type ListJudgement } from '../../identity/list-judgement.ts';
import { assert } from '../../kernel/assert.ts';
import { BoundedMap } from '../../kernel/bounded-map.ts';
import { type Bytes, EMPTY, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import type { Random } from '../../kernel/random.ts';
import { Neighbours } from '../../neighbours/neighbours.ts';
import { bundleTag, helloTag } from '../../rendezvous/invitation.ts';
import { FIRST_MESSAGES, SKIPPED_KEPT_DAYS, SKIPPED_MAX } from '../../session/limits.ts';
import { encodeSession, type Session, sealNext } from '../../session/session.ts';
import type { OutcomeBuilder } from '../outcome.ts';
import type { ComparisonState, LinkingState } from './agreement-state.ts';
import { type DepositRow, type DeviceRow, encodeDevice, encodePrekey, type PrekeyRow } from './device-rows.ts';
import type { Answers, PersonCall, PersonEvent } from './inputs.ts';
import type { IntroductionEntry } from './introduction-rows.ts';
import { EARLY_MAX } from './limits.ts';
import { type Own, ownFrom } from './own.ts';
import type { Hand, Today } from './presence.ts';
import {
  type ContactRow,
  encodeContact,
  encodeInvitation,
  encodeOutbox,
  type InvitationRow,
  type OutboxPart,
  type OutboxRow,
} from './rows.ts';
import { encodeSkipped, type PersonRows } from './stored.ts';
import { TagTable } from './tag-table.ts';
import type { Pull } from './views.ts';

export type Out = OutcomeBuilder<PersonEvent>;

export class PersonState {
  readonly suite: Suite;
  readonly random: Random;
  readonly tags: TagTable;
  readonly gossip: Gossip;
  own: Own | undefined;
  readonly neighbours: Neighbours;
  /** `undefined` as long as this device has no keys of its own. */
  today: Today | undefined;
  /** Attempts by hand under way, by their number; never kept over a restart. */
  readonly hands: Map<number, Hand> = new Map<number, Hand>();
  nextHand = 0;
  /** Whether the link has ways to connect by hand, and to make certificates: believed until it says otherwise. */
  makesHands = true;
  makesCertificates = true;
  /** name → for which device a certificate is being made. */
  readonly certifying: Map<string, { readonly device: string; readonly number: number }> = new Map();
  /** device → when a direct connection to it is next tried by signals. */
  readonly signals: Map<string, { readonly waitMs: number; readonly notBeforeMs: number; readonly answeredAtMs?: number }> = new Map();
  readonly introductions: Map<string, IntroductionEntry> = new Map<string, IntroductionEntry>();
  /** What our clock is behind that of most neighbours, as far as it is plainly wrong: days are everybody's, not ours. */
  skewMs = 0;
  /** transport key that only a code told → until when it is dialled. Never a device's name: whoever writes cards knows those. */
  readonly codes: Map<string, number> = new Map<string, number>();
  /** relays of others that are dialled now. */
  othersRelays: ReadonlySet<string> = new Set<string>();
  /** device → the keys under which it is dialled, and when that changes. */
  readonly dialled: Map<string, { readonly keys: readonly string[]; readonly untilMs: number }> = new Map();
  relays: Card['relays'];
  pull: Pull;
  readonly contacts: Map<string, ContactRow> = new Map<string, ContactRow>();
  /** signing key → a device of a contact, or another of one's own. */
  readonly devices: Map<string, DeviceRow> = new Map<string, DeviceRow>();
  /** envelope → device that was told something in it. */
  readonly toldTo: Map<string, string> = new Map<string, string>();
  /** device → tags under which its deposit may come; and prekeys given to it in reserve. */
  readonly #depositTags: Map<string, readonly Bytes[]> = new Map<string, readonly Bytes[]>();
  readonly #spares: Map<string, Set<string>> = new Map<string, Set<string>>();
  readonly #devicesOf: Map<string, Set<string>> = new Map<string, Set<string>>();
  /** prekey id → prekeys given away outside an invitation. */
  readonly prekeys: Map<string, PrekeyRow> = new Map<string, PrekeyRow>();
  deposit: DepositRow | undefined;
  /** A device being linked, on either side; and comparisons under way, by account. Not kept over a restart: both begin anew. */
  linking: LinkingState | undefined;
  readonly comparisons: Map<string, ComparisonState> = new Map<string, ComparisonState>();
  /** session → since when something behind a header of theirs does not follow from our state. */
  readonly doubts: Map<string, number> = new Map<string, number>();
  /** Messages to be sealed again, each for one device: the message's text is read first. */
  readonly reseals: Reseal[] = [];
  /** Rows that an older version of the program kept otherwise: written with the first start. */
  unsaved: readonly DeviceRow[];
  readonly sessions: Map<string, Session> = new Map<string, Session>();
  readonly invitations: Map<string, InvitationRow> = new Map<string, InvitationRow>();
  /** message id → what is undelivered of it, and the way back from its envelope. */
  readonly outbox: Map<string, OutboxRow> = new Map<string, OutboxRow>();
  readonly messageOf: Map<string, string> = new Map<string, string>();
  /** Envelopes held before their tag meant anything. */
  readonly recalled: Bytes[] = [];
  /** message id → its new state, to be written with its row. */
  readonly restated: Map<string, { readonly account: Bytes; readonly state: DeliveryState; readonly key: Bytes | undefined }> = new Map();
  /** What was heard of messages that another of one's own devices wrote, before that device told of them. */
  readonly early: BoundedMap<string, { readonly account: Bytes; readonly state: DeliveryState }> = new BoundedMap(EARLY_MAX);
  /** transport key → signing key of the device that told it, or has shown otherwise that it is its own. */
  readonly #byTransport: Map<string, string> = new Map<string, string>();
  /** account → the newest place of a text of one's own, of those since the start. */
  readonly newestMine: Map<string, number> = new Map<string, number>();
  /** account → messages of theirs for which a receipt is owed. */
  readonly owed: Map<string, Bytes[]> = new Map<string, Bytes[]>();
  /** session → tags whose keys are kept, with the hour since when; the oldest give way. */
  readonly #skipped: Map<string, BoundedMap<string, number>> = new Map<string, BoundedMap<string, number>>();
  /** When what runs out of time is next looked for. */
  checkAtMs = 0;
  readonly heardThroughRelayMs: Map<string, number> = new Map<string, number>();
  /** Something changed by which contacts may be reached. */
  isReachStale = true;

  constructor(suite: Suite, random: Random, rows: PersonRows, limits: GossipLimits) {
    this.suite = suite;
    this.random = random;
    this.tags = new TagTable(suite);
    this.own = rows.identity === undefined ? undefined : ownFrom(suite, rows.identity);
    this.relays = rows.relays;
    this.pull = rows.pull;
    for (const entry of rows.introductions) this.introductions.set(toHex(entry.id), entry);
    this.neighbours = new Neighbours(random, '');
    this.gossip = new Gossip(suite, random, 'person', limits, (tag) => this.tags.get(tag) !== undefined);
    for (const contact of rows.contacts) this.contacts.set(toHex(contact.account), contact);
    for (const device of rows.devices) this.#hold(device);
    this.unsaved = rows.migrated;
    this.deposit = rows.deposit;
    for (const session of rows.sessions) {
      this.sessions.set(toHex(session.id), session);
      this.tags.follow(session);
    }
    for (const row of rows.prekeys) this.#expectPrekeys(row);
    for (const row of rows.invitations) this.expectInvitation(row);
    for (const { tag, session, isFirst, keptHour } of [...rows.skipped].sort((a, b) => a.keptHour - b.keptHour)) {
      if (this.tags.get(tag)?.kind !== 'first') this.tags.set(tag, { kind: 'skipped', session: toHex(session), isFirst });
      this.skippedOf(session).set(toHex(tag), keptHour);
    }
    for (const [id, row] of rows.outbox) this.track(id, row);
    // Last, when every tag means what it means: what a crash kept from being read is read now.
    this.recalled.push(...this.gossip.restore(rows.carried, rows.seen));
    this.tags.wantNews(this.pull === 'mailbox');
  }

  isReachedDirectly(account: Uint8Array): boolean {
    for (const it of this.neighbours.connected()) {
      const device = it.path === 'direct' ? this.deviceAt(it.key) : undefined;
      if (device !== undefined && sameBytes(device.account, account)) return true;
    }
    return false;
  }

  /** Whether a transport key is that of a relay this person uses. */
  isRelay(transportKey: string): boolean {
    return this.relays.some((relay) => toHex(relay.key) === transportKey);
  }

  heardThroughRelay(account: Bytes, nowMs: number): void {
    this.heardThroughRelayMs.set(toHex(account), nowMs);
    this.isReachStale = true;
  }

  /** Who a neighbour is to gossip: never which person. */
  whoIs(transportKey: string): Who {
    const isKnownRelay = this.isRelay(transportKey);
    return { key: transportKey, tier: isKnownRelay ? 'own' : this.#tierOf(transportKey), isKnownRelay };
  }

  /** The device that is reached under a transport key. */
  deviceAt(transportKey: string): DeviceRow | undefined {
    return this.devices.get(this.#byTransport.get(transportKey) ?? '');
  }

  /** A neighbour under this key has shown that it is this device, though no card said so. */
  bindKey(transportKey: string, device: DeviceRow): void {
    if (!this.#byTransport.has(transportKey)) this.#byTransport.set(transportKey, toHex(device.signingKey));
  }

  #tierOf(transportKey: string): Tier {
    const device = this.deviceAt(transportKey);
    if (device?.standing !== 'listed') return 'stranger';
    if (this.own !== undefined && sameBytes(device.account, this.own.device.account)) return 'own';
    return this.contacts.has(toHex(device.account)) ? 'contact' : 'stranger';
  }

  /** Whoever is connected was a stranger until now, perhaps. */
  learnTiers(): void {
    for (const it of this.neighbours.connected()) this.gossip.setTier(it.neighbour, this.whoIs(it.key).tier);
  }

  /** Something was put off to the end of the turn. */
  get hasWork(): boolean {
    return this.recalled.length > 0 || this.restated.size > 0 || this.owed.size > 0 || this.reseals.length > 0;
  }

  /** Rows that are also held in memory are changed here, both at once. */
  setSession(session: Session, out: Out): void {
    this.sessions.set(toHex(session.id), session);
    out.put('sessions', session.id, encodeSession(session));
    this.recalled.push(...this.gossip.recognise(this.tags.follow(session)));
  }

  /** With the keys of its overtaken messages: what still comes for it is for nobody. */
  dropSession(session: Session, out: Out): void {
    const id = toHex(session.id);
    this.sessions.delete(id);
    this.tags.forget(id);
    out.remove('sessions', session.id);
    for (const [tag] of [...this.skippedOf(session.id).entries()]) this.dropSkipped(session.id, fromHex(tag) as Bytes, out);
    this.#skipped.delete(id);
  }

  /** From now on it is only read. */
  retireSession(session: Session, out: Out, nowMs: number): void {
    if (session.retiredHour === undefined) this.setSession({ ...session, retiredHour: hourOf(nowMs) }, out);
  }

  sessionsWith(signingKey: Uint8Array): readonly Session[] {
    return [...this.sessions.values()].filter((session) => sameBytes(session.peerSigningKey, signingKey));
  }

  /** The devices of an account that were ever known, removed ones as well. */
  devicesOf(account: Uint8Array): readonly DeviceRow[] {
    const keys = this.#devicesOf.get(toHex(account)) ?? [];
    return [...keys].flatMap((key) => this.devices.get(key) ?? []);
  }

  #hold(device: DeviceRow): void {
    const [key, account] = [toHex(device.signingKey), toHex(device.account)];
    const before = this.devices.get(key);
    for (const told of [before?.toldCard, before?.toldKeys]) if (told !== undefined) this.toldTo.delete(toHex(told.envelopeId));
    for (const told of [device.toldCard, device.toldKeys]) if (told.envelopeId.length > 0) this.toldTo.set(toHex(told.envelopeId), key);
    this.devices.set(key, device);
    if (before?.days !== device.days) {
      for (const told of before?.days.keys ?? []) if (this.#byTransport.get(toHex(told)) === key) this.#byTransport.delete(toHex(told));
      for (const told of device.days.keys) if (!this.#byTransport.has(toHex(told))) this.#byTransport.set(toHex(told), key);
    }
    const of = this.#devicesOf.get(account) ?? new Set<string>();
    this.#devicesOf.set(account, of.add(key));
  }

  setDevice(device: DeviceRow, out: Out): void {
    this.#hold(device);
    out.put('devices', device.signingKey, encodeDevice(device));
    this.learnTiers();
    this.isReachStale = true;
  }

  noteDepositTags(signingKey: Bytes, tags: readonly Bytes[]): void {
    const key = toHex(signingKey);
    this.#depositTags.set(key, [...(this.#depositTags.get(key) ?? []), ...tags]);
  }

  forgetDepositTags(signingKey: Bytes): void {
    const key = toHex(signingKey);
    for (const tag of this.#depositTags.get(key) ?? []) if (this.tags.get(tag)?.kind === 'deposit') this.tags.delete(tag);
    this.#depositTags.delete(key);
  }

  /** Prekeys given to a device in reserve, used ones as well. */
  sparesOf(signingKey: Bytes): readonly PrekeyRow[] {
    return [...(this.#spares.get(toHex(signingKey)) ?? [])].flatMap((id) => this.prekeys.get(id) ?? []);
  }

  dropDevice(device: DeviceRow, out: Out): void {
    const key = toHex(device.signingKey);
    this.forgetDepositTags(device.signingKey);
    for (const told of [device.toldCard, device.toldKeys]) this.toldTo.delete(toHex(told.envelopeId));
    for (const told of device.days.keys) if (this.#byTransport.get(toHex(told)) === key) this.#byTransport.delete(toHex(told));
    this.devices.delete(key);
    this.#devicesOf.get(toHex(device.account))?.delete(key);
    out.remove('devices', device.signingKey);
  }

  /** What opens the deposits of an account: one's own for one's other devices. */
  contactKeyOf(account: Uint8Array): Bytes | undefined {
    if (this.own !== undefined && sameBytes(account, this.own.device.account)) return this.own.row.contactKey;
    return this.contacts.get(toHex(account))?.contactKey;
  }

  /** The list of an account's devices that is believed; empty until one was told. */
  listRecordOf(account: Uint8Array): Bytes {
    if (this.own !== undefined && sameBytes(account, this.own.device.account)) return this.own.row.listRecord;
    return this.contacts.get(toHex(account))?.listRecord ?? EMPTY;
  }

  /** What a list says beside the one that is believed. */
  judge(peer: KnownList): ListJudgement | 'first' {
    const record = this.listRecordOf(peer.list.account);
    const known = record.length === 0 ? undefined : readListRecord(this.suite, record);
    return known?.ok ? judgeList(this.suite, { list: known.value, record }, peer) : 'first';
  }

  /** Lists by which nobody comes in: of before, or at odds with the one that is believed. */
  refuses(peer: KnownList): boolean {
    const judgement = this.judge(peer);
    return judgement !== 'first' && judgement !== 'same' && judgement !== 'newer' && judgement !== 'rotated';
  }

  /** Lists that one account cannot both have meant: a root that nothing vouched for, or two lists in one place of the order. */
  contradicts(peer: KnownList): boolean {
    const judgement = this.judge(peer);
    return judgement === 'uncommitted-root' || judgement === 'equivocation';
  }

  putPrekeys(row: PrekeyRow, out: Out): readonly Bytes[] {
    out.put('prekeys', row.id, encodePrekey(row));
    return this.#expectPrekeys(row);
  }

  #expectPrekeys(row: PrekeyRow): readonly Bytes[] {
    const id = toHex(row.id);
    this.prekeys.set(id, row);
    if (row.occasion === 'spare') this.#spares.set(toHex(row.whom), (this.#spares.get(toHex(row.whom)) ?? new Set<string>()).add(id));
    if (row.occasion !== 'contact-key') return this.tags.expectFirst({ occasion: 'prekeys', id }, row.secret, FIRST_MESSAGES[row.occasion]);
    return this.#readers().flatMap((account) => this.#expectFirstOf(row, account));
  }

  /** Who may take up what lies under our contact key: every contact, and one's own other devices. */
  #readers(): readonly Bytes[] {
    const contacts = [...this.contacts.values()].map((contact) => contact.account);
    return this.own === undefined ? contacts : [...contacts, this.own.device.account];
  }

  #expectFirstOf(row: PrekeyRow, account: Bytes): readonly Bytes[] {
    const source = { occasion: 'prekeys', id: toHex(row.id), by: toHex(account) } as const;
    return this.tags.expectFirst(source, firstSecretOf(this.suite, row.secret, account), FIRST_MESSAGES[row.occasion]);
  }

  dropPrekeys(row: PrekeyRow, out: Out): void {
    this.prekeys.delete(toHex(row.id));
    this.#spares.get(toHex(row.whom))?.delete(toHex(row.id));
    const secrets =
      row.occasion === 'contact-key' ? this.#readers().map((account) => firstSecretOf(this.suite, row.secret, account)) : [row.secret];
    for (const secret of secrets) this.tags.forgetFirst(secret, FIRST_MESSAGES[row.occasion]);
    out.remove('prekeys', row.id);
  }

  keepSkipped(session: Session, skipped: readonly { readonly tag: Bytes; readonly messageKey: Bytes }[], out: Out, nowMs: number): void {
    const keptHour = hourOf(nowMs);
    for (const { tag, messageKey } of skipped) {
      const isFirst = this.tags.get(tag)?.kind === 'first';
      out.put('skipped', tag, encodeSkipped({ session: session.id, isFirst, messageKey, keptHour }));
      const evicted = this.skippedOf(session.id).set(toHex(tag), keptHour);
      if (evicted !== undefined) this.dropSkipped(session.id, fromHex(evicted.key) as Bytes, out);
      // A first tag keeps its meaning: it leads to the session and there to this row.
      if (!isFirst) this.tags.set(tag, { kind: 'skipped', session: toHex(session.id), isFirst });
    }
    // Of a long leap many were never expected: what came under their tags before was read past.
    this.recalled.push(...this.gossip.recognise(skipped.map(({ tag }) => tag)));
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
    const isNew = !this.contacts.has(toHex(contact.account));
    this.contacts.set(toHex(contact.account), contact);
    if (isNew) for (const row of this.prekeys.values()) if (row.occasion === 'contact-key') this.#expectFirstOf(row, contact.account);
    out.put('contacts', contact.account, encodeContact(contact));
    if (isNew) this.learnTiers();
    this.isReachStale = true;
  }

  putInvitation(row: InvitationRow, out: Out): readonly Bytes[] {
    out.put('invitations', invitationKey(this.suite, row.secret), encodeInvitation(row));
    return this.expectInvitation(row);
  }

  forgetInvitation(id: string, row: InvitationRow, out: Out): void {
    this.invitations.delete(id);
    out.remove('invitations', invitationKey(this.suite, row.secret));
    if (row.kind === 'taken') return this.tags.delete(bundleTag(this.suite, row.secret));
    this.tags.forgetFirst(row.secret);
    this.tags.delete(helloTag(this.suite, row.secret));
  }

  expectInvitation(row: InvitationRow): readonly Bytes[] {
    const id = toHex(invitationKey(this.suite, row.secret));
    this.invitations.set(id, row);
    if (row.kind === 'made') {
      const hello = helloTag(this.suite, row.secret);
      this.tags.set(hello, { kind: 'hello', invitation: id });
      return [hello, ...this.tags.expectFirst({ occasion: 'invitation', id }, row.secret)];
    }
    const tag = bundleTag(this.suite, row.secret);
    this.tags.set(tag, { kind: 'bundle', invitation: id });
    return [tag];
  }

  /** Follows an undelivered message of ours. */
  track(id: Bytes, row: OutboxRow): void {
    this.outbox.set(toHex(id), row);
    for (const part of row.parts) if (!sameBytes(part.envelopeId, UNSEALED)) this.messageOf.set(toHex(part.envelopeId), toHex(id));
  }

  setOutbox(id: Bytes, row: OutboxRow, out: Out): void {
    for (const part of this.outbox.get(toHex(id))?.parts ?? []) this.messageOf.delete(toHex(part.envelopeId));
    this.track(id, row);
    out.put('outbox', id, encodeOutbox(row));
  }

  untrack(id: Bytes, out: Out): void {
    for (const part of this.outbox.get(toHex(id))?.parts ?? []) this.messageOf.delete(toHex(part.envelopeId));
    this.outbox.delete(toHex(id));
    out.remove('outbox', id);
  }

  /**
   * Content to envelope: sealed in a session, kept, and pushed to whoever is near. `copies`: how many others may carry it; as a text unless
   * told. `leavesAtMs`: when it is pushed; now unless told.
   */
  seal(session: Session, encoded: Bytes, out: Out, nowMs: number, copies?: number, leavesAtMs?: number): Envelope {
    assert(session.retiredHour === undefined, 'a retired session is only read');
    const sealing = sealNext(this.suite, this.random, session, hourOf(nowMs));
    const header = headerFor(sealing.tag, purgeHashOf(this.suite, sealing.purgeKey), 1, nowMs);
    const encodedHeader = encodeHeader(header);
    const padded = pad(encoded, sealing.overheadBytes);
    assert(padded !== undefined, 'content is bounded so that it fits an envelope');
    const envelope = makeEnvelope(this.suite, header, encodedHeader, sealing.seal(encodedHeader, padded));
    this.setSession(sealing.session, out);
    this.gossip.publish(envelope, nowMs, copies, leavesAtMs);
    return envelope;
  }

  /** The session in which a device is written to; `undefined` as long as there is none. */
  sessionOf(device: DeviceRow): Session | undefined {
    const session = device.sessionId.length === 0 ? undefined : this.sessions.get(toHex(device.sessionId));
    if (session === undefined || session.retiredHour !== undefined) return undefined;
    // More messages than may carry the handshake would not be known by their tags: they wait for an answer, or for another session.
    const { unanswered } = session;
    return unanswered !== undefined && (session.ratchet.sending?.next ?? 0) >= unanswered.messages ? undefined : session;
  }

  /** Seals for each listed device of an account. A device without a session has a part that waits for one. */
  tell(account: Uint8Array, encoded: Bytes, out: Out, nowMs: number, copies?: number, leavesAtMs?: number): readonly OutboxPart[] {
    return this.devicesOf(account)
      .filter((device) => device.standing === 'listed')
      .map((device) => {
        const session = this.sessionOf(device);
        const envelopeId = session === undefined ? UNSEALED : this.seal(session, encoded, out, nowMs, copies, leavesAtMs).id;
        return { device: device.signingKey, envelopeId };
      });
  }

  restate(id: string, account: Bytes, state: DeliveryState, key: Bytes | undefined): void {
    const before = this.restated.get(id);
    this.restated.set(id, { account, state: before === undefined ? state : laterState(before.state, state), key: key ?? before?.key });
  }
}

/** The envelope of a part that waits for a session. */
export const UNSEALED: Bytes = new Uint8Array(32);

/** A message that is to be sealed again for a device, because the session it was sealed in cannot be relied on any more. */
export interface Reseal {
  /** Message and device in hexadecimal. */
  readonly message: string;
  readonly device: string;
}

export function invitationKey(suite: Suite, secret: Bytes): Bytes {
  return bundleTag(suite, secret);
}

export function answer<Kind extends keyof Answers>(out: Out, to: PersonCall, of: Kind, it: Answers[Kind]): void {
  out.event({ kind: 'answer', call: to.call, of, answer: it } as PersonEvent);
}
