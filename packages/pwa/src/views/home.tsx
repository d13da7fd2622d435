/** The first screen: the line of those reachable now, then the conversations. */
import type { JSX } from 'preact';
import { HoopDrawing } from '../design/hoop.tsx';
import { Icon } from '../design/icons.tsx';
import { EmptyString } from '../design/mark.tsx';
import { DeliveryString, Sag, Stub, sagAt } from '../design/strings.tsx';
import type { AppViewModel } from '../view-models/app.ts';
import type { HomeRow, HomeView } from '../view-models/home.ts';
import { hashOf } from '../view-models/route.ts';
import { ClockNotice } from './clock-notice.tsx';
import { Head, Lines, Tabs } from './frame.tsx';
import { Introduction } from './introduction.tsx';

export function Home({ app }: { readonly app: AppViewModel }): JSX.Element {
  const isEmpty = app.home.view.value?.isEmpty === true;
  return (
    <div class="screen">
      <Head title={app.words.tabs.messages} />
      <main class={isEmpty ? 'scroll pad middle' : 'scroll'}>{isEmpty ? <Empty app={app} /> : <HomeList app={app} />}</main>
      <Lines app={app} />
      <Tabs app={app} />
    </div>
  );
}

export function HomeList({ app }: { readonly app: AppViewModel }): JSX.Element | null {
  const view = app.home.view.value;
  if (view === undefined || view.isEmpty) return null;
  const { words } = app;
  const route = app.route.value;
  const open = 'account' in route ? route.account : undefined;
  return (
    <>
      <Now app={app} view={view} />
      <ClockNotice app={app} isOffer />
      <WordsWaiting app={app} />
      <Introduction app={app} />
      <section aria-label={words.home.conversations}>
        <ul>
          {view.rows.map((row) => (
            <Row key={row.account} row={row} app={app} isOpen={row.account === open} />
          ))}
        </ul>
      </section>
      <Offer app={app} />
    </>
  );
}

function Now({ app, view }: { readonly app: AppViewModel; readonly view: HomeView }): JSX.Element {
  const { words } = app;
  const hanging = view.line.length + (view.relayIsNear ? 1 : 0);
  const drop = (i: number): { '--drop': string } => ({ '--drop': `${sagAt((i + 0.5) / hanging).toFixed(2)}rem` });
  const shift = view.relayIsNear ? 1 : 0;
  return (
    <section class="now" aria-label={words.home.now}>
      <a class="now-head" href={hashOf({ at: 'around' })}>
        <p>
          <span class="strong">{view.lineTitle}</span>
          <br />
          <span class="small-text soft">{view.lineNote}</span>
        </p>
        <Icon name="next" small />
      </a>
      {hanging === 0 ? null : (
        <div class="now-line">
          <div class="hung">
            <Sag />
            <ul>
              {view.relayIsNear ? (
                <li class="relay" style={drop(0)}>
                  <a href={hashOf({ at: 'around' })}>
                    <span class="house">
                      <Icon name="house" />
                    </span>
                    {words.home.relay}
                  </a>
                </li>
              ) : null}
              {view.line.map((person, i) => (
                <li key={person.account} style={drop(i + shift)}>
                  <a href={hashOf({ at: 'conversation', account: person.account, message: undefined })}>
                    <HoopDrawing hoop={person.hoop} />
                    <span class="short" dir="auto">
                      {person.name}
                    </span>
                  </a>
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </section>
  );
}

function Row({ row, app, isOpen }: { readonly row: HomeRow; readonly app: AppViewModel; readonly isOpen: boolean }): JSX.Element {
  return (
    <li>
      <a
        class={row.unread > 0 ? 'row new' : 'row'}
        href={hashOf({ at: 'conversation', account: row.account, message: undefined })}
        aria-current={isOpen ? 'true' : undefined}
      >
        <Stub reach={row.reach} />
        <HoopDrawing hoop={row.hoop} />
        <span class="text">
          <bdi class="name">{row.name}</bdi>
          <span class="away">, {row.reachWords}. </span>
          <span class="last" dir="auto">
            {row.last}
          </span>
        </span>
        <span class="side">
          <time>{row.time}</time>
          {row.unread > 0 ? (
            <span class="count">
              {row.unread > 99 ? '99+' : row.unread}
              <span class="away"> {app.words.home.newCount(row.unread).replace(/^\d+ /, '')}</span>
            </span>
          ) : row.state === undefined ? null : (
            <>
              <DeliveryString state={row.state} />
              <span class="away">{row.stateWords}</span>
            </>
          )}
        </span>
      </a>
    </li>
  );
}

function Empty({ app }: { readonly app: AppViewModel }): JSX.Element {
  const said = app.words.home;
  return (
    <div class="centre stack">
      <ClockNotice app={app} isOffer />
      <WordsWaiting app={app} />
      <EmptyString />
      <h2>{said.emptyTitle}</h2>
      <p class="narrow">{said.emptyWhy}</p>
      <a class="button first" href={hashOf({ at: 'meet', way: 'show' })}>
        <Icon name="meet" />
        {said.emptyGo}
      </a>
      <p class="narrow note soft">{said.emptyNote}</p>
    </div>
  );
}

/** A calm reminder, until the words are on paper. */
function WordsWaiting({ app }: { readonly app: AppViewModel }): JSX.Element | null {
  if (app.overview.value?.profile?.wordsWaiting !== true) return null;
  const said = app.words.recovery;
  return (
    <div class="notice offer" role="note">
      <Icon name="pen" />
      <p>
        {said.waiting} <a href={hashOf({ at: 'words', from: 'messages' })}>{said.write}</a>
      </p>
    </div>
  );
}

/** Offered once, in words, where it makes sense; the browser's own question comes only after "Tell me". */
function Offer({ app }: { readonly app: AppViewModel }): JSX.Element | null {
  const { settings, words } = app;
  if (!settings.offersToTell.value) return null;
  return (
    <div class="notice offer" role="note">
      <Icon name="bell" />
      <div class="grow">
        <p>{words.home.tellMe}</p>
        <p class="answers">
          <button type="button" class="small-button" onClick={() => void settings.setTells(true)}>
            {words.home.tellMeGo}
          </button>
          <button type="button" class="small-button plain" onClick={() => settings.notNow()}>
            {words.home.notNow}
          </button>
        </p>
      </div>
    </div>
  );
}

/** Beside the list, while nothing is chosen. */
export function ChooseSomeone({ app }: { readonly app: AppViewModel }): JSX.Element {
  if (app.home.view.value?.isEmpty === true) {
    return (
      <main class="middle pad">
        <Empty app={app} />
      </main>
    );
  }
  return (
    <main class="middle pad">
      <div class="centre stack">
        <EmptyString />
        <h2>{app.words.home.choose}</h2>
        <p class="narrow note soft">{app.words.home.chooseWhy}</p>
      </div>
    </main>
  );
}
