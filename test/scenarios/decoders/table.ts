/**
 * Every function of the core that reads bytes or text it did not write, each with examples that it takes. `decoders.test.ts` turns the
 * examples into what a stranger might send; a new decoder that has no line, and no reason in `exceptions.ts`, fails that test.
 * The lines of a folder of packages/core/src stand in the file of its name beside this one.
 */
import type { Suite } from '../../../packages/core/src/crypto/suite.ts';
import { adapterDecoders } from './adapters.ts';
import { type Cast, castOf } from './cast.ts';
import { contentDecoders } from './content.ts';
import { conversationDecoders } from './conversation.ts';
import type { Decoder } from './decoder.ts';
import { envelopeDecoders } from './envelope.ts';
import { gossipDecoders } from './gossip.ts';
import { identityDecoders } from './identity.ts';
import { kernelDecoders } from './kernel.ts';
import { nodeDecoders } from './node.ts';
import { rendezvousDecoders } from './rendezvous.ts';
import { runtimeDecoders } from './runtime.ts';
import { sessionDecoders } from './session.ts';

export const TABLE: Readonly<Record<string, (cast: Cast) => readonly Decoder[]>> = {
  adapters: adapterDecoders,
  content: contentDecoders,
  conversation: conversationDecoders,
  envelope: envelopeDecoders,
  gossip: gossipDecoders,
  identity: identityDecoders,
  kernel: kernelDecoders,
  node: nodeDecoders,
  rendezvous: rendezvousDecoders,
  runtime: runtimeDecoders,
  session: sessionDecoders,
};

export function decodersOf(suite: Suite): readonly Decoder[] {
  const cast = castOf(suite);
  return Object.values(TABLE).flatMap((lines) => lines(cast));
}
