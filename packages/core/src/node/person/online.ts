/** Being there: listening, knowing whom to dial, letting go of what is over. Rule: docs/protocol/rendezvous.md. */
import { type RelayCard, sayable } from '../../content/card.ts';
import { hourOf } from '../../envelope/envelope.ts';
import { LIFETIME_HOURS } from '../../envelope/limits.ts';
import { PREKEY_KEPT_DAYS } from '../../identity/limits.ts';
import { fromHex, toHex } from '../../kernel/bytes.ts';
import { INVITATIONS_MAX } from '../../rendezvous/limits.ts';
import type { LinkEvent } from '../machine.ts';
import { tellCardToAll } from './cards.ts';
import type { PersonCall } from './inputs.ts';
import { depositBundle, dropOldPrekeys, expectDeposits, tellKeysToAll } from './keys.ts';
import { OTHERS_RELAYS_MAX, RELAYS_MAX } from './limits.ts';
import type { Own } from './own.ts';
import { type ContactRow, encodeRelays, RELAYS_ROW } from './rows.ts';
import { dropOldSessions, sealWaiting, wantsDeposit } from './sessions.ts';
import { answer, type Out, type PersonState } from './state.ts';
import { dialledKeys, keysChangeAtMs, turnDay } from './today.ts';

const DAY_MS = 86_400_000;

export function goOnline(state: PersonState, own: Own, out: Out, nowMs: number): void {
  for (const device of state.unsaved) state.setDevice(device, out);
  state.unsaved = [];
  turnDay(state, own.row.transportSeed, out, nowMs);
  tidy(state, out, nowMs);
  for (const relay of state.relays) state.neighbours.knowRelay(toHex(relay.key), relay.addresses, nowMs);
  for (const contact of state.contacts.values()) knowContact(state, contact, nowMs);
  knowContact(state, { account: own.list.account, relays: [] }, nowMs);
  dialOthersRelays(state, nowMs);
  state.gossip.setPull(state.pull, () => state.tags.all(), nowMs);
}

/** What nobody can come with any more goes; what is due is deposited; deposits of devices without a session are looked for. */
export function tidy(state: PersonState, out: Out, nowMs: number): void {
  dropOldInvitations(state, out, nowMs);
  state.dropOldSkipped(out, nowMs);
  dropOldSessions(state, out, nowMs);
  dropOldPrekeys(state, out, nowMs);
  depositBundle(state, out, nowMs);
  tellCardToAll(state, out, nowMs);
  tellKeysToAll(state, out, nowMs);
  for (const device of state.devices.values()) {
    if (wantsDeposit(state, device, nowMs)) expectDeposits(state, device, nowMs);
    if (state.sessionOf(device) !== undefined) sealWaiting(state, device);
  }
}

/** Lets go of invitations that nobody can use any more, and of the oldest unused ones when there are too many. */
export function dropOldInvitations(state: PersonState, out: Out, nowMs: number): void {
  const hour = hourOf(nowMs);
  for (const [id, row] of state.invitations) {
    const keptHours = row.kind === 'made' ? PREKEY_KEPT_DAYS * 24 : LIFETIME_HOURS[1];
    if (row.expiryHour + keptHours < hour) state.forgetInvitation(id, row, out);
  }
  const unused = [...state.invitations].filter(([, row]) => row.kind === 'made' && row.usedBy === undefined);
  for (const [id, row] of unused.slice(0, Math.max(0, unused.length - INVITATIONS_MAX))) state.forgetInvitation(id, row, out);
}

export function useRelay(state: PersonState, call: Extract<PersonCall, { kind: 'use-relay' }>, out: Out, nowMs: number): void {
  const key = fromHex(call.relay.key);
  if (key?.length === 32) learnRelay(state, { key, addresses: call.relay.addresses }, out, nowMs);
  answer(out, call, 'use-relay', undefined);
}

/** A relay that this person uses: told to contacts, dialled for as long as it is known. */
function learnRelay(state: PersonState, relay: RelayCard, out: Out, nowMs: number): void {
  const key = toHex(relay.key);
  const sane = { key: relay.key, addresses: sayable(relay.addresses) };
  const before = state.relays.find((one) => toHex(one.key) === key);
  if (before === undefined || before.addresses.join() !== sane.addresses.join()) {
    state.relays = [sane, ...state.relays.filter((one) => one !== before)].slice(0, RELAYS_MAX);
    out.put('self', RELAYS_ROW, encodeRelays(state.relays));
    tellCardToAll(state, out, nowMs);
    out.event({ kind: 'overview-changed' });
  }
  if (state.own !== undefined) state.neighbours.knowRelay(key, sane.addresses, nowMs);
}

