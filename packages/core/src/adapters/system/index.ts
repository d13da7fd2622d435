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
      // By the device's clock or by the one that nobody sets, whichever is there first: a clock that was set back holds up nothing, and
      // one that does not run while the device sleeps does not either.
      const steadyAtMs = performance.now() + atMs - Date.now();
      let timer: ReturnType<typeof setTimeout>;
      const leftMs = (): number => Math.min(atMs - Date.now(), steadyAtMs - performance.now());
      const wait = (): void => {
        timer = setTimeout(wake, Math.min(Math.max(0, leftMs()), WAIT_MS_MAX));
      };
      const wake = (): void => {
        // Timers may fire a little early by either clock.
        if (leftMs() <= 0) callback();
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
