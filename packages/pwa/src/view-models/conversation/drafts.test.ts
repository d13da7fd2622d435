import { expect, test } from 'vitest';
import { fakeDevice } from '../testing/fake-device.ts';
import { Drafts } from './drafts.ts';

test('only so many drafts are kept, and the oldest is forgotten first', () => {
  const { drawer, kept } = fakeDevice({ nowMs: 0 });
  const drafts = new Drafts(drawer);
  for (let i = 0; i < 103; i += 1) drafts.write(`account${i}`, `draft ${i}`);
  expect(kept.size).toBe(101);
  expect(drafts.read('account2')).toBe('');
  expect(drafts.read('account3')).toBe('draft 3');
});

test('an empty draft leaves nothing behind', () => {
  const { drawer, kept } = fakeDevice({ nowMs: 0 });
  const drafts = new Drafts(drawer);
  drafts.write('a', 'x');
  drafts.write('a', '');
  expect(kept.size).toBe(0);
});
