/** The app on the screen: one pane on a phone, rail and list and conversation where there is room. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AppViewModel } from '../view-models/app.ts';
import { type FirstWay, hashOf, type Route } from '../view-models/route.ts';
import { FirstRun } from './first-run.tsx';
import { Lines, Tabs } from './frame.tsx';
import { Opening, Stopped } from './gates.tsx';
import { ChooseSomeone, Home, HomeList } from './home.tsx';
import { later } from './later.tsx';

const About = later(() => import('./about.tsx').then((screen) => screen.About));
const Around = later(() => import('./around.tsx').then((screen) => screen.Around));
const Beside = later(() => import('./meet/beside.tsx').then((screen) => screen.Beside));
const Carry = later(() => import('./carry/carry.tsx').then((screen) => screen.Carry));
const Check = later(() => import('./check/check.tsx').then((screen) => screen.Check));
const Conversation = later(() => import('./conversation/conversation.tsx').then((screen) => screen.Conversation));
const Introduce = later(() => import('./introduce.tsx').then((screen) => screen.Introduce));
const Learn = later(() => import('./learn.tsx').then((screen) => screen.Learn));
const LinkNew = later(() => import('./safe/link-new.tsx').then((screen) => screen.LinkNew));
const Meet = later(() => import('./meet/meet.tsx').then((screen) => screen.Meet));
const Recover = later(() => import('./recovery/recover.tsx').then((screen) => screen.Recover));
const Restore = later(() => import('./safe/restore.tsx').then((screen) => screen.Restore));
const Safe = later(() => import('./safe/safe.tsx').then((screen) => screen.Safe));
const Settings = later(() => import('./settings.tsx').then((screen) => screen.Settings));
const WrittenWords = later(() => import('./recovery/written-words.tsx').then((screen) => screen.WrittenWords));

/** Two panes from 900 px at the usual text size; it follows the person's own. */
const WIDE = '(min-width: 56.25em)';

function useWide(): boolean {
  const [isWide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const media = matchMedia(WIDE);
    const look = (): void => setWide(media.matches);
    media.addEventListener('change', look);
    return () => media.removeEventListener('change', look);
  }, []);
  return isWide;
}

export function App({ app }: { readonly app: AppViewModel }): JSX.Element {
  const phase = app.phase.value;
  const route = app.route.value;
  // One who begins again stays on that page past the moment from which there is a profile.
  if (route.at === 'first' && (phase === 'first-run' || phase === 'ready')) return <Again app={app} way={route.way} />;
  switch (phase) {
    case 'opening':
      return <Opening words={app.words} />;
    case 'first-run':
      return <FirstRun app={app} />;
    case 'stopped':
      return <Stopped words={app.words} />;
    case 'ready':
      return <Ready app={app} />;
  }
}

function Again({ app, way }: { readonly app: AppViewModel; readonly way: FirstWay }): JSX.Element {
  switch (way) {
    case 'words':
      return <Recover app={app} words={app.words} />;
    case 'link':
      return <LinkNew app={app} words={app.words} />;
    case 'restore':
      return <Restore app={app} words={app.words} isFirst />;
  }
}

/** After a move the focus goes to the heading of what is new, or back to the row that was opened. */
function useFocusAfterMoves(route: Route): void {
  const previous = useRef<Route | undefined>(undefined);
  const { at } = route;
  const account = 'account' in route ? route.account : undefined;
  useEffect(() => {
    const from = previous.current;
    previous.current = route;
    if (from === undefined) return;
    const opener =
      at === 'messages' && from.at === 'conversation' ? document.querySelector<HTMLElement>(`a.row[href="${hashOf(from)}"]`) : null;
    (opener ?? document.querySelector<HTMLElement>('[data-focus-first], main h1, header h1'))?.focus({ preventScroll: true });
  }, [at, account]);
}

/** What the window is called: the screen, and how much is new. */
function useTitle(app: AppViewModel): void {
  const title = app.title.value;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

function Ready({ app }: { readonly app: AppViewModel }): JSX.Element {
  const isWide = useWide();
  const route = app.route.value;
  useFocusAfterMoves(route);
  useTitle(app);
  // The next that is opened, most likely: without a wait then.
  useEffect(() => void Conversation.ahead(), []);
  const hasList = isWide && (route.at === 'messages' || 'account' in route);
  // One tree for both widths: what a screen was in the midst of stays when the phone is turned.
  return (
    <div class={isWide ? `desk${hasList ? '' : ' single'}` : 'phone'}>
      {isWide ? <Tabs key="tabs" app={app} hasMark /> : null}
      {hasList ? (
        <section key="list" aria-label={app.words.tabs.messages}>
          <header class="head list-head">
            <h1 tabIndex={-1}>{app.words.tabs.messages}</h1>
          </header>
          <div class="scroll">
            <HomeList app={app} />
          </div>
          <Lines app={app} />
        </section>
      ) : null}
      <div key="pane" class="pane">
        {isWide && route.at === 'messages' ? <ChooseSomeone app={app} /> : <Pane app={app} isWide={isWide} />}
      </div>
    </div>
  );
}

function Pane({ app, isWide }: { readonly app: AppViewModel; readonly isWide: boolean }): JSX.Element {
  const route = app.route.value;
  switch (route.at) {
    case 'messages':
    case 'first':
      return <Home app={app} />;
    case 'conversation':
      return <Conversation key={route.account} app={app} words={app.words} messageShown={route.message} isWide={isWide} />;
    case 'about':
      return <About key={route.account} app={app} words={app.words} />;
    case 'check':
      return <Check key={route.account} app={app} words={app.words} account={route.account} way={route.way} />;
    case 'beside':
      return <Beside key={route.account} app={app} words={app.words} account={route.account} />;
    case 'introduce':
      return <Introduce key={route.account} app={app} words={app.words} account={route.account} />;
    case 'meet':
    case 'invitation':
      return <Meet app={app} words={app.words} way={route.at === 'meet' ? route.way : 'link'} />;
    case 'around':
      return <Around app={app} words={app.words} isWide={isWide} />;
    case 'words':
      return <WrittenWords app={app} words={app.words} from={route.from} />;
    case 'settings':
      return <Settings app={app} words={app.words} isWide={isWide} />;
    case 'safe':
      return <Safe app={app} words={app.words} page={route.page} />;
    case 'carry':
      return <Carry app={app} words={app.words} way={route.way} />;
    case 'learn':
      return <Learn app={app} words={app.words} isWide={isWide} />;
  }
}
