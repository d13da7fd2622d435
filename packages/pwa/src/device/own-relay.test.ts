import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readOwnRelay } from './own-relay.ts';

const KEY = 'ab'.repeat(32);

test('what a relay says about itself is taken over', () => {
  const relay = { key: KEY, addresses: ['/dns4/kith-abcdefgh.local/tcp/8443/tls/ws'] };
  expect(readOwnRelay({ kith: 1, name: ' Kitchen ', origin: 'https://kith-abcdefgh.local:8443', relay, version: '0.1.0' })).toEqual({
    name: 'Kitchen',
    origin: 'https://kith-abcdefgh.local:8443',
    relay,
  });
});

test('whatever else a server sends is nothing, and never an error', () => {
  fc.assert(fc.property(fc.jsonValue(), (sent) => void readOwnRelay(sent)));
  expect(readOwnRelay({ kith: 1, name: 7, origin: 'javascript:alert(1)', relay: { key: KEY, addresses: [] } })).toEqual({
    name: undefined,
    origin: undefined,
    relay: undefined,
  });
  expect(readOwnRelay('<!doctype html>').relay).toBeUndefined();
});

test('no more addresses are taken than anybody needs', () => {
  const addresses = Array.from({ length: 500 }, (_, i) => `/ip4/10.0.0.1/tcp/${i}/ws`);
  expect(readOwnRelay({ kith: 1, relay: { key: KEY, addresses } }).relay?.addresses).toHaveLength(16);
});
