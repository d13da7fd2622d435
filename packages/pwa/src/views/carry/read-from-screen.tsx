/** The camera before another phone's moving code: how far it is, then what was in it. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import type { Told } from '../../view-models/carry/carry.ts';
import { ScreenReadingViewModel } from '../../view-models/carry/screen-reading.ts';
import { hashOf } from '../../view-models/route.ts';
import { Finder } from '../finder.tsx';
import { Head } from '../frame.tsx';
import type { CarryPartProps } from './part-props.ts';

export function ReadFromScreen({ app, carry, said }: CarryPartProps): JSX.Element {
  const [reading] = useState(() => new ScreenReadingViewModel(carry, app.device, app.words, said));
  // What a file brought before is not what this camera saw.
  useEffect(() => reading.again(), [reading]);
  const taken = carry.taken.value;
  const progress = reading.progress.value;
  return (
    <div class="screen">
      <Head title={said.scan.title} back={{ to: { at: 'carry', way: 'file' }, name: app.words.back }} />
      {taken === undefined ? (
        <Finder
          app={app}
          scan={reading.scan}
          busy={reading.going.value}
          refused={undefined}
          troubles={said.scan.trouble}
          hasPicture={false}
        >
          {progress === undefined ? null : (
            <progress class="moving" aria-label={said.scan.meter} max={progress.of} value={progress.pieces} />
          )}
          <a class="button plain" href={hashOf({ at: 'carry', way: 'file' })}>
            {said.scan.fileInstead}
          </a>
        </Finder>
      ) : (
        <Done taken={taken} said={said} onAgain={() => reading.again()} />
      )}
    </div>
  );
}

interface DoneProps extends Pick<CarryPartProps, 'said'> {
  readonly taken: Told;
  readonly onAgain: () => void;
}

function Done({ taken, said, onAgain }: DoneProps): JSX.Element {
  const isTrouble = taken.kind === 'trouble';
  return (
    <>
      <main class="scroll pad middle">
        <div class="stack centre" role={isTrouble ? 'alert' : 'status'}>
          <Icon name={isTrouble ? 'alert' : 'check'} />
          <p class="narrow">{taken.text}</p>
          {isTrouble ? null : <p class="narrow note soft">{said.in.answerNote}</p>}
        </div>
      </main>
      <footer class="foot">
        {isTrouble ? null : (
          <>
            <a class="button first" href={hashOf({ at: 'messages' })}>
              {said.in.toMessages}
            </a>
            <a class="button" href={hashOf({ at: 'carry', way: 'show' })}>
              <Icon name="code" />
              {said.in.answer}
            </a>
          </>
        )}
        <button type="button" class={isTrouble ? 'button first' : 'button plain'} onClick={onAgain}>
          {said.scan.again}
        </button>
      </footer>
    </>
  );
}
