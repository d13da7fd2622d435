/** What must hold in every world. One file an oracle; each is asked after steps and told every frame. */
import type { Bytes } from '../../../packages/core/src/kernel/bytes.ts';
import type { SimLink } from '../sim-network.ts';
import type { World } from '../world.ts';
import { carriedBytesStayBounded } from './carried-bytes-stay-bounded.ts';
import { noEnvelopeTagTwice } from './no-envelope-tag-twice.ts';
import { noFourthFate } from './no-fourth-fate.ts';
import { noNonceTwice } from './no-nonce-twice.ts';
import { noPlaintextOnTheWire } from './no-plaintext-on-the-wire.ts';
import { quotaOfStrangers } from './quota-of-strangers.ts';
import { shownOnce } from './shown-once.ts';

/** A frame on its way, and the envelope in it. */
export interface Travelling {
  readonly from: SimLink;
  readonly to: SimLink;
  readonly frame: Bytes;
  readonly envelope: TravellingEnvelope | undefined;
}

export interface TravellingEnvelope {
  /** As a key of maps. */
  readonly id: string;
  readonly tag: string;
  /** The beginning of its body: different envelopes differ there. */
  readonly body: string;
}

export interface Oracle {
  check?(): void;
  frame?(it: Travelling): void;
}

export const ORACLES: readonly ((world: World) => Oracle)[] = [
  shownOnce,
  noPlaintextOnTheWire,
  noEnvelopeTagTwice,
  noNonceTwice,
  noFourthFate,
  carriedBytesStayBounded,
  quotaOfStrangers,
];
