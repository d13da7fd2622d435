/** What is around: a sentence and a list say everything, the picture decorates. */
import '../design/around.css';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { HoopDrawing } from '../design/hoop.tsx';
import { Icon } from '../design/icons.tsx';
import { EmptyString } from '../design/mark.tsx';
import { ReachString } from '../design/strings.tsx';
import { waysWordsFor } from '../locales/ways/words.ts';
import type { AppViewModel } from '../view-models/app.ts';
import { type AroundView, AroundViewModel, type Spot } from '../view-models/around.ts';
import { Head, Lines, Tabs } from './frame.tsx';

export function Around({ app, isWide }: { readonly app: AppViewModel; readonly isWide: boolean }): JSX.Element | null {
  const { words } = app;
  const ways = waysWordsFor(words.tag);
  const [around] = useState(() => new AroundViewModel(app.overview, words, app.byHand));
  const view = around.view.value;
  if (view === undefined) return null;
  return (
    <div class="screen">
      <Head title={words.around.title} />
      <main class="scroll">
        <div class="pad no-bottom">
          <p>
            <span class="strong">{view.sentence}</span> <span class="soft">{view.rest}</span>
          </p>
          <p class="state" role="status">
            {view.connecting}
          </p>
        </div>
        {view.isAlone && view.ways.length === 0 ? (
          <div class="centre pad">
            <EmptyString />
          </div>
        ) : (
          <Picture view={view} />
        )}
        <section class="pad stack no-top">
          {view.ways.length === 0 ? null : (
            <>
              <h2 class="section">{ways.around.how}</h2>
              <ul class="group">
                {view.ways.map((way) => (
                  <li class="item" key={way.way}>
                    <ReachString reach={way.reach} />
                    <span class="grow">
                      {way.title}
                      <small>{way.names}</small>
                    </span>
                  </li>
                ))}
              </ul>
            </>
          )}
          <div class="notice" role="note">
            <Icon name="clock" />
            <p>{ways.around.closed}</p>
          </div>
        </section>
      </main>
      <Lines app={app} />
      {isWide ? null : <Tabs app={app} />}
    </div>
  );
}

function Picture({ view }: { readonly view: AroundView }): JSX.Element {
  const hasAway = view.spots.some((spot) => spot.kind === 'away');
  return (
    <figure class={view.isLow ? 'map low' : 'map'}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        {hasAway ? <path class="edge" d="M0 27Q50 15 100 27" /> : null}
        {view.ties.map((tie) => (
          <path key={tie.key} d={tie.path} />
        ))}
      </svg>
      <ul aria-hidden="true">
        {view.spots.map((spot) => (
          <li key={spot.key} class={spot.kind === 'away' ? 'spot off' : 'spot'} style={{ '--px': `${spot.x}%`, '--py': `${spot.y}%` }}>
            <Thing spot={spot} />
          </li>
        ))}
      </ul>
      <figcaption class="away">{view.says}</figcaption>
    </figure>
  );
}

function Thing({ spot }: { readonly spot: Spot }): JSX.Element {
  if (spot.kind === 'stranger') return <span class="stranger">?</span>;
  return (
    <>
      {spot.kind === 'relay' ? (
        <span class="house">
          <Icon name="house" />
        </span>
      ) : spot.hoop === undefined ? null : (
        <HoopDrawing hoop={spot.hoop} />
      )}
      <span class="short" dir="auto">
        {spot.name}
      </span>
    </>
  );
}
