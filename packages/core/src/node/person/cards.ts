/** Our card: how we call ourselves and where we are, told to each device once and again when it changes. Rule: docs/protocol/rendezvous.md §3. */
import type { Card } from '../../content/card.ts';
import { encodeContent } from '../../content/content.ts';
import { type Label, label } from '../../crypto/suite.ts';
import { type Bytes, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import type { DeviceRow } from './device-rows.ts';
import type { Own } from './own.ts';
import type { Out, PersonState } from './state.ts';

const TOLD: Label = label('node/told-card');

export function myCard(state: PersonState, own: Own): Card {
  return { kind: 'card', name: own.row.name, transportKey: fromHex(own.transportKey) as Bytes, relays: state.relays };
}

export function tellCard(state: PersonState, device: DeviceRow, out: Out, nowMs: number): void {
  const session = state.sessionOf(device);
  if (state.own === undefined || session === undefined || device.standing !== 'listed') return;
  const encoded = encodeContent(myCard(state, state.own));
  const told = state.suite.hash(TOLD, encoded);
  if (sameBytes(told, device.toldCard)) return;
  state.seal(session, encoded, out, nowMs);
  state.setDevice({ ...(state.devices.get(toHex(device.signingKey)) ?? device), toldCard: told }, out);
}

export function tellCardToAll(state: PersonState, out: Out, nowMs: number): void {
  for (const device of [...state.devices.values()]) tellCard(state, device, out, nowMs);
}
