/** Our card: how we call ourselves and where we are, told to each device once and again when it changes. Rule: docs/protocol/rendezvous.md §5. */
import type { Card } from '../../content/card.ts';
import { encodeContent } from '../../content/content.ts';
import { type Label, label } from '../../crypto/suite.ts';
import { type Bytes, sameBytes, toHex } from '../../kernel/bytes.ts';
import { type DeviceRow, type Told, UNTOLD } from './device-rows.ts';
import { RECEIPT_COPIES } from './limits.ts';
import type { Own } from './own.ts';
import type { Out, PersonState } from './state.ts';

const TOLD: Label = label('node/told-card');

/** `undefined` before this device has a transport key. */
export function myCard(state: PersonState, own: Own): Card | undefined {
  return state.today && { kind: 'card', name: own.row.name, days: state.today.days, relays: state.relays };
}

export function tellCard(state: PersonState, device: DeviceRow, out: Out, nowMs: number): void {
  const session = state.sessionOf(device);
  if (state.own === undefined || session === undefined || device.standing !== 'listed') return;
  const card = myCard(state, state.own);
  if (card === undefined) return;
  const encoded = encodeContent(card);
  const hash = state.suite.hash(TOLD, encoded);
  if (sameBytes(hash, device.toldCard.hash)) return;
  const { id: envelopeId } = state.seal(session, encoded, out, nowMs, RECEIPT_COPIES);
  state.setDevice({ ...(state.devices.get(toHex(device.signingKey)) ?? device), toldCard: { hash, envelopeId } }, out);
}

export function tellCardToAll(state: PersonState, out: Out, nowMs: number): void {
  for (const device of [...state.devices.values()]) tellCard(state, device, out, nowMs);
}

/** What a device was told ran out of time unread: it is told again. */
export function tellAgain(state: PersonState, envelopeId: Bytes, out: Out): void {
  const device = state.devices.get(state.toldTo.get(toHex(envelopeId)) ?? '');
  if (device === undefined) return;
  const again = (told: Told): Told => (sameBytes(told.envelopeId, envelopeId) ? UNTOLD : told);
  state.setDevice({ ...device, toldCard: again(device.toldCard), toldKeys: again(device.toldKeys) }, out);
}
