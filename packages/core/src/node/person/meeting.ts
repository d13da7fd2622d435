/** Beginning, inviting, being invited, and who we tell where we are. Rule: docs/protocol/rendezvous.md. */
import { type Card, nameFrom } from '../../content/card.ts';
import { hourOf } from '../../envelope/envelope.ts';
import type { AccountId } from '../../identity/account.ts';
import type { KnownList } from '../../identity/list-judgement.ts';
import { seedFrom, wordsOf } from '../../identity/recovery-words.ts';
import { assert } from '../../kernel/assert.ts';
import { EMPTY, sameBytes, toHex } from '../../kernel/bytes.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { NO_DAYS, type TransportDays } from '../../rendezvous/transport-days.ts';
import type { Session } from '../../session/session.ts';
import { tellOwnDevices } from './archiving.ts';
import { type DeviceRow, newDevice } from './device-rows.ts';
import type { PersonCall } from './inputs.ts';
import { depositBundle, hearList, hearOwnList, setIdentity, usePrekeys } from './keys.ts';
import { meetOldDevice } from './linking.ts';
import { dialOthersRelays, goOnline, knowContact } from './online.ts';
import type { Opening } from './opening.ts';
import { beginIdentity, type Own, recoverIdentity } from './own.ts';
import type { ContactRow, IdentityRow } from './rows.ts';
import { establish } from './sessions.ts';
import { answer, type Out, type PersonState } from './state.ts';
import type { Occasioned } from './tag-table.ts';
import { contactView, profileView } from './view.ts';
import type { Verification } from './views.ts';

export function begin(state: PersonState, call: Extract<PersonCall, { kind: 'begin' }>, out: Out, nowMs: number): void {
  const named = nameFrom(call.name);
  if ('refusal' in named) return answer(out, call, 'begin', refuse(named.refusal));
  if (state.own !== undefined) return answer(out, call, 'begin', refuse({ kind: 'already-begun' }));
  const own = startAs(state, beginIdentity(state.suite, state.random, named.name, hourOf(nowMs)), out, nowMs);
  answer(out, call, 'begin', ok(profileView(own)));
}

/** With the words of an account whose devices are lost. */
export function recover(state: PersonState, call: Extract<PersonCall, { kind: 'recover' }>, out: Out, nowMs: number): void {
  const named = nameFrom(call.name);
  if ('refusal' in named) return answer(out, call, 'recover', refuse(named.refusal));
  if (state.own !== undefined) return answer(out, call, 'recover', refuse({ kind: 'already-begun' }));
  const seed = seedFrom(call.words);
  if (!seed.ok) return answer(out, call, 'recover', seed);
  const row = recoverIdentity(state.suite, state.random, named.name, seed.value, undefined, hourOf(nowMs));
  assert(row !== undefined, 'every account has a second root');
  answer(out, call, 'recover', ok(profileView(startAs(state, row, out, nowMs))));
}

/** This device is somebody now. */
export function startAs(state: PersonState, row: IdentityRow, out: Out, nowMs: number): Own {
  const own = setIdentity(state, row, out);
  goOnline(state, own, out, nowMs);
  out.event({ kind: 'overview-changed' });
  return own;
}

export function recoveryWords(state: PersonState, call: Extract<PersonCall, { kind: 'words' }>, out: Out): void {
  const { own } = state;
  if (own === undefined) return answer(out, call, 'words', refuse({ kind: 'no-profile' }));
  if (own.row.accountSeed.length === 0) return answer(out, call, 'words', refuse({ kind: 'not-kept' }));
  answer(out, call, 'words', ok(wordsOf(own.row.accountSeed)));
}

export function forgetWords(state: PersonState, call: Extract<PersonCall, { kind: 'words-written' }>, out: Out): void {
  if (state.own !== undefined && state.own.row.accountSeed.length > 0) {
    state.suite.wipe(state.own.row.accountSeed);
    setIdentity(state, { ...state.own.row, accountSeed: EMPTY }, out);
    out.event({ kind: 'overview-changed' });
  }
  answer(out, call, 'words-written', undefined);
}

/** The bundle of an invitation we took up was found: open a session and say who we are. */
export function meetInviter(state: PersonState, opening: Extract<Opening, { kind: 'bundle' | 'hello' }>, out: Out, nowMs: number): void {
  const invitation = state.invitations.get(opening.invitation);
  assert(invitation?.kind === 'taken', 'a bundle is opened for an invitation that was taken up');
  state.forgetInvitation(opening.invitation, invitation, out);
  addContact(
    state,
    opening,
    { card: opening.card, verified: invitation.isScanned ? 'scanned' : undefined, introducedBy: invitation.introducedBy },
    out,
    nowMs,
  );
}

/** The other way round: they could not find our bundle, and we found theirs. */
export function meetByHello(state: PersonState, opening: Extract<Opening, { kind: 'bundle' | 'hello' }>, out: Out, nowMs: number): void {
  const invitation = state.invitations.get(opening.invitation);
  assert(invitation?.kind === 'made', 'a hello is opened for an invitation that was made');
  state.putInvitation({ ...invitation, prekeySeed: EMPTY, usedBy: opening.session.id }, out);
  addContact(
    state,
    opening,
    {
      card: opening.card,
      verified: invitation.isScanned ? 'scanned' : undefined,
      introducedBy: invitation.introducedBy,
    },
    out,
    nowMs,
  );
}

