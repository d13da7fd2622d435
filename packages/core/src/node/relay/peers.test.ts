import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../../kernel/bytes.ts';
import { peerIdOf } from '../../neighbours/addresses.ts';
import { joinPeers, keyOfPeerId, readPeer } from './peers.ts';

const KEY = 'ab'.repeat(32);
const PEER = peerIdOf(KEY) as string;
const OTHER = peerIdOf('cd'.repeat(32)) as string;

test.each([
  '/ip4/203.0.113.7/tcp/4001',
  '/ip6/2001:db8::7/tcp/4001',
  '/dns4/kith.example.org/tcp/4001',
  '/dns6/my-house.dyndns.example/tcp/65535',
  `/dns4/${'a'.repeat(56)}.onion/tcp/80`,
  `/dns4/kith.example.org/tcp/4001/p2p/${OTHER}/p2p-circuit`,
])('a relay at %s is taken', (address) => {
  expect(readPeer(`${address}/p2p/${PEER}`)).toEqual({ ok: true, value: { key: KEY, addresses: [address] } });
});

test.each([
  '',
  `/ip4/203.0.113.7/tcp/4001`,
  `/ip4/203.0.113.256/tcp/4001/p2p/${PEER}`,
  `/ip4/203.0.113.07/tcp/4001/p2p/${PEER}`,
  `/ip4/203.0.113.7/tcp/65536/p2p/${PEER}`,
  `/ip4/203.0.113.7/tcp/0/p2p/${PEER}`,
  `/ip4/203.0.113.7/udp/4001/p2p/${PEER}`,
  `/ip4/203.0.113.7/tcp/4001/ws/p2p/${PEER}`,
  `/p2p/${OTHER}/p2p-circuit/p2p/${PEER}`,
  `/dns4/kith..org/tcp/4001/p2p/${PEER}`,
  `/dns4/kith org/tcp/4001/p2p/${PEER}`,
  `/dnsaddr/kith.example.org/p2p/${PEER}`,
  `kith.example.org:4001`,
])('%s is no address of a relay', (text) => {
  expect(readPeer(text)).toEqual({ ok: false, refusal: 'bad-address' });
});

test.each([PEER.slice(0, -1), `${PEER}1`, PEER.replace('1', 'l'), 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N', `1${PEER}`])(
  '%s is no peer id of a relay',
  (peerId) => {
    expect(readPeer(`/ip4/203.0.113.7/tcp/4001/p2p/${peerId}`)).toEqual({ ok: false, refusal: 'bad-peer-id' });
  },
);

test.each([PEER, OTHER.slice(0, -1), `${OTHER}/p2p/${OTHER}`, `${OTHER}/p2p-circuit/webrtc/p2p/${OTHER}`])(
  'a relay is not named through %s',
  (through) => {
    const text = `/ip4/203.0.113.7/tcp/4001/p2p/${through}/p2p-circuit/p2p/${PEER}`;
    expect(readPeer(text)).toEqual({ ok: false, refusal: 'bad-peer-id' });
  },
);

test('a peer id is read back as the key it was written from', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
      const key = toHex(bytes);
      expect(keyOfPeerId(peerIdOf(key) as string)).toBe(key);
    }),
    { seed: 5, numRuns: 200 },
  );
});

test('a relay that is named twice has both addresses', () => {
  const at = (address: string, key = KEY): { key: string; addresses: readonly string[] } => ({ key, addresses: [address] });
  expect(joinPeers([at('/a'), at('/b', 'cd'.repeat(32)), at('/c'), at('/a')])).toEqual([
    { key: KEY, addresses: ['/a', '/c'] },
    { key: 'cd'.repeat(32), addresses: ['/b'] },
  ]);
});
