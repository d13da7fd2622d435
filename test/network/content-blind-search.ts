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

/** What stands in packets of both days, but for `known`: texts that every program of the kind sends. */
export function repeatedIn(one: readonly Packet[], other: readonly Packet[], known: readonly Buffer[]): readonly string[] {
  const before = new Set<string>();
  for (const { payload } of one) for (const window of windowsOf(payload)) before.add(window.toString('latin1'));
  const found = new Set<string>();
  for (const { payload } of other) {
    for (const window of windowsOf(payload)) {
      if (before.has(window.toString('latin1')) && !isKnown(window, known)) found.add(window.toString('latin1'));
    }
  }
  return [...found].map((window) => JSON.stringify(window));
}

/** Up to three bytes beside a known text may be alike by chance, and would name nobody. */
function isKnown(window: Buffer, known: readonly Buffer[]): boolean {
  return known.some((text) =>
    [0, 1, 2, 3].some((cut) => text.includes(window.subarray(cut)) || text.includes(window.subarray(0, WINDOW_BYTES - cut))),
  );
}

function* windowsOf(payload: Buffer): Generator<Buffer> {
  for (let at = 0; at + WINDOW_BYTES <= payload.length; at++) {
    const window = payload.subarray(at, at + WINDOW_BYTES);
    if (new Set(window).size > 4) yield window;
  }
}
