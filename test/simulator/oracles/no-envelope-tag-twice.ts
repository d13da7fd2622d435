/** Two different envelopes never share a tag, unless a store was set back: a tag twice would mean a chain key used twice. */
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

export function noEnvelopeTagTwice(world: World): Oracle {
  const bodies = new Map<string, string>();
  return {
    frame: ({ envelope }) => {
      if (envelope === undefined) return;
      const before = bodies.get(envelope.tag);
      if (before === undefined) bodies.set(envelope.tag, envelope.body);
      else if (before !== envelope.body && !world.wasSetBack) throw new Error('two envelopes under one tag');
    },
  };
}
