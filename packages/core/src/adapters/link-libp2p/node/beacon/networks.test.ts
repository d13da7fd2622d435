import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { addressAt, beaconNetworks, networkOf } from './networks.ts';

const EVERYWHERE = { ip4: '0.0.0.0', ip6: '::' };
const ip4 = (cidr: string, internal = false): NetworkInterfaceInfo => ({
  address: cidr.split('/')[0] as string,
  netmask: '',
  family: 'IPv4',
  mac: '00:00:00:00:00:01',
  internal,
  cidr,
});
const ip6 = (cidr: string): NetworkInterfaceInfo => ({ ...ip4(cidr), family: 'IPv6', scopeid: 2 });

test('a network is an address of an interface, with the broadcast address of its size', () => {
  const found = { lo: [ip4('127.0.0.1/8', true)], eth0: [ip4('10.77.3.1/20'), ip4('192.168.1.5/30')], tun0: [ip4('10.8.0.2/32')] };
  expect(beaconNetworks(found, EVERYWHERE)).toEqual([
    { family: 4, interface: 'eth0', address: '10.77.3.1', broadcast: '10.77.15.255', bits: 20 },
    { family: 4, interface: 'eth0', address: '192.168.1.5', broadcast: '192.168.1.7', bits: 30 },
    { family: 4, interface: 'tun0', address: '10.8.0.2', broadcast: undefined, bits: 32 },
  ]);
});

test('of IPv6 only the address that every interface has is a network, and it has no broadcast', () => {
  const found = { eth0: [ip6('fe80::1/64'), ip6('2001:db8::1/64'), ip6('fd00::1/64')] };
  expect(beaconNetworks(found, EVERYWHERE)).toEqual([{ family: 6, interface: 'eth0', address: 'fe80::1', broadcast: undefined, bits: 64 }]);
});

test('whoever listens at one address is announced there alone, and whoever listens at none nowhere', () => {
  const found = { eth0: [ip4('10.0.0.1/24'), ip6('fe80::1/64')], eth1: [ip4('10.0.1.1/24')] };
  const addresses = (listening: { ip4: string | undefined; ip6: string | undefined }): readonly string[] =>
    beaconNetworks(found, listening).map(({ address }) => address);
  expect(addresses({ ip4: '10.0.1.1', ip6: undefined })).toEqual(['10.0.1.1']);
  expect(addresses({ ip4: '127.0.0.1', ip6: undefined })).toEqual([]);
  expect(addresses({ ip4: undefined, ip6: '::' })).toEqual(['fe80::1']);
});

test('a packet comes from the network its source is in, and from none if that is elsewhere', () => {
  const networks = beaconNetworks({ eth0: [ip4('10.77.3.1/20'), ip6('fe80::1/64')], wlan0: [ip4('192.168.1.5/24')] }, EVERYWHERE);
  const of = (source: string): string | undefined => networkOf(source, networks)?.address;
  expect([of('10.77.15.9'), of('192.168.1.9'), of('fe80::9%eth0')]).toEqual(['10.77.3.1', '192.168.1.5', 'fe80::1']);
  expect(['10.77.16.9', '192.168.2.9', '8.8.8.8', 'fe80::9%wlan0', 'fe80::9', '', 'x'].map(of)).toEqual(Array(7).fill(undefined));
});

test('the address of somebody is where the packet came from', () => {
  expect(addressAt('10.0.0.9', 4001)).toBe('/ip4/10.0.0.9/tcp/4001');
  expect(addressAt('fe80::9%eth0', 4001)).toBe('/ip6zone/eth0/ip6/fe80::9/tcp/4001');
});
