/** Making a backup: what locks it, the file, and where to put it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { safeWordsFor } from '../../locales/safe/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { hashOf } from '../../view-models/route.ts';
import { BackupViewModel, type MadeFile } from '../../view-models/safe/backup.ts';
import { Head } from '../frame.tsx';
import { WordsField } from '../secret-fields.tsx';
import { NewSecretFields, Pick, Trouble } from './parts.tsx';

export function BackupPage({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { messenger, device, words } = app;
  const safe = safeWordsFor(words.tag);
  const said = safe.backup;
  const [backup] = useState(() => new BackupViewModel(messenger, device, words, safe));
  const made = backup.made.value;
  const isGoing = backup.isGoing.value;
  return (
    <form
      class="screen"
      onSubmit={(event) => {
        event.preventDefault();
        void backup.make();
      }}
    >
      <Head title={said.title} back={{ to: { at: 'settings' }, name: words.backToSettings }} />
      {made === undefined ? (
        <>
          <main class="scroll pad stack">
            <p>{said.what}</p>
            <p class="note soft">{said.root}</p>
            <Pick
              title={said.with}
              ways={[
                ['passphrase', said.byPassphrase],
                ['words', said.byWords],
              ]}
              chosen={backup.by.value}
              onPick={(kind) => backup.lockBy(kind)}
            />
            {backup.by.value === 'passphrase' ? (
              <NewSecretFields secret={backup.secret} said={safe.secret} />
            ) : (
              <WordsField
                label={safe.restore.words}
                note={said.wordsNote}
                value={backup.words.value}
                isWrong={backup.trouble.value !== undefined}
                onInput={(text) => backup.typeWords(text)}
              />
            )}
            <Trouble text={backup.trouble.value} />
            <a class="item card" href={hashOf({ at: 'safe', page: 'restore' })}>
              <Icon name="save" />
              <span class="grow">
                {said.restore}
                <small>{said.restoreNote}</small>
              </span>
              <Icon name="next" small />
            </a>
          </main>
          <footer class="foot">
            <button type="submit" class="button first" aria-disabled={isGoing ? true : undefined}>
              <span aria-live="polite">{isGoing ? said.going : said.go}</span>
            </button>
          </footer>
        </>
      ) : (
        <Made app={app} made={made} onSave={() => backup.saveAgain()} />
      )}
    </form>
  );
}

interface MadeProps {
  readonly app: AppViewModel;
  readonly made: MadeFile;
  readonly onSave: () => void;
}

function Made({ app, made, onSave }: MadeProps): JSX.Element {
  const said = safeWordsFor(app.words.tag).backup;
  return (
    <>
      <main class="scroll pad middle">
        <div class="stack" role="status">
          <h2 class="large">{said.doneTitle}</h2>
          <p class="file-name">{said.done(made.name, made.size)}</p>
          <p class="soft note">{said.root}</p>
        </div>
      </main>
      <footer class="foot">
        <a class="button first" href={hashOf({ at: 'settings' })}>
          {app.words.backToSettings}
        </a>
        <button type="button" class="button" onClick={onSave}>
          <Icon name="save" />
          {said.saveAgain}
        </button>
      </footer>
    </>
  );
}
