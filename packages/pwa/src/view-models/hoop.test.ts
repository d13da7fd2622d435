import { expect, test } from 'vitest';
import { hoopOf, hoopsOf, letterOf } from './hoop.ts';
import type { Contact } from './ports.ts';

function contact(account: string, metAtMs: number): Contact {
  const nothing = {
    lastMessage: undefined,
    verified: undefined,
    news: undefined,
    comparison: undefined,
    introducedBy: undefined,
    meetsByOneCode: false,
  };
  return { account, name: 'Ann', reach: { kind: 'direct' }, lastHeardMs: undefined, unread: 0, metAtMs, devices: 1, ...nothing };
}

const accounts = Array.from({ length: 200 }, (_, i) => i.toString(16).padStart(64, '0'));

test('the same account has the same hoop everywhere', () => {
  expect(hoopOf(accounts[3] ?? '', 'Ann')).toEqual(hoopOf(accounts[3] ?? '', 'Ann'));
});

test('hoops use all weaves and all colours', () => {
  const hoops = accounts.map((account) => hoopOf(account, 'Ann'));
  expect(new Set(hoops.map((hoop) => hoop.weave)).size).toBe(8);
  expect(new Set(hoops.map((hoop) => hoop.hue)).size).toBe(8);
});

test('inside one’s own contacts no two look alike, and the one met first keeps the look', () => {
  const looks = (contacts: readonly Contact[]): readonly string[] =>
    [...hoopsOf(contacts).values()].map((hoop) => `${hoop.weave} ${hoop.hue} ${hoop.turn}`);
  const contacts = accounts.slice(0, 120).map((account, i) => contact(account, i));
  expect(new Set(looks(contacts)).size).toBe(120);
  const alone = hoopOf(accounts[0] ?? '', 'Ann');
  expect(hoopsOf(contacts.toReversed()).get(accounts[0] ?? '')).toEqual(alone);
});

test('the letter is what a person would call the first letter', () => {
  expect(letterOf('  émile')).toBe('É');
  expect(letterOf('👩‍🌾 Ann')).toBe('👩‍🌾');
  expect(letterOf('   ')).toBe('·');
});
