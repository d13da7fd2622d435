/** How long a link waits and how much it takes, as far as somebody may choose it. Values alone. Rule: docs/protocol/link.md §2. */

/** Times and sizes of a link; every one has a default and is lower only in tests. */
export interface LinkTuning {
  /** Default 65,536. Both sides must agree. */
  readonly frameBytesMax?: number;
  /** Bytes that wait for one neighbour before `send` answers `full`. Default 1 MiB. */
  readonly queueBytesMax?: number;
  /** Default 15 s. */
  readonly keepAliveMs?: number;
  /** A neighbour not heard for this long is closed. Default 45 s. */
  readonly silentMs?: number;
  /** Default 10 s. */
  readonly dialTimeoutMs?: number;
  /** How often a reservation is checked. Default 15 s. */
  readonly reserveCheckMs?: number;
  /** An incoming connection on which nothing happens is closed after this long. Default 60 s. */
  readonly idleMs?: number;
  /** Who gives no sign of life for this long after `probe` is taken down. Default 2 s: what is lost here is slow to come about again. */
  readonly probeMs?: number;
  /** The same for a connection that was dialled to a relay: it is there again within a moment. Default 1 s. */
  readonly probeRelayMs?: number;
  /** Who has given none by then is asked a second time. Default 400 ms. */
  readonly probeAgainMs?: number;
}

export const DEFAULT_TUNING: Required<LinkTuning> = {
  frameBytesMax: 65_536,
  queueBytesMax: 1_048_576,
  keepAliveMs: 15_000,
  silentMs: 45_000,
  dialTimeoutMs: 10_000,
  reserveCheckMs: 15_000,
  idleMs: 60_000,
  probeMs: 2_000,
  probeRelayMs: 1_000,
  probeAgainMs: 400,
};
