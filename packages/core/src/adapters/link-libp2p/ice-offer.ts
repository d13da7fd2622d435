/**
 * What a relay tells whoever holds a reservation there of the STUN and TURN server beside it: the port, and credentials for a while. Never an
 * address: whoever asks knows where it reached the relay, and goes nowhere else. Rule: docs/protocol/link.md §5.
 */
import type { Bytes } from '../../kernel/bytes.ts';
import { Reader, Writer } from '../../kernel/codec.ts';

export interface IceOffer {
  readonly port: number;
  readonly username: string;
  readonly credential: string;
  /** How long the credentials count from the answer on; whole seconds on the wire, so that nobody's clock has a say in it. */
  readonly lifetimeMs: number;
}

const VERSION = 1;
/** Letters of a name or a password: those of the usual way (a time, a colon and chance; 28 letters of base64) are far shorter. */
const TEXT_LENGTH_MAX = 128;
/** The longest that is believed, in seconds: a week. */
const LIFETIME_SECONDS_MAX = 7 * 86_400;

/** No answer is longer, in bytes. */
export const ICE_OFFER_BYTES_MAX: number = 1 + 2 + 4 + 2 * (2 + TEXT_LENGTH_MAX);

export function encodeIceOffer({ port, username, credential, lifetimeMs }: IceOffer): Bytes {
  return new Writer()
    .u8(VERSION)
    .u16(port)
    .u32(Math.floor(lifetimeMs / 1_000))
    .text16(username)
    .text16(credential)
    .finish();
}

/** `undefined` for anything else, and for an answer without bytes: there is no such server. */
export function decodeIceOffer(bytes: Uint8Array): IceOffer | undefined {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const port = reader.u16();
  const seconds = reader.u32();
  const username = reader.text16(TEXT_LENGTH_MAX);
  const credential = reader.text16(TEXT_LENGTH_MAX);
  const isRight =
    version === VERSION && port > 0 && seconds > 0 && seconds <= LIFETIME_SECONDS_MAX && isPlain(username) && isPlain(credential);
  if (!isRight) reader.fail();
  return reader.finish({ port, username, credential, lifetimeMs: seconds * 1_000 });
}

/** Visible ASCII, at least one letter. */
function isPlain(text: string): boolean {
  return /^[!-~]+$/.test(text);
}
