/** Invitations before anybody has met: made and deposited, taken up, and answered the other way round. Rule: docs/protocol/rendezvous.md §1, §2, §4. */
import { encodeContent } from '../../content/content.ts';
import { encodeHeader, headerFor, hourOf, makeEnvelope, purgeHashOf } from '../../envelope/envelope.ts';
import { LIFETIME_HOURS } from '../../envelope/limits.ts';
import { pad } from '../../envelope/padding.ts';
import { type AccountId, accountId } from '../../identity/account.ts';
import { prekeysFrom, signBundle } from '../../identity/bundle.ts';
import { assert } from '../../kernel/assert.ts';
import { type Bytes, EMPTY, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Writer } from '../../kernel/codec.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { isShownCode } from '../../rendezvous/hand-code.ts';
import {
  bundleHashOf,
  bundlePurgeKey,
  bundleTag,
  HELLO_OVERHEAD_BYTES,
  helloFirstSecret,
  helloPurgeKey,
  helloTag,
  type Invitation,
  readInvitation,
  sealBundle,
  sealHello,
} from '../../rendezvous/invitation.ts';
import { HELLO_AFTER_MS, INVITATION_HOURS, PINNED_INVITATION_HOURS } from '../../rendezvous/limits.ts';
import { NO_DAYS } from '../../rendezvous/transport-days.ts';
import { answerByHand, invitationShown, inviteByHand, leaveCodes, readShown } from './by-hand.ts';
import type { PersonCall } from './inputs.ts';
import { givePrekeys } from './keys.ts';
import { dialOthersRelays, dropOldInvitations, knowCode } from './online.ts';
import type { Own } from './own.ts';
import type { InvitationRow } from './rows.ts';
import { wantsDeposit } from './sessions.ts';
import { answer, type Out, type PersonState } from './state.ts';

export function invite(state: PersonState, call: Extract<PersonCall, { kind: 'invite' }>, out: Out, nowMs: number): void {
  const invitation = makeInvitation(state, { pinned: undefined, introducedBy: undefined }, out, nowMs);
  if (invitation === undefined) return answer(out, call, 'invite', refuse({ kind: 'no-profile' }));
  out.event({ kind: 'overview-changed' });
  if (call.byHand) return inviteByHand(state, call, invitation, out, nowMs);
  answer(out, call, 'invite', ok(invitationShown(invitation, { isByHand: false })));
}

interface ForWhom {
  /** The only one who may take it up. */
  readonly pinned: AccountId | undefined;
  readonly introducedBy: AccountId | undefined;
}

