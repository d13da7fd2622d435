/** Frozen examples of bundle files, the one of two envelopes and a token, the other of nothing. Rule: docs/protocol/bundle.md. */
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { encodeHeader, headerFor, makeEnvelope, makePurgeToken, purgeHashOf } from '../../packages/core/src/envelope/envelope.ts';
import { encodeFrame, giveHead } from '../../packages/core/src/gossip/frames.ts';
import { compareBytes, concat, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { bundleFile } from '../../packages/core/src/runtime/bundle.ts';
import { counting, HOUR, type Json, NOW_MS } from './inputs.ts';

function envelope(suite: Suite, first: number) {
  const header = headerFor(counting(16, first), purgeHashOf(suite, counting(32, first)), 1, NOW_MS);
  return makeEnvelope(suite, header, encodeHeader(header), counting(256, first));
}

export function bundle(suite: Suite): Json {
  const token = makePurgeToken(suite, envelope(suite, 140), counting(32, 140));
  const gives = [141, 142]
    .map((first) => ({ ...envelope(suite, first), copies: first - 140, ageHours: 30 }))
    .sort((a, b) => compareBytes(a.id, b.id));
  const frames = [
    encodeFrame({ kind: 'forget', tokens: [token] }),
    ...gives.map(({ copies, ageHours, bytes }) => concat(giveHead(copies, ageHours), bytes)),
  ];
  return {
    createdHour: HOUR + 30,
    token: toHex(token),
    gives: gives.map(({ copies, ageHours, id, bytes }) => ({ copies, ageHours, id: toHex(id), envelope: toHex(bytes) })),
    file: toHex(bundleFile(suite, HOUR + 30, frames)),
    empty: toHex(bundleFile(suite, HOUR, [])),
  };
}
