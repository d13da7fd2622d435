import { publicKeyFromRaw } from '@libp2p/crypto/keys';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../kernel/bytes.ts';
import { peerIdOf, throughRelay } from './addresses.ts';

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
  expect(throughRelay('/dns4/r/tcp/1/ws', text, 'a'.repeat(64))).toBeUndefined();
  expect(throughRelay('/dns4/r/tcp/1/ws', 'a'.repeat(64), text)).toBeUndefined();
});

test('a person is reached by WebRTC through the circuit of a relay', () => {
  const [relay, person] = ['11'.repeat(32), '22'.repeat(32)];
  expect(throughRelay('/dns4/r/tcp/1/ws', relay, person)).toBe(
    `/dns4/r/tcp/1/ws/p2p/${peerIdOf(relay)}/p2p-circuit/webrtc/p2p/${peerIdOf(person)}`,
  );
});