const NOBODY: Card = { kind: 'card', name: '', days: NO_DAYS, relays: [] };

/** A first message to one of our bundles: somebody new, or somebody known with a new session. */
export function meetByFirst(state: PersonState, takes: Occasioned, first: Met, out: Out, nowMs: number): void {
  const { session, peer } = first;
  if (takes.occasion === 'link') return meetOldDevice(state, session, out);
  let verified: Verification | undefined;
  let introducedBy: AccountId | undefined;
  if (takes.occasion === 'invitation') {
    const invitation = state.invitations.get(takes.id);
    assert(invitation?.kind === 'made', 'only an invitation that was made can be taken up');
    // The secret stays, because messages written before our answer still come under its tags; the prekeys go.
    state.putInvitation({ ...invitation, prekeySeed: EMPTY, usedBy: session.id }, out);
    verified = invitation.isScanned ? 'scanned' : undefined;
    introducedBy = invitation.introducedBy;
  } else {
    usePrekeys(state, takes.id, session.id, session.peerAccount, out);
    for (const [id, row] of state.invitations) {
      if (row.kind !== 'taken' || !sameBytes(row.account, session.peerAccount)) continue;
      if (row.isScanned) verified = 'scanned';
      state.forgetInvitation(id, row, out);
    }
  }
  if (state.own !== undefined && sameBytes(session.peerAccount, state.own.device.account)) return meetOwnDevice(state, first, out, nowMs);
  addContact(state, { session, peer }, { card: NOBODY, verified, introducedBy }, out, nowMs);
}

/** Who is at the other end of a new session, and the list that names their device. */
export interface Met {
  readonly session: Session;
  readonly peer: KnownList;
}

/** A deposit of a device that we had no session with. */
export function meetByDeposit(state: PersonState, met: Met, out: Out, nowMs: number): void {
  if (state.own !== undefined && sameBytes(met.session.peerAccount, state.own.device.account)) return meetOwnDevice(state, met, out, nowMs);
  addContact(state, met, { card: NOBODY, verified: undefined }, out, nowMs);
}

function meetOwnDevice(state: PersonState, met: Met, out: Out, nowMs: number): void {
  hearOwnList(state, met.peer, out, nowMs);
  establish(state, met.session, out, nowMs);
  out.event({ kind: 'overview-changed' });
}

function addContact(
  state: PersonState,
  met: Met,
  told: { readonly card: Card; readonly verified: Verification | undefined; readonly introducedBy?: AccountId | undefined },
  out: Out,
  nowMs: number,
): void {
  const { card, verified, introducedBy } = told;
  const account = toHex(met.session.peerAccount);
  const before = state.contacts.get(account);
  const contact: ContactRow = {
    account: met.session.peerAccount,
    name: card.name || (before?.name ?? ''),
    metAtMs: before?.metAtMs ?? nowMs,
    lastHeardMs: nowMs,
    newestMs: before?.newestMs ?? 0,
    listRecord: before?.listRecord ?? EMPTY,
    contactKey: before?.contactKey ?? EMPTY,
    relays: card.name ? card.relays : (before?.relays ?? []),
    unread: before?.unread ?? [],
    verified: before?.verified ?? verified,
    news: before?.news,
    introducedBy: before === undefined ? introducedBy : before.introducedBy,
  };
  state.setContact(contact, out);
  if (!hearList(state, contact, met.peer, out, nowMs)) return;
  const device = deviceOf(state, met.session, nowMs);
  if (card.name && !isSomebodyElses(state, device, card.days)) state.setDevice({ ...device, days: card.days }, out);
  establish(state, met.session, out, nowMs);
  if (card.name) knowContact(state, contact, nowMs);
  depositBundle(state, out, nowMs);
  if (before === undefined) {
    const view = contactView(state, state.contacts.get(account) ?? contact, nowMs);
    out.event({ kind: 'contact-added', contact: { ...view, lastMessage: undefined } });
    tellOwnDevices(state, met.session.peerAccount, out, nowMs);
  }
  out.event({ kind: 'overview-changed' });
}

function deviceOf(state: PersonState, session: Session, nowMs: number): DeviceRow {
  return state.devices.get(toHex(session.peerSigningKey)) ?? newDevice(session.peerSigningKey, session.peerAccount, nowMs);
}

export function hearCard(state: PersonState, device: DeviceRow, card: Card, out: Out, nowMs: number): void {
  const contact = state.contacts.get(toHex(device.account));
  // A key that is somebody else's would make them look reached, or forgotten.
  const days = isSomebodyElses(state, device, card.days) ? device.days : card.days;
  state.setDevice({ ...(state.devices.get(toHex(device.signingKey)) ?? device), days }, out);
  if (contact === undefined) return knowContact(state, { account: device.account, relays: card.relays }, nowMs);
  const now: ContactRow = { ...contact, name: card.name, relays: card.relays, lastHeardMs: nowMs };
  state.setContact(now, out);
  knowContact(state, now, nowMs);
  dialOthersRelays(state, nowMs);
  out.event({ kind: 'overview-changed' });
}

function isSomebodyElses(state: PersonState, device: DeviceRow, days: TransportDays): boolean {
  const mine = state.today?.days.keys ?? [];
  return days.keys.some((key) => {
    const holder = state.deviceAt(toHex(key));
    if (holder !== undefined && !sameBytes(holder.signingKey, device.signingKey)) return true;
    return state.isRelay(toHex(key)) || mine.some((own) => sameBytes(own, key));
  });
}
