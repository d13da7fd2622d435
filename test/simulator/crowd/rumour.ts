/** One rumour among nodes that can each reach every other: blind push, push in rounds, push and pull in rounds (Demers et al. 1987; Karp et al. 2000). */
import type { SeededRandom } from '../../../packages/core/src/testing/seeded-random.ts';
import { type Air, Crowd, type Station } from './crowd.ts';
import { quickBelow } from './overlay.ts';

type Whisper = { readonly kind: 'rumour' } | { readonly kind: 'call' };

/** A round takes one unit of time: calls arrive in its middle, and what is told at its end. */
const ROUNDS: Air = { delayMs: () => 0.5, loss: 0, againMs: 1, isOpen: true };

class Gossiper implements Station<Whisper> {
  /** The round from which it knows. */
  knowsFrom: number = Number.POSITIVE_INFINITY;
  readonly #node: number;
  readonly #heard: (node: number, nowMs: number) => void;
  readonly #answer: (from: number) => void;

  constructor(crowd: Crowd<Whisper>, heard: (node: number, nowMs: number) => void) {
    this.#node = crowd.add(this);
    this.#heard = heard;
    this.#answer = (from) => crowd.send(this.#node, from, { kind: 'rumour' });
  }

  up(): void {}
  down(): void {}
  wake(): void {}

  hear(from: number, frame: Whisper, nowMs: number): void {
    if (frame.kind === 'call') {
      if (this.knowsFrom <= nowMs) this.#answer(from);
    } else if (this.knowsFrom === Number.POSITIVE_INFINITY) {
      this.knowsFrom = Math.ceil(nowMs);
      this.#heard(this.#node, nowMs);
    }
  }
}

function other(node: number, nodes: number, random: SeededRandom): number {
  const at = quickBelow(random, nodes - 1);
  return at < node ? at : at + 1;
}

/** The share that is reached when each, on hearing it first, tells `fanout` others, drawn at random, once. */
export function blindPush(nodes: number, fanout: number, random: SeededRandom): number {
  const crowd = new Crowd<Whisper>(ROUNDS, random);
  let reached = 0;
  const tell = (node: number): void => {
    reached++;
    const told = new Set<number>();
    while (told.size < fanout) told.add(other(node, nodes, random));
    for (const to of told) crowd.send(node, to, { kind: 'rumour' });
  };
  for (let node = 0; node < nodes; node++) new Gossiper(crowd, tell);
  const first = crowd.stations[0] as Gossiper;
  first.knowsFrom = 0;
  tell(0);
  crowd.run();
  return reached / nodes;
}

/** Rounds until all know. In a round each who knows tells one other, drawn at random; with `pulls` each who does not know asks one. */
export function rounds(nodes: number, pulls: boolean, random: SeededRandom): number {
  const crowd = new Crowd<Whisper>(ROUNDS, random);
  let knowing = 1;
  for (let node = 0; node < nodes; node++) new Gossiper(crowd, () => knowing++);
  (crowd.stations[0] as Gossiper).knowsFrom = 0;
  for (let round = 0; ; round++) {
    if (knowing === nodes) return round;
    for (let node = 0; node < nodes; node++) {
      const knows = (crowd.stations[node] as Gossiper).knowsFrom <= round;
      if (knows) crowd.send(node, other(node, nodes, random), { kind: 'rumour' });
      else if (pulls) crowd.send(node, other(node, nodes, random), { kind: 'call' });
    }
    crowd.run(round + 1);
  }
}
