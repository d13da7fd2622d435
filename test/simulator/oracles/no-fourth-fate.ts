/**
 * Every message that was said is delivered, or expired in its writer's sight, or still carried by somebody. There is no fourth fate; and
 * two hours after a message's time is over, by the clock of its writer, that writer has been told which of the first two it was. Of a
 * writer whose store was set back since, what it still knows counts.
 */
import { LIFETIME_HOURS } from '../../../packages/core/src/envelope/limits.ts';
import { fromHex } from '../../../packages/core/src/kernel/bytes.ts';
import type { Person, Said } from '../person.ts';
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

const EVERY_MS = 600_000;
const HOUR_MS = 3_600_000;

/** By then its writer knows: an hour until its envelopes are over everywhere, an hour between two looks of a phone at what it has written. */
const TOLD_WITHIN_MS: number = (LIFETIME_HOURS[1] + 2) * HOUR_MS;

export function noFourthFate(world: World): Oracle {
  const people = new Map<string, Person>();
  /** Neither arrived nor expired yet. */
  const open = new Map<string, Said>();
  /** Of which their writers were not told yet; and which of them the last look found too old for that. */
  let untold: Said[] = [];
  let late = new Set<Said>();
  let looked = 0;
  let nextMs = 0;

  const isForgotten = (said: Said): boolean => {
    if ((world.ledger.setBackMs.get(said.from) ?? 0) < said.atMs) return false;
    const key = fromHex(said.id);
    return key === undefined || people.get(said.from)?.host.store.getNow([{ space: 'messageIndex', key }])[0] === undefined;
  };

  const findLost = (): void => {
    const { ledger } = world;
    for (const [id, said] of open) {
      if (ledger.arrivedMs.has(id) || ledger.isTold(said.from, id) || isForgotten(said)) open.delete(id);
      else if (!ledger.isOnItsWay(id)) throw new Error(`nobody carries "${said.text}" of ${said.from} to ${said.to}`);
    }
  };

  const findUntold = (): void => {
    const lateNow = new Set<Said>();
    const stillUntold: Said[] = [];
    for (const said of untold) {
      const writer = people.get(said.from);
      // Nothing is asked of devices that were linked later: another wrote it.
      if (writer === undefined || world.ledger.isTold(said.from, said.id)) continue;
      const isOver = writer.host.isUp && writer.host.nowMs - said.writtenAtMs > TOLD_WITHIN_MS;
      if (isOver && isForgotten(said)) continue;
      // A clock that leapt, a phone that has just come back: it has until the next look.
      if (isOver && late.has(said))
        throw new Error(`the time of "${said.text}" to ${said.to} is over, and ${said.from} was not told what became of it`);
      if (isOver) lateNow.add(said);
      stillUntold.push(said);
    }
    untold = stillUntold;
    late = lateNow;
  };

  return {
    check: () => {
      if (world.nowMs < nextMs) return;
      nextMs = world.nowMs + EVERY_MS;
      if (people.size === 0) for (const person of world.people) people.set(person.name, person);
      for (; looked < world.said.length; looked++) {
        const one = world.said[looked];
        if (one === undefined || one.id === '') continue;
        open.set(one.id, one);
        untold.push(one);
      }
      findLost();
      findUntold();
    },
  };
}
