/**
 * A person's node: the machines joined. Text goes down through content, session and envelope into gossip, and comes up the same way;
 * each input is one pass and one outcome. Never reads a clock, a socket or a store. Rule: docs/architecture.md.
 *
 *   call ─▶ say: encode ─▶ seal ─▶ envelope ─▶ gossip ─▶ frames
 *   frame ─▶ gossip ─▶ (tag is ours) ─▶ open ─▶ content ─▶ rows and events
 *   wake ─▶ recalled envelopes, changed states, owed receipts
 */
import { decodeContent } from '../../content/content.ts';
import { messageKey } from '../../conversation/message.ts';
import type { Suite } from '../../crypto/suite.ts';
import { type Envelope, readEnvelope } from '../../envelope/envelope.ts';
import { type GossipLimits, PERSON_LIMITS } from '../../gossip/limits.ts';
import { assertNever } from '../../kernel/assert.ts';
import { type Bytes, toHex } from '../../kernel/bytes.ts';
import type { Random } from '../../kernel/random.ts';
import { answersOwed, carry, obey } from '../carriage.ts';
import { type HostInput, type LinkEvent, type Machine, type RowKey, type Rows, rowName, type Step } from '../machine.ts';
import { OutcomeBuilder } from '../outcome.ts';
import { archiveRows } from './archiving.ts';
import { callOut, endByHand, expireHands, handUp, hearHand, meetAgain } from './by-hand.ts';
import { tellAgain } from './cards.ts';
import { carryIn, carryInRows, setPull, takeEffects } from './carrying.ts';
import { certified, certify } from './certificates.ts';
import { compare, endComparison, expireComparisons } from './comparing.ts';
import {
  custody,
  expired,
  expireOutbox,
  markRead,
  placeSynced,
  placeText,
  readElsewhere,
  resealRows,
  restatedRows,
  sayOwedReceipts,
  sealAgain,
  send,
  writeRestated,
} from './correspondence.ts';
import { hearContent, whenSaid } from './hearing.ts';
import type { PersonEvent, PersonInput } from './inputs.ts';
import { answerIntroduction, expireIntroductions, introduce } from './introducing.ts';
import { accept, invite, revokeInvitations, sayHello } from './inviting.ts';
import { depositAgain, tellKeys, warnOf } from './keys.ts';
import { CHECK_MS, DISK_FULL_MS, DOUBT_MS, HEARD_RECENTLY_MS } from './limits.ts';
import {
  cancelLink,
  confirmLink,
  expireLinking,
  giveArchive,
  hearLinking,
  keepPiece,
  link,
  meetNewDevice,
  offerLink,
  removeOwnDevice,
} from './linking.ts';
import { begin, forgetWords, meetByDeposit, meetByFirst, meetByHello, meetInviter, recover, recoveryWords } from './meeting.ts';
import { goOnline, meetNearby, tidy, turnDays, useRelay } from './online.ts';
import { type Opening, openEnvelope, wantsSkippedRow } from './opening.ts';
import { restore } from './restoring.ts';
import { beginAllAnew, beginAnew, choose, doubt, sealWaiting, settleDoubts, settleStale, wantsDeposit } from './sessions.ts';
import { answer, type Out, PersonState } from './state.ts';
import type { PersonRows } from './stored.ts';
import { newsSeen, setVerified, showSafetyNumber, verifyByCode } from './trusting.ts';
import { devicesView, type PersonView, personView, reach } from './view.ts';
import { whereIs, whereIsRows } from './whereabouts.ts';

export class PersonNode implements Machine<PersonInput, PersonEvent> {
  readonly #state: PersonState;
  /** Envelope id → what it turned out to be, worked out before anything changes and forgotten with the input. */
  readonly #openings: Map<string, Opening> = new Map<string, Opening>();
  #toldReach = '';
  /** When somebody who was heard through the relay counts as reached by it no longer. */
  #reachAtMs = 0;
  #helloAtMs: number | undefined;
  #turnAtMs: number | undefined;
  /** What was told last of how wrong our clock is. */
  #toldClock = 0;

  constructor(suite: Suite, random: Random, rows: PersonRows, limits: GossipLimits = PERSON_LIMITS) {
    this.#state = new PersonState(suite, random, rows, limits);
  }

