/** Meeting: show my code, scan theirs, or send and paste a link. Good news replaces all three. */
import type { JSX } from 'preact';
import { HoopDrawing } from '../../design/hoop.tsx';
import { Icon } from '../../design/icons.tsx';
import { EmptyString } from '../../design/mark.tsx';
import type { AppViewModel } from '../../view-models/app.ts';
import type { AccountId } from '../../view-models/ports.ts';
import { hashOf, type MeetWay } from '../../view-models/route.ts';
import { Head, Tabs } from '../frame.tsx';
import { LinkWay } from './link.tsx';
import { Scan } from './scan.tsx';
import { Show } from './show.tsx';

export interface MeetProps {
  readonly app: AppViewModel;
  readonly way: MeetWay;
  readonly isWide: boolean;
}

export function Meet({ app, way, isWide }: MeetProps): JSX.Element {
  const { meet, words } = app;
  const said = words.meet;
  const outcome = meet.outcome.value;
  const isDone = outcome?.kind === 'met' || outcome?.kind === 'taken-up';
  return (
    <div class="screen">
      <Head title={said.title} back={{ to: { at: 'messages' }, name: words.backToMessages }}>
        <a
          class="press"
          href={hashOf({ at: 'meet', way: 'link' })}
          aria-label={said.link}
          aria-current={way === 'link' ? 'page' : undefined}
        >
          <Icon name="link" />
        </a>
      </Head>
      {isDone ? null : (
        <nav class="pad ways" aria-label={said.ways}>
          <div class="pick">
            <a href={hashOf({ at: 'meet', way: 'show' })} aria-current={way === 'show' ? 'page' : undefined}>
              {said.show}
            </a>
            <a href={hashOf({ at: 'meet', way: 'scan' })} aria-current={way === 'scan' ? 'page' : undefined}>
              {said.scan}
            </a>
          </div>
        </nav>
      )}
      {outcome?.kind === 'met' ? (
        <Met app={app} account={outcome.account} firstName={outcome.name} />
      ) : outcome?.kind === 'taken-up' ? (
        <TakenUp app={app} />
      ) : way === 'show' ? (
        <Show app={app} />
      ) : way === 'scan' ? (
        <Scan app={app} />
      ) : (
        <LinkWay app={app} />
      )}
      {isWide || !isDone ? null : <Tabs app={app} />}
    </div>
  );
}

interface MetProps {
  readonly app: AppViewModel;
  readonly account: AccountId;
  readonly firstName: string;
}

function Met({ app, account, firstName }: MetProps): JSX.Element {
  const said = app.words.meet;
  // The name may come a moment after the person.
  const name = app.overview.value?.contacts.find((contact) => contact.account === account)?.name ?? firstName;
  const hoop = app.hoops.value.get(account);
  const own = app.settings.hoop.value;
  // Whoever scanned has made sure already; whoever was scanned, or came by a link, has not.
  const isSure = app.overview.value?.contacts.find((contact) => contact.account === account)?.verified !== undefined;
  return (
    <>
      <main class="scroll pad middle">
        <div class="stack met" role="status">
          <div class="ends tied" aria-hidden="true">
            {own === undefined ? null : <HoopDrawing hoop={own} size="l" />}
            <svg viewBox="0 0 100 48" preserveAspectRatio="none" aria-hidden="true">
              <path d="M0 24H100" />
            </svg>
            {hoop === undefined ? null : <HoopDrawing hoop={hoop} size="l" />}
          </div>
          <h2 class="large">{said.metTitle(name)}</h2>
          <p class="soft">{said.met}</p>
          {isSure ? (
            <p class="state plain-ink">
              <Icon name="shield" small />
              <span>{app.words.verified.scanned(name)}</span>
            </p>
          ) : (
            <p class="note soft">{said.metUnsure(name)}</p>
          )}
        </div>
      </main>
      <footer class="foot">
        <a class="button first" href={hashOf({ at: 'conversation', account, message: undefined })}>
          <Icon name="chat" />
          {said.writeTo(name)}
        </a>
        {isSure ? null : (
          <a class="button" href={hashOf({ at: 'check', account, way: 'digits' })}>
            <Icon name="shield" />
            {app.words.check.title(name)}
          </a>
        )}
        <button type="button" class="button plain" onClick={() => app.meet.again()}>
          {said.again}
        </button>
      </footer>
    </>
  );
}

function TakenUp({ app }: { readonly app: AppViewModel }): JSX.Element {
  const said = app.words.meet;
  return (
    <>
      <main class="scroll pad middle">
        <div class="centre stack" role="status">
          <EmptyString />
          <h2>{said.takenUpTitle}</h2>
          <p class="narrow">{said.takenUp}</p>
          <p class="narrow note soft">{app.words.where.closed}</p>
        </div>
      </main>
      <footer class="foot">
        <button type="button" class="button plain" onClick={() => app.meet.again()}>
          {said.again}
        </button>
      </footer>
    </>
  );
}
