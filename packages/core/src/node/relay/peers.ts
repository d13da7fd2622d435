/**
 * Relays that the keeper of this one named, to be kept connected: reads their addresses and says what is wrong with one.
 * Resolves no name and dials nobody. Rule: docs/protocol/neighbours.md §1.
 */
import { bytesOfBase58 } from '../../kernel/base58.ts';
import { toHex } from '../../kernel/bytes.ts';
import { ok, type Result, refuse } from '../../kernel/result.ts';
import { peerIdOf } from '../../neighbours/addresses.ts';
import { ADDRESSES_MAX } from '../../neighbours/limits.ts';

export interface RelayPeer {
  /** Its transport key, 64 hexadecimal digits. */
  readonly key: string;
  /** Where it may be, without `/p2p`; at most `ADDRESSES_MAX`. */
  readonly addresses: readonly string[];
}

/** Relays named. One that does not answer holds a dial for 10 s, and six are under way at a time. */
export const PEERS_MAX = 16;

export type PeerRefusal =
  /** Not of the form `/ip4/…/tcp/…/p2p/…`, with `ip6`, `dns4` or `dns6` in front as well, and perhaps `/p2p-circuit/p2p/…` behind. */
  | 'bad-address'
  /** What follows `/p2p/` is no peer id of an Ed25519 key. */
  | 'bad-peer-id';

const ADDRESS =
  /^(\/(?:ip4\/([0-9.]{7,15})|ip6\/[0-9a-fA-F:.]{2,45}|dns[46]\/[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*)\/tcp\/([1-9]\d{0,4})(?:\/p2p\/([^/]+)\/p2p-circuit)?)\/p2p\/(.+)$/;
const NAME_LENGTH_MAX = 253;

/** One relay at one address, as its keeper wrote it. */
export function readPeer(text: string): Result<RelayPeer, PeerRefusal> {
  const [, address = '', ip4, port, through, peerId = ''] = (text.length <= NAME_LENGTH_MAX + 200 && ADDRESS.exec(text)) || [];
  if (address === '' || Number(port) > 65_535 || (ip4 !== undefined && !isIp4(ip4))) return refuse('bad-address');
  const key = keyOfPeerId(peerId);
  const isKnown = through === undefined || (keyOfPeerId(through) !== undefined && through !== peerId);
  return key === undefined || !isKnown ? refuse('bad-peer-id') : ok({ key, addresses: [address] });
}

/** What stands behind `/p2p/` in a relay's address: the libp2p peer id of its transport key, `undefined` for a text that is none. */
export function relayPeerId(key: string): string | undefined {
  return peerIdOf(key);
}

/** Each relay once, with all of its addresses in the order in which they were named. */
export function joinPeers(peers: readonly RelayPeer[]): readonly RelayPeer[] {
  const joined = new Map<string, readonly string[]>();
  for (const { key, addresses } of peers) joined.set(key, [...new Set([...(joined.get(key) ?? []), ...addresses])].slice(0, ADDRESSES_MAX));
  return [...joined].map(([key, addresses]) => ({ key, addresses }));
}

function isIp4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** Six bytes in front (docs/protocol/neighbours.md §2), and the key. */
const PEER_ID_BYTES = 38;
const PEER_ID_LETTERS_MAX = 53;

/** The transport key of a libp2p peer id; `undefined` for one that is not exactly as `peerIdOf` writes it. */
export function keyOfPeerId(peerId: string): string | undefined {
  if (peerId.length > PEER_ID_LETTERS_MAX) return undefined;
  const bytes = bytesOfBase58(peerId, PEER_ID_BYTES);
  if (bytes === undefined) return undefined;
  const key = toHex(bytes.subarray(PEER_ID_BYTES - 32));
  // Whatever was lost or left over on the way does not come out again.
  return peerIdOf(key) === peerId ? key : undefined;
}
