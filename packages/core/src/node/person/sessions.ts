/**
 * Which session with a device is written to, how a new one begins, and how two devices find together again after one was set back.
 * Of all sessions that both sides can go on with the one with the smallest id is written to: both come to the same choice by themselves.
 * Rule: docs/protocol/session.md §8.
 */
import { encodeContent } from '../../content/content.ts';
import { LOST_SESSIONS_MAX } from '../../content/limits.ts';
import { hourOf } from '../../envelope/envelope.ts';
import { listsDevice, readListRecord } from '../../identity/device-list.ts';
import { bundleFromSpare, readSpare } from '../../identity/prekey-offer.ts';
import { type Bytes, compareBytes, EMPTY, sameBytes, toHex } from '../../kernel/bytes.ts';
import { targetOf } from '../../session/handshake.ts';
import { JUMP_MAX, RETIRED_KEPT_DAYS } from '../../session/limits.ts';
import { openSession, type Session } from '../../session/session.ts';
import { tellCard } from './cards.ts';
import { type DeviceRow, newDevice } from './device-rows.ts';
import { expectDeposits, spareFirstSecret, tellKeys } from './keys.ts';
import type { Out, PersonState } from './state.ts';

/** A session that was opened, by us or by them: its device's row with the session to write to from now on. */
export function establish(state: PersonState, session: Session, out: Out, nowMs: number): DeviceRow {
  const before = state.devices.get(toHex(session.peerSigningKey)) ?? newDevice(session.peerSigningKey, session.peerAccount, nowMs);
  state.setSession(session, out);
  const device = choose(state, before, out, nowMs);
  if (session.unanswered !== undefined) sayAnew(state, device, out, nowMs);
  tellCard(state, device, out, nowMs);
  tellKeys(state, state.devices.get(toHex(device.signingKey)) ?? device, out, nowMs);
  sealWaiting(state, device);
  return state.devices.get(toHex(device.signingKey)) ?? device;
}

/** The session to write to, and the others to be read for a while. */
function choose(state: PersonState, device: DeviceRow, out: Out, nowMs: number): DeviceRow {
  const all = state.sessionsWith(device.signingKey);
  const [chosen] = all.filter((session) => !session.isLost).sort((a, b) => compareBytes(a.id, b.id));
  for (const session of all) if (session !== chosen) state.retireSession(session, out, nowMs);
  if (chosen?.retiredHour !== undefined) state.setSession({ ...chosen, retiredHour: undefined }, out);
  const sessionId = chosen?.id ?? EMPTY;
  const isSame = sameBytes(sessionId, device.sessionId);
  const now = isSame ? device : { ...device, sessionId, toldCard: EMPTY, toldKeys: EMPTY };
  state.setDevice(now, out);
  return now;
}

/** In a session we opened because others are lost: which they are, so that what was sealed in them is sealed again. */
function sayAnew(state: PersonState, device: DeviceRow, out: Out, nowMs: number): void {
  const session = state.sessionOf(device);
  const lost = state.sessionsWith(device.signingKey).filter((one) => one.isLost);
  if (session?.unanswered === undefined || lost.length === 0) return;
  const ids = lost.slice(-LOST_SESSIONS_MAX).map((one) => one.id);
  state.seal(session, encodeContent({ kind: 'anew', lost: ids }), out, nowMs);
}

/** The other side cannot go on with these sessions. */
export function hearAnew(state: PersonState, device: DeviceRow, lost: readonly Bytes[], out: Out, nowMs: number): void {
  for (const id of lost) {
    const session = state.sessions.get(toHex(id));
    if (session === undefined || session.isLost || !sameBytes(session.peerSigningKey, device.signingKey)) continue;
    lose(state, session, out, nowMs);
  }
  choose(state, state.devices.get(toHex(device.signingKey)) ?? device, out, nowMs);
  sealAgain(state, device);
}

