/** Beginning again with 24 words: a field for the words, one for the name, and a welcome. */
import '../../design/person.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { HoopDrawing } from '../../design/hoop.tsx';
import { Icon } from '../../design/icons.tsx';
import { personWordsFor } from '../../locales/person/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { RecoverViewModel } from '../../view-models/recovery/recover.ts';
import { hashOf } from '../../view-models/route.ts';
import { Head, Lines } from '../frame.tsx';

export function Recover({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { words } = app;
  const person = personWordsFor(words.tag);
  const said = person.recover;
  const [model] = useState(() => new RecoverViewModel(app.messenger, words, person));
  const isDone = model.isDone.value;
  const hasProfile = app.overview.value?.profile !== undefined;
  useEffect(() => {
    // Somebody is here already, and did not just begin again: there is nothing to do on this page.
    if (hasProfile && !isDone && !model.isGoing.peek()) app.go({ at: 'messages' }, true);
  }, [hasProfile, isDone, app, model]);
  useEffect(() => {
    if (isDone) document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [isDone]);
  if (isDone) return <Welcome app={app} name={app.settings.name.value} />;
  const trouble = model.trouble.value;
  const isGoing = model.isGoing.value;
  const wrongWords = trouble?.about === 'words' ? trouble.why : undefined;
  const wrongName = trouble?.about === 'name' ? trouble.why : undefined;
  return (
    <form
      class="screen"
      onSubmit={(event) => {
        event.preventDefault();
        void model.submit().then(() => document.querySelector<HTMLElement>('.field[aria-invalid]')?.focus());
      }}
    >
      <Head title={said.title} back={{ to: { at: 'messages' }, name: words.back }} />
      <main class="scroll pad stack no-top">
        <p class="soft">{said.how}</p>
        <div>
          <label class="label" for="words">
            {said.label}
          </label>
          <textarea
            class="field typed-words"
            id="words"
            rows={6}
            dir="ltr"
            lang="en"
            autoComplete="off"
            autoCapitalize="none"
            autoCorrect="off"
            spellcheck={false}
            aria-describedby="words-help"
            aria-invalid={wrongWords === undefined ? undefined : true}
            value={model.text.value}
            onInput={(event) => model.typeWords(event.currentTarget.value)}
          />
          <Below id="words-help" trouble={wrongWords} otherwise={model.count.value ?? said.help} />
        </div>
        <div>
          <label class="label" for="name">
            {said.nameLabel}
          </label>
          <input
            class="field"
            id="name"
            name="name"
            autoComplete="nickname"
            autoCapitalize="words"
            maxLength={60}
            dir="auto"
            aria-describedby="name-help"
            aria-invalid={wrongName === undefined ? undefined : true}
            value={model.name.value}
            onInput={(event) => model.typeName(event.currentTarget.value)}
          />
          <Below id="name-help" trouble={wrongName} otherwise={said.nameHelp} />
        </div>
        {trouble?.about === 'all' ? <Below id="all-help" trouble={trouble.why} otherwise="" /> : null}
      </main>
      <Lines app={app} />
      <footer class="foot">
        <button type="submit" class="button first" aria-disabled={isGoing ? true : undefined}>
          {isGoing ? said.going : said.go}
        </button>
      </footer>
    </form>
  );
}

interface BelowProps {
  readonly id: string;
  readonly trouble: string | undefined;
  readonly otherwise: string;
}

function Below({ id, trouble, otherwise }: BelowProps): JSX.Element {
  if (trouble === undefined) {
    return (
      <p id={id} class="small-text soft below">
        {otherwise}
      </p>
    );
  }
  return (
    <p id={id} class="state alarm below" role="alert">
      <Icon name="alert" small />
      <span>{trouble}</span>
    </p>
  );
}

function Welcome({ app, name }: { readonly app: AppViewModel; readonly name: string }): JSX.Element {
  const said = personWordsFor(app.words.tag).recover;
  const own = app.settings.hoop.value;
  return (
    <div class="screen">
      <main class="scroll pad middle">
        <div class="stack met" role="status">
          <div class="ends" aria-hidden="true">
            {own === undefined ? null : <HoopDrawing hoop={own} size="l" />}
            <svg viewBox="0 0 100 48" preserveAspectRatio="none" aria-hidden="true">
              <path d="M3 26Q50 62 98 26" />
            </svg>
            <span class="ring" />
          </div>
          <h1 class="large" tabIndex={-1}>
            {said.doneTitle(name)}
          </h1>
          <p class="soft">{said.done}</p>
        </div>
      </main>
      <footer class="foot">
        <a class="button first" href={hashOf({ at: 'safe', page: 'restore' })}>
          {said.doneRestore}
        </a>
        <a class="button plain" href={hashOf({ at: 'messages' })}>
          {said.doneGo}
        </a>
      </footer>
    </div>
  );
}
