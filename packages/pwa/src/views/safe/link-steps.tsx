/** The steps of a linking that look alike on both sides: six digits, what moves, how it ended. */
import '../../design/person.css';
import '../../design/safe.css';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Ends } from '../../design/ends.tsx';
import { Icon } from '../../design/icons.tsx';
import { safeWordsFor } from '../../locales/safe/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { Linking } from '../../view-models/ports.ts';
import { hashOf } from '../../view-models/route.ts';
import type { Linked } from '../../view-models/safe/link.ts';

export interface LinkStepsProps {
  readonly app: AppViewModel;
  readonly linked: Linked;
  readonly linking: Exclude<Linking, { step: 'waiting' }>;
}

export function LinkSteps({ app, linked, linking }: LinkStepsProps): JSX.Element {
  const said = safeWordsFor(app.words.tag).link;
  const { step, side } = linking;
  const isConfirmed = linked.isConfirmed.value;
  const own = app.settings.hoop.value;
  useEffect(() => document.querySelector<HTMLElement>('main h2')?.focus({ preventScroll: true }), [step, isConfirmed]);
  switch (linking.step) {
    case 'digits':
      return (
        <>
          <main class="scroll pad middle">
            <div class="stack centre">
              <h2 class="large" tabIndex={-1}>
                {isConfirmed ? said.confirmedTitle : said.digitsTitle}
              </h2>
              <p class="six digits strong" role="img" aria-label={[...linking.digits].join(' ')}>
                {`${linking.digits.slice(0, 3)} ${linking.digits.slice(3)}`}
              </p>
              <p class="soft narrow" role="status">
                {isConfirmed ? said.confirmed : side === 'old' ? said.digitsWhy : said.digitsWhyNew}
              </p>
            </div>
          </main>
          <footer class="foot">
            {isConfirmed ? (
              <button type="button" class="button" onClick={() => void linked.stop()}>
                {said.stop}
              </button>
            ) : (
              <>
                <button type="button" class="button first" onClick={() => void linked.confirm(true)}>
                  {said.same}
                </button>
                <button type="button" class="button danger" onClick={() => void linked.confirm(false)}>
                  {said.differ}
                </button>
              </>
            )}
          </footer>
        </>
      );
    case 'moving':
      return (
        <main class="scroll pad middle">
          <div class="stack linked-ends">
            <Ends mine={own} theirs={own} isTied />
            <h2 class="large" tabIndex={-1}>
              {said.movingTitle}
            </h2>
            <p id="parts">{linking.partsOfAll === 0 ? said.movingFirst : said.moving(linking.parts, linking.partsOfAll)}</p>
            <progress class="moving" aria-labelledby="parts" value={linking.parts} max={Math.max(1, linking.partsOfAll)} />
            <p class="soft">{said.movingKeep}</p>
          </div>
        </main>
      );
    case 'done':
      return (
        <>
          <main class="scroll pad middle">
            <div class="stack linked-ends" role="status">
              <Ends mine={own} theirs={own} isTied />
              <h2 class="large" tabIndex={-1}>
                {side === 'old' ? said.doneOld : said.doneNew}
              </h2>
              <p class="soft">{side === 'old' ? said.doneOldRest : said.doneNewRest}</p>
            </div>
          </main>
          <footer class="foot">
            <a
              class="button first"
              href={hashOf(side === 'old' ? { at: 'safe', page: 'devices' } : { at: 'messages' })}
              onClick={() => linked.seen()}
            >
              {side === 'old' ? said.toDevices : said.toMessages}
            </a>
          </footer>
        </>
      );
    case 'failed':
      return (
        <>
          <main class="scroll pad middle">
            <div class="stack" role="alert">
              <h2 class="large" tabIndex={-1}>
                {said.failedTitle}
              </h2>
              <div class={linking.why === 'not-authentic' ? 'notice alarm' : 'notice'}>
                <Icon name="alert" />
                <p>{said.failed[linking.why]}</p>
              </div>
              {side === 'new' ? <p class="soft">{said.failedNew}</p> : null}
            </div>
          </main>
          <footer class="foot">
            <button type="button" class="button first" onClick={() => linked.again()}>
              {said.again}
            </button>
          </footer>
        </>
      );
  }
}
