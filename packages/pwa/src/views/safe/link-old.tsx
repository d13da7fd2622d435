/** On the device that has the account: scanning or pasting what the new one shows. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Ends } from '../../design/ends.tsx';
import { Icon } from '../../design/icons.tsx';
import { safeWordsFor } from '../../locales/safe/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { OldDeviceViewModel } from '../../view-models/safe/link.ts';
import { Finder } from '../finder.tsx';
import { Head } from '../frame.tsx';
import { Steps } from '../steps.tsx';
import { LinkSteps } from './link-steps.tsx';
import { Trouble } from './parts.tsx';

export function LinkOld({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { messenger, device, words, times, linking } = app;
  const safe = safeWordsFor(words.tag);
  const [old] = useState(() => new OldDeviceViewModel({ messenger, device, words, safe, times, linking }));
  const now = old.linking.value;
  return (
    <div class="screen">
      <Head title={safe.link.title} back={{ to: { at: 'safe', page: 'devices' }, name: words.back }} />
      {now === undefined ? (
        old.way.value === 'scan' ? (
          <Scan app={app} old={old} />
        ) : (
          <How app={app} old={old} />
        )
      ) : now.step === 'waiting' ? (
        <Waiting app={app} old={old} />
      ) : (
        <LinkSteps app={app} linked={old} linking={now} />
      )}
    </div>
  );
}

interface OldProps {
  readonly app: AppViewModel;
  readonly old: OldDeviceViewModel;
}

function How({ app, old }: OldProps): JSX.Element {
  const said = safeWordsFor(app.words.tag).link;
  return (
    <>
      <main class="scroll pad stack">
        <Steps
          name={said.steps}
          steps={[
            [said.step1, said.step1How],
            [said.step2, said.step2How],
            [said.step3, said.step3How],
          ]}
        />
        <Trouble text={old.trouble.value} />
        <form
          class="card stack"
          onSubmit={(event) => {
            event.preventDefault();
            void old.takePasted();
          }}
        >
          <div>
            <label class="label" for="link-text">
              {said.paste}
            </label>
            <textarea
              class="field digits pasted"
              id="link-text"
              rows={3}
              autoComplete="off"
              autoCapitalize="off"
              spellcheck={false}
              value={old.pasted.value}
              onInput={(event) => old.paste(event.currentTarget.value)}
            />
          </div>
          <button type="submit" class="button wide" aria-disabled={old.pasted.value.trim() === '' ? true : undefined}>
            {old.isReading.value ? said.reading : said.pasteGo}
          </button>
        </form>
      </main>
      <footer class="foot">
        <button type="button" class="button first" onClick={() => old.look('scan')}>
          <Icon name="camera" />
          {said.scan}
        </button>
      </footer>
    </>
  );
}

function Scan({ app, old }: OldProps): JSX.Element {
  const said = safeWordsFor(app.words.tag).link;
  const trouble = old.trouble.value;
  return (
    <Finder
      app={app}
      scan={old.scan}
      busy={old.isReading.value ? said.reading : undefined}
      refused={trouble === undefined ? undefined : <Trouble text={trouble} />}
    >
      <button type="button" class="button plain" onClick={() => old.look('how')}>
        {said.pasteInstead}
      </button>
    </Finder>
  );
}

function Waiting({ app, old }: OldProps): JSX.Element {
  const said = safeWordsFor(app.words.tag).link;
  return (
    <>
      <main class="scroll pad middle">
        <div class="stack linked-ends" role="status">
          <Ends mine={app.settings.hoop.value} />
          <h2 class="large">{said.waitingTitle}</h2>
          <p class="soft">{said.waiting}</p>
        </div>
      </main>
      <footer class="foot">
        <button type="button" class="button" onClick={() => void old.stop()}>
          {said.stop}
        </button>
      </footer>
    </>
  );
}
