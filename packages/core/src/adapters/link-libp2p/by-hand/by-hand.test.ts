import { afterEach, expect, test, vi } from 'vitest';
import type { HandEvent } from '../../../node/machine.ts';
import type { PassiveNode } from '../passive-node.ts';
import { ByHand } from './by-hand.ts';

afterEach(() => void vi.unstubAllGlobals());

/** What becomes of beginning one where the node is there, or not. */
async function begin(ready: () => Promise<PassiveNode>): Promise<HandEvent> {
  const hands = new ByHand();
  return new Promise((resolve) =>
    hands.perform(
      { kind: 'hand-offer', hand: 3, codeBytesMax: 200 },
      { tell: resolve, ready, join: () => Promise.reject(new Error('nobody joins')) },
    ),
  );
}

const anyNode = async (): Promise<PassiveNode> => ({}) as PassiveNode;

test('where nothing can connect, that is said', async () => {
  expect(await begin(anyNode)).toEqual({ kind: 'hand-failed', hand: 3, reason: 'no-transport' });
});

test('what nobody foresaw may be tried again', async () => {
  class Broken {
    constructor() {
      throw new Error('too many connections');
    }
  }
  vi.stubGlobal('RTCPeerConnection', Broken);
  const failed = { kind: 'hand-failed', hand: 3, reason: 'timed-out' };
  expect(await begin(anyNode)).toEqual(failed);
  expect(await begin(() => Promise.reject(new Error('the node could not be made')))).toEqual(failed);
});
