/** The passphrase under pressure: what it does, what it cannot do, setting it and taking it away. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { safeWordsFor } from '../../locales/safe/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { hashOf } from '../../view-models/route.ts';
import { LockViewModel } from '../../view-models/safe/lock.ts';
import { Head } from '../frame.tsx';
import { NewSecretFields, Said } from './parts.tsx';

export function PressurePage({ app }: { readonly app: AppViewModel }): JSX.Element {
  const safe = safeWordsFor(app.words.tag);
  const said = safe.pressure;
  const [model] = useState(() => new LockViewModel(app.lock, safe));
  const isGoing = model.isGoing.value;
  return (
    <div class="screen">
      <Head title={said.title} back={{ to: { at: 'safe', page: 'lock' }, name: app.words.back }} />
      <main class="scroll pad stack">
        <p>{said.what}</p>
        <div class="notice" role="note">
          <Icon name="info" />
          <div class="stack-tight">
            <h2 class="body-size">{said.limitsTitle}</h2>
            <p>{said.limits}</p>
          </div>
        </div>
        {model.methods.value.passphrase ? (
          <form
            class="card stack"
            onSubmit={(event) => {
              event.preventDefault();
              void model.setDuress();
            }}
          >
            <NewSecretFields secret={model.secret} said={safe.secret} />
            <p class="note soft">{said.hidden}</p>
            <div class="foot-buttons">
              <button type="submit" class="button first" aria-disabled={isGoing ? true : undefined}>
                {isGoing ? said.going : said.set}
              </button>
              <button type="button" class="button" onClick={() => void model.removeDuress()}>
                {said.remove}
              </button>
            </div>
            <Said said={model.said.value} />
          </form>
        ) : (
          <div class="card stack">
            <p>{said.needs}</p>
            <a class="button wide" href={hashOf({ at: 'safe', page: 'lock' })}>
              <Icon name="lock" />
              {said.toLock}
            </a>
          </div>
        )}
      </main>
    </div>
  );
}
