/** Bounds of carrying for others, each with its unit and reason. Rule: docs/protocol/gossip.md §9. */
import type { Tier } from './tier.ts';

/** What one depositing neighbour, and all of its tier together, may have lying here. */
export interface Quota {
  readonly envelopes: number;
  readonly bytes: number;
  /** Of the whole room, in hundredths. */
  readonly sharePercent: number;
}

export interface GossipLimits {
  /** Bytes of envelopes carried at the most, one's own included. */
  readonly carriedBytesMax: number;
  readonly carriedMax: number;
  /** Ids remembered as seen, so that nothing is taken twice. */
  readonly seenMax: number;
  /** Purge tokens kept of envelopes that never were here. */
  readonly foreignTokensMax: number;
  /** Of those so many are taken from one neighbour in a day: anybody can make them of nothing. */
  readonly foreignTokensADay: Readonly<Record<Tier, number>>;
  /** Tags one neighbour may have its mail picked by. */
  readonly tagsPerNeighbourMax: number;
  readonly quotas: Readonly<Record<Tier, Quota>>;
  /**
   * No stranger has more here than the others have on average, but always room for one, and for its part of so many first places, which are
   * shared by all who came lately: who deposits without end gets what everybody gets, and in a group of three a carrier takes what there is.
   * More than the average would let a crowd raise it together (docs/delivery.md).
   */
  readonly fairShareFirst: number;
  /** Copies a small, a media and a bulk envelope is born with (Spray and Wait, Spyropoulos et al. 2005); bulk is never sprayed. */
  readonly copies: Readonly<Record<1 | 2 | 3, number>>;
  /** Copies that are handed to a stranger of what has more. */
  readonly strangerCopies: number;
  /** Others' envelopes taken along with one's own from a list of waiting ones, so that the last carrier does not learn which it was. */
  readonly decoys: number;
  /** A purge token becomes public within this time after its envelope was read, in milliseconds: by chance, so that it does not say when. */
  readonly publishWithinMs: number;
  /** Neighbours compare again what they hold after this time, and up to a fifth more, in milliseconds: what a lost frame cost is mended then. */
  readonly compareAgainMs: number;
}

const MIB: number = 2 ** 20;

export const PERSON_LIMITS: GossipLimits = {
  carriedBytesMax: 64 * MIB,
  carriedMax: 20_000,
  seenMax: 100_000,
  foreignTokensMax: 20_000,
  foreignTokensADay: { own: 20_000, contact: 8192, stranger: 512 },
  tagsPerNeighbourMax: 0,
  quotas: {
    own: { envelopes: 20_000, bytes: 64 * MIB, sharePercent: 100 },
    contact: { envelopes: 500, bytes: 16 * MIB, sharePercent: 50 },
    stranger: { envelopes: 8, bytes: 256 * 1024, sharePercent: 20 },
  },
  fairShareFirst: 8,
  copies: { 1: 16, 2: 4, 3: 1 },
  strangerCopies: 1,
  decoys: 2,
  publishWithinMs: 600_000,
  compareAgainMs: 600_000,
};

/** A relay knows nobody: everyone is a stranger, and a household's phones must be able to leave days of mail. */
export const RELAY_LIMITS: GossipLimits = {
  carriedBytesMax: 1024 * MIB,
  carriedMax: 200_000,
  seenMax: 200_000,
  foreignTokensMax: 100_000,
  foreignTokensADay: { own: 20_000, contact: 20_000, stranger: 20_000 },
  tagsPerNeighbourMax: 16_384,
  quotas: {
    own: { envelopes: 200_000, bytes: 1024 * MIB, sharePercent: 100 },
    contact: { envelopes: 20_000, bytes: 128 * MIB, sharePercent: 100 },
    stranger: { envelopes: 20_000, bytes: 128 * MIB, sharePercent: 100 },
  },
  fairShareFirst: 20_000,
  copies: { 1: 16, 2: 4, 3: 1 },
  strangerCopies: 1,
  decoys: 0,
  publishWithinMs: 0,
  compareAgainMs: 600_000,
};

/**
 * Strangers that said hello within so many hours share the first places, and so many of them are remembered. A day, because transport keys
 * change with it: over a week one neighbour would count as seven.
 */
