/** Transport days, invitations with an offer, answers, one code, and contents 10 to 12, from docs/protocol/rendezvous.md and content.md alone. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, test } from 'vitest';
import { type Bytes, bytes16, hash, hex, join, mac, NOTHING, Taker, toHex, u8, u16, u32, u64, utf8, vectors } from './independent.ts';

const { transportDays, invitations, codes } = vectors('rendezvous-2');
const [DAY_MS, HOUR_MS] = [86_400_000, 3_600_000];
const base64url = (bytes: Bytes): string => Buffer.from(bytes).toString('base64url');
const bytes8 = (bytes: Bytes): Bytes => join(u8(bytes.length), bytes);

/** §6. */
const seed = hex(transportDays.transportSeed);
const minute = new Taker(mac(seed, 'rendezvous/turn-minute', NOTHING, 16)).number(2) % 1440;
const dayOf = (ms: number): number => Math.max(0, Math.floor((ms - minute * 60_000) / DAY_MS));
const seedOf = (day: number): Bytes => mac(seed, 'rendezvous/transport-day', u32(day));
const keyOf = (day: number): Bytes => ed25519.getPublicKey(seedOf(day));
const firstOf = (day: number): number => Math.max(0, Math.floor(day / 20) * 20 - 1);

describe('transport days', () => {
  test('the minute, the seeds and the keys', () => {
    expect(minute).toBe(transportDays.minute);
    for (const { day, seed: daySeed, key } of transportDays.days) expect([toHex(seedOf(day)), toHex(keyOf(day))]).toEqual([daySeed, key]);
    expect(transportDays.days).toHaveLength(31);
    for (const { day, firstDay } of transportDays.windows) expect(firstOf(day)).toBe(firstDay);
  });

  test('which day it is, when the next one begins, and which keys are dialled', () => {
    const told = new Map<number, string>(transportDays.days.map(({ day, key }: { day: number; key: string }) => [day, key]));
    for (const { nowMs, day, nextTurnMs, dialled, changesAtMs } of transportDays.moments) {
      const turnOf = (ms: number): number => (dayOf(ms) + 1) * DAY_MS + minute * 60_000;
      const days = new Set([nowMs - 2 * HOUR_MS, nowMs, nowMs + 2 * HOUR_MS].map(dayOf));
      expect([dayOf(nowMs), turnOf(nowMs)]).toEqual([day, nextTurnMs]);
      expect([...days].flatMap((one) => told.get(one) ?? []).sort()).toEqual(dialled);
      const changes = [-2, 0, 2].map((hours) => turnOf(nowMs + hours * HOUR_MS) - hours * HOUR_MS);
      expect(Math.min(...changes)).toBe(changesAtMs);
    }
  });

  test('the card that tells them', () => {
    const first = firstOf(dayOf(transportDays.moments[0].nowMs));
    const keys = Array.from({ length: 31 }, (_, at) => keyOf(first + at));
    const card = join(u8(3), bytes16(utf8('Ann')), u32(first), u16(minute), u8(31), ...keys, u8(0));
    expect(toHex(card)).toBe(transportDays.card);
  });
});

