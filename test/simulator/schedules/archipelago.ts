/**
 * Islands with a relay each; everybody is at the relay of their island. The last person is the courier: once a day their phone lands on
 * one island after the other, stands beside some who live there, and takes along what lies at the relays.
 */
import type { SimLink } from '../sim-network.ts';
import type { Person, World } from '../world.ts';
import { DAY_MS, groupOf, HOUR_MS, ordinaryPairs, type Schedule } from './schedule.ts';

const STAY_MS: number = HOUR_MS;
const HOSTS = 3;

function courierOf(world: World): Person {
  return world.people[world.people.length - 1] as Person;
}

function islandOf(world: World, person: Person): number {
  return groupOf(world, world.people.indexOf(person));
}

function land(world: World, island: number | undefined): void {
  const { link } = courierOf(world);
  // Between two islands nobody is in reach.
  link.place = island ?? -1;
  link.cutOutOfReach();
  if (island !== undefined) courierOf(world).ask({ kind: 'awake' });
}

export const ARCHIPELAGO: Schedule = {
  settle: (world) => {
    const relays = [...world.network.links.values()].filter((link) => link.kind === 'relay');
    for (const [island, relay] of relays.entries()) relay.place = island;
    const courier = courierOf(world);
    for (const person of world.people) {
      const own: SimLink | undefined = relays[islandOf(world, person)];
      if (person !== courier) person.useRelays((relay) => relay === own);
    }
    courier.useRelays();
    courier.ask({ kind: 'set-pull', pull: 'ferry' });
  },
  pairs: (world, chance) => ordinaryPairs(world, chance).filter(([a, b]) => a !== courierOf(world) && b !== courierOf(world)),
  live: (world, chance) => {
    const courier = courierOf(world);
    for (const person of world.people) if (person !== courier) person.link.place = islandOf(world, person);
    for (const link of world.network.links.values()) link.cutOutOfReach();
    land(world, undefined);
    const sail = (): void => {
      for (let island = 0; island < world.profile.groups; island++) {
        world.after(island * 2 * STAY_MS, () => {
          land(world, island);
          const hosts = world.people.filter((person) => person !== courier && islandOf(world, person) === island);
          for (let i = 0; i < HOSTS; i++) world.network.encounter(courier.link, chance.pick(hosts).link, STAY_MS);
        });
        world.after(island * 2 * STAY_MS + STAY_MS, () => land(world, undefined));
      }
      world.after(DAY_MS, sail);
    };
    world.after(HOUR_MS, sail);
  },
};
