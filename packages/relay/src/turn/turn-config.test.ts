import { expect, test } from 'vitest';
import { turnConfig } from './turn-config.ts';

const lines = turnConfig({ port: 4003, addresses: ['192.168.1.5', '10.0.0.2'], folder: '/data/turn' }, 'secret').split('\n');

test('it listens and relays at the addresses it was given and at no other', () => {
  expect(lines.filter((line) => line.startsWith('listening-ip='))).toEqual(['listening-ip=192.168.1.5', 'listening-ip=10.0.0.2']);
  expect(lines.filter((line) => line.startsWith('relay-ip='))).toEqual(['relay-ip=192.168.1.5', 'relay-ip=10.0.0.2']);
});

test('nobody uses it without credentials, and nobody administers it over the network', () => {
  expect(lines).toEqual(expect.arrayContaining(['use-auth-secret', 'static-auth-secret=secret', 'no-cli']));
  expect(lines).not.toContain('no-auth');
});

test('it writes down nothing about who uses it', () => {
  expect(lines).toEqual(expect.arrayContaining(['log-file=/dev/null', 'no-stdout-log']));
  expect(lines.some((line) => /^verbose|^Verbose/.test(line))).toBe(false);
});

test('nobody reaches the programs of this machine that listen for it alone', () => {
  expect(lines).toEqual(expect.arrayContaining(['denied-peer-ip=127.0.0.0-127.255.255.255', 'denied-peer-ip=0.0.0.0-0.255.255.255']));
  expect(lines.some((line) => line.startsWith('allow-loopback-peers') || line.startsWith('allowed-peer-ip'))).toBe(false);
});
