import { expect, test } from 'vitest';
import type { AppViewModel } from './app.ts';
import { AroundViewModel } from './around.ts';
import { openedApp } from './testing/opened-app.ts';

const around = (app: AppViewModel): AroundViewModel => new AroundViewModel(app.overview, app.words);

test('sentence and list say everything the picture says', async () => {
  const { app } = await openedApp((messenger) => {
    messenger.knowsRelay = true;
    messenger.neighbours = [
      { kind: 'relay', account: undefined, path: 'relay' },
      { kind: 'stranger', account: undefined, path: 'direct' },
    ];
    messenger.meet('Elif', 'direct');
    messenger.meet('Jonas', 'relay');
    messenger.meet('Aiko', 'carried');
  });
  const view = around(app).view.value;
  expect(view?.sentence).toBe('2 people are on the line.');
  expect(view?.rest).toBe('The relay is near. One phone you have not met is near. Others carry for Aiko.');
  expect(view?.ways.map((way) => [way.title, way.names])).toEqual([
    ['Directly', 'Elif. Works with the relay off, too.'],
    ['Through the relay', 'Jonas'],
    ['Carried', 'Aiko'],
  ]);
  expect(view?.spots.map((spot) => spot.kind)).toEqual(['relay', 'person', 'person', 'away', 'stranger', 'me']);
});

test('nobody out of reach is drawn as tied to anything', async () => {
  const { app } = await openedApp((messenger) => {
    messenger.meet('Aiko', 'carried');
    messenger.meet('Tomas', 'not-now');
  });
  expect(around(app).view.value?.ties).toEqual([]);
});

test('alone, it says that what one writes waits safely', async () => {
  const { app } = await openedApp();
  expect(around(app).view.value).toMatchObject({
    isAlone: true,
    sentence: 'You are the only one here yet. Messages you write wait safely.',
  });
});
