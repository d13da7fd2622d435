/**
 * Keeps a side that shows its one code waiting for the other. Firefox gives up some five seconds after it was told of nobody to try; as long as it has somebody, it waits.
 * So it is told of this device itself, at a port where nothing is, again and again: what it tries never leaves the device. Rule: docs/protocol/by-hand.md §4.
 */
import { type Candidate, lineOf } from './candidate.ts';
import type { KeptConnection } from './ice-keeper.ts';
import { PATIENCE_MS, SHOWN_MS } from './limits.ts';
import { MID } from './session-description.ts';

/** Nobody listens there: the port of the discard service. */
const NOWHERE_PORT = 9;

/** Until the other side is there, or the connection is closed, or nobody came for as long as a code may stand. */
export function waitPatiently(connection: KeptConnection, own: readonly Candidate[]): void {
  const [first] = own;
  if (first === undefined) return;
  const nobody: Candidate = { ...first, port: NOWHERE_PORT };
  let round = 0;
  // not at once: mostly the other side is there by then
  const timer = setInterval(tell, PATIENCE_MS);

  function tell(): void {
    const isDone = connection.connectionState === 'connected' || connection.connectionState === 'closed';
    if (isDone || round * PATIENCE_MS > SHOWN_MS) return clearInterval(timer);
    round++;
    connection.addIceCandidate({ candidate: lineOf(nobody, 0, round), sdpMid: MID }).catch(() => {});
  }
}
