/** The clock, the chance and the log of a real device. Works in Node, in pages and in workers; used by composition roots only. */
import { type Bytes, EMPTY } from '../../kernel/bytes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Entropy } from '../../ports/entropy.ts';
import type { Log } from '../../ports/log.ts';

/** Timers count by a clock of their own; an hour bounds how late they are after somebody set the device's clock, and stays under their 2^31 ms. */
const WAIT_MS_MAX = 3_600_000;

/** What `crypto.getRandomValues` gives at once (Web Cryptography API §10.1.1). */
const ENTROPY_BYTES_MAX = 65_536;

export function systemClock(): Clock {
  return {
    nowMs: () => Date.now(),
    at(atMs, callback) {
      let timer: ReturnType<typeof setTimeout>;
      const wait = (): void => {
        const leftMs = Math.max(0, atMs - Date.now());
        timer = setTimeout(wake, Math.min(leftMs, WAIT_MS_MAX));
      };
      const wake = (): void => {
        // Timers may fire a little early by the other clock.
        if (Date.now() >= atMs) callback();
        else wait();
      };
      wait();
      return () => clearTimeout(timer);
    },
    // In Node this is after the reads of all sockets that had something; pages have nothing like it.
    ...(typeof setImmediate === 'function' ? { soon: (callback: () => void) => void setImmediate(callback) } : {}),
  };
}

export function systemEntropy(): Entropy {
  return {
    bytes(length): Bytes {
      if (length === 0) return EMPTY;
      const out = new Uint8Array(length);
      for (let at = 0; at < length; at += ENTROPY_BYTES_MAX) {
        globalThis.crypto.getRandomValues(out.subarray(at, Math.min(length, at + ENTROPY_BYTES_MAX)));
      }
      return out;
    },
  };
}

/** One line an event: `link-up neighbour=3 limited=false`. */
export function consoleLog(): Log {
  return {
    note(event, counts = {}) {
      const words = Object.entries(counts).map(([name, count]) => `${name}=${count}`);
      console.info([event, ...words].join(' '));
    },
  };
}
