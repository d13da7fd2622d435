/** Meeting with nothing but each other, again by one code, and through others: whole nodes over a memory network that has hands. */
import { expect, test } from 'vitest';
import type { Messenger } from './messenger.ts';
import { accountOf, newHouse, type Person, texts, until } from './testing/house.ts';

type Answer<Name extends 'invite' | 'accept' | 'meetAgain' | 'introduce'> = Awaited<ReturnType<Messenger[Name]>>;

function must<Value>(
  answer: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: { kind: string } },
): Value {
  if (!answer.ok) throw new Error(answer.refusal.kind);
  return answer.value;
}

const refusalOf = (answer: Answer<'invite'> | Answer<'accept'> | Answer<'meetAgain'> | Answer<'introduce'>): string =>
  answer.ok ? 'none' : answer.refusal.kind;

/** Two scans: the code on the one's screen, the answer on the other's. */
async function scanEachOther(shows: Person, reads: Person): Promise<void> {
  const code = must(await shows.messenger.invite({ byHand: true }));
  expect(code.isByHand).toBe(true);
  const taken = must(await reads.messenger.accept(code.text, 'scanned'));
  expect(taken.account).toBe(await accountOf(shows));
  must(await shows.messenger.accept(taken.answer as string, 'scanned'));
  for (const [one, other] of [
    [shows, reads],
    [reads, shows],
  ] as const) {
    const account = await accountOf(other);
    await until(one, ({ contacts }) => contacts.some((it) => it.account === account && it.name !== '' && it.reach.kind === 'direct'));
  }
}

const contactOf = async (it: Person, other: Person) => {
  const account = await accountOf(other);
  return (await it.messenger.overview()).contacts.find((contact) => contact.account === account);
};

async function says(from: Person, to: Person, text: string): Promise<void> {
  must(await from.messenger.send(await accountOf(to), text));
  await until(to, async () => (await texts(to, from)).includes(text));
}

test('two phones with nothing else meet by two scans, both verified, and write', async () => {
  const house = await newHouse();
  const [ann, bo] = [await house.person('Ann'), await house.person('Bo')];
  await scanEachOther(ann, bo);
  expect((await contactOf(ann, bo))?.verified).toBe('scanned');
  expect((await contactOf(bo, ann))?.verified).toBe('scanned');
  await says(ann, bo, 'with nothing between');
  await says(bo, ann, 'indeed');
  expect(ann.events.filter((event) => event.kind === 'by-hand').map((event) => event.byHand.step)).toEqual(['connecting', 'connected']);
});

test('an answer that was pasted connects as well, and verifies nobody', async () => {
  const house = await newHouse();
  const [ann, bo] = [await house.person('Ann'), await house.person('Bo')];
  const code = must(await ann.messenger.invite({ byHand: true }));
  const taken = must(await bo.messenger.accept(code.text, 'link'));
  must(await ann.messenger.accept(taken.answer as string, 'link'));
  await until(ann, ({ contacts }) => contacts[0]?.name === 'Bo' && contacts[0].reach.kind === 'direct');
  expect((await contactOf(ann, bo))?.verified).toBeUndefined();
});

test('whoever photographed the code cannot take the invitation up once its answer was scanned', async () => {
  const house = await newHouse();
  const [ann, bo, eve] = [await house.person('Ann'), await house.person('Bo'), await house.person('Eve')];
  const code = must(await ann.messenger.invite({ byHand: true }));
  const taken = must(await bo.messenger.accept(code.text, 'scanned'));
  house.network.cut(ann.name, eve.name);
  must(await ann.messenger.accept(taken.answer as string, 'scanned'));
  await until(ann, ({ contacts }) => contacts.length === 1 && contacts[0]?.name === 'Bo');
  house.network.heal(ann.name, eve.name);
  // Her answer finds no code of Ann's that is open.
  const late = must(await eve.messenger.accept(code.text, 'scanned'));
  expect(late.answer === undefined || refusalOf(await ann.messenger.accept(late.answer, 'scanned')) === 'not-awaited').toBe(true);
  expect((await ann.messenger.overview()).contacts).toHaveLength(1);
});

test('who knows each other needs one code, each time another one; connections and numbers do not repeat', async () => {
  const house = await newHouse();
  const [ann, bo] = [await house.person('Ann'), await house.person('Bo')];
  await scanEachOther(ann, bo);
  const shown: string[] = [];
  for (const [shows, reads] of [
    [ann, bo],
    [bo, ann],
    [ann, bo],
  ] as const) {
    await until(shows, async () => (await contactOf(shows, reads))?.meetsByOneCode === true);
    await until(reads, async () => (await contactOf(reads, shows))?.meetsByOneCode === true);
    house.network.cut(ann.name, bo.name);
    await until(shows, async () => (await contactOf(shows, reads))?.reach.kind === 'not-now');
    await until(reads, async () => (await contactOf(reads, shows))?.reach.kind === 'not-now');
    house.network.heal(ann.name, bo.name);
    const code = must(await shows.messenger.meetAgain(await accountOf(reads)));
    shown.push(code.text);
    expect(must(await reads.messenger.accept(code.text, 'scanned')).account).toBe(await accountOf(shows));
    await until(shows, async () => (await contactOf(shows, reads))?.reach.kind === 'direct');
    await says(shows, reads, `once more ${shown.length}`);
  }
  expect(new Set(shown).size).toBe(3);
});

