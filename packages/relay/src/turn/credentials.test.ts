import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { newTurnSecret, turnCredentials } from './credentials.ts';

test('the name says until when it counts, in whole seconds, and the password is made from it', () => {
  const { username, credential } = turnCredentials('house', 1_700_000_000_999, 'abc');
  expect(username).toBe('1700000000:abc');
  expect(credential).toBe(createHmac('sha1', 'house').update('1700000000:abc').digest('base64'));
});

test('two answers have nothing in common but their time', () => {
  const [one, other] = [turnCredentials('house', 1_700_000_000_000), turnCredentials('house', 1_700_000_000_000)];
  expect(one.username).not.toBe(other.username);
  expect(one.credential).not.toBe(other.credential);
});

test('each run has a secret of its own', () => {
  expect(newTurnSecret()).toMatch(/^[0-9a-f]{64}$/);
  expect(newTurnSecret()).not.toBe(newTurnSecret());
});
