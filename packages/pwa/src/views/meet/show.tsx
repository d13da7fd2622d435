/** My code, with my name under it, and what happens once it was scanned: an ordinary one, or one that ties two phones together. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { meetWordsFor } from '../../locales/meet/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { ShowViewModel } from '../../view-models/meet/show.ts';
import { hashOf, type MeetWay } from '../../view-models/route.ts';
import { CodeCard } from '../code-card.tsx';
import { Steps } from '../steps.tsx';
import { CameraFirst } from './camera-first.tsx';
import { CopyCode } from './copy-code.tsx';

export interface ShowProps {
  readonly app: AppViewModel;
  readonly show: ShowViewModel;
  readonly way: MeetWay;
}

export function Show({ app, show, way }: ShowProps): JSX.Element {
  const { meet, overview } = app;
  const link = meet.link.value;
  const isAlone = overview.value?.neighbours.length === 0;
  useEffect(() => void show.look(way), [show, way, link, isAlone]);
  if (show.kind.value === 'ordinary') return <Ordinary app={app} />;
  return <ByHandCode app={app} show={show} />;
}

function Ordinary({ app }: { readonly app: AppViewModel }): JSX.Element {
  const said = app.words.meet;
  const { byHand } = meetWordsFor(app.words.tag);
  return (
    <>
      <main class="scroll pad stack">
        <CodeCard app={app} text={app.meet.link.value} name={said.code} making={said.making} trouble={app.meet.inviteTrouble.value} />
        <Steps
          name={said.steps}
          steps={[
            [said.step1, said.step1How],
            [said.step2, said.step2How],
          ]}
        />
        <p class="note soft">
          {byHand.offer} <a href={hashOf({ at: 'meet', way: 'beside' })}>{byHand.offerGo}</a>
        </p>
      </main>
      <ScanFoot name={said.nowScan} />
    </>
  );
}

function ScanFoot({ name, isFirst = true }: { readonly name: string; readonly isFirst?: boolean }): JSX.Element {
  return (
    <footer class="foot">
      <a class={isFirst ? 'button first' : 'button'} href={hashOf({ at: 'meet', way: 'scan' })}>
        <Icon name="camera" />
        {name}
      </a>
    </footer>
  );
}

function ByHandCode({ app, show }: Omit<ShowProps, 'way'>): JSX.Element {
  const said = meetWordsFor(app.words.tag).byHand;
  const stage = show.hand.stage.value;
  const toOrdinary = (): void => {
    show.ordinary();
    app.go({ at: 'meet', way: 'show' }, true);
    void show.look('show');
  };
  switch (stage.kind) {
    case 'asking':
      return <CameraFirst app={app} hand={show.hand} step={stage.step} why={said.ask} onOrdinary={toOrdinary} />;
    case 'lapsed':
      return (
        <>
          <main class="scroll pad middle">
            <div class="stack met" role="status">
              <h2 class="large">{said.lapsedTitle}</h2>
              <p>{said.lapsed}</p>
            </div>
          </main>
          <footer class="foot">
            <button type="button" class="button first" onClick={() => void show.hand.make()}>
              <Icon name="code" />
              {said.another}
            </button>
          </footer>
        </>
      );
    case 'no-code':
      return <Plain app={app} show={show} why={stage.why} />;
    case 'shown': {
      const text = app.device.linkBase.value + stage.text;
      return (
        <>
          <main class="scroll pad stack">
            <CodeCard app={app} text={text} name={said.code} making={said.making} />
            <Steps
              name={said.steps}
              steps={[
                [said.step1, said.step1How],
                [said.step2, said.step2How],
              ]}
            />
            <p class="note soft centre">{said.until(app.times.time(stage.untilMs))}</p>
            <CopyCode app={app} text={text} />
          </main>
          <ScanFoot name={said.scan} />
        </>
      );
    }
    case 'none':
    case 'making':
    case 'connecting':
    case 'connected':
    case 'failed':
      return (
        <main class="scroll pad stack">
          <CodeCard app={app} text="" name={said.code} making={said.making} />
        </main>
      );
  }
}

/** The phones cannot be tied together now: why, and the code that works by way of others. */
function Plain({ app, show, why }: Omit<ShowProps, 'way'> & { readonly why: string }): JSX.Element {
  const said = meetWordsFor(app.words.tag).byHand;
  const link = app.meet.link.value;
  return (
    <>
      <main class="scroll pad stack">
        <div class="notice amber" role="status">
          <Icon name="unsure" />
          <div class="grow">
            <p>
              {link === '' ? null : <span class="strong">{said.plainTitle}. </span>}
              {why}
            </p>
            <p class="answers">
              <button type="button" class="small-button" onClick={() => void show.hand.retry()}>
                {said.tryAgain}
              </button>
            </p>
          </div>
        </div>
        {link === '' ? null : (
          <>
            <CodeCard app={app} text={link} name={app.words.meet.code} making={said.making} />
            <p class="note soft">{said.plainRest}</p>
          </>
        )}
      </main>
      <ScanFoot name={app.words.meet.nowScan} isFirst={false} />
    </>
  );
}
