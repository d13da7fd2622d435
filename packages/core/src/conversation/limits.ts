/** Bounds of a conversation, each with its unit and reason. Rule: docs/protocol/conversation.md. */

/** Unread messages counted one by one per contact; more are shown as many. */
export const UNREAD_MAX = 999;

/** How far two phones' clocks are believed to differ, in milliseconds: a wrong time zone, not a wrong week. */
export const CLOCKS_DIFFER_MS: number = 26 * 3_600_000;

/** How far a clock that nobody set wrong runs ahead of another, in milliseconds: months of drift without a network. */
export const CLOCKS_AHEAD_MS: number = 120_000;
