/** Bounds of a conversation, each with its unit and reason. Rule: docs/protocol/conversation.md. */

/** Unread messages counted one by one per contact; more are shown as many. */
export const UNREAD_MAX = 999;
