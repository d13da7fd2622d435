/** What kinds of worlds there are, as data. Times in milliseconds of virtual time, chances per event. Told of in docs/delivery.md. */

/** What breaks, and how often; 0 for never. */
export interface Faults {
  /** Chance that a turn of a node dies before its commit, or between commit and sending; it restarts after `restartMs`. */
  readonly crashBeforeCommit: number;
  readonly crashAfterCommit: number;
  /** Chance that a commit finds the disk full. */
  readonly fullDisk: number;
  readonly restartMs: number;
  /** A node leaves its network about this often, and for how long. */
  readonly awayEveryMs: number;
  readonly awayForMs: number;
  /** Chance that a frame is lost, and its connection with it, as the contract of the link says. */
  readonly loss: number;
  /** Chance that somebody who connects hands over again what travelled before. */
  readonly replay: number;
  /** Share of directions between two nodes in which every frame takes `slowMs` longer. */
  readonly slowDirections: number;
  readonly slowMs: number;
  /** The world falls into two halves about this often, and for how long. */
  readonly partEveryMs: number;
  readonly partForMs: number;
  /** Every clock is off by up to this; the clocks of `clockWrongShare` of all by up to `clockWrongMs`. */
  readonly clockSkewMs: number;
  readonly clockWrongShare: number;
  readonly clockWrongMs: number;
  /** A clock jumps by up to `clockJumpMs` about this often. */
  readonly clockJumpEveryMs: number;
  readonly clockJumpMs: number;
  /** A store is set back to what it was hours before about this often; half of the nodes are told. */
  readonly setBackEveryMs: number;
}

/** How people live: what the schedules are made from. */
export interface Life {
  readonly days: number;
  /** After the last message is said life goes on for so long, so that it can arrive. */
  readonly tailHours: number;
  /** Groups of people who are often together: households, lines of a railway, islands. */
  readonly groups: number;
  /** People elsewhere that each one writes to, beside their group. */
  readonly friends: number;
  /** Whether everybody writes to everybody of their group. */
  readonly writesToGroup: boolean;
  readonly messagesPerHour: number;
  /** Meetings of two people, of all together. */
  readonly meetingsPerHour: number;
  /** Share of meetings within a group. */
  readonly groupShare: number;
  readonly meetingMs: { readonly least: number; readonly most: number };
}

/** Peers that are strangers to everybody and do harm, how many of each kind. */
export interface Hostile {
  readonly flood: number;
  readonly replayers: number;
  readonly liars: number;
  readonly withholders: number;
  /** Meetings of one of them with somebody, per hour. */
  readonly hostileMeetingsPerHour: number;
  readonly floodPerHour: number;
}

export interface Profile extends Faults, Life, Hostile {
  readonly people: number;
  readonly relays: number;
  readonly latencyMs: { readonly least: number; readonly most: number };
  /** Phones that know each other can also connect directly, through a relay both are at. */
  readonly direct: boolean;
  /** The toy suite is for crowds: it takes no part in what is shown. */
  readonly suite: 'real' | 'toy';
  readonly schedule: ScheduleName;
  /** Everything said has to arrive by the end. */
  readonly arrivesAll: boolean;
}

export type ScheduleName = 'household' | 'village' | 'subway' | 'festival' | 'archipelago';

const [SECOND_MS, MINUTE_MS, HOUR_MS] = [1000, 60_000, 3_600_000];

const CALM: Faults = {
  crashBeforeCommit: 0,
  crashAfterCommit: 0,
  fullDisk: 0,
  restartMs: SECOND_MS,
  awayEveryMs: 0,
  awayForMs: 0,
  loss: 0,
  replay: 0,
  slowDirections: 0,
  slowMs: 0,
  partEveryMs: 0,
  partForMs: 0,
  clockSkewMs: 0,
  clockWrongShare: 0,
  clockWrongMs: 0,
  clockJumpEveryMs: 0,
  clockJumpMs: 0,
  setBackEveryMs: 0,
};

const NOBODY_HOSTILE: Hostile = {
  flood: 0,
  replayers: 0,
  liars: 0,
  withholders: 0,
  hostileMeetingsPerHour: 2,
  floodPerHour: 60,
};

