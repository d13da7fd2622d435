/**
 * Reads addresses: what may be dialled, by which path a connection then is, and why a dial failed.
 *
 * The rule for `path` (node/machine.ts):
 * - `/webrtc` anywhere in it: `direct`, though a relay carried the signalling; the link then asks whether a TURN server carries the rest;
 * - otherwise through a circuit, or with limits: `circuit`;
 * - dialled by ws, wss or webrtc-direct: `relay`, because only relays listen on these;
 * - dialled by tcp, and whatever came in: `direct`.
 */
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import { ok, type Result, refuse } from '../../kernel/result.ts';
import type { DialFailure, Path, TransportKey } from '../../node/machine.ts';
import { peerIdOf } from './transport-identity.ts';

const ADDRESS_LENGTH_MAX = 1_024;

/**
 * The multiaddr to dial, ending in `/p2p/` and the expected peer when one is expected.
 * Refuses `bad-address`, and `wrong-key` when the address itself names another peer.
 */
export function dialTarget(address: string, expectedKey?: TransportKey): Result<Multiaddr, 'bad-address' | 'wrong-key'> {
  const target = parseAddress(address);
  if (target === undefined) return refuse('bad-address');
  const names = target.getComponents().map((component) => component.name);
  const isThroughCircuit = names.includes('p2p-circuit');
  const named = names.lastIndexOf('p2p') > names.lastIndexOf('p2p-circuit') ? lastPeer(target) : undefined;
  if (expectedKey === undefined) return isThroughCircuit && named === undefined ? refuse('bad-address') : ok(target);
  const expected = peerIdOf(expectedKey)?.toString();
  if (expected === undefined) return refuse('bad-address');
  if (named !== undefined) return named === expected ? ok(target) : refuse('wrong-key');
  return ok(target.encapsulate(`/p2p/${expected}`));
}

/** `undefined` for anything that is not a multiaddr of a sane length. */
export function parseAddress(address: string): Multiaddr | undefined {
  if (address.length === 0 || address.length > ADDRESS_LENGTH_MAX) return undefined;
  try {
    const target = multiaddr(address);
    const components = target.getComponents();
    return components.length === 0 || components.some(hasBadPort) ? undefined : target;
  } catch {
    return undefined;
  }
}

function hasBadPort(component: { readonly name: string; readonly value?: string | undefined }): boolean {
  if (component.name !== 'tcp' && component.name !== 'udp') return false;
  const port = Number(component.value);
  return !Number.isInteger(port) || port < 0 || port > 65_535;
}

/** The peer an address ends in, as libp2p writes it. */
export function lastPeer(address: Multiaddr): string | undefined {
  return address.getComponents().findLast((component) => component.name === 'p2p')?.value;
}

/** The address without its last peer: the form in which addresses are told and kept beside a key. */
export function withoutLastPeer(address: Multiaddr): string {
  const text = address.toString();
  const last = lastPeer(address);
  return last !== undefined && text.endsWith(`/p2p/${last}`) ? text.slice(0, -`/p2p/${last}`.length) : text;
}

export function isCircuit(address: Multiaddr): boolean {
  const names = address.getComponents().map((component) => component.name);
  return names.includes('p2p-circuit') && !names.includes('webrtc');
}

/** WebRTC between two devices that a circuit brought together; `/webrtc-direct` is another thing. */
export function isWebRtc(address: Multiaddr): boolean {
  return address.getComponents().some((component) => component.name === 'webrtc');
}

export function pathOf(address: Multiaddr, isDialled: boolean, isLimited: boolean): Path {
  if (isWebRtc(address)) return 'direct';
  const names = address.getComponents().map((component) => component.name);
  if (isLimited || names.includes('p2p-circuit')) return 'circuit';
  const isRelayAddress = names.includes('ws') || names.includes('wss') || names.includes('webrtc-direct');
  return isDialled && isRelayAddress ? 'relay' : 'direct';
}

/** libp2p keeps only the text of what went wrong in a handshake; the link exam holds these texts to their meaning. */
export function failureOf(error: unknown, hasTimedOut: boolean): DialFailure {
  const { name, message, code } = readError(error);
  if (message.includes('does not match expected')) return 'wrong-key';
  if (hasTimedOut || name === 'TimeoutError') return 'timed-out';
  if (name === 'TransportUnavailableError') return 'no-transport';
  if (name === 'InvalidMultiaddrError' || name === 'InvalidParametersError') return 'bad-address';
  if (code === 'ECONNREFUSED' || message.includes('ECONNREFUSED')) return 'refused';
  if (name === 'EncryptionFailedError' || name === 'MuxerUnavailableError' || name === 'UnsupportedProtocolError') return 'refused';
  if (message.includes('dial self')) return 'refused';
  return 'unreachable';
}

function readError(error: unknown): { readonly name: string; readonly message: string; readonly code: string } {
  if (!(error instanceof Error)) return { name: '', message: String(error), code: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { name: error.name, message: error.message, code };
}

/** The addresses the node listens on, and those of `besides`; those of this machine alone are left out when there are others. */
export function listenAddresses(listened: readonly Multiaddr[], besides: readonly string[]): readonly string[] {
  const all = [...new Set([...besides, ...listened.map(withoutLastPeer)])];
  const isLoopback = (address: string): boolean => /^\/(ip4\/127\.|ip6\/::1\/)/.test(address);
  const outward = all.filter((address) => !isLoopback(address) && !address.includes('/p2p-circuit'));
  return outward.length > 0 ? outward : all;
}
