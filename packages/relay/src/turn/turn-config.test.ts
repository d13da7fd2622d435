import { expect, test } from 'vitest';
import { turnBounds } from './bounds.ts';
import { turnConfig } from './turn-config.ts';

const of = (...addresses: string[]): string[] =>
  turnConfig({ port: 4003, addresses, folder: '/data/turn', bounds: turnBounds(512) }, 'secret').split('\n');
const lines = of('192.168.1.5', '10.0.0.2');

test('it listens and relays at the addresses it was given and at no other', () => {
  expect(lines.filter((line) => line.startsWith('listening-ip='))).toEqual(['listening-ip=192.168.1.5', 'listening-ip=10.0.0.2']);
  expect(lines.filter((line) => line.startsWith('relay-ip='))).toEqual(['relay-ip=192.168.1.5', 'relay-ip=10.0.0.2']);
});

test('phones come by IPv6 too, and meet by IPv4 where there is any', () => {
  const both = of('192.168.1.5', '2001:db8::5');
  expect(both.filter((line) => line.startsWith('listening-ip='))).toEqual(['listening-ip=192.168.1.5', 'listening-ip=2001:db8::5']);
  expect(both.filter((line) => line.startsWith('relay-ip='))).toEqual(['relay-ip=192.168.1.5']);
  expect(both.some((line) => line.startsWith('allocation-default'))).toBe(false);
  expect(of('2001:db8::5')).toEqual(expect.arrayContaining(['relay-ip=2001:db8::5', 'allocation-default-address-family=ipv6']));
});

test('there is a bound for each name, for each allocation and for all together', () => {
  const bounds = ['user-quota=32', 'total-quota=256', 'max-bps=250000', 'bps-capacity=64000000'];
  expect(lines).toEqual(expect.arrayContaining(bounds));
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
