/**
 * The one piece of address grammar the machines need: a person is reached through a relay's signalling, then directly.
 * libp2p multiaddrs; peer ids of Ed25519 keys (libp2p peer-ids specification). Rule: docs/protocol/neighbours.md §2.
 */
import { fromHex } from '../kernel/bytes.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** An identity multihash of the protobuf-encoded public key: 0x00 0x24, then key type Ed25519 and 32 bytes. */
const PEER_ID_PREFIX = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

function base58(bytes: readonly number[]): string {
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  let out = '';
  for (; value > 0n; value /= 58n) out = (BASE58[Number(value % 58n)] as string) + out;
  for (const byte of bytes) {
    if (byte !== 0) break;
    out = `1${out}`;
  }
  return out;
}

/** The libp2p peer id of a transport key; `undefined` if it is not 64 hexadecimal digits. */
export function peerIdOf(transportKey: string): string | undefined {
  const key = fromHex(transportKey);
  return key?.length === 32 ? base58([...PEER_ID_PREFIX, ...key]) : undefined;
}

/** Where `person` is reached when both keep a reservation at `relay`: WebRTC, signalled through the relay's circuit. */
export function throughRelay(relayAddress: string, relayKey: string, personKey: string): string | undefined {
  const relay = peerIdOf(relayKey);
  const person = peerIdOf(personKey);
  return relay && person ? `${relayAddress}/p2p/${relay}/p2p-circuit/webrtc/p2p/${person}` : undefined;
}
