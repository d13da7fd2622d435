/** Meeting: show my code, scan theirs, or send and paste a link. What came of it replaces all three. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { meetWordsFor } from '../../locales/meet/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { ShowViewModel } from '../../view-models/meet/show.ts';
import { hashOf, type MeetWay } from '../../view-models/route.ts';
import { Head } from '../frame.tsx';
import { Answer } from './answer.tsx';
import { Connection, connectionOf } from './connection.tsx';
import { LinkWay } from './link.tsx';
import { Met, TakenUp } from './met.tsx';
import { Scan } from './scan.tsx';
import { Show } from './show.tsx';

export interface MeetProps {
  readonly app: AppViewModel;
  readonly way: MeetWay;
}

export function Meet({ app, way }: MeetProps): JSX.Element {
  const { meet, words } = app;
  const said = words.meet;
  const [show] = useState(() => new ShowViewModel(app, meetWordsFor(words.tag)));
  useEffect(() => () => show.close(), [show]);
  const again = (): void => show.again();
  const outcome = meet.outcome.value;
  const connection = connectionOf(show.hand.stage.value);
  if (connection !== undefined) return <Connection app={app} connection={connection} onAgain={again} />;
  if (outcome?.kind === 'answering') return <Answer app={app} account={outcome.account} answer={outcome.answer} />;
  if (outcome?.kind === 'met') return <Met app={app} account={outcome.account} firstName={outcome.name} onAgain={again} />;
  if (outcome?.kind === 'taken-up') return <TakenUp app={app} outcome={outcome} onAgain={again} />;
  const isShowing = way === 'show' || way === 'beside';
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
      <nav class="pad ways" aria-label={said.ways}>
        <div class="pick">
          <a href={hashOf({ at: 'meet', way: 'show' })} aria-current={isShowing ? 'page' : undefined}>
            {said.show}
          </a>
          <a href={hashOf({ at: 'meet', way: 'scan' })} aria-current={way === 'scan' ? 'page' : undefined}>
            {said.scan}
          </a>
        </div>
      </nav>
      {isShowing ? (
        <Show app={app} show={show} way={way} />
      ) : way === 'scan' ? (
        <Scan app={app} />
      ) : (
        <LinkWay app={app} hasCode={show.hand.stage.value.kind === 'shown'} />
      )}
    </div>
  );
}
