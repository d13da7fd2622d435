/** Codes for connections made by hand: as they were frozen, and once more from docs/protocol/by-hand.md alone. */
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { byHand } from './by-hand-vectors.ts';
import { hex, join, toHex, u8, u16, utf8, vectors } from './independent.ts';

interface Told {
  readonly family: 'ip4' | 'ip6' | 'name';
  readonly type: 'host' | 'srflx' | 'relay';
  readonly address: string;
  readonly port: number;
}

interface Side {
  readonly credentials: { readonly fragment: string; readonly password: string };
  readonly fingerprint: string;
  readonly candidates: readonly Told[];
  readonly mark: string;
  readonly offer: string;
  readonly offerIn80: string;
  readonly answer: string;
}

const FAMILIES = ['ip4', 'ip6', 'name'];
const TYPES = ['host', 'srflx', 'relay'];

const candidate = ({ family, type, address, port }: Told): Uint8Array =>
  join(u8(4 * TYPES.indexOf(type) + FAMILIES.indexOf(family)), hex(address), u16(port));

function credentials(form: number, { fragment, password }: Side['credentials']): Uint8Array {
  if (form === 0) return join(Buffer.from(fragment, 'base64'), Buffer.from(password, 'base64'));
  if (form === 1) return join(hex(fragment), hex(password));
  return join(u8(fragment.length), utf8(fragment), u8(password.length), utf8(password));
}

test('the code writes what was frozen', async () => {
  expect(await byHand()).toEqual(vectors('by-hand'));
});

test('by-hand.json: offers and answers, byte for byte', () => {
  for (const [form, side] of (vectors('by-hand').sides as readonly Side[]).entries()) {
    const rest = join(credentials(form, side.credentials), hex(side.fingerprint));
    const all = join(...side.candidates.map(candidate));
    expect(toHex(join(u8(16 + 4 * form), rest, all))).toBe(side.offer);
    expect(toHex(join(u8(16 + 4 * form + 1), hex(side.mark), rest, all))).toBe(side.answer);
    const [first, second] = side.candidates;
    const best = [first, form === 2 ? undefined : second].filter((one) => one !== undefined);
    const short = toHex(join(u8(16 + 4 * form), rest, ...best.map(candidate)));
    if (hex(short).length <= 80) expect(short).toBe(side.offerIn80);
  }
});

test('by-hand.json: what both work out for the one code, and the code', () => {
  const { again, sides } = vectors('by-hand');
  const derived = (role: number): { readonly fragment: string; readonly password: string } => {
    const mac = createHmac('sha256', hex(again.secret))
      .update(join(utf8('kith/1/by-hand/again'), u8(0), u8(role)))
      .digest();
    return { fragment: mac.subarray(0, 6).toString('base64'), password: mac.subarray(6, 24).toString('base64') };
  };
  expect([derived(0), derived(1)]).toEqual([again.shows, again.reads]);
  expect((sides as readonly Side[])[0]?.candidates.map((one) => toHex(join(u8(0x12), candidate(one))))).toEqual(again.codes);
});

test('by-hand.json: the description of an offer has the lines of the page, and no others', () => {
  const { descriptions, sides } = vectors('by-hand');
  const { credentials: own, fingerprint, candidates } = (sides as readonly Side[])[0] as Side;
  const textOf = ({ family, address }: Told): string => {
    if (family === 'ip4') return [...hex(address)].join('.');
    if (family === 'ip6') return (address.match(/.{4}/g) ?? []).join(':');
    return `${[address.slice(0, 8), address.slice(8, 12), address.slice(12, 16), address.slice(16, 20), address.slice(20)].join('-')}.local`;
  };
  const lines = (setup: string): readonly string[] => [
    ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0'],
    ...['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0'],
    ...candidates.map((one, place) => {
      const priority = 2 ** 24 * ({ host: 126, srflx: 100, relay: 0 }[one.type] ?? 0) + 2 ** 8 * (65_535 - place) + 255;
      const base = one.type === 'host' ? '' : ' raddr 0.0.0.0 rport 9';
      return `a=candidate:${place + 1} 1 udp ${priority} ${textOf(one)} ${one.port} typ ${one.type}${base}`;
    }),
    ...[`a=ice-ufrag:${own.fragment}`, `a=ice-pwd:${own.password}`, 'a=ice-options:trickle'],
    `a=fingerprint:sha-256 ${(fingerprint.toUpperCase().match(/../g) ?? []).join(':')}`,
    ...[`a=setup:${setup}`, 'a=mid:0', 'a=sctp-port:5000', 'a=max-message-size:262144'],
  ];
  expect(descriptions.offer).toBe(
    lines('actpass')
      .map((line) => `${line}\r\n`)
      .join(''),
  );
  expect(descriptions.answer).toBe(
    lines('active')
      .map((line) => `${line}\r\n`)
      .join(''),
  );
});

test('by-hand.json: words on the channel aside', () => {
  const { aside, sides } = vectors('by-hand');
  const [first] = sides as readonly Side[];
  expect(aside.welcome).toBe('01');
  expect(aside.candidates).toBe(toHex(join(u8(2), ...(first?.candidates ?? []).map(candidate))));
  expect([aside.renew, aside.renewed]).toEqual([`03${first?.offer}`, `04${first?.offer}`]);
});
