/** What was compared does not fit: one plain red screen in the place of everything else, and one way out of it. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { personWordsFor } from '../../locales/person/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';

export interface BetweenProps {
  readonly app: AppViewModel;
  readonly name: string;
  readonly why: string;
  readonly onBack: () => void;
}

export function Between({ app, name, why, onBack }: BetweenProps): JSX.Element {
  const said = personWordsFor(app.words.tag).check;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div class="screen between">
      <main class="scroll pad middle">
        <div class="stack" role="alert">
          <Icon name="alert" />
          <h1 class="large" tabIndex={-1} ref={heading}>
            {said.betweenTitle}
          </h1>
          <p>{why}</p>
          <ul class="stack-tight to-do">
            {said.betweenDo.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          <p class="note">{said.betweenKept}</p>
        </div>
      </main>
      <footer class="foot">
        <button type="button" class="button first" onClick={onBack}>
          {said.back(name)}
        </button>
      </footer>
    </div>
  );
}
