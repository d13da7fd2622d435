import { expect, test } from 'vitest';
import { accountOf, type FakeMessenger } from './testing/fake-messenger.ts';
import { openedApp } from './testing/opened-app.ts';

const NEAR = { kind: 'relay', account: undefined, path: 'relay' } as const;

async function lineFor(prepare: (messenger: FakeMessenger) => void): Promise<string> {
  const { app } = await openedApp(prepare);
  const view = app.home.view.value;
  return `${view?.lineTitle} / ${view?.lineNote}`;
}

test('the line says who is reachable, and how things stand, in words that are true', async () => {
  expect(
    await lineFor((messenger) => {
      messenger.neighbours = [NEAR];
      messenger.meet('Elif', 'direct');
      messenger.meet('Aiko', 'carried');
    }),
  ).toBe('1 person is on the line / The relay is near');
  expect(
    await lineFor((messenger) => {
      messenger.knowsRelay = true;
      messenger.meet('Elif', 'direct');
      messenger.meet('Noor', 'direct');
    }),
  ).toBe('2 people are on the line / The relay is out of reach. You still reach Noor and Elif directly.');
  expect(
    await lineFor((messenger) => {
      messenger.knowsRelay = true;
      messenger.meet('Elif', 'not-now');
    }),
  ).toBe('Nobody is on the line / The relay is out of reach. What you write waits on this phone.');
});

test('those reached directly hang on the line first', async () => {
  const { app } = await openedApp((messenger) => {
    messenger.meet('Jonas', 'relay');
    messenger.meet('Elif', 'direct');
    messenger.meet('Tomas', 'not-now');
  });
  expect(app.home.view.value?.line.map((person) => person.name)).toEqual(['Elif', 'Jonas']);
});

test('a row is one line, says who wrote it, and where mine is', async () => {
  const { app } = await openedApp((messenger) => {
    messenger.meet('Ann', 'carried');
    messenger.put(accountOf('Ann'), true, 'one\n\ntwo', undefined, { kind: 'carried', carriers: 3 });
  });
  expect(app.home.view.value?.rows[0]).toMatchObject({
    last: 'You: one two',
    stateWords: 'Carried by 3',
    reachWords: 'carried by others',
    time: '10:13',
    unread: 0,
  });
});

test('the list follows what the messenger tells', async () => {
  const { app, messenger } = await openedApp();
  expect(app.home.view.value?.isEmpty).toBe(true);
  messenger.meet('Ann');
  messenger.put(accountOf('Ann'), false, 'hello');
  await Promise.resolve();
  await Promise.resolve();
  await Promise.resolve();
  expect(app.home.view.value?.rows.map((row) => [row.name, row.last, row.unread])).toEqual([['Ann', 'hello', 1]]);
});
