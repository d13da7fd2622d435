import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerFor, foreignAddresses, type HouseNetwork, houseNetworks, isOnNetwork, nameRecords } from './name-records.ts';

const NAME = 'kith-7q2mxa9d.local';
const IP4: HouseNetwork = { name: 'wlan0', ip4: [{ address: '192.168.1.5', netmask: '255.255.255.0' }], ip6: [] };
const BOTH: HouseNetwork = { ...IP4, ip6: ['fd00::5'] };
const ask = (type: string, name = NAME): { questions: { name: string; type: string }[]; answers: never[] } => ({
  questions: [{ name, type }],
  answers: [],
});
const info = (address: string, netmask = '255.255.255.0', internal = false) => ({
  address,
  netmask,
  internal,
  family: address.includes(':') ? ('IPv6' as const) : ('IPv4' as const),
  mac: '',
  cidr: null,
  scopeid: 0,
});

describe('what is said about the name', () => {
  test('the address on the network that asked', () => {
    expect(answerFor(NAME, IP4, ask('A'), false)?.answers).toEqual([{ name: NAME, type: 'A', ttl: 120, flush: true, data: '192.168.1.5' }]);
    expect(answerFor(NAME, BOTH, ask('AAAA'), false)).toMatchObject({
      answers: [{ data: 'fd00::5' }],
      additionals: [{ data: '192.168.1.5' }],
    });
    expect(answerFor(NAME, BOTH, ask('ANY'), false)?.answers).toHaveLength(2);
  });

  test('upper and lower case are one', () => {
    expect(answerFor(NAME, IP4, ask('A', NAME.toUpperCase()), false)?.answers).toHaveLength(1);
  });

  test('who asks for an IPv6 address where there is none hears so at once', () => {
    expect(answerFor(NAME, IP4, ask('AAAA'), false)?.answers).toEqual([
      { name: NAME, type: 'NSEC', ttl: 120, flush: true, data: { nextDomain: NAME, rrtypes: ['A'] } },
    ]);
    expect(answerFor(NAME, IP4, ask('A'), false)?.additionals).toMatchObject([{ type: 'NSEC' }]);
  });

  test('nothing about other names', () => {
    for (const other of ['printer.local', `x.${NAME}`, 'local', '']) expect(answerFor(NAME, IP4, ask('A', other), false)).toBeUndefined();
  });

  test('nothing to somebody who knows it already and for a while', () => {
    const known = (ttl: number, data = '192.168.1.5') => ({ ...ask('A'), answers: [{ name: NAME, type: 'A', ttl, data }] });
    expect(answerFor(NAME, IP4, known(60), false)).toBeUndefined();
    expect(answerFor(NAME, IP4, known(59), false)?.answers).toHaveLength(1);
    expect(answerFor(NAME, IP4, known(120, '192.168.1.99'), false)?.answers).toHaveLength(1);
  });

  test('old resolvers get it for ten seconds, without the mark they do not know', () => {
    expect(answerFor(NAME, IP4, ask('A'), true)?.answers).toMatchObject([{ ttl: 10, flush: false }]);
  });

  test('whatever is asked, answering never throws', () => {
    const record = fc.record({
      name: fc.constantFrom(NAME, 'x', ''),
      type: fc.constantFrom('A', 'AAAA', 'ANY', 'NSEC', 'UNKNOWN_7'),
      ttl: fc.nat(),
      data: fc.anything(),
    });
    fc.assert(
      fc.property(
        fc.array(record),
        fc.array(record),
        fc.boolean(),
        (questions, answers, legacy) => void answerFor(NAME, BOTH, { questions, answers }, legacy),
      ),
    );
    fc.assert(fc.property(fc.array(record), (heard) => void foreignAddresses(NAME, heard, new Set())));
  });
});

describe('networks', () => {
  const found = {
    lo: [info('127.0.0.1', '255.0.0.0', true)],
    eth0: [info('192.168.1.5'), info('fe80::1'), info('fd00::5')],
    tun0: [info('fd00::9')],
  };

  test('all are those with an IPv4 address but for loopback, without link-local addresses', () => {
    expect(houseNetworks(found, 'all')).toEqual([
      { name: 'eth0', ip4: [{ address: '192.168.1.5', netmask: '255.255.255.0' }], ip6: ['fd00::5'] },
    ]);
  });

  test('those named are taken even if they are loopback', () => {
    expect(houseNetworks(found, ['lo']).map((network) => network.name)).toEqual(['lo']);
    expect(houseNetworks(found, ['wlan9'])).toEqual([]);
  });

  test('a packet belongs to the network of its sender', () => {
    expect(isOnNetwork(IP4, '192.168.1.200')).toBe(true);
    expect(isOnNetwork(IP4, '192.168.2.5')).toBe(false);
    expect(isOnNetwork(IP4, 'fd00::7')).toBe(false);
  });
});

describe('a conflict', () => {
  test('is an address for our name that is not ours', () => {
    const own = new Set(['192.168.1.5', '10.0.0.5']);
    const heard = (data: string, ttl = 120, name = NAME) => [{ name, type: 'A', ttl, data }];
    expect(foreignAddresses(NAME, heard('192.168.1.66'), own)).toEqual(['192.168.1.66']);
    expect(foreignAddresses(NAME, heard('10.0.0.5'), own)).toEqual([]);
    expect(foreignAddresses(NAME, heard('192.168.1.66', 0), own)).toEqual([]);
    expect(foreignAddresses(NAME, heard('192.168.1.66', 120, 'other.local'), own)).toEqual([]);
  });

  test('our own words are never one', () => {
    expect(foreignAddresses(NAME, nameRecords(NAME, BOTH), new Set(['192.168.1.5', 'fd00::5']))).toEqual([]);
  });
});
