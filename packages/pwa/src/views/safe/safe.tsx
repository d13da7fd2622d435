/** The pages below the settings that keep a person safe. They are loaded together, when the first of them is opened. */
import type { JSX } from 'preact';
import { safeWordsFor } from '../../locales/safe/words.ts';
import type { Words } from '../../locales/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { SafePage } from '../../view-models/route.ts';
import { Head } from '../frame.tsx';
import { BackupPage } from './backup.tsx';
import { DevicesPage } from './devices.tsx';
import { EraseWords, HoldToErase } from './erase.tsx';
import { LinkOld } from './link-old.tsx';
import { LockPage } from './lock.tsx';
import { PressurePage } from './pressure.tsx';
import { Restore } from './restore.tsx';

export interface SafeProps {
  readonly app: AppViewModel;
  readonly words: Words;
  readonly page: SafePage;
}

export function Safe({ app, page }: SafeProps): JSX.Element {
  switch (page) {
    case 'lock':
      return <LockPage app={app} />;
    case 'pressure':
      return <PressurePage app={app} />;
    case 'erase':
      return <ErasePage app={app} />;
    case 'devices':
      return <DevicesPage app={app} />;
    case 'link':
      return <LinkOld app={app} />;
    case 'backup':
      return <BackupPage app={app} />;
    case 'restore':
      return <Restore app={app} words={app.words} isFirst={false} />;
  }
}

function ErasePage({ app }: { readonly app: AppViewModel }): JSX.Element {
  const said = safeWordsFor(app.words.tag).erase;
  return (
    <div class="screen">
      <Head title={said.title} back={{ to: { at: 'settings' }, name: app.words.backToSettings }} />
      <main class="scroll pad stack">
        <EraseWords said={said} />
      </main>
      <footer class="foot">
        <HoldToErase said={said} erase={() => void app.lock.wipe()} />
      </footer>
    </div>
  );
}
