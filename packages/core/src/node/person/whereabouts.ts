/**
 * Where a message of mine is, as far as this device knows: what its carriers said, and which devices answered for it. Only reads.
 * Rule: docs/protocol/conversation.md §6.
 */
import { decodeMessage, type StoredMessage } from '../../conversation/message.ts';
import { type Bytes, fromHex, sameBytes, toHex } from '../../kernel/bytes.ts';
import { ok, refuse } from '../../kernel/result.ts';
import { type RowKey, type Rows, rowName } from '../machine.ts';
import type { PersonCall } from './inputs.ts';
import type { OutboxPart, OutboxRow } from './rows.ts';
import { answer, type Out, type PersonState, UNSEALED } from './state.ts';
import type { Whereabouts } from './views.ts';

type WhereIs = Extract<PersonCall, { kind: 'where-is' }>;

/** The row of the message; of one that nobody waits for any more, first the row that names it. */
export function whereIsRows(state: PersonState, call: WhereIs, rows: Rows): readonly RowKey[] {
  const id = fromHex(call.message);
  if (id?.length !== 16) return [];
  const key = keyOf(state, id, rows);
  return [key === undefined ? indexOf(id) : { space: 'messages', key }];
}

export function whereIs(state: PersonState, call: WhereIs, rows: Rows, out: Out): void {
  const id = fromHex(call.message);
  const key = id && keyOf(state, id, rows);
  const row = key && rows.get(rowName({ space: 'messages', key }));
  const message = key && row && decodeMessage(key, row);
  if (id === undefined || !message?.mine) return answer(out, call, 'where-is', refuse({ kind: 'unknown-message' }));
  answer(out, call, 'where-is', ok(whereabouts(state, message, state.outbox.get(toHex(id)))));
}

function indexOf(id: Bytes): RowKey {
  return { space: 'messageIndex', key: id };
}

function keyOf(state: PersonState, id: Bytes, rows: Rows): Bytes | undefined {
  return state.outbox.get(toHex(id))?.messageKey ?? rows.get(rowName(indexOf(id)));
}

function whereabouts(state: PersonState, message: StoredMessage, waiting: OutboxRow | undefined): Whereabouts {
  const theirs = state.devicesOf(message.account);
  const parts = (waiting?.parts ?? []).filter((part) => !isOwn(state, part));
  const { state: delivery = { kind: 'waiting' }, expiresAtMs } = message;
  const answeredAtMs = 'atMs' in delivery ? delivery.atMs : undefined;
  // What came on the list after somebody had the message got no part of it.
  const meant = theirs.filter((device) => device.standing === 'listed' && device.sinceMs <= (answeredAtMs ?? device.sinceMs));
  const missing = meant.filter((device) => parts.some((part) => sameBytes(part.device, device.signingKey)));
  return {
    state: delivery,
    isHere: parts.some((part) => sameBytes(part.envelopeId, UNSEALED) || state.gossip.isCarried(part.envelopeId)),
    ...carriersOf(state, waiting?.carriers ?? []),
    devices: { reached: answeredAtMs === undefined ? 0 : meant.length - missing.length, all: meant.length },
    expiresAtMs,
  };
}

function isOwn(state: PersonState, part: OutboxPart): boolean {
  const device = state.devices.get(toHex(part.device));
  return device !== undefined && state.own !== undefined && sameBytes(device.account, state.own.device.account);
}

/** Whoever is known by a transport key, a device of one's own as well, is a contact here. */
function carriersOf(state: PersonState, keys: readonly Bytes[]): Pick<Whereabouts, 'carriers' | 'near'> {
  const connected = new Set([...state.neighbours.connected()].map((it) => it.key));
  const carriers = { relays: 0, contacts: 0, strangers: 0 };
  let near = 0;
  for (const key of keys.map(toHex)) {
    if (state.isRelay(key)) carriers.relays++;
    else if (state.deviceAt(key) !== undefined) carriers.contacts++;
    else carriers.strangers++;
    if (connected.has(key)) near++;
  }
  return { carriers, near };
}
