/** Writes valid envelopes for nobody, without end, and offers them to everybody it meets. */
import { encodeHeader, headerFor, makeEnvelope } from '../../../packages/core/src/envelope/envelope.ts';
import { nowAndThen } from '../faults.ts';
import type { HostilePeer, Script } from './hostile-peer.ts';

const BODY_BYTES = 512;
const HOUR_MS = 3_600_000;

export function flood(): Script {
  return {
    starts: (peer) => {
      const everyMs = (): number => HOUR_MS / peer.world.profile.floodPerHour;
      nowAndThen(peer.world, peer.chance.fork('flood'), everyMs, () => writeForNobody(peer));
    },
  };
}

function writeForNobody(peer: HostilePeer): void {
  const { suite, nowMs } = peer.world;
  const header = headerFor(peer.chance.bytes(16), peer.chance.bytes(16), 1, nowMs);
  peer.gossip.publish(makeEnvelope(suite, header, encodeHeader(header), peer.chance.bytes(BODY_BYTES)), nowMs);
  peer.perform();
}
