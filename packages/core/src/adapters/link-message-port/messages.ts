/**
 * What crosses the port between a node and its link: plain data, checked on arrival. A message that is not one of these is ignored:
 * both ends are our own code, and an older page beside a newer worker must not break either.
 */
import type { Bytes } from '../../kernel/bytes.ts';
import { type LinkCommand, type LinkEvent, type NeighbourId, neighbourId, transportKey } from '../../node/machine.ts';
import { readHandCommand, readHandEvent } from './hand-messages.ts';
import { type Fields, isBytes, isCount, isFields, isTexts } from './plain-data.ts';

/** A MessagePort, a Worker, or the `self` of one. */
export interface LinkPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  removeEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  /** MessagePorts deliver only after this. */
  start?(): void;
}

/** Frames and bytes one side may have under way to the other, per neighbour, before it waits for `credit`. */
export const CREDIT_FRAMES = 256;
export const CREDIT_BYTES: number = 1_048_576;

/** From the node to the link. */
export type ToLink =
  | { readonly kind: 'command'; readonly command: LinkCommand }
  | { readonly kind: 'send'; readonly neighbour: NeighbourId; readonly frame: Bytes }
  /** The node took this many frames and bytes from a neighbour. */
  | { readonly kind: 'credit'; readonly neighbour: NeighbourId; readonly frames: number; readonly bytes: number }
  | { readonly kind: 'stop' };

/** From the link to the node. */
export type ToNode =
  | { readonly kind: 'event'; readonly event: LinkEvent }
  /** The link took this many frames and bytes for a neighbour. */
  | { readonly kind: 'credit'; readonly neighbour: NeighbourId; readonly frames: number; readonly bytes: number }
  | { readonly kind: 'stopped' };

export function readToLink(data: unknown): ToLink | undefined {
  if (!isFields(data)) return undefined;
  switch (data['kind']) {
    case 'command': {
      const command = readCommand(data['command']);
      return command === undefined ? undefined : { kind: 'command', command };
    }
    case 'send': {
      const { neighbour, frame } = data;
      if (!isCount(neighbour) || !isBytes(frame) || frame.length === 0) return undefined;
      return { kind: 'send', neighbour: neighbourId(neighbour), frame };
    }
    case 'credit':
      return readCredit(data);
    case 'stop':
      return { kind: 'stop' };
    default:
      return undefined;
  }
}

export function readToNode(data: unknown): ToNode | undefined {
  if (!isFields(data)) return undefined;
  switch (data['kind']) {
    case 'event': {
      const event = readEvent(data['event']);
      return event === undefined ? undefined : { kind: 'event', event };
    }
    case 'credit':
      return readCredit(data);
    case 'stopped':
      return { kind: 'stopped' };
    default:
      return undefined;
  }
}

function readCredit(data: Fields): Extract<ToNode, { kind: 'credit' }> | undefined {
  const { neighbour, frames, bytes } = data;
  if (!isCount(neighbour) || !isCount(frames) || !isCount(bytes)) return undefined;
  return { kind: 'credit', neighbour: neighbourId(neighbour), frames, bytes };
}

function readCommand(data: unknown): LinkCommand | undefined {
  if (!isFields(data)) return undefined;
  const { kind, address, expectedKey, helps, id, neighbour, seed } = data;
  switch (kind) {
    case 'listen':
      return isBytes(seed) && seed.length === 32 ? { kind, seed } : undefined;
    case 'dial':
      if (!isCount(id) || typeof address !== 'string') return undefined;
      if (expectedKey === undefined) return { kind, id, address };
      return typeof expectedKey === 'string' ? { kind, id, address, expectedKey: transportKey(expectedKey) } : undefined;
    case 'close':
      return isCount(neighbour) ? { kind, neighbour: neighbourId(neighbour) } : undefined;
    case 'reserve':
      if (typeof address !== 'string') return undefined;
      if (helps === undefined) return { kind, address };
      return typeof helps === 'boolean' ? { kind, address, helps } : undefined;
    case 'unreserve':
      return typeof address === 'string' ? { kind, address } : undefined;
    case 'probe':
      if (neighbour === undefined) return { kind };
      return isCount(neighbour) ? { kind, neighbour: neighbourId(neighbour) } : undefined;
    default:
      return readHandCommand(data);
  }
}

const PATHS = ['direct', 'relay', 'circuit'] as const;
const REASONS = ['unreachable', 'refused', 'wrong-key', 'timed-out', 'bad-address', 'no-transport'] as const;

function readEvent(data: unknown): LinkEvent | undefined {
  if (!isFields(data)) return undefined;
  const { kind } = data;
  switch (kind) {
    case 'up':
      return readUp(data);
    case 'down':
    case 'drained':
      return isCount(data['neighbour']) ? { kind, neighbour: neighbourId(data['neighbour']) } : undefined;
    case 'path': {
      const path = PATHS.find((known) => known === data['path']);
      return isCount(data['neighbour']) && path !== undefined ? { kind, neighbour: neighbourId(data['neighbour']), path } : undefined;
    }
    case 'frame':
      if (!isCount(data['neighbour']) || !isBytes(data['frame'])) return undefined;
      return { kind, neighbour: neighbourId(data['neighbour']), frame: data['frame'] };
    case 'dial-failed': {
      const reason = REASONS.find((known) => known === data['reason']);
      return isCount(data['dial']) && reason !== undefined ? { kind, dial: data['dial'], reason } : undefined;
    }
    case 'addresses':
      return isTexts(data['addresses']) ? { kind, addresses: data['addresses'] } : undefined;
    case 'found':
      if (typeof data['key'] !== 'string' || !isTexts(data['addresses'])) return undefined;
      return { kind, key: transportKey(data['key']), addresses: data['addresses'] };
    default:
      return readHandEvent(data);
  }
}

function readUp(data: Fields): LinkEvent | undefined {
  const { neighbour, key, dialled, dial, hand, frameBytesMax } = data;
  const path = PATHS.find((known) => known === data['path']);
  if (!isCount(neighbour) || typeof key !== 'string' || path === undefined || typeof dialled !== 'boolean' || !isCount(frameBytesMax))
    return undefined;
  const up = { kind: 'up', neighbour: neighbourId(neighbour), key: transportKey(key), path, dialled, frameBytesMax } as const;
  return { ...up, ...(isCount(dial) ? { dial } : {}), ...(isCount(hand) ? { hand } : {}) };
}
