/** Who a neighbour is to this node, as far as gossip needs to know: never which person. */

/** `own`: a device or relay of one's own, or a file one chose oneself. `contact`: a device of somebody known. `stranger`: everybody else. */
export type Tier = 'own' | 'contact' | 'stranger';

export const TIERS: readonly Tier[] = ['own', 'contact', 'stranger'];

export interface Who {
  /** By which what it deposits is counted: its transport key. */
  readonly key: string;
  readonly tier: Tier;
  /** The node uses this neighbour as a relay; what a stranger says of itself does not make it one. */
  readonly isKnownRelay: boolean;
}
