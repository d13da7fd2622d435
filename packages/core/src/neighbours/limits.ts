/** Bounds of dialling and of being connected, each with its unit and reason. Rule: docs/protocol/neighbours.md. */

/** First wait after a failed dial, in milliseconds; doubled each time. */
export const BACK_OFF_FIRST_MS = 1000;

/**
 * So often one's own relay is dialled with no longer wait than the first: about a minute, in which a relay that was restarted, moved or replaced is back.
 * Whoever waits for it is answered within two seconds then, if dials are refused meanwhile; those that nobody answers are bounded (`DIALS_OF_ONE_MAX`).
 */
export const RELAY_EAGER_ATTEMPTS = 40;

/** Longest wait for one's own relay: a house whose relay returns later must be whole again within 20 s. */
export const BACK_OFF_RELAY_MAX_MS = 8000;

/** Longest wait for a relay that others named: it may stand in a house that this device is not in all day. Waking and another network end it. */
export const BACK_OFF_OTHERS_RELAY_MAX_MS = 300_000;

/** Longest wait for a person: they may be away for days. */
export const BACK_OFF_PERSON_MAX_MS = 60_000;

/** Of two who could dial each other, the one with the larger key waits this long, so that seldom two connections come up. */
export const COURTESY_MS = 1500;

/** A dial that has said nothing for this long counts as failed. */
export const DIAL_PATIENCE_MS = 30_000;

/**
 * A relay's other addresses are waited for so long before the one where it was last reached is tried again beside them, in milliseconds: what was
 * answered by nobody hangs, and on a network of one's own an answer comes in a tenth of this.
 */
export const OTHER_ADDRESS_PATIENCE_MS = 1000;

/**
 * A relay that has several addresses is dialled at the next one beside a dial that has said nothing for this long, in milliseconds, however long it took to
 * be reached before: the slow one still counts.
 */
export const RELAY_PATIENCE_MAX_MS = 3000;

/** Who was handed something it has to answer is asked for a sign of life after this long without a word, in milliseconds: a relay answers within 20 ms. */
export const ANSWER_PATIENCE_MS = 300;

/** Whose word usually takes longer has longer, up to this, in milliseconds. */
export const ANSWER_PATIENCE_MAX_MS = 5000;

/** Who gave a sign of life and still does not answer is asked again after this long at the soonest, in milliseconds. */
export const ASKED_AGAIN_MS = 5000;

/**
 * When the device wakes, a dial that has been under way for longer is given up, in milliseconds: on a network that changed it hangs. Longer than an app
 * may wait between two calls for one waking (750 ms), or the second would dial anew what the first has begun.
 */
export const STALE_DIAL_MS = 1000;

/** Connections under an earlier transport key are closed after this long, in milliseconds: time for others to take their place. */
export const DRAIN_MS = 600_000;

/** Dials waited for at one time: a phone's radio, and what browsers allow. */
export const DIALS_MAX = 6;

/** Dials under way at one time, with those that were set aside: these hang until the link ends them (10 s), and send next to nothing. */
export const DIALS_UNDER_WAY_MAX = 12;

/**
 * Of these, dials of one key: one that nobody answers, and two beside it. What hung while a phone was off its network would otherwise keep it from
 * its relay for seconds after (docs/benchmarks.md).
 */
export const DIALS_OF_ONE_MAX = 3;

/** The same for one that was just heard of elsewhere, or whose waits are all over, as after waking: what hangs on another network must not stand in its way. */
export const DIALS_OF_ONE_AGAIN_MAX = 4;

/** Of these, dials of strangers: whoever makes up addresses on the local network must not keep us from those we know. */
export const STRANGER_DIALS_MAX = 2;

/** Addresses kept for one key. */
export const ADDRESSES_MAX = 8;

/** An address may be this long. */
export const ADDRESS_LENGTH_MAX = 512;

/** A connection that ended within this time counts as a failed dial, in milliseconds: somebody with no room closes what came up, and must not be dialled in a ring. */
export const BRIEF_MS = 10_000;

/** Where somebody was found nearby is believed for this long, in milliseconds: five times the announcing that local discovery does at the least. */
export const NEAR_BELIEVED_MS = 300_000;

/** Failed dials after which a stranger nearby is forgotten; whoever is there is found again. */
export const NEAR_ATTEMPTS_MAX = 4;

/**
 * Being found, or named by others at another address, shortens a wait at most this often for one key, in milliseconds: anybody on the local network can
 * announce anybody, and whoever writes cards can write ever new ones.
 */
export const FOUND_AGAIN_MS = 10_000;

/** A stranger that came in may stay this long before a newcomer takes its place, in milliseconds: time to hand over everything that is for each other. */
export const STRANGER_STAYS_MS = 120_000;

/** How many connections, and to whom: people, relays and strangers never take each other's places. */
export interface NeighbourLimits {
  /** Strangers found nearby that are remembered. */
  readonly nearMax: number;
  /** Connections to strangers that this side dialled; chosen by ourselves, so nobody who comes in can take their places. */
  readonly strangersDialledMax: number;
  /** Connections to strangers, whoever dialled. */
  readonly strangersMax: number;
  /** Connections to people whom this node knows. */
  readonly personsMax: number;
}

/**
 * A device with six links of its own choice among strangers is, in a crowd of any size, connected to everybody through others with near
 * certainty, and twice that is what comes up on average; 16 leaves room for most who come in. A phone holds 64 links to people it knows.
 */
export const PERSON_NEIGHBOURS: NeighbourLimits = { nearMax: 16, strangersDialledMax: 6, strangersMax: 16, personsMax: 64 };

/** To a relay everybody is a stranger. It takes in whom its link takes (2,048 connections), and dials those nearby of whom some will be relays. */
export const RELAY_NEIGHBOURS: NeighbourLimits = { nearMax: 64, strangersDialledMax: 32, strangersMax: 2000, personsMax: 0 };
