/** The 24 words to write down, three of them to be sure, and the calm page when they are not here any more. */
import '../../design/person.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { EmptyString } from '../../design/mark.tsx';
import { personWordsFor } from '../../locales/person/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { WrittenWordsViewModel } from '../../view-models/recovery/written-words.ts';
import type { Route } from '../../view-models/route.ts';
import { Head } from '../frame.tsx';

export interface WrittenWordsProps {
  readonly app: AppViewModel;
  readonly from: 'messages' | 'settings';
}

interface StepProps {
  readonly app: AppViewModel;
  readonly model: WrittenWordsViewModel;
  readonly onLeave: () => void;
}

export function WrittenWords({ app, from }: WrittenWordsProps): JSX.Element {
  const { words } = app;
  const person = personWordsFor(words.tag);
  const said = person.recovery;
  const [model] = useState(() => new WrittenWordsViewModel(app.messenger, app.overview, person));
  useEffect(() => void model.load(), [model]);
  const step = model.step.value;
  useEffect(() => {
    if (step !== 'opening') document.querySelector<HTMLElement>('main input, header h1')?.focus({ preventScroll: true });
  }, [step]);
  const to: Route = { at: from };
  const titles = { opening: said.title, shown: said.title, checking: said.checkTitle, done: said.doneTitle, gone: said.goneTitle };
  const back = { to, name: from === 'settings' ? words.backToSettings : words.backToMessages };
  const props = { app, model, onLeave: () => app.go(to) };
  return (
    <div class="screen">
      <Head title={titles[step]} back={back} />
      {step === 'opening' ? (
        <main class="scroll pad middle">
          <p class="soft centre" role="status">
            {said.opening}
          </p>
        </main>
      ) : step === 'shown' ? (
        <Shown {...props} />
      ) : step === 'checking' ? (
        <Checking {...props} />
      ) : (
        <Ended {...props} />
      )}
    </div>
  );
}

function Shown({ app, model, onLeave }: StepProps): JSX.Element {
  const said = personWordsFor(app.words.tag).recovery;
  return (
    <>
      <main class="scroll pad stack no-top">
        <p class="note">
          {said.what} {said.stolen}
        </p>
        <ol class="words" aria-label={said.list} dir="ltr" lang="en" translate={false}>
          {model.list.value.map((word, i) => (
            <li key={`${i}-${word}`}>
              <span aria-hidden="true">{i + 1}</span>
              {word}
            </li>
          ))}
        </ol>
        <p class="note soft">{said.laterNote}</p>
      </main>
      <footer class="foot">
        <button type="button" class="button first" onClick={() => model.ask()}>
          {said.written}
        </button>
        <button type="button" class="button plain" onClick={onLeave}>
          {said.later}
        </button>
      </footer>
    </>
  );
}

function Checking({ app, model }: StepProps): JSX.Element {
  const said = personWordsFor(app.words.tag).recovery;
  const isGoing = model.isGoing.value;
  return (
    <form
      class="rest"
      onSubmit={(event) => {
        event.preventDefault();
        void model.check().then(() => document.querySelector<HTMLElement>('.field[aria-invalid]')?.focus());
      }}
    >
      <main class="scroll pad stack no-top">
        <p class="soft">{said.checkHow}</p>
        {model.questions.value.map(({ position, typed, trouble }) => (
          <div key={position}>
            <label class="label" for={`word-${position}`}>
              {said.word(position)}
            </label>
            <input
              class="field"
              id={`word-${position}`}
              autoComplete="off"
              autoCapitalize="none"
              autoCorrect="off"
              spellcheck={false}
              dir="ltr"
              aria-invalid={trouble === undefined ? undefined : true}
              aria-describedby={trouble === undefined ? undefined : `trouble-${position}`}
              value={typed}
              onInput={(event) => model.type(position, event.currentTarget.value)}
            />
            {trouble === undefined ? null : (
              <p id={`trouble-${position}`} class="state alarm below" role="alert">
                <Icon name="alert" small />
                <span>{trouble}</span>
              </p>
            )}
          </div>
        ))}
      </main>
      <footer class="foot">
        <button type="submit" class="button first" aria-disabled={isGoing ? true : undefined}>
          {isGoing ? said.checking : said.check}
        </button>
        <button type="button" class="button plain" onClick={() => model.showAgain()}>
          {said.showAgain}
        </button>
      </footer>
    </form>
  );
}

function Ended({ app, model, onLeave }: StepProps): JSX.Element {
  const said = personWordsFor(app.words.tag).recovery;
  return (
    <>
      <main class="scroll pad middle">
        <div class="centre stack" role="status">
          <EmptyString />
          <p class="narrow">{model.step.value === 'done' ? said.done : model.goneWhy.value}</p>
        </div>
      </main>
      <footer class="foot">
        <button type="button" class="button first" onClick={onLeave}>
          {said.doneGo}
        </button>
      </footer>
    </>
  );
}
