/**
 * A person's node: the machines joined. Text goes down through content, session and envelope into gossip, and comes up the same way;
 * each input is one pass and one outcome. Never reads a clock, a socket or a store. Rule: docs/architecture.md.
 *
 *   call ─▶ say: encode ─▶ seal ─▶ envelope ─▶ gossip ─▶ frames
 *   frame ─▶ gossip ─▶ (tag is ours) ─▶ open ─▶ content ─▶ rows and events
 *   wake ─▶ recalled envelopes, changed states, owed receipts
 */
import type { Content } from '../../content/content.ts';
import { messageKey } from '../../conversation/message.ts';
import type { Suite } from '../../crypto/suite.ts';
import { type Envelope, readEnvelope } from '../../envelope/envelope.ts';
import { type GossipLimits, PERSON_LIMITS } from '../../gossip/limits.ts';
import { assertNever } from '../../kernel/assert.ts';
import { type Bytes, toHex } from '../../kernel/bytes.ts';
import type { Random } from '../../kernel/random.ts';
import type { Session } from '../../session/session.ts';
import { carry, obey } from '../carriage.ts';
import { type HostInput, type LinkEvent, type Machine, type RowKey, type Rows, rowName, type Step } from '../machine.ts';
import { OutcomeBuilder } from '../outcome.ts';
import {
  custody,
  expired,
  expireOutbox,
  hearReceipt,
  hearText,
  markRead,
  placeText,
  readElsewhere,
  restatedRows,
  sayOwedReceipts,
  send,
  writeRestated,
} from './correspondence.ts';
import type { PersonEvent, PersonInput } from './inputs.ts';
import { HEARD_RECENTLY_MS, OUTBOX_CHECK_MS } from './limits.ts';
import { accept, begin, goOnline, hearCard, invite, meetInvited, meetInviter, useRelay } from './meeting.ts';
import { type Opening, openEnvelope, wantsSkippedRow } from './opening.ts';
import { answer, type Out, PersonState } from './state.ts';
import type { PersonRows } from './stored.ts';
import { type PersonView, personView, reach } from './view.ts';