describe('what is shown', () => {
  test('invitations with an offer', () => {
    const { account, secret, bundleHash, transportKey, expiryHour, texts } = invitations;
    const head = join(u8(0x4b), u8(1), ...[account, secret, bundleHash, transportKey].map(hex), u32(expiryHour));
    for (const { relays, offer, text } of texts) {
      const withRelays = (all: typeof relays): Bytes => {
        const written = all.map(({ key, address }: { key: string; address: string }) => join(hex(key), bytes16(utf8(address))));
        return join(head, u8(all.length), ...written, bytes16(hex(offer)));
      };
      const full = withRelays(relays);
      expect(base64url(full.length <= 300 ? full : withRelays([]))).toBe(text);
    }
    expect(texts.map(({ text }: { text: string }) => Buffer.from(text, 'base64url').length)).toEqual([208, 283, 217]);
  });

  test('an answer', () => {
    const tag = mac(hex(codes.invitationSecret), 'rendezvous/hand-answer', NOTHING, 16).slice(0, 8);
    expect(toHex(tag)).toBe(codes.answer.tag);
    const bytes = join(u8(0x4d), u8(1), tag, hex(codes.account), hex(codes.transportKey), bytes8(hex(codes.answer.code)));
    expect(base64url(bytes)).toBe(codes.answer.text);
  });

  test('the one code of two who know each other', () => {
    const { shares, nonce, certificate, peerCertificate, code, text, longest } = codes.again;
    const [smaller, larger] = [...shares].sort().map(hex) as [Bytes, Bytes];
    const secret = hash('rendezvous/pair', smaller, larger);
    const hint = mac(secret, 'rendezvous/again-hint', join(hex(nonce), hex(codes.transportKey)), 16);
    const use = mac(secret, 'rendezvous/again', hex(nonce));
    expect([secret, hint, use].map(toHex)).toEqual([codes.again.pairSecret, codes.again.hint, codes.again.useSecret]);
    const head = join(u8(0x4e), u8(1), hex(nonce), hint, hex(codes.transportKey));
    expect(base64url(join(head, u32(certificate), u32(peerCertificate), bytes8(hex(code))))).toBe(text);
    const most = Uint8Array.from({ length: 40 }, (_, i) => 5 + i);
    expect(base64url(join(head, u32(1), u32(1), bytes8(most)))).toBe(longest);
  });

  /** §7 and §8: what a reader answers. */
  function refusalOf(text: string): string {
    const bytes = Uint8Array.from(Buffer.from(text, 'base64url'));
    if (!/^[A-Za-z0-9_-]*$/.test(text) || bytes.length < 2 || (bytes[0] !== 0x4d && bytes[0] !== 0x4e)) return 'not-a-code';
    if ((bytes[1] as number) > 1) return 'newer-version';
    const [head, most] = bytes[0] === 0x4d ? [74, 80] : [74, 40];
    const length = bytes[head] ?? 0;
    return bytes[1] === 1 && length > 0 && length <= most && bytes.length === head + 1 + length ? 'none' : 'not-a-code';
  }

  test('what is refused', () => {
    for (const { text, refusal } of codes.refused) expect(refusalOf(text)).toBe(refusal);
    for (const text of [codes.answer.text, codes.again.text, codes.again.longest]) expect(refusalOf(text)).toBe('none');
  });
});

test('contents 10 to 12', () => {
  const { inputs, contents } = vectors('content-3');
  const bytesOf = (name: 'key' | 'other' | 'id' | 'code' | 'invitation'): Bytes => hex(inputs[name]);
  const [key, other, id, invitation] = [bytesOf('key'), bytesOf('other'), bytesOf('id'), bytesOf('invitation')];
  const [zeros, none] = [new Uint8Array(32), NOTHING] as const;
  const signal = (step: number): Bytes => join(u8(11), u8(step), id, u64(inputs.atMs), key, bytes16(bytesOf('code')));
  const introduction = (step: number, name: string, account: Bytes, carried: Bytes): Bytes =>
    join(u8(12), u8(step), id, bytes16(utf8(name)), account, bytes16(carried));
  const expected = [
    ['meet', join(u8(10), key, u32(70_000), other)],
    ['signal offer', signal(0)],
    ['signal answer', signal(1)],
    ['introduction ask', introduction(0, 'Bö', key, none)],
    ['introduction give', introduction(1, '', zeros, invitation)],
    ['introduction pass', introduction(2, 'Cleo', other, invitation)],
    ['introduction decline', introduction(3, '', zeros, none)],
  ] as const;
  expect(expected.map(([kind, bytes]) => ({ kind, bytes: toHex(bytes) }))).toEqual(contents);
});
