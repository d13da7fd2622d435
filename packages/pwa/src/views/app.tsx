/** The app on the screen: one pane on a phone, rail and list and conversation where there is room. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AppViewModel } from '../view-models/app.ts';
import { hashOf, type Route } from '../view-models/route.ts';
import { About } from './about.tsx';
import { Around } from './around.tsx';
import { Conversation } from './conversation/conversation.tsx';
import { FirstRun } from './first-run.tsx';
import { Lines, Tabs } from './frame.tsx';
import { Opening, Stopped } from './gates.tsx';
import { ChooseSomeone, Home, HomeList } from './home.tsx';
import { Learn } from './learn.tsx';
import { Meet } from './meet/meet.tsx';
import { Settings } from './settings.tsx';

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
  switch (app.phase.value) {
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

/** After a move the focus goes to the heading of what is new, or back to the row that was opened. */
function useFocusAfterMoves(route: Route): void {
  const previous = useRef<Route | undefined>(undefined);
  const { at } = route;
  const account = route.at === 'conversation' || route.at === 'about' ? route.account : undefined;
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
  if (!isWide) return <Pane app={app} isWide={false} />;
  if (route.at !== 'messages' && route.at !== 'conversation' && route.at !== 'about') {
    return (
      <div class="desk single">
        <Tabs app={app} hasMark />
        <div class="pane">
          <Pane app={app} isWide />
        </div>
      </div>
    );
  }
  return (
    <div class="desk">
      <Tabs app={app} hasMark />
      <section aria-label={app.words.tabs.messages}>
        <header class="head list-head">
          <h1 tabIndex={-1}>{app.words.tabs.messages}</h1>
        </header>
        <div class="scroll">
          <HomeList app={app} />
        </div>
        <Lines app={app} />
      </section>
      <div class="pane">{route.at === 'messages' ? <ChooseSomeone app={app} /> : <Pane app={app} isWide />}</div>
    </div>
  );
}

function Pane({ app, isWide }: { readonly app: AppViewModel; readonly isWide: boolean }): JSX.Element {
  const route = app.route.value;
  switch (route.at) {
    case 'messages':
      return <Home app={app} />;
    case 'conversation':
      return <Conversation key={route.account} app={app} messageShown={route.message} isWide={isWide} />;
    case 'about':
      return <About app={app} />;
    case 'meet':
    case 'invitation':
      return <Meet app={app} way={route.at === 'meet' ? route.way : 'link'} isWide={isWide} />;
    case 'around':
      return <Around app={app} isWide={isWide} />;
    case 'settings':
      return <Settings app={app} isWide={isWide} />;
    case 'learn':
      return <Learn app={app} isWide={isWide} />;
  }
}
