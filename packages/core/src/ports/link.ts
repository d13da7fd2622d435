/**
 * The link port: frames to and from neighbours. A transport implements this and passes `testing/link-exam`.
 * It is passive: it dials, listens and closes only when told; who to dial is decided by `neighbours`.
 */
import type { Bytes } from '../kernel/bytes.ts';
import type { LinkCommand, LinkEvent, NeighbourId } from '../node/machine.ts';

export type { LinkCommand, LinkEvent, NeighbourId, TransportKey } from '../node/machine.ts';

export interface Link {
  /** Starts delivering events. Called once, before any command. */
  start(listener: (event: LinkEvent) => void): void;
  /** Carries out a command; the outcome comes as events. Never throws for what a peer or a network does. */
  perform(command: LinkCommand): void;
  /**
   * Queues one frame. `full`: it was not taken; wait for `drained`. For a neighbour that is gone: `gone`.
   * Frames to one neighbour arrive in order, whole, or not at all; after a lost frame none follows (the link goes down).
   */
  send(neighbour: NeighbourId, frame: Bytes): 'queued' | 'full' | 'gone';
  /** Closes everything; no event is delivered after the promise resolves. */
  stop(): Promise<void>;
}
