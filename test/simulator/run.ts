/** One world from its first meeting to its last look: people meet, live and write as the profile has it; the world heals; figures are read. */
import type { GossipLimits } from '../../packages/core/src/gossip/limits.ts';
import { nowAndThen } from './faults.ts';
import { type Figures, figuresOf, ShelfSamples } from './figures.ts';
import { startHostilePeers } from './hostile/index.ts';
import { PROFILES, type Profile, type ProfileName } from './profiles.ts';
import { SCHEDULES } from './schedules/index.ts';
import { DAY_MS, HOUR_MS } from './schedules/schedule.ts';
import { type Pair, World } from './world.ts';

export interface Run {
  readonly profile: ProfileName;
  readonly seed: number;
  readonly nodes?: number;
  readonly days?: number;
  readonly changes?: Partial<Profile>;
  readonly limits?: Partial<GossipLimits>;
}

/** Time for what was said last where all has to arrive, beyond the profile's own. */
const PATIENCE_MS = 600_000;

export async function simulate(run: Run): Promise<Figures> {
  const began = performance.now();
  const days = run.days ?? run.changes?.days ?? PROFILES[run.profile].days;
  const world = await World.create({ ...run, changes: { ...run.changes, days } });
  const samples = new ShelfSamples();
  let sinceMs = world.nowMs;
  let failed: string | undefined;
  try {
    const pairs = settle(world);
    sinceMs = world.nowMs;
    live(world, pairs, samples, days * DAY_MS);
    if (world.profile.arrivesAll) failed = whatIsMissing(world);
  } catch (error) {
    failed = error instanceof Error ? error.message : String(error);
  }
  const wallMs = Math.round(performance.now() - began);
  const { profile, seed } = run;
  return { profile, seed, days, ...figuresOf(world, sinceMs, samples), wallMs, ...(failed === undefined ? {} : { failed }) };
}

function settle(world: World): readonly Pair[] {
  const schedule = SCHEDULES[world.profile.schedule];
  schedule.settle?.(world);
  const pairs = schedule.pairs(world, world.fork('pairs'));
  world.meetNear(pairs);
  return pairs;
}

function live(world: World, pairs: readonly Pair[], samples: ShelfSamples, talkMs: number): void {
  const { profile } = world;
  SCHEDULES[profile.schedule].live(world, world.fork('life'));
  startHostilePeers(world, world.fork('hostile'));
  world.startComingAndGoing();
  samples.start(world);
  const stop = talk(world, pairs);
  world.run(talkMs);
  stop();
  samples.stop();
  world.heal();
  // No longer than anything waits for: most tails end days before the last message would expire.
  const untilMs = world.nowMs + profile.tailHours * HOUR_MS + (profile.arrivesAll ? PATIENCE_MS : 0);
  const hasAllArrived = (): boolean => world.said.every(({ id }) => world.ledger.arrivedMs.has(id));
  while (world.nowMs < untilMs && !hasAllArrived()) world.run(Math.min(HOUR_MS, untilMs - world.nowMs));
}

/** Somebody says something to somebody they know, so many times an hour of all together. Answers how to end it. */
function talk(world: World, pairs: readonly Pair[]): () => void {
  const chance = world.fork('talk');
  let isOver = pairs.length === 0;
  let count = 0;
  const everyMs = (): number => (isOver ? 0 : HOUR_MS / world.profile.messagesPerHour);
  nowAndThen(world, chance, everyMs, () => {
    const [a, b] = chance.pick(pairs);
    const [from, to] = chance.chance(0.5) ? [a, b] : [b, a];
    if (from.host.isUp) from.say(to, `said:${count++}`);
  });
  return () => {
    isOver = true;
  };
}

function whatIsMissing(world: World): string | undefined {
  const missing = world.said.filter(({ id }) => !world.ledger.arrivedMs.has(id));
  return missing.length === 0
    ? undefined
    : `${missing.length} of ${world.said.length} messages did not arrive: "${missing[0]?.text}" first`;
}
