/** Bringing a backup back, on a new phone or into what is here. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { safeWordsFor } from '../../locales/safe/words.ts';
import type { Words } from '../../locales/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { Restored } from '../../view-models/ports.ts';
import { hashOf } from '../../view-models/route.ts';
import { RestoreViewModel } from '../../view-models/safe/restore.ts';
import { Ending } from '../ending.tsx';
import { Head, Lines } from '../frame.tsx';
import { PassphraseField, WordsField } from '../secret-fields.tsx';
import { Pick, Trouble } from './parts.tsx';

export interface RestoreProps {
  readonly app: AppViewModel;
  readonly words: Words;
  /** There is no account here yet. */
  readonly isFirst: boolean;
}

export function Restore({ app, words, isFirst }: RestoreProps): JSX.Element {
  const { messenger, device } = app;
  const safe = safeWordsFor(words.tag);
  const said = safe.restore;
  const [restore] = useState(() => new RestoreViewModel(messenger, device, words, safe, isFirst));
  const done = restore.done.value;
  const isGoing = restore.isGoing.value;
  const trouble = restore.trouble.value;
  const hasProfile = app.overview.value?.profile !== undefined;
  useEffect(() => {
    // Somebody is here already, and not by this file: it is brought back below the settings.
    if (isFirst && hasProfile && done === undefined && !isGoing) app.go({ at: 'safe', page: 'restore' }, true);
  }, [isFirst, hasProfile, done, isGoing, app]);
  if (done !== undefined) return <Done app={app} done={done} />;
  return (
    <form
      class="screen"
      onSubmit={(event) => {
        event.preventDefault();
        void restore.restore();
      }}
    >
      <Head title={said.title} back={{ to: isFirst ? { at: 'messages' } : { at: 'safe', page: 'backup' }, name: words.back }} />
      <main class="scroll pad stack">
        <p class="soft">{isFirst ? said.what : said.whatHere}</p>
        <div>
          <label class="button wide">
            <Icon name="disk" />
            {restore.file.value === undefined ? said.choose : said.chooseOther}
            <input
              class="away"
              type="file"
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                if (file !== undefined) void restore.choose(file.name, file);
                event.currentTarget.value = '';
              }}
            />
          </label>
          <p class="below file-name note" role="status">
            {restore.file.value ?? ''}
          </p>
        </div>
        <Pick
          title={said.with}
          ways={[
            ['passphrase', said.byPassphrase],
            ['words', said.byWords],
          ]}
          chosen={restore.by.value}
          onPick={(kind) => restore.openBy(kind)}
        />
        {restore.by.value === 'passphrase' ? (
          <PassphraseField
            id="file-pass"
            label={said.passphrase}
            autoComplete="off"
            value={restore.passphrase.value}
            onInput={(text) => restore.type(text)}
          />
        ) : null}
        {restore.asksForWords.value ? (
          <WordsField
            label={restore.by.value === 'words' ? said.words : said.wordsToo}
            note={isFirst ? said.wordsTooNote : safe.unlock.wordsHelp}
            value={restore.words.value}
            onInput={(text) => restore.typeWords(text)}
          />
        ) : null}
        <Trouble text={trouble} />
      </main>
      {isFirst ? <Lines app={app} /> : null}
      <footer class="foot">
        <button type="submit" class="button first" aria-disabled={isGoing ? true : undefined}>
          <span aria-live="polite">{isGoing ? said.going : said.go}</span>
        </button>
      </footer>
    </form>
  );
}

function Done({ app, done }: { readonly app: AppViewModel; readonly done: Restored }): JSX.Element {
  const safe = safeWordsFor(app.words.tag);
  const isNothing = done.contacts === 0 && done.messages === 0;
  return (
    <Ending
      title={safe.restore.doneTitle}
      foot={
        <a class="button first" href={hashOf({ at: 'messages' })}>
          {safe.link.toMessages}
        </a>
      }
    >
      <p>{isNothing ? safe.restore.nothingNew : safe.restore.done(done.contacts, done.messages)}</p>
    </Ending>
  );
}
