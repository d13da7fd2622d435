/** The frame of a screen: head, tabs, and the calm lines that may stand above the tabs. */
import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from '../design/icons.tsx';
import { Mark } from '../design/mark.tsx';
import type { AppViewModel } from '../view-models/app.ts';
import type { Contact } from '../view-models/ports.ts';
import { hashOf, type Route } from '../view-models/route.ts';
import { Comparing } from './comparing.tsx';
import { reload } from './gates.tsx';

export interface HeadProps {
  readonly title: string;
  readonly back?: { readonly to: Route; readonly name: string };
  readonly children?: ComponentChildren;
}

export function Head({ title, back, children }: HeadProps): JSX.Element {
  return (
    <header class="head">
      {back === undefined ? (
        <Mark />
      ) : (
        <a class="press" href={hashOf(back.to)} aria-label={back.name}>
          <Icon name="back" />
        </a>
      )}
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </header>
  );
}

type Tab = 'messages' | 'meet' | 'around' | 'settings';

const TABS: readonly { readonly tab: Tab; readonly icon: IconName; readonly to: Route }[] = [
  { tab: 'messages', icon: 'chat', to: { at: 'messages' } },
  { tab: 'meet', icon: 'meet', to: { at: 'meet', way: 'show' } },
  { tab: 'around', icon: 'around', to: { at: 'around' } },
  { tab: 'settings', icon: 'gear', to: { at: 'settings' } },
];

function tabOf(route: Route): Tab {
  switch (route.at) {
    case 'messages':
    case 'conversation':
    case 'about':
    case 'check':
    case 'beside':
    case 'introduce':
      return 'messages';
    case 'meet':
    case 'invitation':
      return 'meet';
    case 'around':
      return 'around';
    case 'first':
      return 'messages';
    case 'words':
      return route.from;
    case 'settings':
    case 'safe':
    case 'carry':
    case 'learn':
      return 'settings';
  }
}

export function Tabs({ app, hasMark = false }: { readonly app: AppViewModel; readonly hasMark?: boolean }): JSX.Element {
  const { tabs } = app.words;
  const current = tabOf(app.route.value);
  return (
    <nav class="tabs" aria-label={tabs.name}>
      {hasMark ? <Mark /> : null}
      {TABS.map(({ tab, icon, to }) => (
        <a key={tab} href={hashOf(to)} aria-current={tab === current ? 'page' : undefined}>
          <Icon name={icon} />
          <span>{tabs[tab]}</span>
        </a>
      ))}
    </nav>
  );
}

/** Somebody who compares six digits with us now, unless they are on the screen already. */
function comparingElsewhere(app: AppViewModel): Contact | undefined {
  const route = app.route.value;
  const shown = 'account' in route ? route.account : undefined;
  return app.overview.value?.contacts.find((contact) => contact.comparison !== undefined && contact.account !== shown);
}

/** What concerns the whole app: a new version, a full phone, a window that forgets, a missing part. */
export function Lines({ app }: { readonly app: AppViewModel }): JSX.Element | null {
  const { words } = app;
  const use = app.update.value;
  const trouble = app.notSaved.value;
  const forgets = app.settings.storage.value?.forgets === true;
  const isLinkMissing = app.isLinkMissing.value;
  const comparing = comparingElsewhere(app);
  if (use === undefined && trouble === undefined && !forgets && !isLinkMissing && comparing === undefined) return null;
  return (
    <div class="lines">
      {trouble === undefined ? null : (
        <div class="notice alarm" role="alert">
          <Icon name="alert" />
          <p class="grow">
            <span class="strong">{trouble === 'full' ? words.notSaved.fullTitle : words.notSaved.failedTitle}</span>{' '}
            {trouble === 'full' ? words.notSaved.fullRest : words.notSaved.failedRest}
          </p>
          <button
            type="button"
            class="press"
            aria-label={words.close}
            onClick={() => {
              app.notSaved.value = undefined;
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      )}
      {comparing === undefined ? null : <Comparing app={app} contact={comparing} />}
      {isLinkMissing ? (
        <div class="notice" role="status">
          <Icon name="info" />
          <p class="grow">{words.linkMissing.line}</p>
          <button type="button" class="small-button" onClick={reload}>
            {words.linkMissing.openAgain}
          </button>
        </div>
      ) : null}
      {forgets ? (
        <div class="notice" role="note">
          <Icon name="info" />
          <p>{words.privateWindow}</p>
        </div>
      ) : null}
      {use === undefined ? null : (
        <div class="notice" role="status">
          <p class="grow">{words.update.ready}</p>
          <button type="button" class="small-button" onClick={use}>
            {words.update.use}
          </button>
        </div>
      )}
    </div>
  );
}
