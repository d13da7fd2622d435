/** A message is in its reader's conversation once, whatever roads it came by, and never in anybody else's. */
import type { World } from '../world.ts';
import type { Oracle } from './index.ts';

export function shownOnce(world: World): Oracle {
  return {
    check: () => {
      for (const reader of world.people) {
        for (const writer of world.people) {
          if (reader === writer || writer.account === '') continue;
          const theirs = reader.storedWith(writer).filter((message) => !message.mine);
          const ids = new Set(theirs.map((message) => message.id));
          if (ids.size !== theirs.length) throw new Error(`${reader.name} shows a message of ${writer.name} twice`);
          for (const { text } of theirs) {
            const isMeant = world.said.some((said) => said.text === text && said.to === reader.name && said.from === writer.name);
            if (!isMeant) throw new Error(`${reader.name} shows "${text}" of ${writer.name}, which was never said to them`);
          }
        }
      }
    },
  };
}