export const STRANGERS_HEARD_HOURS = 24;
export const STRANGERS_HEARD_MAX = 64;

/** Of a tier's room, in hundredths, what depositors of the last day share among themselves: new names every hour gain nothing more. */
export const NEWCOMERS_PERCENT = 25;
export const NEWCOMER_HOURS = 24;

/** Entries of one list frame: with 51 bytes each it stays under the largest frame of every link. */
export const LIST_MAX = 1000;

/** Wants under way to one neighbour at a time. */
export const WANTS_MAX = 256;

/** Envelopes that were read past in the hope that their tag will mean something later: given by relays, and pushed or given by people. */
export const PASSED_OVER_MAX = 20_000;
export const PUSHED_OVER_MAX = 4096;

/** Waiting envelopes of one neighbour from which decoys are drawn. */
export const WAITING_MAX = 64;

/** An id stays seen for this long after its envelope expired, in hours: clocks disagree by a time zone. */
export const SEEN_AFTER_EXPIRY_HOURS = 25;

/**
 * Results and purge tokens wait this long, so that those of many envelopes leave in one frame and one write; nobody sees the difference,
 * and a relay spends half its time on writes. In milliseconds.
 */
export const ANSWER_WAIT_MS = 10;

/** A neighbour that says hello again is answered with a list at most this often, in milliseconds: a small frame must not buy megabytes. */
export const HELLO_AGAIN_MS = 30_000;

/** A cell of a stream takes this long, in milliseconds: 50 an eighth of a second on, so that a slow line is not filled before it can say stop. */
export const CELL_MS = 1.25;

/** Who waits for the other's symbols longer than this, in milliseconds, lists what it has without them. */
export const COMPARE_PATIENCE_MS = 2000;

/** How often expired rows are looked for, in milliseconds. */
export const SWEEP_MS = 600_000;

/** Purge tokens held for one neighbour until the end of a turn. */
export const TOKENS_MAX = 4000;

/** A token whose envelope came from the only neighbour that is near waits this long for another one, in milliseconds. */
export const PUBLISH_LATEST_MS: number = 24 * 3_600_000;

/**
 * What is ferried from one relay, in envelopes and bytes: all of it is listed at every meeting, 100 kB then.
 */
export const FERRIED_MAX = 2000;
export const FERRIED_BYTES_MAX: number = 16 * MIB;

/** Rows let go of in one sweep; what is left waits for the next one, at once. */
export const SWEEP_ROWS_MAX = 1000;

/** Tags of all mailboxes together, about 92 bytes each; beyond it nobody has more than the second number. */
export const MAILBOX_TAGS_MAX = 1_000_000;
export const MAILBOX_TAGS_LEAST = 1024;

/** Envelopes looked at for one page. */
export const LOOKED_MAX = 10_000;

/** A page of a list is followed by the next after this time, in milliseconds: half a megabyte a second, which slow links take. */
export const LIST_PAGE_MS = 100;

/** Sketches of large sets made under others' salts: one in this time, in milliseconds, so that a hello buys no second of work; so many are kept. */
export const FOREIGN_SKETCH_MS = 10_000;
export const FOREIGN_SKETCHES_KEPT = 2;

/**
 * Strangers are asked for work from so much of their share on, in hundredths: zero bits for each envelope. 12 bits are 4,096 hashes on
 * average, 16 are 65,536; one core of a small server makes 740,000 a second (6 ms, 90 ms), a phone is taken to make a fifth of that.
 */
export const WORK_STEPS: readonly { readonly percent: number; readonly bits: number }[] = [
  { percent: 95, bits: 16 },
  { percent: 85, bits: 14 },
  { percent: 75, bits: 12 },
];
export const WORK_BITS_MAX = 16;

/** Envelopes paid for with one stamp; and those a neighbour has paid for and not yet given, four times what is given at a time. */
export const WORK_IDS_MAX = 16;
export const WORK_STAMPED_MAX = 64;

/** Hashes of a search in one turn, about 3 ms: a phone must not freeze. */
export const WORK_TRIES_A_TURN = 2000;

/** A stamp that is not found after so many hashes is given up. Batches are no larger than what takes an eighth of it on average, 2^17. */
export const WORK_TRIES_MAX: number = 2 ** 20;
export const WORK_BITS_SEARCHED = 17;

