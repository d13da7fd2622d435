import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { newTurnSecret, turnCredentials } from './credentials.ts';

test('the name says until when it counts, in whole seconds, and the password is made from it', () => {
  const { username, credential } = turnCredentials('house', 1_700_000_000_999, 'ann');
  expect(username).toMatch(/^1700000000:[0-9a-f]{16}$/);
  expect(credential).toBe(createHmac('sha1', 'house').update(username).digest('base64'));
});

test('whoever asks again has the same name, and somebody else or under another secret has another', () => {
  const nameOf = (secret: string, expiresAtMs: number, peer: string): string | undefined =>
    turnCredentials(secret, expiresAtMs, peer).username.split(':')[1];
  const ann = nameOf('house', 1_700_000_000_000, 'ann');
  expect(nameOf('house', 1_800_000_000_000, 'ann')).toBe(ann);
  expect(nameOf('house', 1_700_000_000_000, 'bo')).not.toBe(ann);
  expect(nameOf('another', 1_700_000_000_000, 'ann')).not.toBe(ann);
});

test('each run has a secret of its own', () => {
  expect(newTurnSecret()).toMatch(/^[0-9a-f]{64}$/);
  expect(newTurnSecret()).not.toBe(newTurnSecret());
});
