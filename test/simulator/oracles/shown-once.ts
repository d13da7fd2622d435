/** A message is in its reader's conversation once, whatever roads it came by, and never in anybody else's. */
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

export function shownOnce(world: World): Oracle {
  const said = new Set<string>();
  /** reader → (writer and message → where it stands). */
  const places = new Map<string, Map<string, string>>();
  const names = new Map<string, string>();
  let looked = 0;
  return {
    check: () => {
      for (; looked < world.said.length; looked++) {
        const one = world.said[looked];
        if (one !== undefined) said.add(`${one.from}\0${one.to}\0${one.text}`);
      }
      for (const reader of world.ledger.takeForgotten()) places.delete(reader);
      const shown = world.ledger.takeShown();
      if (shown.length === 0) return;
      for (const person of world.people) names.set(person.account, person.name);
      for (const { reader, account, id, text, key } of shown) {
        const writer = names.get(account);
        if (writer === undefined || !world.people.some((person) => person.name === reader)) continue;
        const of = places.get(reader) ?? new Map<string, string>();
        places.set(reader, of);
        const place = of.get(`${account}/${id}`);
        if (place !== undefined && place !== key) throw new Error(`${reader} shows a message of ${writer} twice`);
        of.set(`${account}/${id}`, key);
        if (!said.has(`${writer}\0${reader}\0${text}`))
          throw new Error(`${reader} shows "${text}" of ${writer}, which was never said to them`);
      }
    },
  };
}
