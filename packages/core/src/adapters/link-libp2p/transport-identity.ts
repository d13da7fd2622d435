/** Between our names and libp2p's: a transport key is the raw Ed25519 key in hexadecimal, a peer id the same key in libp2p's writing. */
import { generateKeyPairFromSeed, publicKeyFromRaw } from '@libp2p/crypto/keys';
import type { Ed25519PrivateKey, PeerId } from '@libp2p/interface';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import { type Bytes, fromHex, toHex } from '../../kernel/bytes.ts';
import { type TransportKey, transportKey } from '../../node/machine.ts';

/** `seed`: 32 bytes, the RFC 8032 private key. */
export function privateKeyOf(seed: Bytes): Promise<Ed25519PrivateKey> {
  return generateKeyPairFromSeed('Ed25519', seed);
}

/** The transport key that belongs to a seed: what others put into `expectedKey`. */
export async function transportKeyOfSeed(seed: Bytes): Promise<TransportKey> {
  return transportKey(toHex((await privateKeyOf(seed)).publicKey.raw));
}

/** `undefined` for a peer with another kind of key, whom we do not talk to. */
export function transportKeyOf(peer: PeerId): TransportKey | undefined {
  return peer.type === 'Ed25519' ? transportKey(toHex(peer.publicKey.raw)) : undefined;
}

/** `undefined` when the text is no transport key. */
export function peerIdOf(key: TransportKey): PeerId | undefined {
  const raw = fromHex(key);
  if (raw === undefined || raw.length !== 32) return undefined;
  const publicKey = publicKeyFromRaw(raw);
  return publicKey.type === 'Ed25519' ? peerIdFromPublicKey(publicKey) : undefined;
}
