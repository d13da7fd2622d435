import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOf, invitationIn, parseRoute, type Route } from './route.ts';

const ACCOUNT = 'a1'.repeat(32);

test('every place in the app has an address that leads back to it', () => {
  const places: readonly Route[] = [
    { at: 'messages' },
    { at: 'conversation', account: ACCOUNT, message: undefined },
    { at: 'conversation', account: ACCOUNT, message: '0f'.repeat(16) },
    { at: 'about', account: ACCOUNT },
    { at: 'check', account: ACCOUNT, way: 'show' },
    { at: 'check', account: ACCOUNT, way: 'scan' },
    { at: 'check', account: ACCOUNT, way: 'digits' },
    { at: 'words', from: 'messages' },
    { at: 'words', from: 'settings' },
    { at: 'first', way: 'words' },
    { at: 'meet', way: 'show' },
    { at: 'beside', account: ACCOUNT },
    { at: 'introduce', account: ACCOUNT },
    { at: 'meet', way: 'beside' },
    { at: 'meet', way: 'scan' },
    { at: 'meet', way: 'link' },
    { at: 'invitation', text: 'SwEcIcXgS3auP9zomCHRveE' },
    { at: 'around' },
    { at: 'settings' },
    { at: 'learn' },
  ];
  for (const place of places) expect(parseRoute(hashOf(place))).toEqual(place);
});

test('any address at all leads somewhere', () => {
  fc.assert(fc.property(fc.string(), (hash) => typeof parseRoute(hash).at === 'string'));
  expect(parseRoute('#/with/somebody')).toEqual({ at: 'messages' });
  expect(parseRoute('#/nowhere')).toEqual({ at: 'messages' });
});

test('an invitation is found in a link and in its bare text', () => {
  expect(invitationIn('  https://kith-abcdefgh.local:8443/#/meet/Sw_-9\n')).toBe('Sw_-9');
  expect(invitationIn('Sw_-9')).toBe('Sw_-9');
});
