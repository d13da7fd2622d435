/** What kinds of worlds there are, as data. Times in milliseconds of virtual time, chances per event. */
export interface Profile {
  readonly people: number;
  readonly relays: number;
  readonly latencyMs: { readonly least: number; readonly most: number };
  /** Chance that a turn of a node dies before its commit, or between commit and sending; it restarts after `restartMs`. */
  readonly crashBeforeCommit: number;
  readonly crashAfterCommit: number;
  /** Chance that a commit finds the disk full. */
  readonly fullDisk: number;
  readonly restartMs: number;
  /** A node leaves its network about this often, and for how long. */
  readonly awayEveryMs: number;
  readonly awayForMs: number;
  /** Phones that know each other can also connect directly. */
  readonly direct: boolean;
}

const CALM = { crashBeforeCommit: 0, crashAfterCommit: 0, fullDisk: 0, restartMs: 1000, awayEveryMs: 0, awayForMs: 0 };

export const PROFILES = {
  /** A family and its relay on a good day. */
  household: { people: 5, relays: 1, latencyMs: { least: 1, most: 20 }, ...CALM, direct: true },
  /** The same family on a bad one: everything of ours that can break breaks. */
  troubled: {
    people: 3,
    relays: 1,
    latencyMs: { least: 1, most: 400 },
    crashBeforeCommit: 0.02,
    crashAfterCommit: 0.02,
    fullDisk: 0.01,
    restartMs: 5000,
    awayEveryMs: 120_000,
    awayForMs: 60_000,
    direct: true,
  },
  /** Nobody but the relay between them. */
  throughRelay: { people: 2, relays: 1, latencyMs: { least: 1, most: 50 }, ...CALM, direct: false },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
