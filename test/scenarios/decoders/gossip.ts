/** Decoders of packages/core/src/gossip. */
import { decodeCarried, encodeCarried, NOBODY } from '../../../packages/core/src/gossip/carried.ts';
import { decodeFrame, encodeFrame, type Frame, giveHead, pushHead } from '../../../packages/core/src/gossip/frames.ts';
import { emptyCells } from '../../../packages/core/src/gossip/reconcile/cells.ts';
import { Sketch } from '../../../packages/core/src/gossip/reconcile/sketch.ts';
import { encodeCells, readCells } from '../../../packages/core/src/gossip/reconcile/wire.ts';
import { type Bytes, concat } from '../../../packages/core/src/kernel/bytes.ts';
import { plainHello } from '../../../packages/core/src/testing/gossip-holder.ts';
import type { Cast } from './cast.ts';
import { counting, type Decoder, HOUR } from './decoder.ts';

function framesOf(): readonly Bytes[] {
  const [id, tag] = [counting(32, 90), counting(16, 91)];
  const said: readonly Exclude<Frame, { kind: 'give' | 'push' }>[] = [
    plainHello(),
    { kind: 'have', entries: [{ id, tag, class: 1, size: 3, copies: 4 }] },
    { kind: 'want', ids: [id, counting(32, 92)] },
    { kind: 'results', results: [{ id, result: 'accepted' }] },
    { kind: 'forget', tokens: [counting(108, 93)] },
    { kind: 'tags', replace: true, tags: [tag] },
    { kind: 'announce', ids: [id] },
    { kind: 'graft', ids: [id, id] },
    { kind: 'prune', hops: 4 },
    { kind: 'sketch', set: 'tokens', size: 70_000, digest: id, salt: tag, exceptions: [id] },
    { kind: 'symbols', set: 'held', cells: counting(40, 95) },
    { kind: 'stop', set: 'held', isDecoded: true },
    { kind: 'lacks', set: 'tokens', shorts: [counting(8, 96)] },
    { kind: 'upto', cursor: { incarnation: counting(8, 97), number: 5 } },
    { kind: 'stamp', nonce: 70_000, ids: [id] },
  ];
  const handed = [giveHead(4, 300), pushHead(2, 4, 300)].map((head) => concat(head, counting(300, 94)));
  return [...said.map((frame) => encodeFrame(frame)), ...handed];
}

export function gossipDecoders({ suite }: Cast): readonly Decoder[] {
  const id = counting(32, 5);
  const sketch = new Sketch(suite, counting(16, 6));
  for (const n of [1, 2, 3]) sketch.add(counting(32, n));
  const carried = encodeCarried({
    id,
    tag: counting(16, 1),
    class: 1,
    size: 2,
    expiryHour: HOUR,
    own: true,
    copies: 3,
    ageHours: 4,
    arrivedHour: HOUR,
    depositor: NOBODY,
    tier: 'own',
  });
  return [
    { at: 'gossip/frames.ts decodeFrame', examples: framesOf(), read: decodeFrame, takesParts: true },
    {
      at: 'gossip/reconcile/wire.ts readCells',
      examples: [encodeCells(sketch.snapshot(), 0, 40)],
      read: (bytes) => readCells(bytes, 3, emptyCells(), 0),
      takesParts: true,
      spare: { bytes: 4096 * 16, reason: 'the cells of a whole stream, which the reader of one piece is given' },
    },
    { at: 'gossip/carried.ts decodeCarried', examples: [carried], read: (bytes) => decodeCarried(id, bytes) },
  ];
}
