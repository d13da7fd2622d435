/**
 * Certificates for meeting again by one code: one is made for each device of a contact, its fingerprint told in the session, and the next
 * one as soon as it was used. The link keeps them. Rule: docs/protocol/rendezvous.md §8.
 */
import { encodeContent } from '../../content/content.ts';
import type { Meet } from '../../content/meet.ts';
import { type Label, label } from '../../crypto/suite.ts';
import { assert } from '../../kernel/assert.ts';
import { toHex } from '../../kernel/bytes.ts';
import { Writer } from '../../kernel/codec.ts';
import { type Pair, withCertificate } from '../../rendezvous/pair.ts';
import type { HandEvent } from '../machine.ts';
import type { DeviceRow } from './device-rows.ts';
import { CERTIFYING_MAX, RECEIPT_COPIES } from './limits.ts';
import type { Out, PersonState } from './state.ts';

const NAME: Label = label('node/certificate');

/** What the link keeps it under, outside the vault: it says nothing of whom it is for. */
export function certificateName(state: PersonState, device: DeviceRow, number: number): string {
  assert(state.own !== undefined, 'only somebody has contacts');
  const which = new Writer(36).raw(device.signingKey).u32(number).finish();
  return toHex(state.suite.mac(state.own.row.transportSeed, NAME, which, 16));
}

/** A device is nobody's any more, or was put away: nothing is left of it outside the vault either. */
export function forgetCertificates(state: PersonState, device: DeviceRow, out: Out): void {
  for (const { number } of device.pair.certificates) out.command({ kind: 'hand-forget', name: certificateName(state, device, number) });
}

/** Makes the first certificate for a device, if that was not done. */
export function certify(state: PersonState, device: DeviceRow, out: Out): void {
  if (device.pair.certificates.length === 0) certifyNext(state, device, out);
}

export function certifyNext(state: PersonState, device: DeviceRow, out: Out): void {
  const session = state.sessionOf(device);
  if (!state.makesCertificates || session === undefined || session.unanswered !== undefined || device.standing !== 'listed') return;
  if (!state.contacts.has(toHex(device.account)) || state.certifying.size >= CERTIFYING_MAX) return;
  const number = (device.pair.certificates[0]?.number ?? 0) + 1;
  const name = certificateName(state, device, number);
  if (state.certifying.has(name)) return;
  state.certifying.set(name, { device: toHex(device.signingKey), number });
  out.command({ kind: 'hand-certify', name });
}

export function certified(state: PersonState, event: Extract<HandEvent, { kind: 'hand-certificate' }>, out: Out, nowMs: number): void {
  const asked = state.certifying.get(event.name);
  const device = state.devices.get(asked?.device ?? '');
  state.certifying.delete(event.name);
  if (event.fingerprint === undefined) {
    state.makesCertificates = false;
    state.certifying.clear();
    return;
  }
  if (asked === undefined || device === undefined) return;
  const mine = device.pair.mine.length > 0 ? device.pair.mine : state.random.bytes(32);
  const certificates = withCertificate(device.pair.certificates, { number: asked.number, fingerprint: event.fingerprint });
  for (const { number } of device.pair.certificates)
    if (!certificates.some((kept) => kept.number === number))
      out.command({ kind: 'hand-forget', name: certificateName(state, device, number) });
  put(state, device, { ...device.pair, mine, certificates }, out);
  tellMeet(state, device, out, nowMs);
}

function put(state: PersonState, device: DeviceRow, pair: Pair, out: Out): void {
  state.setDevice({ ...(state.devices.get(toHex(device.signingKey)) ?? device), pair }, out);
}

function tellMeet(state: PersonState, device: DeviceRow, out: Out, nowMs: number): void {
  const { pair } = state.devices.get(toHex(device.signingKey)) ?? device;
  const session = state.sessionOf(device);
  const [newest] = pair.certificates;
  if (session === undefined || newest === undefined) return;
  const { number, fingerprint } = newest;
  state.seal(session, encodeContent({ kind: 'meet', share: pair.mine, number, fingerprint }), out, nowMs, RECEIPT_COPIES);
}

export function hearMeet(state: PersonState, device: DeviceRow, meet: Meet, out: Out, nowMs: number): void {
  const { pair } = device;
  const isFirst = pair.theirs.length === 0;
  const peerCertificates = withCertificate(isFirst ? [] : pair.peerCertificates, { number: meet.number, fingerprint: meet.fingerprint });
  put(state, device, { ...pair, theirs: meet.share, peerCertificates }, out);
  const now = state.devices.get(toHex(device.signingKey)) ?? device;
  if (now.pair.certificates.length === 0) return certify(state, now, out);
  // Whoever begins knows nothing of ours, or lost it: it is told once more.
  if (isFirst) tellMeet(state, now, out, nowMs);
}
