import { publicKeyFromRaw } from '@libp2p/crypto/keys';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../kernel/bytes.ts';
import { localAddresses, peerIdOf, throughRelay } from './addresses.ts';
import { ADDRESS_LENGTH_MAX, ADDRESSES_MAX } from './limits.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('a transport key has the peer id that libp2p gives it', () => {
  fc.assert(
    fc.property(key, (raw) => {
      const expected = peerIdFromPublicKey(publicKeyFromRaw(raw) as Parameters<typeof peerIdFromPublicKey>[0]).toString();
      expect(peerIdOf(toHex(raw))).toBe(expected);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test.each(['', 'ab', 'g'.repeat(64), 'a'.repeat(63), 'a'.repeat(66)])('%j is no transport key', (text) => {
  expect(peerIdOf(text)).toBeUndefined();
});

test('a person is reached by WebRTC through the circuit of a relay', () => {
  const [relay, person] = [peerIdOf('11'.repeat(32)) ?? '', peerIdOf('22'.repeat(32)) ?? ''];
  expect(throughRelay('/dns4/r/tcp/1/ws', relay, person)).toBe(`/dns4/r/tcp/1/ws/p2p/${relay}/p2p-circuit/webrtc/p2p/${person}`);
});

test('an address of the local network is plain TCP at a private address', () => {
  const local = ['/ip4/10.77.0.1/tcp/4001', '/ip4/172.31.255.255/tcp/65535', '/ip4/192.168.0.2/tcp/1024', '/ip4/169.254.1.1/tcp/40000'];
  const more = ['/ip4/100.64.0.1/tcp/40000', '/ip6/fd12:3456::1/tcp/40000', '/ip6zone/wlan0/ip6/fe80::1/tcp/4001'];
  expect(localAddresses([...local, ...more])).toEqual([...local, ...more]);
});

test.each([
  ['this very device', '/ip4/127.0.0.1/tcp/4001'],
  ['this very device, the newer way', '/ip6/::1/tcp/4001'],
  ['somewhere in the world', '/ip4/192.0.2.1/tcp/4001'],
  ['somewhere in the world, the newer way', '/ip6/2001:db8::1/tcp/4001'],
  ['just outside a private network', '/ip4/172.32.0.1/tcp/4001'],
  ['on no network in particular', '/ip6/fe80::1/tcp/4001'],
  ['somewhere in the world, by one network', '/ip6zone/wlan0/ip6/2001:db8::1/tcp/4001'],
  ['on a network whose name is none', '/ip6zone/wlan0 /ip6/fe80::1/tcp/4001'],
  ['a name', '/dns4/r.example/tcp/4001'],
  ["a system's own service", '/ip4/10.0.0.1/tcp/1023'],
  ['no port', '/ip4/10.0.0.1/tcp/65536'],
  ['no number', '/ip4/10.0.0.256/tcp/4001'],
  ['a number that others read otherwise', '/ip4/10.0.0.010/tcp/4001'],
  ['another transport', '/ip4/10.0.0.1/udp/4001'],
  ['something behind it', '/ip4/10.0.0.1/tcp/4001/ws'],
  ['somebody else behind it', '/ip4/10.0.0.1/tcp/4001/p2p-circuit'],
  ['two lines', '/ip4/10.0.0.1/tcp/4001\n'],
])('%s is not dialled because somebody announced it', (_, address) => {
  expect(localAddresses([address])).toEqual([]);
});

test('what was announced is read without trouble, whatever it is, and a bounded part of it kept', () => {
  const near = fc.constantFrom('/ip4/10.0.0.1/tcp/4001', '/ip4/10.0.0.2/tcp/4002');
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ maxLength: 2 * ADDRESS_LENGTH_MAX }), near), { maxLength: 40 }), (addresses) => {
      const local = localAddresses(addresses);
      expect(local.length).toBeLessThanOrEqual(ADDRESSES_MAX);
      expect(local.every((one) => addresses.includes(one) && one.startsWith('/ip'))).toBe(true);
    }),
    { seed: 3, numRuns: 200 },
  );
});
