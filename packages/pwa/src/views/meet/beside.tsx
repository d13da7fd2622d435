/** One code for somebody known who stands beside us. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { meetWordsFor } from '../../locales/meet/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { besideViewModel } from '../../view-models/meet/beside.ts';
import type { ByHandViewModel } from '../../view-models/meet/by-hand.ts';
import type { AccountId } from '../../view-models/ports.ts';
import { hashOf } from '../../view-models/route.ts';
import { CodeCard } from '../code-card.tsx';
import { Unknown } from '../conversation/unknown.tsx';
import { Head } from '../frame.tsx';
import { Steps } from '../steps.tsx';
import { CameraFirst } from './camera-first.tsx';
import { Connection, connectionOf } from './connection.tsx';
import { CopyCode } from './copy-code.tsx';

export function Beside({ app, account }: { readonly app: AppViewModel; readonly account: AccountId }): JSX.Element {
  const said = meetWordsFor(app.words.tag);
  const [hand] = useState(() => besideViewModel(app, account, said));
  useEffect(() => {
    void hand.begin();
    return () => hand.close();
  }, [hand]);
  const contact = app.overview.value?.contacts.find((one) => one.account === account);
  if (contact === undefined) return <Unknown app={app} />;
  const connection = connectionOf(hand.stage.value);
  if (connection !== undefined) return <Connection app={app} connection={connection} onAgain={() => void hand.retry()} isKnown />;
  return (
    <div class="screen">
      <Head title={said.beside.title(contact.name)} back={{ to: { at: 'about', account }, name: app.words.backTo(contact.name) }} />
      <Code app={app} hand={hand} name={contact.name} />
    </div>
  );
}

interface CodeProps {
  readonly app: AppViewModel;
  readonly hand: ByHandViewModel;
  readonly name: string;
}

function Code({ app, hand, name }: CodeProps): JSX.Element {
  const { beside: said, byHand } = meetWordsFor(app.words.tag);
  const stage = hand.stage.value;
  switch (stage.kind) {
    case 'asking':
      return <CameraFirst app={app} hand={hand} step={stage.step} why={said.ask(name)} />;
    case 'lapsed':
      return <NoCode app={app} hand={hand} title={byHand.lapsedTitle} why={byHand.lapsed} needsTwo={false} />;
    case 'no-code':
      return stage.needsTwo ? (
        <NoCode app={app} hand={hand} title={said.twoTitle} why={said.two(name)} needsTwo />
      ) : (
        <NoCode app={app} hand={hand} title={byHand.failedTitle} why={stage.why} needsTwo={false} />
      );
    default: {
      const isShown = stage.kind === 'shown';
      return (
        <>
          <main class="scroll pad stack">
            <CodeCard app={app} text={isShown ? stage.text : ''} name={said.code(name)} making={byHand.making} />
            <Steps
              name={byHand.steps}
              steps={[
                [said.step1(name), said.step1How],
                [said.step2, said.step2How],
              ]}
            />
            {isShown ? (
              <>
                <p class="note soft centre">{byHand.until(app.times.time(stage.untilMs))}</p>
                <CopyCode app={app} text={stage.text} />
              </>
            ) : null}
          </main>
          <footer class="foot">
            <a class="button" href={hashOf({ at: 'meet', way: 'scan' })}>
              <Icon name="camera" />
              {said.scanTheirs}
            </a>
          </footer>
        </>
      );
    }
  }
}

interface NoCodeProps {
  readonly app: AppViewModel;
  readonly hand: ByHandViewModel;
  readonly title: string;
  readonly why: string;
  readonly needsTwo: boolean;
}

function NoCode({ app, hand, title, why, needsTwo }: NoCodeProps): JSX.Element {
  const { beside: said, byHand } = meetWordsFor(app.words.tag);
  return (
    <>
      <main class="scroll pad middle">
        <div class="stack met" role="status">
          <h2 class="large">{title}</h2>
          <p>{why}</p>
        </div>
      </main>
      <footer class="foot">
        {needsTwo ? (
          <a class="button first" href={hashOf({ at: 'meet', way: 'beside' })}>
            <Icon name="meet" />
            {said.toMeet}
          </a>
        ) : (
          <button type="button" class="button first" onClick={() => void hand.retry()}>
            <Icon name="code" />
            {byHand.tryAgain}
          </button>
        )}
      </footer>
    </>
  );
}
