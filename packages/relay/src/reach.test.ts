import { expect, test } from 'vitest';
import { describeReach, readPeers, readProxy } from './reach.ts';

const ID = '12D3KooWMJqFs3jJbvJNDaDq3nUEQrwTCNNM7PPVSbPR2oSSykvN';
const PEER = `/dns4/kith.example.org/tcp/4001/p2p/${ID}`;

test('relays are named by address and id; the same one twice is one with two addresses', () => {
  const peers = readPeers([PEER, `/ip6/2001:db8::1/tcp/4001/p2p/${ID}`], '--peer');
  expect(peers).toEqual([
    { key: expect.stringMatching(/^[0-9a-f]{64}$/), addresses: ['/dns4/kith.example.org/tcp/4001', '/ip6/2001:db8::1/tcp/4001'] },
  ]);
});

test.each([
  ['kith.example.org', '--peer must look like /dns4/kith.example.org/tcp/4001/p2p/12D3KooW…'],
  ['/dns4/kith.example.org/tcp/4001', 'must look like'],
  [`${PEER}x`, "must end in /p2p/ and the other relay's id"],
])('%s is answered with a sentence', (text, sentence) => {
  expect(readPeers([PEER, text], '--peer')).toContain(sentence);
});

test.each([
  ['socks5://127.0.0.1:9050', { host: '127.0.0.1', port: 9050 }],
  ['socks5h://tor.lan:9050/', { host: 'tor.lan', port: 9050 }],
  ['socks5://[::1]:9050', { host: '::1', port: 9050 }],
  ['socks5://ann:a%20secret@127.0.0.1:9050', { host: '127.0.0.1', port: 9050, username: 'ann', password: 'a secret' }],
])('%s is a proxy', (text, proxy) => {
  expect(readProxy(text)).toEqual(proxy);
});

test.each([
  '127.0.0.1:9050',
  'socks4://127.0.0.1:9050',
  'http://127.0.0.1:80',
  'socks5://127.0.0.1',
  'socks5://:9050',
  'socks5://h:0',
  'socks5://h:70000',
  'socks5://h:1/path',
  'socks5://%ff@h:1',
])('%s is none', (text) => {
  expect(readProxy(text)).toBeUndefined();
});

test('what is said of it names networks and counts, the id others need, and no password', () => {
  const proxy = { host: '127.0.0.1', port: 9050, username: 'ann', password: 'secret' };
  const peer = { key: 'cd'.repeat(32), addresses: [], isConnected: true };
  const lines = describeReach(
    { mdns: false, beacon: { port: 14_720, interfaces: ['eth0', 'wlan0'], hears: true, heard: 2 } },
    {
      key: 'ab'.repeat(32),
      peers: [peer, { ...peer, isConnected: false }],
      addresses: ['/dns4/kith.local/tcp/8443/tls/ws', '/ip4/10.0.0.1/tcp/4001'],
    },
    proxy,
  );
  expect(lines).toEqual([
    expect.stringMatching(/--peer \/ip4\/<this machine's address>\/tcp\/4001\/p2p\/12D3KooW\w+$/),
    'Relays nearby find it by its beacon, UDP port 14720, on eth0, wlan0; 2 heard.',
    'Of 2 relays that it keeps in touch with, through the proxy 127.0.0.1:9050, 1 are connected.',
  ]);
  expect(lines.join()).not.toContain('secret');
});

test('a relay that nobody nearby finds says so', () => {
  const lines = describeReach({ mdns: false, beacon: undefined }, { key: 'ab'.repeat(32), peers: [], addresses: [] }, undefined);
  expect(lines[1]).toContain('do not find it');
});
