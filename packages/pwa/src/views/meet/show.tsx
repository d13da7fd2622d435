/** My code: black on white also in the dark, because cameras need it, and my name under it. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { HoopDrawing } from '../../design/hoop.tsx';
import { Icon } from '../../design/icons.tsx';
import type { AppViewModel } from '../../view-models/app.ts';
import { hashOf } from '../../view-models/route.ts';
import { QrCode } from '../qr.tsx';

export function Show({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { meet, words } = app;
  const said = words.meet;
  const link = meet.link.value;
  const trouble = meet.inviteTrouble.value;
  const own = app.settings.hoop.value;
  useEffect(() => void meet.show(), [meet, link]);
  return (
    <>
      <main class="scroll pad stack">
        {trouble === undefined ? (
          <figure class="code">
            <QrCode text={link} name={said.code} making={said.making} />
            <figcaption class="strong">
              {own === undefined ? null : <HoopDrawing hoop={own} size="s" />}
              <span dir="auto">{app.settings.name.value}</span>
            </figcaption>
          </figure>
        ) : (
          <div class="notice alarm" role="alert">
            <Icon name="alert" />
            <p>{trouble}</p>
          </div>
        )}
        <ol class="steps" aria-label={said.steps}>
          <li>
            <p class="strong">{said.step1}</p>
            <p class="note soft">{said.step1How}</p>
          </li>
          <li>
            <p class="strong">{said.step2}</p>
            <p class="note soft">{said.step2How}</p>
          </li>
        </ol>
      </main>
      <footer class="foot">
        <a class="button first" href={hashOf({ at: 'meet', way: 'scan' })}>
          <Icon name="camera" />
          {said.nowScan}
        </a>
      </footer>
    </>
  );
}
