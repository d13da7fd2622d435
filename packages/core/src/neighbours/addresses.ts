/**
 * The one piece of address grammar the machines need: a person is reached through a relay's signalling, then directly.
 * libp2p multiaddrs; peer ids of Ed25519 keys (libp2p peer-ids specification). Rule: docs/protocol/neighbours.md §2.
 */
import { fromHex } from '../kernel/bytes.ts';

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** An identity multihash of the protobuf-encoded public key: 0x00 0x24, then key type Ed25519 and 32 bytes. */
const PEER_ID_PREFIX = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

function base58(bytes: readonly number[]): string {
  // digits of the number so far, the lowest first
  const digits: number[] = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let i = 0; i < digits.length; i++) {
      carry += (digits[i] as number) * 256;
      digits[i] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58);
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(zeros < 0 ? bytes.length : zeros) + digits.reduceRight((text, digit) => text + (BASE58[digit] as string), '');
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