/** Phones in pockets: what is ordinary outdoors. */
const OUTDOORS: Partial<Faults> = { loss: 0.0005, clockSkewMs: 2 * MINUTE_MS, clockWrongShare: 0.03, clockWrongMs: 3 * HOUR_MS };

const HOUSEHOLD: Profile = {
  ...CALM,
  ...NOBODY_HOSTILE,
  people: 5,
  relays: 1,
  latencyMs: { least: 1, most: 20 },
  direct: true,
  suite: 'real',
  schedule: 'household',
  arrivesAll: true,
  days: 0.1,
  tailHours: 0.5,
  groups: 1,
  friends: 0,
  writesToGroup: true,
  messagesPerHour: 60,
  meetingsPerHour: 0,
  groupShare: 1,
  meetingMs: { least: MINUTE_MS, most: 10 * MINUTE_MS },
};

const VILLAGE: Profile = {
  ...HOUSEHOLD,
  ...OUTDOORS,
  people: 60,
  relays: 0,
  latencyMs: { least: 5, most: 60 },
  direct: false,
  suite: 'toy',
  schedule: 'village',
  arrivesAll: false,
  days: 14,
  tailHours: 14 * 24,
  groups: 10,
  friends: 4,
  messagesPerHour: 6,
  meetingsPerHour: 30,
  groupShare: 0.7,
  meetingMs: { least: 2 * MINUTE_MS, most: 30 * MINUTE_MS },
};

export const PROFILES = {
  /** A family and its relay on a good day. */
  household: HOUSEHOLD,
  /** The same family on a bad one: everything of ours that can break breaks. */
  troubled: {
    ...HOUSEHOLD,
    people: 3,
    latencyMs: { least: 1, most: 400 },
    crashBeforeCommit: 0.02,
    crashAfterCommit: 0.02,
    fullDisk: 0.01,
    restartMs: 5 * SECOND_MS,
    awayEveryMs: 2 * MINUTE_MS,
    awayForMs: MINUTE_MS,
  },
  /** Nobody but the relay between them. */
  throughRelay: { ...HOUSEHOLD, people: 2, latencyMs: { least: 1, most: 50 }, direct: false },
  /** Homes whose people meet at home, and visit; no relay, no internet. */
  village: VILLAGE,
  /** Commuters: twenty to sixty seconds beside each other on the way, in changing groups, and long silences. */
  subway: {
    ...VILLAGE,
    people: 60,
    schedule: 'subway',
    groups: 4,
    friends: 5,
    writesToGroup: false,
    meetingsPerHour: 240,
    groupShare: 0.9,
    meetingMs: { least: 20 * SECOND_MS, most: MINUTE_MS },
  },
  /** One crowd without a relay: everybody has about six others within reach, and drifts. */
  festival: {
    ...VILLAGE,
    people: 2000,
    schedule: 'festival',
    days: 0.04,
    tailHours: 0.5,
    groups: 1,
    friends: 1,
    writesToGroup: false,
    messagesPerHour: 200,
    groupShare: 0.8,
    meetingMs: { least: 5 * MINUTE_MS, most: 20 * MINUTE_MS },
    clockWrongShare: 0.01,
  },
  /** Villages with a relay each that reaches no other; once a day one phone goes from the one to the next. */
  archipelago: {
    ...VILLAGE,
    people: 33,
    relays: 4,
    direct: true,
    schedule: 'archipelago',
    days: 7,
    groups: 4,
    friends: 2,
    messagesPerHour: 4,
    meetingsPerHour: 0,
    tailHours: 96,
  },
  /** A village in which some do harm. */
  hostile: { ...VILLAGE, flood: 1, replayers: 1, liars: 1, withholders: 2, replay: 0.02 },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

export function isProfileName(name: string): name is ProfileName {
  return name in PROFILES;
}

/** A profile in which nothing breaks. */
export function withoutFaults(profile: Profile): Profile {
  const { clockSkewMs, clockWrongShare, clockWrongMs } = profile;
  return { ...profile, ...CALM, clockSkewMs, clockWrongShare, clockWrongMs };
}
