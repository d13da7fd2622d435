/** Before a code that ties two phones together is made: why the camera is asked for, and the ways on without it. */
import type { JSX } from 'preact';
import { Ends } from '../../design/ends.tsx';
import { Icon } from '../../design/icons.tsx';
import { meetWordsFor } from '../../locales/meet/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { ByHandViewModel } from '../../view-models/meet/by-hand.ts';

export interface CameraFirstProps {
  readonly app: AppViewModel;
  readonly hand: ByHandViewModel;
  readonly step: 'first' | 'waiting' | 'refused';
  readonly why: string;
  /** Another code that needs no camera, where there is one. */
  readonly onOrdinary?: () => void;
}

export function CameraFirst({ app, hand, step, why, onOrdinary }: CameraFirstProps): JSX.Element {
  const said = meetWordsFor(app.words.tag).byHand;
  const isRefused = step === 'refused';
  return (
    <>
      <main class="scroll pad middle">
        <div class="stack met" role="status">
          <Ends mine={app.settings.hoop.value} />
          <h2 class="large">{isRefused ? said.refusedTitle : said.askTitle}</h2>
          <p>{isRefused ? said.refused : why}</p>
          <p class="note soft">{said.askWhere}</p>
        </div>
      </main>
      <footer class="foot">
        <button type="button" class="button first" aria-disabled={step === 'waiting' ? true : undefined} onClick={() => void hand.allow()}>
          <Icon name="camera" />
          {step === 'waiting' ? said.asking : isRefused ? said.tryAgain : said.allow}
        </button>
        {isRefused ? (
          <button type="button" class="button" onClick={() => void hand.make()}>
            {said.without}
          </button>
        ) : null}
        {onOrdinary === undefined ? null : (
          <button type="button" class="button plain" onClick={onOrdinary}>
            {said.ordinary}
          </button>
        )}
      </footer>
    </>
  );
}
