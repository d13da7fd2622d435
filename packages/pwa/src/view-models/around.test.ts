import { expect, test } from 'vitest';
import type { AppViewModel } from './app.ts';
import { AroundViewModel } from './around.ts';
import { accountOf } from './testing/fake-messenger.ts';
import { openedApp } from './testing/opened-app.ts';

const around = (app: AppViewModel): AroundViewModel => new AroundViewModel(app.overview, app.words, app.byHand);

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

test('each is listed by the true way: kept by the relay, or only passed on by one', async () => {
  const { app } = await openedApp((messenger) => {
    const [ann, bo] = [messenger.meet('Ann', 'relay'), messenger.meet('Bo', 'relay')];
    messenger.meet('Cleo', 'direct');
    messenger.neighbours = [
      { kind: 'relay', account: undefined, path: 'relay' },
      { kind: 'contact', account: ann, path: 'circuit' },
      { kind: 'contact', account: accountOf('Cleo'), path: 'direct' },
    ];
    messenger.put(bo, false, 'heard by way of the relay');
  });
  expect(around(app).view.value?.ways.map(({ way, names }) => [way, names])).toEqual([
    ['direct', 'Cleo. Works with the relay off, too.'],
    ['circuit', 'Ann. Connected now; the relay keeps nothing.'],
    ['relay', 'Bo'],
  ]);
});

test('while two phones are being tied together it says so, with the name where that is known', async () => {
  const { app, messenger } = await openedApp((fake) => void fake.meet('Ann', 'not-now'));
  const { view } = around(app);
  expect(view.value?.connecting).toBeUndefined();
  messenger.hand({ account: accountOf('Ann'), step: 'connecting' });
  expect(view.value?.connecting).toContain('Ann’s are being tied together');
  messenger.hand({ account: accountOf('Bo'), step: 'connecting' });
  expect(view.value?.connecting).toContain('Two phones');
  messenger.hand({ account: accountOf('Bo'), step: 'failed', why: 'timed-out' });
  expect(view.value?.connecting).toBeUndefined();
});
