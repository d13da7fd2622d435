/** Six digits on both phones at once: begin, wait, compare, say what one sees; or what to do when it was broken off. */
import type { JSX } from 'preact';
import { Icon } from '../../design/icons.tsx';
import { EmptyString } from '../../design/mark.tsx';
import { personWordsFor } from '../../locales/person/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { CheckViewModel } from '../../view-models/check/check.ts';
import { hashOf } from '../../view-models/route.ts';

export interface SixDigitsProps {
  readonly app: AppViewModel;
  readonly check: CheckViewModel;
}

export function SixDigits({ app, check }: SixDigitsProps): JSX.Element {
  const comparison = check.comparison.value;
  if (comparison?.step === 'digits') return <Compare app={app} check={check} digits={comparison.digits} />;
  if (comparison?.step === 'failed') return <BrokenOff app={app} check={check} />;
  return comparison === undefined ? <Begin app={app} check={check} /> : <Wait app={app} check={check} />;
}

function Begin({ app, check }: SixDigitsProps): JSX.Element {
  const said = personWordsFor(app.words.tag).check;
  const name = check.name.value;
  const canCompare = check.canCompare.value;
  return (
    <>
      <main class="scroll pad middle">
        <div class="centre stack">
          <EmptyString />
          <h2>{said.digitsTitle}</h2>
          <p class="narrow">{said.digitsHow(name)}</p>
        </div>
      </main>
      <footer class="foot">
        {canCompare ? null : (
          <p id="digits-why" class="note soft">
            {said.digitsAway(name)}
          </p>
        )}
        <button
          type="button"
          class="button first"
          aria-disabled={canCompare ? undefined : true}
          aria-describedby={canCompare ? undefined : 'digits-why'}
          onClick={() => void check.compare()}
        >
          {said.digitsGo}
        </button>
      </footer>
    </>
  );
}

function Wait({ app, check }: SixDigitsProps): JSX.Element {
  const said = personWordsFor(app.words.tag).check;
  return (
    <>
      <main class="scroll pad middle">
        <div class="centre stack" role="status">
          <EmptyString />
          <p class="narrow">{said.waiting(check.name.value)}</p>
        </div>
      </main>
      <footer class="foot">
        <button type="button" class="button" onClick={() => void check.stopComparing()}>
          {said.stop}
        </button>
      </footer>
    </>
  );
}

/** Most often they have begun again: it is said without alarm, and what it could be else, too. */
function BrokenOff({ app, check }: SixDigitsProps): JSX.Element {
  const said = personWordsFor(app.words.tag).check;
  const name = check.name.value;
  return (
    <>
      <main class="scroll pad middle">
        <div class="stack" role="alert">
          <h2>{said.brokenTitle}</h2>
          <p>{said.brokenWhy(name)}</p>
          <p>{said.brokenDo(name)}</p>
          <p>{said.brokenTwice}</p>
          <p class="note soft">{said.brokenKept}</p>
        </div>
      </main>
      <footer class="foot">
        <button type="button" class="button first" onClick={() => void check.stopComparing()}>
          {said.brokenSeen}
        </button>
        <a class="button plain" href={hashOf({ at: 'about', account: check.account })}>
          {said.byNumber}
        </a>
      </footer>
    </>
  );
}

function Compare({ app, check, digits }: SixDigitsProps & { readonly digits: string }): JSX.Element {
  const said = personWordsFor(app.words.tag).check;
  return (
    <>
      <main class="scroll pad middle">
        <div class="centre stack" role="status">
          <p class="six digits" role="img" aria-label={[...digits].join(' ')}>
            <span aria-hidden="true">{digits.slice(0, 3)}</span> <span aria-hidden="true">{digits.slice(3)}</span>
          </p>
          <h2>{said.ask(check.name.value)}</h2>
        </div>
      </main>
      <footer class="foot">
        <button type="button" class="button first" onClick={() => void check.decideDigits(true)}>
          <Icon name="shield" />
          {said.same}
        </button>
        <button type="button" class="button" onClick={() => void check.decideDigits(false)}>
          {said.differ}
        </button>
      </footer>
    </>
  );
}
