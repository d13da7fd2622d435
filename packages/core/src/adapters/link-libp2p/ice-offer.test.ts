import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../../kernel/bytes.ts';
import { decodeIceOffer, encodeIceOffer, ICE_OFFER_BYTES_MAX, type IceOffer } from './ice-offer.ts';

const OFFER: IceOffer = { port: 4003, username: '1700000000:ab', credential: 'c2VjcmV0', lifetimeMs: 43_200_000 };

test('its bytes are these', () => {
  expect(toHex(encodeIceOffer(OFFER))).toBe('010fa30000a8c0000d313730303030303030303a616200086332566a636d5630');
});

test('what is written is read, and no answer is longer than the limit', () => {
  const visible = fc.string({
    minLength: 1,
    maxLength: 128,
    unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)),
  });
  const offers = fc.record({
    port: fc.integer({ min: 1, max: 65_535 }),
    username: visible,
    credential: visible,
    lifetimeMs: fc.integer({ min: 1, max: 604_800 }).map((seconds) => seconds * 1_000),
  });
  const claim = fc.property(offers, (offer) => {
    const bytes = encodeIceOffer(offer);
    expect(decodeIceOffer(bytes)).toEqual(offer);
    expect(bytes.length).toBeLessThanOrEqual(ICE_OFFER_BYTES_MAX);
  });
  fc.assert(claim, { seed: 5, numRuns: 200 });
});

test.each([
  ['nothing at all', { ...OFFER, port: 0 }],
  ['a name without letters', { ...OFFER, username: '' }],
  ['a name with a space', { ...OFFER, username: 'a b' }],
  ['a name that breaks the line', { ...OFFER, username: 'a\nb' }],
  ['a password beyond ASCII', { ...OFFER, credential: 'é' }],
  ['a name too long', { ...OFFER, username: 'a'.repeat(129) }],
  ['no time', { ...OFFER, lifetimeMs: 0 }],
  ['for ever', { ...OFFER, lifetimeMs: 8 * 86_400_000 }],
])('%s is none', (_, offer) => {
  expect(decodeIceOffer(encodeIceOffer(offer))).toBeUndefined();
});

test('an empty answer is none, and so is one with something behind it', () => {
  expect(decodeIceOffer(new Uint8Array(0))).toBeUndefined();
  expect(decodeIceOffer(Uint8Array.from([...encodeIceOffer(OFFER), 0]))).toBeUndefined();
});
