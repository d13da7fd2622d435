/** Beginning again with 24 words: a field for the words, one for the name, and a welcome. */
import '../../design/person.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Ends } from '../../design/ends.tsx';
import { personWordsFor } from '../../locales/person/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { RecoverViewModel } from '../../view-models/recovery/recover.ts';
import { hashOf } from '../../view-models/route.ts';
import { Below } from '../below.tsx';
import { Ending } from '../ending.tsx';
import { Head, Lines } from '../frame.tsx';
import { NameField } from '../name-field.tsx';
import { WordsField } from '../secret-fields.tsx';

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
      <main class="scroll pad stack">
        <p class="soft">{said.how}</p>
        <WordsField
          label={said.label}
          note={model.count.value ?? said.help}
          trouble={wrongWords}
          value={model.text.value}
          onInput={(text) => model.typeWords(text)}
        />
        <NameField
          label={said.nameLabel}
          note={said.nameHelp}
          trouble={wrongName}
          value={model.name.value}
          onInput={(name) => model.typeName(name)}
        />
        {trouble?.about === 'all' ? <Below id="all-help" note="" trouble={trouble.why} /> : null}
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

function Welcome({ app, name }: { readonly app: AppViewModel; readonly name: string }): JSX.Element {
  const said = personWordsFor(app.words.tag).recover;
  return (
    <Ending
      title={said.doneTitle(name)}
      sign={<Ends mine={app.settings.hoop.value} />}
      foot={
        <>
          <a class="button first" href={hashOf({ at: 'safe', page: 'restore' })}>
            {said.doneRestore}
          </a>
          <a class="button plain" href={hashOf({ at: 'messages' })}>
            {said.doneGo}
          </a>
        </>
      }
    >
      <p class="soft">{said.done}</p>
    </Ending>
  );
}
