/**
 * Looks for what must not be on a wire: secrets in every form they could be written in, and anything that is there again after a day has turned.
 * Knows no protocol but the fixed texts of those that strangers may see.
 */
import { base58 } from '../../packages/core/src/kernel/base58.ts';
import type { Captured, Packet } from './content-blind-capture.ts';

export interface Secret {
  readonly name: string;
  /** 64 hexadecimal digits of a key, or any text. */
  readonly is: { readonly key: string } | { readonly text: string };
}

/** So many bytes that are alike on two days are no chance. */
const WINDOW_BYTES = 12;
/** A window of no more different bytes than these is filling. */
const FILLING_BYTES = 4;
/** So many bytes in a row, beside known ones, may be alike by chance, and would name nobody. */
const CHANCE_BYTES = 3;
/** So many in a row stand in a known text by chance once in three thousand, where a story captures a megabyte and a half. */
const KNOWN_BYTES = 4;
/** What libp2p writes before the bytes of an Ed25519 key (docs/protocol/neighbours.md §2). */
const PEER_ID_PREFIX = Buffer.from('002408011220', 'hex');

/** Each form in which it could stand somewhere, with its name. Base64 at each of the three places of a group; text as UTF-8 and UTF-16. */
function formsOf({ is }: Secret): readonly (readonly [string, Buffer])[] {
  if ('text' in is) {
    const utf8 = Buffer.from(is.text, 'utf8');
    return [
      ['UTF-8', utf8],
      ['UTF-16', Buffer.from(is.text, 'utf16le')],
      ['hexadecimal', Buffer.from(utf8.toString('hex'))],
      ...base64Of(utf8),
    ];
  }
  const raw = Buffer.from(is.key, 'hex');
  return [
    ['raw', raw],
    // A part of it would do as a name.
    ['its first half', raw.subarray(0, 16)],
    ['its second half', raw.subarray(16)],
    ['hexadecimal', Buffer.from(is.key.toLowerCase())],
    ['HEXADECIMAL', Buffer.from(is.key.toUpperCase())],
    ['base58', Buffer.from(base58([...raw]))],
    ['a peer id', Buffer.from(peerIdText(is.key))],
    ...base64Of(raw),
  ];
}

/** As libp2p writes an Ed25519 key in addresses. */
function peerIdText(key: string): string {
  return base58([...PEER_ID_PREFIX, ...Buffer.from(key, 'hex')]);
}

function base64Of(raw: Buffer): readonly (readonly [string, Buffer])[] {
  return (['base64', 'base64url'] as const).flatMap((encoding) =>
    [0, 1, 2].map((shift) => {
      const text = Buffer.concat([Buffer.alloc(shift), raw])
        .toString(encoding)
        .replaceAll('=', '');
      // The characters at both ends depend on what stands beside it.
      return [encoding, Buffer.from(text.slice(Math.ceil((shift * 4) / 3) + (shift > 0 ? 1 : 0), -2))] as const;
    }),
  );
}

/** Which secrets stand in it, and in which form; a text is also found in capitals and small letters. */
export function secretsIn({ bytes, packets }: Captured, secrets: readonly Secret[]): readonly string[] {
  // Once as it was sent, and once without what stands between the parts of a longer piece.
  const whole = [bytes, Buffer.concat(packets.map(({ payload }) => payload))];
  return secrets.flatMap((secret) =>
    formsOf(secret).flatMap(([form, needle]) => (whole.some((hay) => hay.includes(needle)) ? [`${secret.name} (${form})`] : [])),
  );
}

/** Transport keys as libp2p writes them, in what was said to many at once. */
export function peerIdsIn(packets: readonly Packet[]): ReadonlySet<string> {
  const said = packets.filter(({ isToMany }) => isToMany).map(({ payload }) => payload.toString('latin1'));
  return new Set(said.flatMap((text) => text.match(/12D3KooW[1-9A-HJ-NP-Za-km-z]{44}/g) ?? []));
}

/** What stands in packets of both days, but for `known`: texts that every program of the kind sends, in whatever order. */
export function repeatedIn(one: readonly Packet[], other: readonly Packet[], known: readonly Buffer[]): readonly string[] {
  const pieces = new Set<number>();
  for (const text of known) for (const piece of piecesOf(withoutGrease(text))) pieces.add(piece);
  const before = new Set<string>();
  for (const { payload } of one) for (const [window] of windowsOf(withoutGrease(payload))) before.add(window.toString('latin1'));
  const found = new Set<string>();
  for (const { payload } of other) {
    const plain = withoutGrease(payload);
    const isNew = newIn(plain, pieces);
    for (const [window, at] of windowsOf(plain)) {
      const text = window.toString('latin1');
      if (before.has(text) && new Set(window).size > FILLING_BYTES && isMoreThanChance(isNew.subarray(at, at + WINDOW_BYTES)))
        found.add(text);
    }
  }
  return [...found].map((window) => JSON.stringify(window));
}

/** For each byte 1, but 0 where it stands in a known piece. A browser says what it can in another order each time, so the pieces are short. */
function newIn(payload: Buffer, pieces: ReadonlySet<number>): Uint8Array {
  const isNew = new Uint8Array(payload.length).fill(1);
  let at = 0;
  for (const piece of piecesOf(payload)) {
    if (pieces.has(piece)) isNew.fill(0, at, at + KNOWN_BYTES);
    at++;
  }
  return isNew;
}

function isMoreThanChance(isNew: Uint8Array): boolean {
  let row = 0;
  for (const one of isNew) {
    row = one === 1 ? row + 1 : 0;
    if (row > CHANCE_BYTES) return true;
  }
  return false;
}

/** Every `KNOWN_BYTES` in a row, as a number. */
function* piecesOf(text: Buffer): Generator<number> {
  for (let at = 0; at + KNOWN_BYTES <= text.length; at++) yield text.readUInt32BE(at);
}

/** Browsers put pairs of one of 16 bytes among the numbers of a TLS handshake, by chance (RFC 8701): here they are all alike. */
function withoutGrease(payload: Buffer): Buffer {
  const plain = Buffer.from(payload);
  for (let at = 0; at + 1 < plain.length; at++) {
    if (((plain[at] ?? 0) & 0x0f) !== 0x0a || plain[at] !== plain[at + 1]) continue;
    plain.fill(0x0a, at, at + 2);
    at++;
  }
  return plain;
}

function* windowsOf(payload: Buffer): Generator<readonly [window: Buffer, at: number]> {
  for (let at = 0; at + WINDOW_BYTES <= payload.length; at++) yield [payload.subarray(at, at + WINDOW_BYTES), at];
}
