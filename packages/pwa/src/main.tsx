/**
 * The first composition root: draws the first screen at once, takes the profile's lock, starts the node, and ties device,
 * view-models and views together. The only place in the page that knows them all.
 */
import './design/look.css';
import { type Signal, signal } from '@preact/signals';
import { render } from 'preact';
import { deviceBell } from './device/bell.ts';
import { deviceCamera } from './device/camera.ts';
import { localDrawer } from './device/drawer.ts';
import { deviceHands } from './device/hands.ts';
import { fetchOwnRelay, type OwnRelay, rememberedOwnRelay } from './device/own-relay.ts';
import { askForProfileLock, type ProfileLock, takeProfileLock } from './device/profile-lock.ts';
import { deviceShelf } from './device/shelf.ts';
import { watchUpdates } from './device/updates.ts';
import { type Wakefulness, wakefulness } from './device/wakefulness.ts';
import { type Words, wordsFor } from './locales/words.ts';
import { AppViewModel } from './view-models/app.ts';
import type { Device } from './view-models/ports.ts';
import { hashOf, parseRoute, type Route } from './view-models/route.ts';
import type { Shell } from './view-models/shell.ts';
import { Times } from './view-models/times.ts';
import { ShellView } from './views/shell.tsx';

const words: Words = wordsFor(navigator.languages);
const shell: Signal<Shell> = signal({ kind: 'opening' });
const relayName: Signal<string | undefined> = signal(undefined);
let stopRunning: () => Promise<void> = () => Promise.resolve();

function go(route: Route, replace = false): void {
  if (replace) history.replaceState(history.state, '', hashOf(route));
  else if (location.hash !== hashOf(route)) location.hash = hashOf(route);
}

const drawer = localDrawer();
const awake: Wakefulness = wakefulness();
const linkBase: Signal<string> = signal(new URL('./#/meet/', document.baseURI).href);
const openAbout = (about: string): void => go(parseRoute(`#/with/${about}`));
const updates = watchUpdates(() => stopRunning(), openAbout);
const device: Device = {
  drawer,
  camera: deviceCamera(),
  bell: deviceBell(openAbout),
  shelf: deviceShelf(),
  hands: deviceHands(),
  isVisible: awake.isVisible,
  nowMs: awake.nowMs,
  linkBase,
};

function learn({ name, origin }: OwnRelay): void {
  if (name !== undefined) relayName.value = name;
  // Whoever is invited must land at the one address under which phones keep the app.
  if (origin !== undefined) linkBase.value = `${origin}/#/meet/`;
}

async function run(lock: ProfileLock): Promise<void> {
  shell.value = { kind: 'opening' };
  let app: AppViewModel | undefined;
  const { startNode } = await import('./node.ts');
  const node = await startNode(() => app?.breakDown());
  if (node.kind === 'no-store') {
    shell.value = { kind: 'no-store', why: node.why };
    return;
  }
  const { messenger } = node;
  stopRunning = async () => {
    stopRunning = () => Promise.resolve();
    app?.close();
    await node.stop();
  };
  const giveWay = (): void => {
    shell.value = elsewhere(false);
  };
  lock.onAsked(async () => {
    giveWay();
    await stopRunning();
  });
  lock.onTaken(() => {
    giveWay();
    void stopRunning();
  });
  const hour12 = new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions().hour12 ?? false;
  const opened = new AppViewModel({
    messenger,
    device,
    words,
    times: new Times(words, { hour12 }),
    version: KITH_VERSION,
    relayName,
    update: updates.ready,
    go,
  });
  app = opened;
  window.addEventListener('hashchange', () => opened.moved(location.hash));
  awake.onAwake(() => void messenger.awake());
  await opened.start(location.hash);
  shell.value = { kind: 'app', app: opened };
  // On the home screen no browser asks a question before it promises to keep what is here.
  if (matchMedia('(display-mode: standalone)').matches) void device.shelf.keep();
  const own = await fetchOwnRelay(drawer);
  learn(own);
  if (own.relay !== undefined) await messenger.useRelay(own.relay);
}

function elsewhere(isAsking: boolean): Shell {
  return {
    kind: 'elsewhere',
    isAsking,
    continueHere: () => {
      shell.value = elsewhere(true);
      void askForProfileLock().then((lock) => {
        if (lock === undefined) shell.value = elsewhere(false);
        // A fresh page: nothing of an earlier run is left over.
        else location.reload();
      });
    },
  };
}

async function start(): Promise<void> {
  if (!isSecureContext || !('locks' in navigator)) {
    shell.value = { kind: 'untrusted' };
    return;
  }
  learn(rememberedOwnRelay(drawer));
  const lock = await takeProfileLock();
  if (lock === undefined) shell.value = elsewhere(false);
  else await run(lock);
}

const root = document.querySelector('#kith') ?? document.body;
document.documentElement.lang = words.tag;
document.documentElement.dir = words.direction;
const fake = import.meta.env.DEV ? new URLSearchParams(location.search).get('fake') : null;
if (fake === null) {
  render(<ShellView shell={shell} words={words} />, root);
  void start();
} else {
  void import('./dev/fake-main.tsx').then(({ startFake }) => startFake(root, fake));
}
