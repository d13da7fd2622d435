/** A relay that is gone without a word: whole nodes over a memory network, one of whose links loses what it is given. */
import { expect, test } from 'vitest';
import { MemoryStore } from '../adapters/store-memory/index.ts';
import { systemClock, systemEntropy } from '../adapters/system/index.ts';
import type { Bytes } from '../kernel/bytes.ts';
import type { Link, LinkCommand, LinkEvent, NeighbourId } from '../ports/link.ts';
import { createMessenger } from './create-messenger.ts';
import { accountOf, newHouse, type Person, texts, until } from './testing/house.ts';

/** Loses every frame while it is silent. Whoever is asked for a sign of life then is taken down, as the far side would be that gives none. */
class SilentLink implements Link {
  readonly #link: Link;
  isSilent = false;
  readonly asked: (NeighbourId | undefined)[] = [];

  constructor(link: Link) {
    this.#link = link;
  }

  start(listener: (event: LinkEvent) => void): void {
    this.#link.start((event) => {
      if (event.kind !== 'frame' || !this.isSilent) listener(event);
    });
  }

  perform(command: LinkCommand): void {
    if (command.kind !== 'probe') return this.#link.perform(command);
    this.asked.push(command.neighbour);
    if (!this.isSilent || command.neighbour === undefined) return;
    this.isSilent = false;
    this.#link.perform({ kind: 'close', neighbour: command.neighbour });
  }

  send(neighbour: NeighbourId, frame: Bytes): 'queued' | 'full' | 'gone' {
    return this.isSilent ? 'queued' : this.#link.send(neighbour, frame);
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }
}

test('a message that the relay does not answer has it asked for a sign of life, and arrives when it was dialled again', async () => {
  const house = await newHouse();
  const relay = await house.openRelay();
  const bo = await house.person('Bo');
  const link = new SilentLink(house.network.link('ann'));
  const [store, clock] = [new MemoryStore(), { ...systemClock(), aheadMs: 0 }];
  const messenger = await createMessenger({ link, store, clock, entropy: systemEntropy() });
  const ann: Person = { name: 'ann', messenger, store, events: [], clock };
  messenger.subscribe((event) => ann.events.push(event));
  house.open.push(messenger);
  await messenger.begin('Ann');
  await messenger.useRelay({ key: relay.status().key, addresses: ['memory:relay'] });
  const invited = await bo.messenger.invite();
  if (!invited.ok || !(await messenger.accept(invited.value.text)).ok) throw new Error('they did not meet');
  for (const it of [ann, bo]) await until(it, ({ contacts }) => contacts[0]?.name !== undefined);
  await messenger.send(await accountOf(bo), 'before');
  await until(bo, async () => (await texts(bo, ann)).length === 1);
  expect(link.asked).toEqual([]);
  link.isSilent = true;
  await messenger.send(await accountOf(bo), 'into the silence');
  await until(bo, async () => (await texts(bo, ann)).length === 2);
  expect(link.asked).toHaveLength(1);
});