/** Turns of searching in an hour, for all neighbours of a tier: nobody empties a battery. 8,000 take 22 s of one core, and pay for 240 envelopes at 16 bits. */
export const WORK_TURNS_AN_HOUR: Readonly<Record<Tier, number>> = { own: 16_000, contact: 8000, stranger: 8000 };

/** Ids one neighbour may have asked for and not yet been given. */
export const ASKED_MAX = 2048;

/**
 * Bytes of stored envelopes handed to one neighbour at a time, and the last that are handed again when its queue ran over: so much is lost
 * at the most before that is heard of. More in the next turn.
 */
export const GIVEN_BYTES_MAX: number = 128 * 1024;
export const GIVEN_AGAIN_BYTES: number = 4 * GIVEN_BYTES_MAX;

/**
 * Copies handed out that are remembered, of one neighbour, and of so many neighbours: a refusal gives them back, and whoever asks for the
 * same again is handed no others.
 */
export const HANDED_MAX = 4096;
export const HANDED_NEIGHBOURS_MAX = 512;

/** Between neighbours of one kind with so many envelopes each, the sets are compared; smaller ones are listed. */
export const COMPARE_HELD_MIN = 256;

/** Items a digest is brought up to date by for one hello, and in one turn while there is a comparison to come: about 12 µs each. */
export const DIGEST_STEPS_MAX = 2000;
export const DIGEST_STEPS_A_TURN = 500;

/**
 * Pushes are told apart by the hops they have come, all beyond the sixth as one. In a crowd of 1,000 with six links each those of the
 * first three are new to nearly everybody, of the fifth to one in six, of later ones to nobody (`npm run bench -- broadcast`).
 */
export const PUSH_CLASSES = 7;
export const PUSH_EAGER_CLASSES = 3;

/** What a link announces for a number of hops is pushed again after it was asked for so many times. */
export const PUSHED_AGAIN_AFTER = 5;

/** Links of which it is remembered what they have learned. */
export const PUSH_LEARNED_MAX = 512;

/** Who was asked for an announced envelope has this long, in milliseconds, until the next one is; so many who announced it are remembered. */
export const ASK_WAIT_MS = 1000;
export const ANNOUNCERS_MAX = 8;

/**
 * Pushed envelopes kept in memory for whoever asks after an announcement: of the last so many bytes, and for so many milliseconds. Nine who
 * announced are asked one second after the other, so that the last of them is within ten.
 */
export const RECENT_BYTES_MAX: number = MIB;
export const RECENT_MS = 120_000;

/**
 * Whoever says its first hello is told the ids that were pushed or passed on here within this time, in milliseconds, and no more of them
 * than this: a broken line is missed after seconds. Eight kilobytes at the most.
 */
export const RECENT_AGAIN_MS = 10_000;
export const RECENT_AGAIN_MAX = 256;

/** Envelopes of our own that may wait for their moment; beyond it the first leaves at once. */
export const LATE_MAX = 64;

/** Announced envelopes that are waited for. */
export const MISSING_MAX = 4096;

/**
 * Of so many pushes heard with no hops one is passed on with none. With more of them the zeros would run through the whole crowd and
 * links would learn nothing from them: at one in two a push takes twice as long (`npm run bench -- broadcast`).
 */
export const HOPS_HIDDEN_IN = 8;

/** Farther than this nothing is pushed, in hops: no crowd is wider. */
export const HOPS_MAX = 100;

/** Pushes a person takes from one person: per second, and at once. Whole crowds talk less. */
export const PUSHES_PER_SECOND = 100;
export const PUSHES_AT_ONCE = 1000;

/** Neighbours whose clocks are remembered, and from how many on they outweigh one's own, in hours of difference. */
export const CLOCKS_MAX = 16;
export const CLOCKS_LEAST = 5;
export const CLOCK_WRONG_HOURS = 26;

/** A clock that leapt and that nobody confirmed is believed again when it has gone on for so long, in milliseconds. */
export const CLOCK_STEADY_MS: number = 24 * 3_600_000;

/** Sketches of sets this large are kept between meetings; smaller ones are made when they are wanted. */
export const SKETCH_KEPT_MIN = 512;
