/** What must hold in every world. One file an oracle; each is asked after steps and told every frame. */
import type { Bytes } from '../../../packages/core/src/kernel/bytes.ts';
import type { World } from '../world.ts';
import { carriedBytesStayBounded } from './carried-bytes-stay-bounded.ts';
import { noEnvelopeTagTwice } from './no-envelope-tag-twice.ts';
import { noPlaintextOnTheWire } from './no-plaintext-on-the-wire.ts';
import { shownOnce } from './shown-once.ts';

export interface Oracle {
  check?(): void;
  frame?(frame: Bytes): void;
}

export const ORACLES: readonly ((world: World) => Oracle)[] = [
  shownOnce,
  noPlaintextOnTheWire,
  noEnvelopeTagTwice,
  carriedBytesStayBounded,
];