function lose(state: PersonState, session: Session, out: Out, nowMs: number): void {
  state.setSession({ ...session, isLost: true, retiredHour: session.retiredHour ?? hourOf(nowMs) }, out);
}

/**
 * Begins anew with a device whose sessions cannot be relied on. With a spare bundle at once; otherwise as soon as its deposit is found.
 * `trustsSpares`: our own state was not set back, so the spares we hold were not used before.
 */
export function beginAnew(state: PersonState, device: DeviceRow, trustsSpares: boolean, out: Out, nowMs: number): void {
  for (const session of state.sessionsWith(device.signingKey)) if (!session.isLost) lose(state, session, out, nowMs);
  const spares = trustsSpares ? device.spares : [];
  const now = { ...device, sessionId: EMPTY, spares, toldCard: EMPTY, toldKeys: EMPTY };
  state.setDevice(now, out);
  if (device.standing !== 'listed') return;
  sealAgain(state, now);
  if (!openBySpare(state, now, out, nowMs)) expectDeposits(state, now, nowMs);
}

/** Our store is older than we were: every session is begun anew. */
export function beginAllAnew(state: PersonState, out: Out, nowMs: number): void {
  for (const device of [...state.devices.values()]) beginAnew(state, device, false, out, nowMs);
}

/** Uses one of the bundles a device gave us in reserve; answers whether there was a good one. */
export function openBySpare(state: PersonState, device: DeviceRow, out: Out, nowMs: number): boolean {
  const { own, suite } = state;
  const list = readListRecord(suite, state.listRecordOf(device.account));
  const listed = list.ok ? listsDevice(list.value, device.signingKey) : undefined;
  const [first, ...spares] = device.spares;
  if (own === undefined || !list.ok || listed === undefined || first === undefined) return false;
  const now = { ...device, spares };
  state.setDevice(now, out);
  const spare = readSpare(suite, first, listed, hourOf(nowMs));
  if (!spare.ok) return openBySpare(state, now, out, nowMs);
  const secret = spareFirstSecret(state, spare.value.prekeys.id);
  const target = targetOf(bundleFromSpare(list.value, listed, spare.value));
  const session = openSession(suite, state.random, own.device, target, { purpose: 'spare', secret }, hourOf(nowMs));
  if (!session.ok) return openBySpare(state, now, out, nowMs);
  establish(state, session.value, out, nowMs);
  return true;
}

/** So many messages without an answer that the next would not be recognised: a new session begins, if there is a bundle for one. */
export function freshSession(state: PersonState, device: DeviceRow, out: Out, nowMs: number): void {
  const session = state.sessionOf(device);
  if ((session?.ratchet.sending?.next ?? 0) < JUMP_MAX || device.spares.length === 0) return;
  beginAnew(state, device, true, out, nowMs);
}

/** Parts that waited for a session. */
function sealWaiting(state: PersonState, device: DeviceRow): void {
  resealParts(state, device, (envelopeId) => envelopeId.every((byte) => byte === 0));
}

/** Everything that this device has not receipted. */
function sealAgain(state: PersonState, device: DeviceRow): void {
  resealParts(state, device, () => true);
}

function resealParts(state: PersonState, device: DeviceRow, wants: (envelopeId: Bytes) => boolean): void {
  const key = toHex(device.signingKey);
  const waiting = new Set(state.reseals.filter((one) => one.device === key).map((one) => one.message));
  for (const [message, row] of state.outbox) {
    if (waiting.has(message) || !row.parts.some((part) => sameBytes(part.device, device.signingKey) && wants(part.envelopeId))) continue;
    state.reseals.push({ message, device: key });
  }
}

/** Sessions that nothing can come in any more. */
export function dropOldSessions(state: PersonState, out: Out, nowMs: number): void {
  const oldest = hourOf(nowMs) - RETIRED_KEPT_DAYS * 24;
  for (const session of [...state.sessions.values()]) {
    if (session.retiredHour !== undefined && session.retiredHour < oldest) state.dropSession(session, out);
  }
}
