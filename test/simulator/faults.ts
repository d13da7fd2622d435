/** Trouble that comes by itself while a profile asks for it: people out of range, a parted world, clocks that jump, stores set back. */
import type { SeededRandom } from '../../packages/core/src/testing/seeded-random.ts';
import type { World } from './world.ts';

/** How long before a store is set back its copy was made. */
const COPY_AGE_MS = 2 * 3_600_000;

/** Again and again, at gaps between nothing and twice `everyMs()`, for as long as that is not 0. */
export function nowAndThen(world: World, chance: SeededRandom, everyMs: () => number, what: () => void): void {
  const next = (): void => {
    if (everyMs() === 0) return;
    world.after(1 + chance.below(Math.max(1, Math.floor(2 * everyMs()))), () => {
      if (everyMs() === 0) return;
      what();
      next();
    });
  };
  next();
}

export function startComingAndGoing(world: World, all: SeededRandom): void {
  for (const [name, link] of world.network.links) {
    if (link.kind === 'hostile') continue;
    const chance = all.fork(`away:${name}`);
    const next = (): void => {
      if (world.profile.awayEveryMs === 0) return;
      world.after(1 + chance.below(2 * world.profile.awayEveryMs), () => {
        if (world.profile.awayEveryMs === 0 || link.isAway) return next();
        link.cut(true);
        world.after(1 + chance.below(2 * world.profile.awayForMs), () => {
          link.back();
          next();
        });
      });
    };
    next();
  }
}

export function startParting(world: World, chance: SeededRandom): void {
  const links = () => [...world.network.links.values()];
  nowAndThen(
    world,
    chance,
    () => world.profile.partEveryMs,
    () => {
      for (const link of links()) link.side = chance.below(2);
      for (const link of links()) link.cutOutOfReach();
      world.after(1 + chance.below(2 * world.profile.partForMs), () => {
        for (const link of links()) link.side = 0;
      });
    },
  );
}

export function startClocks(world: World, chance: SeededRandom): void {
  nowAndThen(
    world,
    chance,
    () => world.profile.clockJumpEveryMs / Math.max(1, world.people.length),
    () => chance.pick(world.people).host.jumpClock(chance.below(2 * world.profile.clockJumpMs + 1) - world.profile.clockJumpMs),
  );
}

export function startSettingBack(world: World, chance: SeededRandom): void {
  nowAndThen(
    world,
    chance,
    () => world.profile.setBackEveryMs,
    () => {
      const unlucky = chance.pick(world.people);
      const isTold = chance.chance(0.5);
      const copy = unlucky.host.store.snapshot();
      world.after(1 + chance.below(2 * COPY_AGE_MS), () => {
        if (world.profile.setBackEveryMs === 0 || !unlucky.host.isUp) return;
        world.wasSetBack = true;
        unlucky.host.setBack(copy, isTold ? { kind: 'start', wasSetBack: true } : { kind: 'start' });
      });
    },
  );
}
