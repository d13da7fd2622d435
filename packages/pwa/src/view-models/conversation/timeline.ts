/**
 * Messages laid out as a column of slips: days divided, runs of one writer within five minutes, the line above what is new, and
 * the slips that say where they are. Pure. Rule: the look, "Slips, not bubbles" and principle 5.
 */
import { isSettled } from '../delivery.ts';
import type { Message, MessageId } from '../ports.ts';
import { MINUTE_MS, type Times } from '../times.ts';

export type TimelineItem =
  | { readonly kind: 'day'; readonly key: string; readonly day: string; readonly label: string }
  | { readonly kind: 'unread'; readonly key: string }
  | {
      readonly kind: 'slip';
      readonly key: MessageId;
      readonly message: Message;
      /** First of a run: a larger gap above it. */
      readonly starts: boolean;
      readonly time: string;
      /** Its string and state stand under it. */
      readonly saysState: boolean;
    };

const RUN_MS = 5 * MINUTE_MS;

/** The order in which a conversation is kept (docs/protocol/conversation.md §1). */
export function byPlace(a: Message, b: Message): number {
  if (a.sentAtMs !== b.sentAtMs) return a.sentAtMs - b.sentAtMs;
  if (a.mine !== b.mine) return a.mine ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function sameRun(a: Message, b: Message): boolean {
  return a.mine === b.mine && Math.abs(b.sentAtMs - a.sentAtMs) <= RUN_MS;
}

function sameState(a: Message, b: Message): boolean {
  if (a.state?.kind !== b.state?.kind) return false;
  return a.state?.kind !== 'carried' || b.state?.kind !== 'carried' || a.state.carriers === b.state.carriers;
}

export function arrange(
  messages: readonly Message[],
  /** The first message that was new when the conversation was opened. */
  firstUnread: MessageId | undefined,
  nowMs: number,
  times: Times,
): readonly TimelineItem[] {
  const items: TimelineItem[] = [];
  const lastOfMine = messages.findLast((message) => message.mine)?.id;
  let previous: Message | undefined;
  let previousDay = '';
  messages.forEach((message, i) => {
    const day = times.dayKey(message.sentAtMs);
    const isNewDay = day !== previousDay;
    const isFirstUnread = message.id === firstUnread;
    if (isNewDay) items.push({ kind: 'day', key: `day-${message.id}`, day, label: times.dividerDay(message.sentAtMs, nowMs) });
    if (isFirstUnread) items.push({ kind: 'unread', key: 'unread' });
    const next = messages[i + 1];
    const goesOn = next !== undefined && sameRun(message, next) && times.dayKey(next.sentAtMs) === day;
    items.push({
      kind: 'slip',
      key: message.id,
      message,
      starts: previous === undefined || isNewDay || isFirstUnread || !sameRun(previous, message),
      time: times.time(message.sentAtMs),
      saysState: message.mine && (isSettled(message) ? message.id === lastOfMine : !goesOn || !sameState(message, next)),
    });
    previous = message;
    previousDay = day;
  });
  return items;
}

/** The message above which "New" stands: the first of the last `unread` messages of theirs. */
export function firstUnreadOf(messages: readonly Message[], unread: number): MessageId | undefined {
  let left = unread;
  for (let i = messages.length - 1; i >= 0 && left > 0; i -= 1) {
    const message = messages[i];
    if (message === undefined || message.mine) continue;
    left -= 1;
    if (left === 0) return message.id;
  }
  return undefined;
}
