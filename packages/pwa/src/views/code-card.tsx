/** A code held up to somebody's camera: black on white also in the dark, because cameras need it, and under it who shows it, if anybody yet. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { HoopDrawing } from '../design/hoop.tsx';
import type { AppViewModel } from '../view-models/app.ts';
import { Alarm } from './alarm.tsx';
import { QrCode, type QrCodeProps } from './qr.tsx';

export interface CodeCardProps extends QrCodeProps {
  readonly app: AppViewModel;
  /** Why there is none. */
  readonly trouble?: string | undefined;
}

export function CodeCard({ app, trouble, ...code }: CodeCardProps): JSX.Element {
  const mine = app.settings.hoop.value;
  const isStanding = code.text !== '' && trouble === undefined;
  // Somebody's camera is on its way to it.
  useEffect(() => (isStanding ? app.device.screen.stayOn() : undefined), [app, isStanding]);
  if (trouble !== undefined) return <Alarm>{trouble}</Alarm>;
  return (
    <figure class="code">
      <QrCode {...code} />
      {mine === undefined ? null : (
        <figcaption class="strong">
          <HoopDrawing hoop={mine} size="s" />
          <span dir="auto">{app.settings.name.value}</span>
        </figcaption>
      )}
    </figure>
  );
}
