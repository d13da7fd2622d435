import { expect, test } from 'vitest';
import { greeting } from './cli/greeting.ts';
import { lanAddresses } from './lan-addresses.ts';

const info = (address: string, internal = false) => ({ address, netmask: '', internal, family: 'IPv4' as const, mac: '', cidr: null });
const FOUND = {
  lo: [info('127.0.0.1', true)],
  docker0: [info('172.17.0.1')],
  eth1: [info('203.0.113.9'), info('169.254.3.3')],
  wlan0: [info('192.168.1.5')],
};

test('the address a phone can most likely open comes first', () => {
  expect(lanAddresses(FOUND, undefined)).toEqual(['192.168.1.5', '203.0.113.9', '172.17.0.1']);
});

test('only the chosen address is told when one was chosen', () => {
  expect(lanAddresses(FOUND, '203.0.113.9')).toEqual(['203.0.113.9']);
  expect(lanAddresses(FOUND, '127.0.0.1')).toEqual([]);
  expect(lanAddresses(FOUND, '0.0.0.0')).toHaveLength(3);
});

const FACTS = {
  local: 'http://localhost:8080',
  trustPages: ['http://192.168.1.5:8080'],
  origin: 'https://kith-7q2mxa9d.local:8443',
  listensAt: 8443,
  originPort: 8443,
  words: ['lantern', 'orchard', 'seven', 'harbour'],
  hasApp: true,
  answersName: true,
  room: 'The disk has room.',
  turn: '',
  reach: [],
};

test('the greeting has every address on a line of its own, the words, and a code', () => {
  const lines = greeting(FACTS, false).split('\n');
  expect(lines[0]).toBe('ready http://localhost:8080');
  expect(lines).toContain('http://192.168.1.5:8080');
  expect(lines).toContain('https://kith-7q2mxa9d.local:8443');
  expect(lines.join('\n')).toContain('lantern orchard seven harbour');
  expect(lines.filter((line) => /^[█▄▀ ]{20,}$/.test(line)).length).toBeGreaterThan(10);
});

test('the greeting says what is missing', () => {
  const text = greeting({ ...FACTS, hasApp: false, listensAt: 9443, answersName: false }, false);
  expect(text).toContain('The app is not built');
  expect(text).toContain('something must lead from port 8443 to it');
  expect(text).toContain('not answered for from here');
});
