/** Two different envelopes never share a tag, unless a store was set back: a tag twice would mean a chain key used twice. */

import { bodyOf, readEnvelope } from '../../../packages/core/src/envelope/envelope.ts';
import { decodeFrame } from '../../../packages/core/src/gossip/frames.ts';
import { toKey } from '../../../packages/core/src/kernel/bytes.ts';
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

export function noEnvelopeTagTwice(world: World): Oracle {
  const bodies = new Map<string, string>();
  return {
    frame: (bytes) => {
      const frame = decodeFrame(bytes);
      const read = frame?.kind === 'give' ? readEnvelope(world.suite, frame.envelope) : undefined;
      if (!read?.ok) return;
      const tag = toKey(read.value.header.tag);
      const body = toKey(bodyOf(read.value).subarray(0, 64));
      if ((bodies.get(tag) ?? body) !== body && !world.wasSetBack) throw new Error('two envelopes under one tag');
      bodies.set(tag, body);
    },
  };
}
