/** Their code through the camera, or on a picture. */
import type { JSX } from 'preact';
import type { AppViewModel } from '../../view-models/app.ts';
import { hashOf } from '../../view-models/route.ts';
import { Finder } from '../finder.tsx';
import { Refused } from './refused.tsx';

export function Scan({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { scan, outcome } = app.meet;
  const now = outcome.value?.kind;
  return (
    <Finder
      app={app}
      scan={scan}
      busy={now === 'taking-up' ? app.words.meet.takingUp : undefined}
      refused={now === 'refused' ? <Refused app={app} /> : undefined}
    >
      <p class="note soft centre">
        <a href={hashOf({ at: 'meet', way: 'link' })}>{app.words.meet.pasteInstead}</a>
      </p>
    </Finder>
  );
}
