/**
 * The name under which a household finds its relay for ever, computed from the household's own key, so that two households never share one.
 * Never changes for a key. Rule: docs/decisions/0003-household-ca.md.
 */
import { createHash } from 'node:crypto';

/** What a phone shows in its list of added keys, followed by the host; the host is read back from here. */
export const AUTHORITY_TITLE = 'Kith house key for ';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 §6 in lower case, without padding. */
export function toBase32(bytes: Uint8Array): string {
  let out = '';
  let word = 0;
  let bits = 0;
  for (const byte of bytes) {
    word = (word << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += BASE32[(word >> bits) & 31] as string;
    }
    word &= (1 << bits) - 1;
  }
  if (bits > 0) out += BASE32[(word << (5 - bits)) & 31] as string;
  return out;
}

/** `kith-<8 base32 letters>.local`, from the SHA-256 of the DER public key (SubjectPublicKeyInfo). */
export function canonicalName(publicKeyInfo: Uint8Array): string {
  const hash = createHash('sha256').update(publicKeyInfo).digest();
  return `kith-${toBase32(hash).slice(0, 8)}.local`;
}
