/** Screens without a network, while developing: `/?fake=home`, `?fake=empty`, `?fake=first`. Never part of the build. */
import { signal } from '@preact/signals';
import { render } from 'preact';
import { wordsFor } from '../locales/words.ts';
import { AppViewModel } from '../view-models/app.ts';
import { frameAt, openPipe } from '../view-models/carry/qr-pipe.ts';
import { hashOf, type Route } from '../view-models/route.ts';
import { fakeDevice } from '../view-models/testing/fake-device.ts';
import { FakeLock } from '../view-models/testing/fake-lock.ts';
import { FakeMessenger } from '../view-models/testing/fake-messenger.ts';
import { DAY_MS, MINUTE_MS, Times } from '../view-models/times.ts';
import { App } from '../views/app.tsx';
import { carryScene } from './carry-scenes.ts';
import { meetScene } from './meet-scenes.ts';
import { personScene } from './person-scenes.ts';
import { safeScene, startLocked } from './safe-scenes.tsx';

/** Friday 20 November 2026, 10:13 in UTC: the moment of the mock-ups. */
const NOW_MS = Date.UTC(2026, 10, 20, 10, 13);

function story(messenger: FakeMessenger): void {
  const at = (daysAgo: number, hour: number, minute: number): number => Date.UTC(2026, 10, 20 - daysAgo, hour, minute);
  messenger.profile = { account: '7a'.repeat(32), name: 'Mira', wordsWaiting: false, isFirstDevice: true };
  messenger.knowsRelay = true;
  messenger.neighbours = [
    { kind: 'relay', account: undefined, path: 'relay' },
    { kind: 'stranger', account: undefined, path: 'direct' },
  ];
  messenger.nowMs = at(17, 18, 30);
  const elif = messenger.meet('Elif', 'direct', at(0, 10, 12));
  const aiko = messenger.meet('Aiko', 'carried', at(0, 7, 40));
  const jonas = messenger.meet('Jonas', 'relay');
  const noor = messenger.meet('Noor', 'direct');
  const sami = messenger.meet('Sami', 'relay');
  const lena = messenger.meet('Lena', 'relay');
  const tomas = messenger.meet('Tomas', 'not-now');
  const hana = messenger.meet('Hana', 'carried');
  messenger.nowMs = NOW_MS;
  messenger.put(hana, false, 'Thank you for the seeds!', at(4, 15, 2), undefined, false);
  messenger.put(tomas, true, 'Is the cellar dry again?', at(3, 9, 0), { kind: 'waiting' });
  messenger.put(lena, false, 'The ladder is in the hall, take it whenever you like', at(1, 19, 20), undefined, false);
  messenger.put(sami, true, 'Bring the long one', at(1, 20, 1), { kind: 'delivered', atMs: at(1, 20, 2) });
  messenger.put(noor, false, 'نلتقي عند البوابة؟', at(1, 20, 30), undefined, false);
  messenger.put(jonas, true, 'See you at the gate', at(1, 21, 0), { kind: 'read', atMs: at(1, 21, 5) });
  for (let i = 0; i < 70; i += 1)
    messenger.put(
      aiko,
      i % 3 === 0,
      `Line ${i + 1} of an older talk`,
      at(9, 8, 0) + i * 3 * MINUTE_MS,
      { kind: 'read', atMs: at(9, 12, 0) },
      false,
    );
  messenger.put(aiko, false, 'The hut is open again. No signal up here, but the stove works.', at(5, 9, 12), undefined, false);
  messenger.put(aiko, false, 'From the bench you see the whole valley', at(5, 9, 13), undefined, false);
  messenger.put(aiko, true, 'Shall I bring the blue pot on Saturday?', at(5, 9, 20), { kind: 'read', atMs: at(5, 9, 31) });
  messenger.put(aiko, false, 'Yes please! And:\n– matches\n– the small pan', at(5, 9, 33), undefined, false);
  messenger.put(aiko, true, 'Jonas drives up on Saturday and takes the pot along.', at(0, 8, 5), { kind: 'carried', carriers: 3 });
  messenger.put(aiko, true, 'And wool socks, if you want them?', at(0, 8, 6), { kind: 'carried', carriers: 3 });
  messenger.put(elif, true, 'Is there any bread left?', at(0, 10, 2), { kind: 'read', atMs: at(0, 10, 3) });
  messenger.put(elif, false, 'Two in the oven', at(0, 10, 10));
  messenger.put(elif, false, 'The bread is out, come by if you like', at(0, 10, 12));
}

export function startFake(root: Element, which: string): void {
  if (startLocked(root, which, wordsFor(['en']))) return;
  const messenger = new FakeMessenger(NOW_MS);
  if (which === 'empty' || which === 'words-empty') {
    messenger.profile = { account: '7a'.repeat(32), name: 'Mira', wordsWaiting: false, isFirstDevice: true };
  } else if (which !== 'first' && which !== 'link-digits-new') story(messenger);
  if (which === 'off') {
    messenger.neighbours = [];
  }
  personScene(messenger, which);
  meetScene(messenger, which);
  carryScene(messenger, which);
  const device = fakeDevice({
    nowMs: NOW_MS,
    ...(which === 'camera' || which.startsWith('hand') ? {} : { camera: which === 'no-camera' ? 'in-use' : 'absent' }),
    ...(which === 'share' ? { share: 'shared' } : {}),
    cameraPermission: which === 'camera-no' ? 'denied' : which.startsWith('hand') ? 'granted' : 'not-asked',
    permission: which === 'offer' ? 'not-asked' : 'granted',
  });
  const lock = new FakeLock();
  safeScene(messenger, lock, which);
  const words = wordsFor(['en']);
  const app = new AppViewModel({
    messenger,
    lock,
    device,
    words,
    times: new Times(words, { timeZone: 'UTC' }),
    version: KITH_VERSION,
    relayName: signal('Kitchen relay'),
    update: signal(which === 'update' ? () => {} : undefined),
    go: (route: Route, replace = false) => {
      if (replace) history.replaceState(null, '', hashOf(route));
      else location.hash = hashOf(route);
    },
  });
  addEventListener('hashchange', () => app.moved(location.hash));
  // For whoever looks at screens: make things happen from the console.
  Object.assign(globalThis, { fake: { messenger, device, lock, app, DAY_MS, openPipe, frameAt } });
  void app.start(location.hash);
  render(<App app={app} />, root);
}