/** An invitation, its bundle deposited; `undefined` without a profile. */
export function makeInvitation(state: PersonState, whom: ForWhom, out: Out, nowMs: number): Invitation | undefined {
  const { own, today } = state;
  if (own === undefined || today === undefined) return undefined;
  const secret = state.random.bytes(32);
  const prekeySeed = state.random.bytes(32);
  const expiryHour = hourOf(nowMs) + (whom.pinned === undefined ? INVITATION_HOURS : PINNED_INVITATION_HOURS);
  const { signing, agreement, listRecord } = own.device;
  const account = accountId(own.device.account);
  const device = { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
  const bundle = signBundle(
    state.suite,
    listRecord,
    device,
    signing.secretKey,
    prekeysFrom(state.suite, prekeySeed),
    hourOf(nowMs) + LIFETIME_HOURS[1],
  );
  const deposit = withCard(state, own, bundle);
  const padded = pad(deposit, 16);
  assert(padded !== undefined, 'a bundle and a card fit an envelope');
  const header = headerFor(bundleTag(state.suite, secret), purgeHashOf(state.suite, bundlePurgeKey(state.suite, secret)), 1, nowMs);
  const encoded = encodeHeader(header);
  state.gossip.publish(makeEnvelope(state.suite, header, encoded, sealBundle(state.suite, secret, encoded, padded)), nowMs);
  state.putInvitation({ kind: 'made', secret, prekeySeed, expiryHour, usedBy: undefined, isScanned: false, ...whom }, out);
  dropOldInvitations(state, out, nowMs);
  const relays = state.relays.flatMap((relay) =>
    [bestAddress(relay.addresses)].flatMap((address) => (address === undefined ? [] : [{ key: relay.key, address }])),
  );
  return {
    account,
    secret,
    bundleHash: bundleHashOf(state.suite, deposit),
    transportKey: today.publicKey,
    expiryHour,
    relays,
    offer: EMPTY,
  };
}

/** Whether anybody might take it up; what was made for one person is not such a one. */
function isForAnybody(row: InvitationRow): boolean {
  return row.kind === 'made' && row.usedBy === undefined && row.pinned === undefined;
}

/** Codes and links that somebody could still take up. */
export function countOpenInvitations(state: PersonState, nowMs: number): number {
  const hour = hourOf(nowMs);
  return [...state.invitations.values()].filter((row) => isForAnybody(row) && row.expiryHour >= hour).length;
}

/** Those that ran out as well: a first message may still be carried, or say that it was. The bundles that others carry run out by themselves: without its invitation none leads anywhere. */
export function revokeInvitations(
  state: PersonState,
  call: Extract<PersonCall, { kind: 'revoke-invitations' }>,
  out: Out,
  nowMs: number,
): void {
  leaveCodes(state, out, nowMs);
  for (const [id, row] of [...state.invitations].filter(([, one]) => isForAnybody(one))) {
    state.forgetInvitation(id, row, out);
    state.gossip.withdrawUnder(bundleTag(state.suite, row.secret));
  }
  out.event({ kind: 'overview-changed' });
  answer(out, call, 'revoke-invitations', ok(undefined));
}

/** A bundle and our card, as they are deposited for one person. */
function withCard(state: PersonState, own: Own, bundle: Bytes): Bytes {
  const days = state.today?.firstDays ?? NO_DAYS;
  return new Writer(2048)
    .bytes16(bundle)
    .raw(encodeContent({ kind: 'card', name: own.row.name, days, relays: state.relays }))
    .finish();
}

/** The one address an invitation has room for: one that means something on another device. */
function bestAddress(addresses: readonly string[]): string | undefined {
  return addresses.find((address) => !/^\/(dns[46]?\/localhost|ip4\/127\.|ip6\/::1)/.test(address)) ?? addresses[0];
}

export function accept(state: PersonState, call: Extract<PersonCall, { kind: 'accept' }>, out: Out, nowMs: number): void {
  const own = state.own;
  if (isShownCode(call.text)) return readShown(state, call, out, nowMs);
  if (own === undefined) return answer(out, call, 'accept', refuse({ kind: 'no-profile' }));
  const read = readInvitation(call.text, nowMs);
  if (!read.ok) return answer(out, call, 'accept', read);
  const invitation = read.value;
  const account = toHex(invitation.account);
  if (sameBytes(invitation.account, own.device.account)) return answer(out, call, 'accept', refuse({ kind: 'own' }));
  // Somebody whose devices have not answered for days may be met again.
  const isKnown =
    state.contacts.has(account) &&
    state.devicesOf(invitation.account).some((device) => device.standing === 'listed' && !wantsDeposit(state, device, nowMs));
  // Beside somebody known there may still be nothing between the two devices.
  if (isKnown && invitation.offer.length === 0) return answer(out, call, 'accept', refuse({ kind: 'already-known', account }));
  if (!isKnown) takeUp(state, invitation, { isScanned: call.how === 'scanned', introducedBy: undefined }, out, nowMs);
  if (invitation.offer.length > 0) return answerByHand(state, call, invitation, out, nowMs);
  answer(out, call, 'accept', ok({ account, answer: undefined, byHand: undefined }));
}

/** From now on what the inviter has deposited is looked for. */
export function takeUp(
  state: PersonState,
  invitation: Invitation,
  how: { readonly isScanned: boolean; readonly introducedBy: AccountId | undefined },
  out: Out,
  nowMs: number,
): void {
  const { account, secret, expiryHour, bundleHash, transportKey } = invitation;
  const relays = invitation.relays.map((relay) => ({ key: relay.key, addresses: [relay.address] }));
  const row: InvitationRow = { kind: 'taken', secret, expiryHour, account, bundleHash, transportKey, relays, takenAtMs: nowMs, ...how };
  const tags = state.putInvitation(row, out);
  dialOthersRelays(state, nowMs);
  state.recalled.push(...state.gossip.recognise(tags));
  knowCode(state, toHex(transportKey), [], nowMs);
}

/** The inviter's bundle is not to be found: they may find ours. Answers when it is time to look again. */
export function sayHello(state: PersonState, out: Out, nowMs: number): number | undefined {
  const { own, suite } = state;
  let nextMs: number | undefined;
  for (const row of [...state.invitations.values()]) {
    if (own === undefined || row.kind !== 'taken' || row.takenAtMs === 0) continue;
    if (row.takenAtMs + HELLO_AFTER_MS > nowMs) {
      nextMs = Math.min(nextMs ?? row.takenAtMs + HELLO_AFTER_MS, row.takenAtMs + HELLO_AFTER_MS);
      continue;
    }
    const { signing, agreement, listRecord } = own.device;
    const device = { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
    const { secrets } = givePrekeys(state, 'hello', row.account, out, nowMs, () => helloFirstSecret(suite, row.secret));
    const bundle = signBundle(suite, listRecord, device, signing.secretKey, secrets, hourOf(nowMs) + LIFETIME_HOURS[1]);
    const padded = pad(withCard(state, own, bundle), HELLO_OVERHEAD_BYTES);
    assert(padded !== undefined, 'a bundle and a card fit an envelope');
    const header = headerFor(helloTag(suite, row.secret), purgeHashOf(suite, helloPurgeKey(suite, row.secret)), 1, nowMs);
    const encoded = encodeHeader(header);
    const body = sealHello(suite, row.secret, encoded, padded, state.random.bytes(24));
    state.gossip.publish(makeEnvelope(suite, header, encoded, body), nowMs);
    state.putInvitation({ ...row, takenAtMs: 0 }, out);
  }
  return nextMs;
}