export class PersonNode implements Machine<PersonInput, PersonEvent> {
  readonly #state: PersonState;
  /** Envelope id → what it turned out to be, worked out before anything changes and forgotten with the input. */
  readonly #openings: Map<string, Opening> = new Map<string, Opening>();
  #toldReach = '';

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
    this.#setWake(out, nowMs);
    return { kind: 'outcome', outcome: out.finish() };
  }

  #tellReach(out: Out, nowMs: number): void {
    const now = [...this.#state.contacts.values()].map((contact) => reach(this.#state, contact, nowMs).kind).join();
    if (now === this.#toldReach) return;
    this.#toldReach = now;
    out.event({ kind: 'overview-changed' });
  }

  #setWake(out: Out, nowMs: number): void {
    const state = this.#state;
    if (state.own === undefined) return;
    if (state.hasWork) out.wakeAt(nowMs);
    out.wakeAt(state.gossip.wakeAtMs(nowMs));
    out.wakeAt(state.neighbours.wakeAtMs());
    if (state.outbox.size > 0) out.wakeAt(Math.max(nowMs + 1, state.outboxCheckAtMs));
    for (const heard of state.heardThroughRelayMs.values()) if (heard + HEARD_RECENTLY_MS > nowMs) out.wakeAt(heard + HEARD_RECENTLY_MS);
  }

  /** Before anything changes: the rows that this input needs and `rows` lacks. */
  #needs(input: PersonInput | HostInput, rows: Rows, nowMs: number): readonly RowKey[] {
    const keys: RowKey[] = [];
    if (input.kind === 'link' && input.event.kind === 'frame') {
      const envelope = this.#state.gossip.peek(input.event.frame);
      if (envelope !== undefined) keys.push(...this.#needsFor(envelope, rows, nowMs));
    }
    if (input.kind === 'wake') {
      const [first] = this.#state.recalled;
      if (first !== undefined) keys.push({ space: 'bodies', key: first });
      keys.push(...restatedRows(this.#state, rows));
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
    const place = this.#placeOf(opening, nowMs);
    return place === undefined ? [] : [place];
  }

  /** Where a text would stand: whether something stands there is read before it is believed. */
  #placeOf(opening: Opening | undefined, nowMs: number): RowKey | undefined {
    if (opening?.kind !== 'message' || opening.content?.kind !== 'text') return undefined;
    const contact = this.#state.contacts.get(toHex(opening.session.peerAccount));
    return contact && { space: 'messages', key: messageKey(placeText(contact, opening.content, nowMs)) };
  }

  #perform(input: PersonInput | HostInput, rows: Rows, out: Out, nowMs: number): void {
    const state = this.#state;
    switch (input.kind) {
      case 'start':
        if (state.own !== undefined) goOnline(state, state.own, out, nowMs);
        return;
      case 'link':
        return this.#hear(input.event, nowMs);
      case 'full':
        return state.gossip.full(input.neighbour);
      case 'wake':
        return this.#wake(rows, out, nowMs);
      case 'begin':
        return begin(state, input, out, nowMs);
      case 'invite':
        return invite(state, input, out, nowMs);
      case 'accept':
        return accept(state, input, out, nowMs);
      case 'send':
        return send(state, input, out, nowMs);
      case 'mark-read':
        return markRead(state, input, out, nowMs);
      case 'use-relay':
        return useRelay(state, input, out, nowMs);
      case 'awake':
        state.neighbours.retry(nowMs);
        return answer(out, input, 'awake', undefined);
      default:
        assertNever(input);
    }
  }

  #hear(event: LinkEvent, nowMs: number): void {
    const { neighbours, gossip } = this.#state;
    switch (event.kind) {
      case 'up':
        if (neighbours.up(event, nowMs)) gossip.up(event.neighbour, this.#state.isRelay(event.key));
        return;
      case 'down':
        this.#forgetHeard(neighbours.get(event.neighbour)?.key);
        neighbours.down(event.neighbour, nowMs);
        return gossip.down(event.neighbour);
      case 'frame':
        return gossip.frame(event.neighbour, event.frame, nowMs);
      case 'drained':
        return gossip.drained(event.neighbour);
      case 'dial-failed':
        return neighbours.dialFailed(event.dial, nowMs);
      default:
        return;
    }
  }

  /** Whoever left is not believed to be behind the relay until heard there again. */
  #forgetHeard(key: string | undefined): void {
    for (const [account, contact] of this.#state.contacts) {
      if (toHex(contact.transportKey) === key) this.#state.heardThroughRelayMs.delete(account);
    }
  }

  /** Performs what gossip and neighbours answered; arrivals may lead to further answers. */
  #drain(rows: Rows, out: Out, nowMs: number): void {
    for (;;) {
      const left = carry(this.#state.gossip.take(), out);
      obey(this.#state.neighbours.take(), out);
      if (left.length === 0) return;
      for (const effect of left) {
        if (effect.kind === 'arrived') this.#arrived(effect.envelope, effect.from, rows, out, nowMs);
        else if (effect.kind === 'custody') custody(this.#state, effect.id, effect.by, out);
        else if (effect.kind === 'read') readElsewhere(this.#state, effect.id, out, nowMs);
        else expired(this.#state, effect.id, out);
      }
    }
  }

  #arrived(envelope: Envelope, from: number | undefined, rows: Rows, out: Out, nowMs: number): void {
    const state = this.#state;
    const opening = this.#openings.get(toHex(envelope.id));
    if (opening === undefined || opening.kind === 'rejected') return state.gossip.rejected(envelope);
    if (opening.kind === 'bundle') {
      state.gossip.consumed(envelope, opening.purgeKey, from);
      return meetInviter(state, opening, out, nowMs);
    }
    const account = toHex(opening.session.peerAccount);
    const contact = state.contacts.get(account);
    const neighbour = from === undefined ? undefined : state.neighbours.get(from);
    const isFromAuthor = opening.takes !== undefined || (contact !== undefined && neighbour?.key === toHex(contact.transportKey));
    state.gossip.consumed(envelope, opening.purgeKey, isFromAuthor ? from : undefined);
    state.setSession(opening.session, out);
    for (const { tag, messageKey } of opening.skipped) state.keepSkipped(opening.session, tag, messageKey, out, nowMs);
    if (opening.used !== undefined) state.dropSkipped(opening.session.id, opening.used, out);
    if (opening.takes !== undefined) meetInvited(state, opening.takes, opening.session, out, nowMs);
    if (neighbour?.path === 'relay' || neighbour?.path === 'circuit') state.heardThroughRelayMs.set(account, nowMs);
    const place = this.#placeOf(opening, nowMs);
    const isKnown = place !== undefined && rows.get(rowName(place)) !== undefined;
    this.#hearContent(opening.session, opening.content, isKnown, out, nowMs);
  }

  #hearContent(session: Session, content: Content | undefined, isKnown: boolean, out: Out, nowMs: number): void {
    const state = this.#state;
    const contact = state.contacts.get(toHex(session.peerAccount));
    if (contact === undefined || content === undefined) return;
    switch (content.kind) {
      case 'text':
        return hearText(state, contact, content, isKnown, out, nowMs);
      case 'receipt':
        return hearReceipt(state, contact, content, out, nowMs);
      case 'card':
        return hearCard(state, contact, content, out, nowMs);
      default:
        assertNever(content);
    }
  }

  /** What was put off to the end of the turn. */
  #wake(rows: Rows, out: Out, nowMs: number): void {
    const state = this.#state;
    state.neighbours.wake(nowMs);
    // One at a time: each opening starts from the session that the one before it left.
    const id = state.recalled.shift();
    const envelope = id && this.#recalledEnvelope(id, rows);
    if (envelope !== undefined) this.#arrived(envelope, undefined, rows, out, nowMs);
    if (nowMs >= state.outboxCheckAtMs) {
      state.outboxCheckAtMs = nowMs + OUTBOX_CHECK_MS;
      expireOutbox(state, out, nowMs);
    }
    writeRestated(state, rows, out);
    sayOwedReceipts(state, out, nowMs);
    state.gossip.wake(nowMs);
  }
}
