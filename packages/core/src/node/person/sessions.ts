/**
 * Which session with a device is written to, how a new one begins, and how two devices find together again after one was set back.
 * Of all sessions that both sides can go on with the one with the smallest id is written to, those that were answered first: both come to
 * the same choice by themselves.
 * Rule: docs/protocol/session.md §8.
 */
import { encodeContent } from '../../content/content.ts';
import { LOST_SESSIONS_MAX } from '../../content/limits.ts';
import { hourOf } from '../../envelope/envelope.ts';
import { listsDevice, readListRecord } from '../../identity/device-list.ts';
import { bundleFromSpare, readSpare } from '../../identity/prekey-offer.ts';
import { type Bytes, compareBytes, EMPTY, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import { Reader } from '../../kernel/codec.ts';
import { targetOf } from '../../session/handshake.ts';
import { JUMP_MAX, RETIRED_KEPT_DAYS } from '../../session/limits.ts';
import { openSession, type Session } from '../../session/session.ts';
import { tellCard } from './cards.ts';
import { type DeviceRow, newDevice, UNTOLD } from './device-rows.ts';
import { expectDeposits, spareFirstSecret, sparesFor, tellKeys } from './keys.ts';
import { DOUBT_MS, DOUBTS_EVERY_HOURS, SESSIONS_PER_DEVICE_MAX, STALE_EVERY_HOURS, STALE_HOURS, UNANSWERED_HOURS } from './limits.ts';
import { takeDeposit } from './opening.ts';
import type { OutboxPart } from './rows.ts';
import { type Out, type PersonState, UNSEALED } from './state.ts';

/** A session that was opened, by us or by them: its device's row with the session to write to from now on. */
export function establish(state: PersonState, session: Session, out: Out, nowMs: number): DeviceRow {
  const before = state.devices.get(toHex(session.peerSigningKey)) ?? newDevice(session.peerSigningKey, session.peerAccount, nowMs);
  state.setSession(session, out);
  const device = choose(state, before, out, nowMs);
  if (session.unanswered !== undefined) sayAnew(state, device, out, nowMs);
  tellCard(state, device, out, nowMs);
  tellKeys(state, state.devices.get(toHex(device.signingKey)) ?? device, out, nowMs);
  state.forgetDepositTags(device.signingKey);
  if (wantsDeposit(state, device, nowMs)) expectDeposits(state, device, nowMs);
  sealWaiting(state, device);
  return state.devices.get(toHex(device.signingKey)) ?? device;
}

/** Answered ones first, of which both sides know: the smaller id. Of those that nobody answered yet: the newest. */
function byPreference(a: Session, b: Session): number {
  if ((a.unanswered === undefined) !== (b.unanswered === undefined)) return a.unanswered === undefined ? -1 : 1;
  const newer = a.unanswered === undefined ? 0 : b.heardHour - a.heardHour;
  return newer || compareBytes(a.id, b.id);
}

/** The session to write to; the others are read for a while. */
export function choose(state: PersonState, device: DeviceRow, out: Out, nowMs: number): DeviceRow {
  const all = state.sessionsWith(device.signingKey);
  const [chosen] = all.filter((session) => !session.isLost).sort(byPreference);
  for (const session of all) if (session !== chosen) state.retireSession(session, out, nowMs);
  if (chosen?.retiredHour !== undefined) state.setSession({ ...chosen, retiredHour: undefined }, out);
  const since = (session: Session): number => session.retiredHour ?? hourOf(nowMs);
  const retired = all.filter((session) => session !== chosen).sort((a, b) => since(b) - since(a));
  for (const oldest of retired.slice(SESSIONS_PER_DEVICE_MAX - 1)) state.dropSession(oldest, out);
  const sessionId = chosen?.id ?? EMPTY;
  if (sameBytes(sessionId, device.sessionId)) return device;
  const now = { ...device, sessionId, toldCard: UNTOLD, toldKeys: UNTOLD };
  state.setDevice(now, out);
  // What was sealed in one that they never answered may never have been read.
  const before = state.sessions.get(toHex(device.sessionId));
  if (before?.unanswered !== undefined || before?.isLost === true) unseal(state, now, out);
  return now;
}

/** A device without a session is met by its deposit; so is one that has not answered since a session was lost. */
export function wantsDeposit(state: PersonState, device: DeviceRow, nowMs: number): boolean {
  const session = state.sessionOf(device);
  if (device.standing !== 'listed') return false;
  if (session === undefined || session.unanswered === undefined) return session === undefined;
  // Not answered for long, or since another one was lost: they may not have what it was opened with.
  const isOld = session.heardHour + UNANSWERED_HOURS < hourOf(nowMs);
  return isOld || state.sessionsWith(device.signingKey).some((one) => one.isLost);
}

/** Something stood behind a header of theirs that does not follow from our state. */
export function doubt(state: PersonState, session: Session, nowMs: number): void {
  const id = toHex(session.id);
  if (!session.isLost && session.retiredHour === undefined && !state.doubts.has(id)) state.doubts.set(id, nowMs);
}

/** Where nothing could be read since, the session is begun anew: seldom, because a carrier can raise a doubt as well. */
export function settleDoubts(state: PersonState, out: Out, nowMs: number): void {
  for (const [id, sinceMs] of [...state.doubts]) {
    if (sinceMs + DOUBT_MS > nowMs) continue;
    state.doubts.delete(id);
    const session = state.sessions.get(id);
    const device = session && state.devices.get(toHex(session.peerSigningKey));
    if (device !== undefined && !wasBegunAnew(state, device, DOUBTS_EVERY_HOURS, nowMs)) beginAnew(state, device, true, out, nowMs);
  }
}

/** Whether a session with this device was given up within the last `hours`. */
function wasBegunAnew(state: PersonState, device: DeviceRow, hours: number, nowMs: number): boolean {
  const since = hourOf(nowMs) - hours;
  return state.sessionsWith(device.signingKey).some((session) => session.isLost && (session.retiredHour ?? 0) > since);
}

/** Something not receipted for days: whoever was set back unnoticed, and far, leaves no other trace; they may even be heard, and not hear. */
export function settleStale(state: PersonState, out: Out, nowMs: number): void {
  const since = hourOf(nowMs) - STALE_HOURS;
  const waiting = new Set<string>();
  for (const row of state.outbox.values()) {
    if (hourOf(new Reader(row.messageKey.subarray(32)).u64()) > since) continue;
    for (const part of row.parts) if (!isUnsealed(part)) waiting.add(toHex(part.device));
  }
  for (const key of waiting) {
    const device = state.devices.get(key);
    const session = device && state.sessionOf(device);
    if (device === undefined || session === undefined) continue;
    // What is under way stays so unless another session can begin at once: most who are silent are only away.
    if (device.spares.length === 0 && (device.deposit.length === 0 || device.isDepositUsed)) continue;
    if (!wasBegunAnew(state, device, STALE_EVERY_HOURS, nowMs)) beginAnew(state, device, true, out, nowMs);
  }
}

/** In a session we opened because others are lost: which they are, so that what was sealed in them is sealed again. */
function sayAnew(state: PersonState, device: DeviceRow, out: Out, nowMs: number): void {
  const session = state.sessionOf(device);
  const lost = state.sessionsWith(device.signingKey).filter((one) => one.isLost);
  if (session?.unanswered === undefined || lost.length === 0) return;
  const ids = lost.slice(-LOST_SESSIONS_MAX).map((one) => one.id);
  state.seal(session, encodeContent({ kind: 'anew', lost: ids }), out, nowMs);
}

/** The other side cannot go on with these sessions. Saying it of one that is lost already, or of none, changes nothing. */
export function hearAnew(state: PersonState, device: DeviceRow, lost: readonly Bytes[], out: Out, nowMs: number): void {
  const known = lost.flatMap((id) => state.sessions.get(toHex(id)) ?? []);
  const newly = known.filter((session) => !session.isLost && sameBytes(session.peerSigningKey, device.signingKey));
  if (newly.length === 0) return;
  for (const session of newly) lose(state, session, out, nowMs);
  // What they held in reserve went with their state; under one that is used more first messages may come.
  for (const row of sparesFor(state, device)) if (row.sessions.length === 0) state.dropPrekeys(row, out);
  const now = choose(state, state.devices.get(toHex(device.signingKey)) ?? device, out, nowMs);
  unseal(state, now, out);
  if (state.sessionOf(now) !== undefined) sealWaiting(state, now);
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
  const now = { ...device, sessionId: EMPTY, spares, toldCard: UNTOLD, toldKeys: UNTOLD };
  state.setDevice(now, out);
  if (device.standing !== 'listed') return;
  unseal(state, now, out);
  const isOpen = openBySpare(state, now, out, nowMs);
  const met = isOpen ? undefined : takeDeposit(state, now, now.deposit, nowMs);
  if (met !== undefined) {
    // Once more and no oftener: its first messages may come under the same tags again.
    const deposit = now.isDepositUsed ? EMPTY : now.deposit;
    state.setDevice({ ...now, deposit, isDepositUsed: true }, out);
    establish(state, met.session, out, nowMs);
  }
  // They may not hold what was taken up any more.
  expectDeposits(state, now, nowMs);
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
  const secret = spareFirstSecret(suite, spare.value.prekeys.id);
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

/** Parts that wait for a session are sealed at the end of the turn: their texts are rows to be read. */
export function sealWaiting(state: PersonState, device: DeviceRow): void {
  const key = toHex(device.signingKey);
  const queued = new Set(state.reseals.filter((one) => one.device === key).map((one) => one.message));
  for (const [message, row] of state.outbox) {
    if (!queued.has(message) && row.parts.some((part) => isUnsealed(part) && sameBytes(part.device, device.signingKey)))
      state.reseals.push({ message, device: key });
  }
}

/** What this device has not receipted waits for another session: what was sealed for it is let go of. */
function unseal(state: PersonState, device: DeviceRow, out: Out): void {
  for (const [message, row] of [...state.outbox]) {
    const isTheirs = (part: OutboxPart): boolean => !isUnsealed(part) && sameBytes(part.device, device.signingKey);
    if (!row.parts.some(isTheirs)) continue;
    const parts = row.parts.map((part) => {
      if (!isTheirs(part)) return part;
      state.gossip.withdraw(part.envelopeId);
      return { ...part, envelopeId: UNSEALED };
    });
    state.setOutbox(fromHex(message) as Bytes, { ...row, parts }, out);
  }
}

function isUnsealed(part: OutboxPart): boolean {
  return sameBytes(part.envelopeId, UNSEALED);
}

/** Sessions that nothing can come in any more. */
export function dropOldSessions(state: PersonState, out: Out, nowMs: number): void {
  const oldest = hourOf(nowMs) - RETIRED_KEPT_DAYS * 24;
  for (const session of [...state.sessions.values()]) {
    if (session.retiredHour !== undefined && session.retiredHour < oldest) state.dropSession(session, out);
  }
}