/** Relays at which others can be met. One's own are never replaced by what somebody else says of them. */
export function dialOthersRelays(state: PersonState, nowMs: number): void {
  const others = new Map<string, RelayCard>();
  const add = (relays: readonly RelayCard[]): void => {
    for (const relay of relays)
      if (!state.isRelay(toHex(relay.key)) && others.size < OTHERS_RELAYS_MAX) others.set(toHex(relay.key), relay);
  };
  for (const row of state.invitations.values()) if (row.kind === 'taken') add(row.relays);
  for (const contact of state.contacts.values()) add(contact.relays);
  // Whoever names ever other relays must not fill the roster with them.
  for (const key of state.othersRelays) if (!others.has(key) && !state.isRelay(key)) state.neighbours.forgetRelay(key);
  state.othersRelays = new Set(others.keys());
  for (const [key, relay] of others) state.neighbours.knowRelay(key, relay.addresses, nowMs, false);
}

/** Somebody was noticed on the local network: one's own relays and contacts are met there, and some strangers, so that mail is carried. */
export function meetNearby(state: PersonState, found: Extract<LinkEvent, { kind: 'found' }>, nowMs: number): void {
  // Without a key of one's own there is nobody yet whom others could know again.
  if (state.own !== undefined || state.linking !== undefined) state.neighbours.found(found.key, found.addresses, nowMs);
}

export function knowContact(state: PersonState, contact: Pick<ContactRow, 'account' | 'relays'>, nowMs: number): void {
  const relays = contact.relays.map((relay) => toHex(relay.key));
  for (const device of state.devicesOf(contact.account)) {
    const name = toHex(device.signingKey);
    const keys = device.standing === 'listed' ? dialledKeys(device, nowMs + state.skewMs) : [];
    const before = state.dialled.get(name)?.keys ?? [];
    state.dialled.set(name, { keys, untilMs: keysChangeAtMs(device, nowMs + state.skewMs) - state.skewMs });
    for (const key of keys) state.neighbours.knowPerson(key, [], relays, nowMs);
    for (const told of device.days.keys) if (state.codes.delete(toHex(told))) forgetKeys(state, [toHex(told)]);
    forgetKeys(state, before);
  }
}

/**
 * A transport key that a code told, before any card: dialled until a card has taken its place, and for no longer than a day, because then it is a
 * key of the past.
 */
export function knowCode(state: PersonState, key: string, relays: readonly string[], nowMs: number): void {
  state.neighbours.knowPerson(key, [], relays, nowMs);
  state.codes.set(key, nowMs + DAY_MS);
}

/** Of these keys, those go that nobody is dialled under any more. */
function forgetKeys(state: PersonState, over: readonly string[]): void {
  if (over.length === 0) return;
  const kept = new Set([...state.dialled.values()].flatMap(({ keys }) => keys));
  for (const key of over) if (!kept.has(key) && !state.codes.has(key)) state.neighbours.forget(key);
}

/** A day turned, ours or somebody's: from now on other keys count. Answers when the next one does. */
export function turnDays(state: PersonState, out: Out, nowMs: number): number | undefined {
  const { own, today } = state;
  if (own === undefined || today === undefined) return undefined;
  const skewMs = state.gossip.clockBehindHours * 3_600_000;
  const isNews = skewMs !== state.skewMs;
  state.skewMs = skewMs;
  if (isNews || nowMs >= today.endsAtMs || nowMs < today.endsAtMs - DAY_MS) {
    turnDay(state, own.row.transportSeed, out, nowMs);
    tellCardToAll(state, out, nowMs);
  }
  let next = state.today?.endsAtMs ?? Number.POSITIVE_INFINITY;
  for (const [name, { untilMs }] of state.dialled) {
    const device = state.devices.get(name);
    if (nowMs < untilMs && !isNews) next = Math.min(next, untilMs);
    else if (device === undefined) {
      const over = state.dialled.get(name)?.keys ?? [];
      state.dialled.delete(name);
      forgetKeys(state, over);
    } else {
      const contact = state.contacts.get(toHex(device.account));
      knowContact(state, { account: device.account, relays: contact?.relays ?? [] }, nowMs);
      next = Math.min(next, state.dialled.get(name)?.untilMs ?? next);
    }
  }
  for (const [key, untilMs] of state.codes) {
    if (nowMs < untilMs) next = Math.min(next, untilMs);
    else if (state.codes.delete(key)) forgetKeys(state, [key]);
  }
  return next;
}
