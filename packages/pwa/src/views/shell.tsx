/** What stands on the screen: the app, or the calm page that says why it does not. */
import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Words } from '../locales/words.ts';
import type { Shell } from '../view-models/shell.ts';
import { App } from './app.tsx';
import { Gate, Opening, reload } from './gates.tsx';
import { later } from './later.tsx';

const Unlock = later(() => import('./safe/unlock.tsx').then((part) => part.Unlock));

const STORE_TROUBLE = {
  newer: ['newerTitle', 'newer'],
  locked: ['lockedTitle', 'locked'],
  failed: ['noStorageTitle', 'noStorage'],
} as const;

export function ShellView({ shell, words }: { readonly shell: ReadonlySignal<Shell>; readonly words: Words }): JSX.Element {
  const state = shell.value;
  switch (state.kind) {
    case 'opening':
      return <Opening words={words} />;
    case 'app':
      return <App app={state.app} />;
    case 'locked':
      return <Unlock lock={state.lock} words={words} />;
    case 'elsewhere':
      return (
        <Gate title={words.gate.elsewhereTitle}>
          <p class="narrow">{words.gate.elsewhere}</p>
          {state.asking === 'not-asked' ? (
            <button type="button" class="button first" onClick={state.continueHere}>
              {words.gate.continueHere}
            </button>
          ) : (
            <p class="soft" role="status">
              {state.asking === 'asking' ? words.gate.continuing : words.gate.silent}
            </p>
          )}
        </Gate>
      );
    case 'untrusted':
      return (
        <Gate title={words.gate.untrustedTitle}>
          <p class="narrow">{words.gate.untrusted}</p>
        </Gate>
      );
    case 'no-store': {
      const [title, text] = STORE_TROUBLE[state.why];
      return (
        <Gate title={words.gate[title]} role="alert">
          <p class="narrow">{words.gate[text]}</p>
          <button type="button" class="button first" onClick={reload}>
            {words.gate.openAgain}
          </button>
        </Gate>
      );
    }
  }
}
