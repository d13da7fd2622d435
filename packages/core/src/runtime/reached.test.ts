/** How people are said to be reached while the way to them changes: whole nodes over a memory network. */
import { expect, test } from 'vitest';
import { accountOf, newHouse, type Person, until } from './testing/house.ts';

async function meet(one: Person, other: Person): Promise<void> {
  const code = await one.messenger.invite({ byHand: true });
  const taken = code.ok ? await other.messenger.accept(code.value.text, 'scanned') : code;
  if (!taken.ok || taken.value.answer === undefined) throw new Error('no answer to the code');
  await one.messenger.accept(taken.value.answer, 'scanned');
  for (const it of [one, other]) await until(it, ({ contacts }) => contacts[0]?.reach.kind === 'direct');
}

test('when a connection takes another way, both are told, and what is said of it follows', async () => {
  const house = await newHouse();
  const [ann, bo] = [await house.person('Ann'), await house.person('Bo')];
  await meet(ann, bo);
  for (const [path, said] of [
    ['circuit', 'relay'],
    ['direct', 'direct'],
    ['circuit', 'relay'],
  ] as const) {
    house.network.reroute(ann.name, bo.name, path);
    for (const it of [ann, bo]) {
      await until(it, ({ contacts }) => contacts[0]?.reach.kind === said);
      expect((await it.messenger.overview()).neighbours.map((near) => near.path)).toEqual([path]);
    }
  }
});

test('who is reached both ways is said to be reached directly, whichever came first', async () => {
  const house = await newHouse();
  const [ann, bo] = [await house.person('Ann'), await house.person('Bo')];
  await meet(ann, bo);
  for (const [one, other] of [
    [ann, bo],
    [bo, ann],
  ] as const) {
    const account = await accountOf(other);
    await until(one, ({ contacts }) => contacts.some((it) => it.account === account && it.meetsByOneCode));
  }
  house.network.reroute(ann.name, bo.name, 'circuit');
  await until(ann, ({ contacts }) => contacts[0]?.reach.kind === 'relay');
  const again = await ann.messenger.meetAgain(await accountOf(bo));
  if (!again.ok) throw new Error(again.refusal.kind);
  await bo.messenger.accept(again.value.text, 'scanned');
  for (const it of [ann, bo]) {
    await until(it, ({ neighbours }) => neighbours.length === 2);
    const { contacts, neighbours } = await it.messenger.overview();
    expect([contacts[0]?.reach.kind, neighbours.map((near) => near.path)]).toEqual(['direct', ['circuit', 'direct']]);
  }
});