  view(nowMs: number): PersonView {
    return personView(this.#state, nowMs);
  }

  handle(input: PersonInput | HostInput, rows: Rows, nowMs: number): Step<PersonEvent> {
    const needs = this.#needs(input, rows, nowMs);
    if (needs.length > 0) return { kind: 'needs', keys: needs };
    const out: Out = new OutcomeBuilder();
    this.#perform(input, rows, out, nowMs);
    this.#drain(rows, out, nowMs);
    this.#openings.clear();
    this.#tellReach(out, nowMs);
    this.#tellClock(out, nowMs);
    this.#setWake(out, nowMs);
    return { kind: 'outcome', outcome: out.finish() };
  }

  /** Who is near, and how each contact is reached by it. Worked out only when something may have changed it: it takes a look at everybody. */
  #tellReach(out: Out, nowMs: number): void {
    const state = this.#state;
    if (!state.isReachStale && nowMs < this.#reachAtMs) return;
    state.isReachStale = false;
    const ends = [...state.heardThroughRelayMs.values()].map((heard) => heard + HEARD_RECENTLY_MS).filter((end) => end > nowMs);
    this.#reachAtMs = Math.min(Number.POSITIVE_INFINITY, ...ends);
    const near = [...state.neighbours.connected()].map((it) => `${it.neighbour} ${it.path}`);
    const reached = [...state.contacts.values()].map((contact) => reach(state, contact, nowMs).kind);
    const now = [...near, ...reached].join();
    if (now === this.#toldReach) return;
    this.#toldReach = now;
    out.event({ kind: 'overview-changed' });
  }

  /** By our clock we write: whoever owns it is told when it is plainly wrong, and when it is so no longer. */
  #tellClock(out: Out, nowMs: number): void {
    const { clockBehindHours } = this.#state.gossip;
    if (clockBehindHours === this.#toldClock) return;
    this.#toldClock = clockBehindHours;
    this.#turnAtMs = nowMs;
    out.event({ kind: 'overview-changed' });
  }

  #setWake(out: Out, nowMs: number): void {
    const state = this.#state;
    if (state.own === undefined && state.linking === undefined) return;
    if (state.hasWork) out.wakeAt(nowMs);
    out.wakeAt(state.gossip.wakeAtMs(nowMs));
    out.wakeAt(state.neighbours.wakeAtMs());
    out.wakeAt(Math.max(nowMs + 1, state.checkAtMs));
    out.wakeAt(this.#helloAtMs);
    out.wakeAt(this.#turnAtMs === undefined ? undefined : Math.max(nowMs + 1, this.#turnAtMs));
    for (const { untilMs } of state.comparisons.values()) out.wakeAt(Math.max(nowMs + 1, untilMs));
    for (const sinceMs of state.doubts.values()) out.wakeAt(Math.max(nowMs + 1, sinceMs + DOUBT_MS));
    if (state.linking !== undefined) out.wakeAt(Math.max(nowMs + 1, state.linking.expiresAtMs));
    for (const { untilMs } of state.hands.values()) out.wakeAt(Math.max(nowMs + 1, untilMs));
    if (this.#reachAtMs < Number.POSITIVE_INFINITY) out.wakeAt(Math.max(nowMs + 1, this.#reachAtMs));
  }

  /** Before anything changes: the rows that this input needs and `rows` lacks. */
  #needs(input: PersonInput | HostInput, rows: Rows, nowMs: number): readonly RowKey[] {
    const keys: RowKey[] = [];
    const frame =
      input.kind === 'link' && input.event.kind === 'frame' ? input.event.frame : input.kind === 'carry-in' ? input.frame : undefined;
    const envelope = frame && this.#state.gossip.peek(frame);
    if (envelope !== undefined) keys.push(...this.#needsFor(envelope, rows, nowMs));
    if (input.kind === 'carry-in') keys.push(...carryInRows(this.#state, input));
    if (input.kind === 'where-is') keys.push(...whereIsRows(this.#state, input, rows));
    if (input.kind === 'wake') {
      const [first] = this.#state.recalled;
      if (first !== undefined) keys.push({ space: 'bodies', key: first });
      keys.push(...restatedRows(this.#state, rows), ...resealRows(this.#state));
      const envelope = first && this.#recalledEnvelope(first, rows);
      if (envelope !== undefined) keys.push(...this.#needsFor(envelope, rows, nowMs));
    }
    return keys.filter((key) => !rows.has(rowName(key)));
  }

  #recalledEnvelope(id: Bytes, rows: Rows): Envelope | undefined {
    const body = rows.get(rowName({ space: 'bodies', key: id }));
    const read = body && readEnvelope(this.#state.suite, body);
    return read?.ok ? read.value : undefined;
  }

  #needsFor(envelope: Envelope, rows: Rows, nowMs: number): readonly RowKey[] {
    const key: RowKey = { space: 'skipped', key: envelope.header.tag };
    if (wantsSkippedRow(this.#state, envelope) && !rows.has(rowName(key))) return [key];
    const id = toHex(envelope.id);
    const opening = this.#openings.get(id) ?? openEnvelope(this.#state, envelope, rows, nowMs);
    this.#openings.set(id, opening);
    if (opening.kind === 'message' && opening.content?.kind === 'archive') return archiveRows(opening.content);
    const place = this.#placeOf(opening, nowMs);
    return place === undefined ? [] : [place];
  }

  /** Where a text would stand, if something of the same writer may stand there: that is read before it is believed. */
  #placeOf(opening: Opening | undefined, nowMs: number): RowKey | undefined {
    if (opening?.kind !== 'message') return undefined;
    const { content, session } = opening;
    const account = toHex(session.peerAccount);
    const contact = this.#state.contacts.get(account);
    if (content?.kind === 'text') {
      const text = contact && placeText(contact, content, false, nowMs);
      return contact && text && text.sentAtMs <= contact.newestMs ? { space: 'messages', key: messageKey(text) } : undefined;
    }
    if (content?.kind !== 'sync' || account !== this.#ownAccount) return undefined;
    const said = decodeContent(content.said);
    return said?.kind === 'text' ? { space: 'messages', key: messageKey(placeSynced(content.account, said)) } : undefined;
  }

  get #ownAccount(): string | undefined {
    return this.#state.own && toHex(this.#state.own.device.account);
  }

  #perform(input: PersonInput | HostInput, rows: Rows, out: Out, nowMs: number): void {
    const state = this.#state;
    switch (input.kind) {
      case 'start':
        if (state.own === undefined) return;
        goOnline(state, state.own, out, nowMs);
        this.#turnAtMs = nowMs;
        if (input.wasSetBack === true) beginAllAnew(state, out, nowMs);
        return;
      case 'link':
        return this.#hear(input.event, out, nowMs);
      case 'full':
        return state.gossip.full(input.neighbour);
      case 'gone':
        return state.gossip.gone(input.row.key);
      case 'disk-full':
        return state.gossip.refuseUntil(nowMs + DISK_FULL_MS);
      case 'wake':
        return this.#wake(rows, out, nowMs);
      case 'begin':
        return begin(state, input, out, nowMs);
      case 'recover':
        return recover(state, input, out, nowMs);
      case 'words':
        return recoveryWords(state, input, out);
      case 'words-written':
        return forgetWords(state, input, out);
      case 'safety-number':
        return showSafetyNumber(state, input, out);
      case 'verify-by-code':
        return verifyByCode(state, input, out, nowMs);
      case 'set-verified':
        return setVerified(state, input, out, nowMs);
      case 'news-seen':
        return newsSeen(state, input, out);
      case 'compare':
        return compare(state, input, out, nowMs);
      case 'end-comparison':
        return endComparison(state, input, out, nowMs);
      case 'devices':
        return answer(out, input, 'devices', devicesView(state));
      case 'offer-link':
        return offerLink(state, input, out, nowMs);
      case 'link-device':
        return link(state, input, out, nowMs);
      case 'confirm-link':
        return confirmLink(state, input, out, nowMs);
      case 'cancel-link':
        return cancelLink(state, input, out, nowMs);
      case 'give-archive':
        return giveArchive(state, input.parts, out, nowMs);
      case 'remove-device':
        return removeOwnDevice(state, input, out, nowMs);
      case 'restore':
        return restore(state, input, out, nowMs);
      case 'invite':
        return invite(state, input, out, nowMs);
      case 'accept':
        return accept(state, input, out, nowMs);
      case 'meet-again':
        return meetAgain(state, input, out, nowMs);
      case 'revoke-invitations':
        return revokeInvitations(state, input, out, nowMs);
      case 'end-by-hand':
        return endByHand(state, input, out, nowMs);
      case 'introduce':
        return introduce(state, input, out, nowMs);
      case 'answer-introduction':
        return answerIntroduction(state, input, out, nowMs);
      case 'send':
        return send(state, input, out, nowMs);
      case 'mark-read':
        return markRead(state, input, out, nowMs);
      case 'use-relay':
        return useRelay(state, input, out, nowMs);
      case 'where-is':
        return whereIs(state, input, rows, out);
      case 'carry-in':
        return carryIn(state, input, rows, this.#openings, out, nowMs);
      case 'set-pull':
        return setPull(state, input, out, nowMs);
      case 'awake':
        state.neighbours.awake(nowMs);
        return answer(out, input, 'awake', undefined);
      default:
        assertNever(input);
    }
  }

  #hear(event: LinkEvent, out: Out, nowMs: number): void {
    const { neighbours, gossip } = this.#state;
    switch (event.kind) {
      case 'up':
        this.#state.isReachStale = true;
        handUp(this.#state, event, out);
        if (neighbours.up(event, nowMs)) gossip.up(event.neighbour, this.#state.whoIs(event.key), nowMs);
        return;
      case 'down':
        this.#state.isReachStale = true;
        this.#forgetHeard(neighbours.get(event.neighbour)?.key);
        neighbours.down(event.neighbour, nowMs);
        return gossip.down(event.neighbour);
      case 'path':
        this.#state.isReachStale = true;
        return neighbours.reroute(event.neighbour, event.path);
      case 'frame':
        neighbours.heard(event.neighbour, nowMs);
        return gossip.frame(event.neighbour, event.frame, nowMs);
      case 'drained':
        return gossip.drained(event.neighbour, nowMs);
      case 'dial-failed':
        return neighbours.dialFailed(event.dial, nowMs);
      case 'found':
        return meetNearby(this.#state, event, nowMs);
      case 'hand-code':
      case 'hand-failed':
        return hearHand(this.#state, event, out, nowMs);
      case 'hand-certificate':
        return certified(this.#state, event, out, nowMs);
      default:
        return;
    }
  }

  /** Whoever left is not believed to be behind the relay until heard there again. */
  #forgetHeard(key: string | undefined): void {
    const device = key === undefined ? undefined : this.#state.deviceAt(key);
    if (device !== undefined) this.#state.heardThroughRelayMs.delete(toHex(device.account));
  }

  /** Performs what gossip and neighbours answered; arrivals may lead to further answers. */
  #drain(rows: Rows, out: Out, nowMs: number): void {
    for (;;) {
      const effects = takeEffects(this.#state);
      for (const neighbour of answersOwed(effects)) this.#state.neighbours.handed(neighbour, nowMs);
      const left = carry(effects, out);
      obey(this.#state.neighbours.take(), out);
      if (left.length === 0) return;
      for (const effect of left) {
        if (effect.kind === 'arrived') this.#arrived(effect.envelope, effect.from, rows, out, nowMs);
        else if (effect.kind === 'custody') custody(this.#state, effect.id, effect.by, out);
        else if (effect.kind === 'read') {
          readElsewhere(this.#state, effect.id, out, nowMs);
          depositAgain(this.#state, effect.id, out, nowMs);
        } else {
          expired(this.#state, effect.id, out, nowMs);
          tellAgain(this.#state, effect.id, out);
        }
      }
    }
  }

  #arrived(envelope: Envelope, from: number | undefined, rows: Rows, out: Out, nowMs: number): void {
    const state = this.#state;
    const opening = this.#openings.get(toHex(envelope.id));
    switch (opening?.kind) {
      case undefined:
      case 'rejected':
        return state.gossip.rejected(envelope);
      case 'bundle':
        state.gossip.consumed(envelope, opening.purgeKey, from, undefined, nowMs);
        return meetInviter(state, opening, out, nowMs);
      case 'hello':
        state.gossip.consumed(envelope, opening.purgeKey, from, undefined, nowMs);
        return meetByHello(state, opening, out, nowMs);
      case 'link-bundle':
        state.gossip.consumed(envelope, opening.purgeKey, from, undefined, nowMs);
        return meetNewDevice(state, opening.session, opening.device, out, nowMs);
      case 'deposit': {
        // It is for all of their contacts: no token lets it go.
        state.gossip.rejected(envelope);
        const device = state.devices.get(opening.device);
        if (device === undefined) return;
        const isDepositUsed = wantsDeposit(state, device, nowMs);
        state.setDevice({ ...device, deposit: opening.bundle, isDepositUsed }, out);
        if (isDepositUsed) meetByDeposit(state, opening, out, nowMs);
        return;
      }
      case 'written-twice': {
        state.gossip.rejected(envelope);
        const device = state.devices.get(toHex(opening.session.peerSigningKey));
        if (device !== undefined && !opening.session.isLost) beginAnew(state, device, true, out, nowMs);
        return;
      }
      case 'contradicted':
        state.gossip.rejected(envelope);
        return warnOf(state, opening.account, out, nowMs);
      case 'out-of-step':
        state.gossip.rejected(envelope);
        return doubt(state, opening.session, nowMs);
      case 'message':
        return this.#read(envelope, from, opening, rows, out, nowMs);
    }
  }

  #read(
    envelope: Envelope,
    from: number | undefined,
    opening: Extract<Opening, { kind: 'message' }>,
    rows: Rows,
    out: Out,
    nowMs: number,
  ): void {
    const state = this.#state;
    const { session, peer, takes } = opening;
    const before = state.devices.get(toHex(session.peerSigningKey));
    const neighbour = from === undefined ? undefined : state.neighbours.get(from);
    const isFromAuthor = before !== undefined && neighbour !== undefined && state.deviceAt(neighbour.key) === before;
    state.gossip.consumed(envelope, opening.purgeKey, from, isFromAuthor ? from : undefined, nowMs);
    const wasUnanswered = state.sessions.get(toHex(session.id))?.unanswered !== undefined;
    state.setSession(session, out);
    state.doubts.delete(toHex(session.id));
    if (wasUnanswered && before !== undefined) sealWaiting(state, choose(state, before, out, nowMs));
    state.keepSkipped(session, opening.skipped, out, nowMs);
    if (opening.used !== undefined) state.dropSkipped(session.id, opening.used, out);
    if (takes !== undefined && peer !== undefined) meetByFirst(state, takes, { session, peer }, out, nowMs);
    if (neighbour?.path === 'relay' || neighbour?.path === 'circuit') state.heardThroughRelay(session.peerAccount, nowMs);
    const place = this.#placeOf(opening, nowMs);
    const isKnown = place !== undefined && rows.get(rowName(place)) !== undefined;
    if (opening.content?.kind === 'linking') return hearLinking(state, session, opening.content, out, nowMs);
    if (opening.content?.kind === 'archive' && keepPiece(state, session, opening.content)) return;
    const device = state.devices.get(toHex(session.peerSigningKey));
    if (device === undefined || opening.content === undefined) return;
    // From a device that was put away what was written is still read; it speaks for nobody any more.
    if (device.standing !== 'listed' && opening.content.kind !== 'text' && opening.content.kind !== 'receipt') return;
    hearContent(state, device, { session, content: opening.content, rows, isKnown }, out, nowMs);
    const saidAtMs = whenSaid(opening.content);
    // By way of a relay both could connect by its signalling.
    if (saidAtMs !== undefined && neighbour?.path === 'direct' && !isFromAuthor) callOut(state, device, saidAtMs, out, nowMs);
    const now = state.devices.get(toHex(device.signingKey));
    if (now === undefined) return;
    tellKeys(state, now, out, nowMs);
    certify(state, now, out);
  }

  /** What was put off to the end of the turn. */
  #wake(rows: Rows, out: Out, nowMs: number): void {
    const state = this.#state;
    state.neighbours.wake(nowMs);
    // First what rows were read for; what is found out below asks for its own in the next wake.
    writeRestated(state, rows, out);
    // What is recalled was opened with the session as it stands: nothing may move that on before.
    if (state.recalled.length === 0) sealAgain(state, rows, out, nowMs);
    // One at a time: each opening starts from the session that the one before it left.
    const id = state.recalled.shift();
    const envelope = id && this.#recalledEnvelope(id, rows);
    // Its tag may mean nothing any more by now: then it is carried on, for whoever it means something to.
    if (envelope !== undefined && state.tags.get(envelope.header.tag) !== undefined) this.#arrived(envelope, undefined, rows, out, nowMs);
    if (nowMs >= state.checkAtMs) {
      state.checkAtMs = nowMs + CHECK_MS;
      if (state.gossip.isClockSure) expireOutbox(state, out, nowMs);
      if (state.own !== undefined) {
        tidy(state, out, nowMs);
        expireIntroductions(state, out, nowMs);
        settleStale(state, out, nowMs);
      }
    }
    expireLinking(state, out, nowMs);
    expireComparisons(state, out, nowMs);
    settleDoubts(state, out, nowMs);
    this.#helloAtMs = sayHello(state, out, nowMs);
    this.#turnAtMs = turnDays(state, out, nowMs);
    expireHands(state, out, nowMs);
    sayOwedReceipts(state, out, nowMs);
    state.gossip.wake(nowMs);
  }
}
