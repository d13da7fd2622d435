/** Time and the one timer a host needs. */
export interface Clock {
  /** Milliseconds since the epoch, by the device's own clock. */
  nowMs(): number;
  /** Calls back once, at `atMs` or, should the clock be set back meanwhile, when as much time has gone by; returns the way to cancel it. */
  at(atMs: number, callback: () => void): () => void;
  /** Calls back once, after what has arrived already was delivered; without it, the end of the tick serves. */
  soon?(callback: () => void): void;
}
