/**
 * One message among nodes that meet by chance, each pair once in a unit of time on average: handed on directly, by relays of one hop,
 * by binary spray and wait (Spyropoulos et al. 2005) or to everybody. Only meetings with a carrier are drawn; the others change nothing.
 */
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import { type Air, Crowd, type Station } from './crowd.ts';
import { quickBelow } from './overlay.ts';

export type Handing = 'direct' | 'two-hop' | 'epidemic' | { readonly copies: number };

type Meet = { readonly kind: 'hello'; readonly carries: boolean } | { readonly kind: 'give'; readonly copies: number };

const AT_ONCE: Air = { delayMs: () => 0, loss: 0, againMs: 0 };

class Carrier implements Station<Meet> {
  copies = 0;
  readonly #node: number;
  readonly #crowd: Crowd<Meet>;
  readonly #reader: number;
  readonly #splits: (copies: number) => number;
  readonly #took: (node: number, nowMs: number) => void;

  constructor(crowd: Crowd<Meet>, reader: number, splits: (copies: number) => number, took: (node: number, nowMs: number) => void) {
    this.#node = crowd.add(this);
    this.#crowd = crowd;
    this.#reader = reader;
    this.#splits = splits;
    this.#took = took;
  }

  up(neighbour: number): void {
    this.#crowd.send(this.#node, neighbour, { kind: 'hello', carries: this.copies > 0 });
  }

  down(): void {}
  wake(): void {}

  hear(from: number, frame: Meet, nowMs: number): void {
    if (frame.kind === 'give') {
      this.copies = frame.copies;
      return this.#took(this.#node, nowMs);
    }
    if (frame.carries || this.copies === 0) return;
    const copies = from === this.#reader ? 1 : this.#splits(this.copies);
    if (copies === 0) return;
    if (this.copies < Number.POSITIVE_INFINITY) this.copies -= copies;
    this.#crowd.send(this.#node, from, { kind: 'give', copies });
  }
}

function splitting(handing: Handing): { readonly atBirth: number; readonly splits: (copies: number) => number } {
  if (handing === 'direct') return { atBirth: 1, splits: () => 0 };
  if (handing === 'two-hop') return { atBirth: Number.POSITIVE_INFINITY, splits: (copies) => (copies > 1 ? 1 : 0) };
  if (handing === 'epidemic') return { atBirth: Number.POSITIVE_INFINITY, splits: (copies) => copies };
  return { atBirth: handing.copies, splits: (copies) => Math.floor(copies / 2) };
}

/** When the message reaches its reader, and how often it was handed over until then. */
export function carried(nodes: number, handing: Handing, random: SeededRandom): { readonly delay: number; readonly transmissions: number } {
  const crowd = new Crowd<Meet>(AT_ONCE, random);
  const { atBirth, splits } = splitting(handing);
  const carriers = [0];
  let transmissions = 0;
  let delay: number | undefined;
  const took = (node: number, nowMs: number): void => {
    transmissions++;
    carriers.push(node);
    if (node === nodes - 1) delay = nowMs;
  };
  for (let node = 0; node < nodes; node++) new Carrier(crowd, nodes - 1, splits, took);
  (crowd.stations[0] as Carrier).copies = atBirth;
  let nowMs = 0;
  while (delay === undefined) {
    nowMs -= Math.log(1 - random.unit()) / (carriers.length * (nodes - 1));
    const a = carriers[quickBelow(random, carriers.length)] as number;
    const at = quickBelow(random, nodes - 1);
    const b = at < a ? at : at + 1;
    // A pair of two carriers is drawn from either side.
    if ((crowd.stations[b] as Carrier).copies > 0 && random.chance(0.5)) continue;
    crowd.run(nowMs);
    crowd.connect(a, b);
    crowd.run(nowMs);
    crowd.disconnect(a, b);
  }
  return { delay, transmissions };
}
