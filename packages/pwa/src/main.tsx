/**
 * The first composition root: draws the first screen at once, takes the profile's lock, starts the node, and ties device,
 * view-models and views together. The only place in the page that knows them all.
 */
import './design/look.css';
import { type Signal, signal } from '@preact/signals';
import { options, render } from 'preact';
import { closeNotes, deviceBell } from './device/bell.ts';
import { deviceCamera } from './device/camera.ts';
import { localDrawer } from './device/drawer.ts';
import { deviceFiles } from './device/files.ts';
import { deviceHands } from './device/hands.ts';
import { fetchOwnRelay, type OwnRelay, rememberedOwnRelay } from './device/own-relay.ts';
import { askForProfileLock, type Holder, takeProfileLock } from './device/profile-lock.ts';
import { deviceScreen } from './device/screen.ts';
import { deviceShelf } from './device/shelf.ts';
import { watchUpdates } from './device/updates.ts';
import { type Wakefulness, wakefulness } from './device/wakefulness.ts';
import { type Words, wordsFor } from './locales/words.ts';
import type { RunningNode } from './node.ts';
import { AppViewModel } from './view-models/app.ts';
import type { Device } from './view-models/ports.ts';
import { hashOf, parseRoute, type Route } from './view-models/route.ts';
import type { Shell } from './view-models/shell.ts';
import { Times } from './view-models/times.ts';
import { ShellView } from './views/shell.tsx';

/** A page that nobody sees is drawn after so many milliseconds. */
const UNSEEN_MS = 100;

// Drawn once for each picture the screen shows, however much is told meanwhile: a day's mail comes in hundreds of pieces. A page in the
// background is shown in no picture, and says in its title what is new all the same.
options.debounceRendering = (draw) => {
  requestAnimationFrame(draw);
  setTimeout(draw, UNSEEN_MS);
};

const words: Words = wordsFor(navigator.languages);
const shell: Signal<Shell> = signal({ kind: 'opening' });
const relayName: Signal<string | undefined> = signal(undefined);
/** This page's node and what is drawn from it; a page runs one in its life. */
const ending = new AbortController();
let node: RunningNode | undefined;
let app: AppViewModel | undefined;
let hasGivenWay = false;

function go(route: Route, replace = false): void {
  if (replace) history.replaceState(history.state, '', hashOf(route));
  else if (location.hash !== hashOf(route)) location.hash = hashOf(route);
}

const drawer = localDrawer();
const awake: Wakefulness = wakefulness();
const linkBase: Signal<string> = signal(new URL('./#/meet/', document.baseURI).href);
const openAbout = (about: string): void => go(parseRoute(`#/with/${about}`));
const updates = watchUpdates(stopRunning, openAbout);
const device: Device = {
  drawer,
  files: deviceFiles(),
  camera: deviceCamera(),
  screen: deviceScreen(),
  bell: deviceBell(openAbout),
  shelf: deviceShelf(),
  hands: deviceHands(),
  isVisible: awake.isVisible,
  nowMs: awake.nowMs,
  usedAtMs: awake.usedAtMs,
  linkBase,
};

function learn({ name, origin }: OwnRelay): void {
  if (name !== undefined) relayName.value = name;
  // Whoever is invited must land at the one address under which phones keep the app.
  if (origin !== undefined) linkBase.value = `${origin}/#/meet/`;
}

async function stopRunning(): Promise<void> {
  app?.close();
  // One that is only starting has nothing to finish.
  if (node === undefined) ending.abort();
  else await node.stop();
}

function giveWay(): void {
  hasGivenWay = true;
  shell.value = elsewhere('not-asked');
}

/** The node ends first: whatever is on the screen, two of them must not write. */
function endAtOnce(): void {
  ending.abort();
  app?.close();
  giveWay();
}

/** Locked or erased: from here on nothing of anybody's stands on the screen, in the address or among the device's notes. */
function hide(): void {
  app?.close();
  app = undefined;
  shell.value = { kind: 'opening' };
  history.replaceState(null, '', hashOf({ at: 'messages' }));
  void closeNotes();
}

/** A fresh page: what this one has drawn goes with it. */
function restart(): void {
  location.reload();
}

const holder: Holder = {
  asked: () => {
    giveWay();
    return stopRunning();
  },
  taken: endAtOnce,
};

async function run(): Promise<void> {
  shell.value = { kind: 'opening' };
  let isLinkMissing = false;
  const { startNode } = await import('./node.ts');
  const started = await startNode({
    drawer,
    ending: ending.signal,
    onLocked: (lock) => {
      if (!hasGivenWay) shell.value = { kind: 'locked', lock };
    },
    hide,
    restart,
    onBroken: (why) => (why === 'taken' ? endAtOnce() : app?.breakDown()),
    onLink: (isThere) => {
      isLinkMissing = !isThere;
      if (app !== undefined) app.isLinkMissing.value = isLinkMissing;
    },
  });
  if (started.kind === 'ended' || hasGivenWay) return;
  if (started.kind === 'no-store') {
    shell.value = { kind: 'no-store', why: started.why };
    return;
  }
  node = started;
  const { messenger, lock } = started;
  const hour12 = new Intl.DateTimeFormat(undefined, { hour: 'numeric' }).resolvedOptions().hour12 ?? false;
  const opened = new AppViewModel({
    messenger,
    lock,
    device,
    words,
    times: new Times(words, { hour12 }),
    version: KITH_VERSION,
    relayName,
    update: updates.ready,
    go,
  });
  app = opened;
  opened.isLinkMissing.value = isLinkMissing;
  window.addEventListener('hashchange', () => opened.moved(location.hash));
  awake.onAwake(() => {
    started.retryLink();
    void messenger.awake();
  });
  await opened.start(location.hash);
  if (hasGivenWay) return;
  shell.value = { kind: 'app', app: opened };
  // On the home screen no browser asks a question before it promises to keep what is here.
  if (matchMedia('(display-mode: standalone)').matches) void device.shelf.keep();
  const own = await fetchOwnRelay(drawer);
  learn(own);
  if (own.relay !== undefined) await messenger.useRelay(own.relay);
}

function elsewhere(asking: 'not-asked' | 'asking' | 'silent'): Shell {
  return {
    kind: 'elsewhere',
    asking,
    continueHere: () => {
      shell.value = elsewhere('asking');
      askForProfileLock(() => {
        shell.value = elsewhere('silent');
      }).then(
        // A fresh page: nothing of an earlier run is left over.
        () => location.reload(),
        () => {
          shell.value = elsewhere('not-asked');
        },
      );
    },
  };
}

async function start(): Promise<void> {
  if (!isSecureContext || !('locks' in navigator)) {
    shell.value = { kind: 'untrusted' };
    return;
  }
  learn(rememberedOwnRelay(drawer));
  // Before the node starts: it may be asked for, or taken, while it does.
  if (await takeProfileLock(holder)) await run();
  else shell.value = elsewhere('not-asked');
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
