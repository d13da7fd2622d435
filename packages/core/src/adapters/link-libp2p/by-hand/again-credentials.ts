/**
 * The ICE credentials of both sides, from a secret that only these two know: so the one code of a pair holds none. The platform's HMAC-SHA-256.
 * Rule: docs/protocol/by-hand.md §4.
 */
import { type Bytes, concat } from '../../../kernel/bytes.ts';
import { encodeUtf8 } from '../../../kernel/utf8.ts';
import { credentialsOf, type IceCredentials } from './code.ts';

const LABEL: Bytes = encodeUtf8('kith/1/by-hand/again\0');

export interface AgainCredentials {
  /** Of the side that shows the code. */
  readonly shows: IceCredentials;
  /** Of the side that reads it. */
  readonly reads: IceCredentials;
}

/** `secret`: 32 bytes, for this one time. */
export async function againCredentials(secret: Bytes): Promise<AgainCredentials> {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const of = async (role: number): Promise<IceCredentials> =>
    credentialsOf(new Uint8Array(await crypto.subtle.sign('HMAC', key, concat(LABEL, Uint8Array.of(role)))));
  return { shows: await of(0), reads: await of(1) };
}
