import { expect, test } from 'vitest';
import { ip6Addresses } from './ip6-addresses.ts';

const line = (digits: string, scope: string, flags: string, name: string): string =>
  `${digits} 02 40 ${scope} ${flags} ${name.padStart(8)}`;
const LASTING = '20010db8000000000000000000000005';
const TABLE = `${[
  line('00000000000000000000000000000001', '10', '80', 'lo'),
  line('fe80000000000000020c29fffe123456', '20', '80', 'eth0'),
  line(LASTING, '00', '80', 'eth0'),
  line('20010db800000000a1b2c3d4e5f60718', '00', '01', 'eth0'),
  line('20010db8000000000000000000000006', '00', '20', 'eth0'),
  line('20010db8000000000000000000000007', '00', '40', 'eth0'),
  line('20010db8000000000000000000000008', '00', '88', 'eth0'),
  line('fd120000000000000000000000000009', '00', '00', 'wlan0'),
  line('fd990000000000000000000000000001', '00', '80', 'docker0'),
].join('\n')}\n`;

test('addresses that last are taken, and none that is temporary, old, unproven or of this machine alone', () => {
  expect(ip6Addresses(TABLE, undefined)).toEqual(['2001:db8::5', 'fd12::9']);
  expect(ip6Addresses(TABLE, '::')).toEqual(['2001:db8::5', 'fd12::9']);
});

test('where one address was chosen, it alone', () => {
  expect(ip6Addresses(TABLE, '2001:db8:0:0::5')).toEqual(['2001:db8::5']);
  expect(ip6Addresses(TABLE, '2001:db8::99')).toEqual([]);
  expect(ip6Addresses(TABLE, '192.168.1.5')).toEqual([]);
  expect(ip6Addresses(TABLE, 'fe80::20c:29ff:fe12:3456%eth0')).toEqual([]);
});

test.each(['', '\n', 'nothing of the kind', `${LASTING} 02 40 00 zz eth0`, LASTING])('a table like %j holds none', (table) => {
  expect(ip6Addresses(table, undefined)).toEqual([]);
});
