/** Times and days in words, for any number. Pure: the time and the zone are given, so that a test can say what it expects. */
import type { Words } from '../locales/words.ts';

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** ECMA-262 §21.4.1.1: no Date lies further from 1970 than this. */
const DATE_MS_MAX = 8_640_000_000_000_000;

/** A time that another device claims may be any number; the nearest that a calendar has is shown for it. */
function dated(ms: number): number {
  return Number.isNaN(ms) ? 0 : Math.min(DATE_MS_MAX, Math.max(-DATE_MS_MAX, ms));
}

export interface TimesOptions {
  readonly timeZone?: string;
  readonly hour12?: boolean;
}

export class Times {
  readonly #words: Words;
  readonly #time: Intl.DateTimeFormat;
  readonly #weekday: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #year: Intl.DateTimeFormat;
  readonly #full: Intl.DateTimeFormat;
  readonly #key: Intl.DateTimeFormat;

  constructor(words: Words, options: TimesOptions = {}) {
    const zone = options.timeZone === undefined ? {} : { timeZone: options.timeZone };
    const form = (format: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat(words.tag, { ...zone, ...format });
    this.#words = words;
    this.#time = form({ hour: '2-digit', minute: '2-digit', hour12: options.hour12 ?? false });
    this.#weekday = form({ weekday: 'short' });
    this.#day = form({ day: 'numeric', month: 'short' });
    this.#year = form({ day: 'numeric', month: 'short', year: 'numeric' });
    this.#full = form({ weekday: 'long', day: 'numeric', month: 'long' });
    this.#key = new Intl.DateTimeFormat('sv-SE', { ...zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  }

  /** `2026-11-20`: the day this falls on here, for comparing and for `datetime`. */
  dayKey(ms: number): string {
    return this.#key.format(dated(ms));
  }

  /** For `datetime`. */
  stamp(ms: number): string {
    return new Date(dated(ms)).toISOString();
  }

  /** `08:06`. */
  time(ms: number): string {
    return this.#time.format(dated(ms));
  }

  /** `4 Dec`. */
  shortDay(ms: number): string {
    return this.#day.format(dated(ms));
  }

  /** `Friday 4 December`. */
  fullDay(ms: number): string {
    return this.#full.format(dated(ms)).replace(',', '');
  }

  /** What divides days in a conversation: `Today`, `Yesterday`, `Sunday 15 November`. */
  dividerDay(ms: number, nowMs: number): string {
    const key = this.dayKey(ms);
    if (key === this.dayKey(nowMs)) return this.#words.conversation.today;
    if (key === this.dayKey(nowMs - DAY_MS)) return this.#words.conversation.yesterday;
    return this.fullDay(ms);
  }

  /** What stands at the end of a row: `10:12`, `Yesterday`, `Tue`, `4 Dec`, `4 Dec 2025`. */
  rowTime(ms: number, nowMs: number): string {
    const key = this.dayKey(ms);
    if (key === this.dayKey(nowMs)) return this.time(ms);
    if (key === this.dayKey(nowMs - DAY_MS)) return this.#words.conversation.yesterday;
    if (ms > nowMs - 6 * DAY_MS && ms <= nowMs) return this.#weekday.format(dated(ms));
    return key.slice(0, 4) === this.dayKey(nowMs).slice(0, 4) ? this.shortDay(ms) : this.#year.format(dated(ms));
  }

  /** Inside a sentence: `today at 08:06`, `on Sunday 15 November at 09:12`. */
  when(ms: number, nowMs: number): string {
    return this.dayKey(ms) === this.dayKey(nowMs)
      ? this.#words.where.today(this.time(ms))
      : this.#words.where.on(this.fullDay(ms), this.time(ms));
  }
}
