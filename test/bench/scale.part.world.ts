/**
 * One world of so many persons, as a program of its own so that its memory is its own: they meet in pairs, then live for an hour. Says one
 * line of JSON. The oracles look once, at the end. Time is this process's processor time, all threads: other programs on the machine are not counted.
 */
import { type Pair, type Person, World } from '../simulator/world.ts';

export interface ScaleResult {
  readonly nodes: number;
  /** Of the hour that counts. */
  readonly events: number;
  readonly cpuMs: number;
  readonly frames: number;
  readonly arrivedPercent: number;
  /** Of all that lives after the garbage was collected, without what the empty program takes. */
  readonly bytesPerNode: number;
  readonly residentPeakBytes: number;
  readonly meetingCpuMs: number;
}

const HOUR_MS = 3_600_000;
/**
 * However many there are, everybody lives among a hundred, has two contacts there, meets two people an hour and writes a message in five: in
 * a world where everybody meets everybody more would be heard of, and more be done for it, the larger the world is.
 */
const VILLAGE = 100;
const MEETINGS = 2;
const MESSAGES = 0.2;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function livingBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function main(nodes: number, seed: number): Promise<ScaleResult> {
  const emptyBytes = livingBytes();
  const world = await World.create({
    seed,
    profile: 'village',
    nodes,
    changes: { loss: 0, clockSkewMs: 0, clockWrongShare: 0 },
  });
  // A look at everybody every 256 events would be most of what is measured in the largest world.
  const look = world.check.bind(world);
  world.check = () => {};
  const chance = world.fork('scale');
  const begunMs = cpuMs();
  const inVillage = (of: number, place: number): Person => world.people[of - (of % VILLAGE) + (place % VILLAGE)] as Person;
  const pairs: readonly Pair[] = world.people.map((person, at) => [person, inVillage(at, at + 1)]);
  world.meetNear(pairs);
  const meetingCpuMs = cpuMs() - begunMs;

  for (let count = 0; count < (nodes * MEETINGS) / 2; count++) {
    const at = chance.below(nodes);
    const [a, b] = chance.chance(0.7)
      ? chance.pick(pairs)
      : [world.people[at] as Person, inVillage(at, at + 1 + chance.below(VILLAGE - 1))];
    world.after(chance.below(HOUR_MS), () => world.network.encounter(a.link, b.link, 120_000 + chance.below(600_000)));
  }
  for (let count = 0; count < nodes * MESSAGES; count++) {
    const [a, b] = chance.pick(pairs);
    world.after(chance.below(HOUR_MS), () => a.say(b, `said:${count}`));
  }
  const [events, frames, sinceMs] = [world.events, world.frames, cpuMs()];
  world.run(HOUR_MS);
  const spentMs = cpuMs() - sinceMs;
  look();
  return {
    nodes,
    events: world.events - events,
    cpuMs: spentMs,
    frames: world.frames - frames,
    arrivedPercent: (100 * world.said.filter(({ id }) => world.ledger.arrivedMs.has(id)).length) / world.said.length,
    bytesPerNode: (livingBytes() - emptyBytes) / nodes,
    residentPeakBytes: process.resourceUsage().maxRSS * 1024,
    meetingCpuMs,
  };
}

console.log(JSON.stringify(await main(Number(process.argv[2]), Number(process.argv[3]))));
