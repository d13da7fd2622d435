/** What the link and the maker of connections by hand know of each other: types only, so that a link without it holds none of its code. */
import type { Connection } from '@libp2p/interface';
import type { HandCommand, HandEvent, Path } from '../../../node/machine.ts';
import type { PassiveNode } from '../passive-node.ts';
import type { StatsSource } from '../selected-pair.ts';

export interface MadeByHand {
  readonly hand: number;
  readonly path: Path;
  /** Says which way its bytes take later. */
  readonly source: StatsSource;
  /** May be silent for so long before it counts as gone: it cannot be dialled again. */
  readonly silentMs: number;
  /** Told when the connection has become a neighbour. */
  joined(): void;
}

export interface HandHost {
  tell(event: HandEvent): void;
  /** The node that speaks under the latest key; rejects when there is none. */
  ready(): Promise<PassiveNode>;
  /** Opens the stream on a connection that this side began. Rejects when there is none to be had. */
  join(connection: Connection, signal: AbortSignal): Promise<void>;
}

export interface Hands {
  perform(command: HandCommand, host: HandHost): void;
  /** `undefined` for a connection that came about otherwise. */
  of(connection: Connection): MadeByHand | undefined;
  /** Whether an attempt under way would connect by this node. */
  isBusyWith(passive: PassiveNode): boolean;
  stop(): Promise<void>;
}