test('one code is for one person: to others it says nothing', async () => {
  const house = await newHouse();
  const [ann, bo, cy] = [await house.person('Ann'), await house.person('Bo'), await house.person('Cy')];
  await scanEachOther(ann, bo);
  await scanEachOther(ann, cy);
  await until(ann, async () => (await contactOf(ann, bo))?.meetsByOneCode === true);
  const code = must(await ann.messenger.meetAgain(await accountOf(bo)));
  expect(refusalOf(await cy.messenger.accept(code.text, 'scanned'))).toBe('not-for-me');
});

test('an answer to a code that was left is refused in words, and an invitation without hands is still taken up', async () => {
  const house = await newHouse();
  const [ann, bo] = [await house.person('Ann'), await house.person('Bo')];
  const code = must(await ann.messenger.invite({ byHand: true }));
  const taken = must(await bo.messenger.accept(code.text, 'scanned'));
  await ann.messenger.endByHand();
  expect(refusalOf(await ann.messenger.accept(taken.answer as string, 'scanned'))).toBe('not-awaited');
  expect((await bo.messenger.overview()).contacts).toHaveLength(0);
});

/** Bo has met both by hand and brings them together; Cy is asked first. */
async function introduced() {
  const house = await newHouse();
  const [ann, bo, cy] = [await house.person('Ann'), await house.person('Bo'), await house.person('Cy')];
  await scanEachOther(ann, bo);
  await scanEachOther(bo, cy);
  must(await bo.messenger.introduce(await accountOf(ann), await accountOf(cy)));
  await until(cy, ({ introductions }) => introductions.length === 1);
  return { house, ann, bo, cy };
}

test('somebody connected to both brings two together, each with a yes; they end up connected directly', async () => {
  const { house, ann, bo, cy } = await introduced();
  const [asked] = (await cy.messenger.overview()).introductions;
  expect(asked).toMatchObject({ by: await accountOf(bo), account: await accountOf(ann), name: 'Ann' });
  await cy.messenger.answerIntroduction(asked?.id ?? '', true);
  await until(ann, ({ introductions }) => introductions.length === 1);
  const [passed] = (await ann.messenger.overview()).introductions;
  expect(passed).toMatchObject({ by: await accountOf(bo), account: await accountOf(cy), name: 'Cy' });
  await ann.messenger.answerIntroduction(passed?.id ?? '', true);
  await until(ann, async () => (await contactOf(ann, cy))?.name === 'Cy');
  await until(cy, async () => (await contactOf(cy, ann))?.name === 'Ann');
  expect((await contactOf(ann, cy))?.introducedBy).toBe(await accountOf(bo));
  expect((await contactOf(cy, ann))?.introducedBy).toBe(await accountOf(bo));
  expect((await contactOf(ann, cy))?.verified).toBeUndefined();
  await says(ann, cy, 'Bo said we should talk');
  await says(cy, ann, 'we should');
  await until(ann, async () => (await contactOf(ann, cy))?.reach.kind === 'direct');
  house.network.cut(ann.name, bo.name);
  house.network.cut(cy.name, bo.name);
  await says(cy, ann, 'still here without Bo');
});

test('whoever is asked again about the same person has one question, and one no is enough', async () => {
  const { ann, bo, cy } = await introduced();
  const [first] = (await cy.messenger.overview()).introductions;
  must(await bo.messenger.introduce(await accountOf(ann), await accountOf(cy)));
  await says(bo, cy, 'I asked again');
  const { introductions } = await cy.messenger.overview();
  expect(introductions).toHaveLength(1);
  expect(introductions[0]?.id).not.toBe(first?.id);
  await cy.messenger.answerIntroduction(introductions[0]?.id ?? '', false);
  expect((await cy.messenger.overview()).introductions).toHaveLength(0);
});

test('an introduction that one of the two does not want leads to nothing', async () => {
  const { ann, bo, cy } = await introduced();
  await cy.messenger.answerIntroduction((await cy.messenger.overview()).introductions[0]?.id ?? '', false);
  await says(cy, bo, 'rather not');
  await says(bo, ann, 'she would rather not');
  expect((await ann.messenger.overview()).introductions).toHaveLength(0);
  expect((await cy.messenger.overview()).introductions).toHaveLength(0);
});
