/** What theory says of the schemes the crowd is examined with: exact chains where there is one, else the limit of many nodes. Nothing here is simulated. */

/** Blind push: the share z with z = 1 - e^(-fanout z). */
export function blindPushShare(fanout: number): number {
  let share = 1;
  for (let step = 0; step < 200; step++) share = 1 - Math.exp(-fanout * share);
  return share;
}

/** Chances below this are left out of a chain: a million of them change nothing in six digits. */
const NOTHING = 1e-13;

/** How many of `free` bins get at least one of `balls`, thrown among `bins`: the chance of each number. */
function hits(free: number, balls: number, bins: number): Float64Array {
  let chances = new Float64Array(free + 1);
  chances[0] = 1;
  let [low, high] = [0, 0];
  for (let ball = 0; ball < balls; ball++) {
    const next = new Float64Array(free + 1);
    for (let hit = low; hit <= high; hit++) {
      const chance = chances[hit] as number;
      const isNew = (free - hit) / bins;
      next[hit] = (next[hit] as number) + chance * (1 - isNew);
      if (hit < free) next[hit + 1] = (next[hit + 1] as number) + chance * isNew;
    }
    high = Math.min(free, high + 1);
    while (low < high && (next[low] as number) < NOTHING) low++;
    while (high > low && (next[high] as number) < NOTHING) high--;
    chances = next;
  }
  return chances;
}

/** The chance of each number of successes in `tries`. */
function successes(tries: number, chance: number): Float64Array {
  const out = new Float64Array(tries + 1);
  if (chance >= 1) {
    out[tries] = 1;
    return out;
  }
  let log = tries * Math.log(1 - chance);
  for (let k = 0; k <= tries; k++) {
    out[k] = Math.exp(log);
    log += Math.log((tries - k) / (k + 1)) + Math.log(chance / (1 - chance));
  }
  return out;
}

/** The mean number of rounds until all of `nodes` know: the exact chain over how many know. */
export function meanRounds(nodes: number, pulls: boolean): number {
  const steps = new Map<number, Float64Array>();
  const stepFrom = (knowing: number): Float64Array => {
    const known = steps.get(knowing);
    if (known !== undefined) return known;
    const free = nodes - knowing;
    const pushed = hits(free, knowing, nodes - 1);
    const step = pulls ? new Float64Array(free + 1) : pushed;
    if (pulls)
      for (let hit = 0; hit <= free; hit++) {
        const chance = pushed[hit] as number;
        if (chance < NOTHING) continue;
        const pulled = successes(free - hit, knowing / (nodes - 1));
        for (let k = 0; k < pulled.length; k++) step[hit + k] = (step[hit + k] as number) + chance * (pulled[k] as number);
      }
    steps.set(knowing, step);
    return step;
  };
  let chances = new Float64Array(nodes + 1);
  chances[1] = 1;
  let mean = 0;
  for (;;) {
    const left = 1 - (chances[nodes] as number);
    if (left < 1e-9) return mean;
    mean += left;
    const next = new Float64Array(nodes + 1);
    next[nodes] = chances[nodes] as number;
    for (let knowing = 1; knowing < nodes; knowing++) {
      const chance = chances[knowing] as number;
      if (chance < NOTHING) continue;
      const step = stepFrom(knowing);
      for (let more = 0; more < step.length; more++)
        next[knowing + more] = (next[knowing + more] as number) + chance * (step[more] as number);
    }
    chances = next;
  }
}

/**
 * A flood over a random graph in which everybody has `degree` lines: copies a node, the mean hop, and the mean of the last hop. The number
 * of nodes still dark after each hop, on average: a dark one has `degree` different neighbours among all that still have free ends.
 */
export function flood(nodes: number, degree: number): { readonly copies: number; readonly meanHops: number; readonly lastHop: number } {
  let dark = nodes - 1 - degree;
  /** Free ends of those reached last, counted in whole nodes. */
  let edge = degree - 1;
  let sum = nodes - 1;
  let last = 1;
  while (dark > 1e-6 && edge > 1e-9) {
    sum += dark;
    last += 1 - Math.exp(-dark);
    let stays = 1;
    for (let line = 0; line < degree; line++) stays *= Math.max(0, 1 - edge / (edge + dark - 1 - line));
    const taken = (dark * edge) / (edge + dark - 1);
    edge = Math.max(0, dark * (1 - stays) - taken);
    dark *= stays;
  }
  return { copies: degree - 1 + 1 / nodes, meanHops: sum / (nodes - 1), lastHop: last };
}

interface Fate {
  readonly delay: number;
  readonly transmissions: number;
}

/** Direct only: the pair has to meet. */
export const DIRECT: Fate = { delay: 1, transmissions: 1 };

/** Two hops: while k carry it, the next meeting that matters is one of nodes - 1, and k of these are with the reader. */
export function twoHop(nodes: number): Fate {
  let reached = 1;
  let delay = 0;
  let transmissions = 0;
  for (let carriers = 1; carriers < nodes; carriers++) {
    delay += reached / (nodes - 1);
    transmissions += reached;
    reached *= (nodes - 1 - carriers) / (nodes - 1);
  }
  return { delay, transmissions };
}

/** To everybody: H(n-1)/(n-1), and half of all have it before the reader. */
export function epidemic(nodes: number): Fate {
  let delay = 0;
  for (let carriers = 1; carriers < nodes; carriers++) delay += 1 / (carriers * (nodes - 1));
  return { delay, transmissions: nodes / 2 };
}

/** Binary spray and wait of `copies`, a power of two: the exact chain over how many hold 1, 2, 4 … copies. */
export function spray(nodes: number, copies: number): Fate {
  const fates = new Map<string, Fate>();
  const from = (holding: readonly number[]): Fate => {
    const key = holding.join();
    const known = fates.get(key);
    if (known !== undefined) return known;
    const carriers = holding.reduce((sum, one) => sum + one, 0);
    const fresh = nodes - 1 - carriers;
    const rate = carriers + (carriers - (holding[0] ?? 0)) * fresh;
    let delay = 1 / rate;
    let transmissions = 1;
    for (let size = 1; size < holding.length; size++) {
      const chance = ((holding[size] as number) * fresh) / rate;
      if (chance === 0) continue;
      const next = [...holding];
      next[size] = (next[size] as number) - 1;
      next[size - 1] = (next[size - 1] as number) + 2;
      const then = from(next);
      delay += chance * then.delay;
      transmissions += chance * then.transmissions;
    }
    const fate = { delay, transmissions };
    fates.set(key, fate);
    return fate;
  };
  const start = Array.from({ length: Math.log2(copies) + 1 }, () => 0);
  start[start.length - 1] = 1;
  return from(start);
}
