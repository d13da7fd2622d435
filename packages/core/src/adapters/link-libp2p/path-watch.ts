/**
 * Notices when a WebRTC connection that is up takes another way than was told: from device to device, or through a TURN server. Looks when the
 * browser says that something changed, and now and then, because not every browser does. Changes nothing; a browser that says nothing leaves
 * everything as it was told. Rule: docs/protocol/link.md §3.
 */
import { isRelayed, isRelayedForGood, type StatsSource } from './selected-pair.ts';

export type WatchedPath = 'direct' | 'circuit';

/** How long without a look before the next, in milliseconds: Firefox tells of no change of pair, and each look costs it a list of all it knows. */
const LOOK_AGAIN_MS = 15_000;

const STATE = 'iceconnectionstatechange';
const PAIR = 'selectedcandidatepairchange';

export class PathWatch {
  readonly #source: StatsSource;
  readonly #tell: (path: WatchedPath) => void;
  readonly #stopped: AbortController = new AbortController();
  readonly #look: () => void = () => void this.look();
  #told: WatchedPath;
  #lookedAtMs: number | undefined;
  #isLooking = false;
  /** Something changed during a look. */
  #isStale = false;

  /** `told`: the way that is believed now. `tell`: called with each other one, never after `stop`. */
  constructor(source: StatsSource, told: WatchedPath, tell: (path: WatchedPath) => void) {
    this.#source = source;
    this.#told = told;
    this.#tell = tell;
    const { signal } = this.#stopped;
    placeOf(source)?.addEventListener(STATE, this.#look, { signal });
    pairsOf(source)?.addEventListener(PAIR, this.#look, { signal });
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Called every few seconds. */
  tick(nowMs: number): void {
    const sinceMs = nowMs - (this.#lookedAtMs ?? Number.NEGATIVE_INFINITY);
    if (sinceMs >= 0 && sinceMs < LOOK_AGAIN_MS) return;
    this.#lookedAtMs = nowMs;
    void this.look();
  }

  /** One look at a time: what changes during it is looked at once more behind it. Never rejects. */
  async look(): Promise<void> {
    this.#isStale = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#isStale && !this.#stopped.signal.aborted) {
      this.#isStale = false;
      await this.#judge();
    }
    this.#isLooking = false;
  }

  async #judge(): Promise<void> {
    const isThroughServer = await isRelayed(this.#source);
    if (isThroughServer === undefined || isThroughServer === (this.#told === 'circuit')) return;
    // the first pair to answer is often a relayed one, and a direct one follows
    if (isThroughServer && !(await isRelayedForGood(this.#source, this.#stopped.signal))) return;
    if (this.#stopped.signal.aborted) return;
    this.#told = isThroughServer ? 'circuit' : 'direct';
    this.#tell(this.#told);
  }
}

/** As much of an EventTarget as is needed; no connection of a platform has to be one. */
interface Place {
  addEventListener(type: string, listener: () => void, options: { readonly signal: AbortSignal }): void;
}

function placeOf(value: unknown): Place | undefined {
  const isPlace = typeof value === 'object' && value !== null && typeof Reflect.get(value, 'addEventListener') === 'function';
  return isPlace ? (value as Place) : undefined;
}

/** The RTCIceTransport under a connection with data channels, where the browser shows it. */
function pairsOf(source: StatsSource): Place | undefined {
  let at: unknown = source;
  for (const step of ['sctp', 'transport', 'iceTransport']) {
    if (typeof at !== 'object' || at === null) return undefined;
    try {
      at = Reflect.get(at, step);
    } catch {
      return undefined; // what stands in for a browser in Node may have none
    }
  }
  return placeOf(at);
}
