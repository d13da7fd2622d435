/** What was compared does not fit: one plain red screen in the place of everything else, and one way out of it. */
import type { JSX } from 'preact';
import { Icon } from '../../design/icons.tsx';
import { personWordsFor } from '../../locales/person/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { Ending } from '../ending.tsx';

export interface BetweenProps {
  readonly app: AppViewModel;
  readonly name: string;
  readonly why: string;
  readonly onBack: () => void;
}

export function Between({ app, name, why, onBack }: BetweenProps): JSX.Element {
  const said = personWordsFor(app.words.tag).check;
  const back = (
    <button type="button" class="button first" onClick={onBack}>
      {said.back(name)}
    </button>
  );
  return (
    <Ending kind="between" title={said.betweenTitle} sign={<Icon name="alert" />} foot={back}>
      <p>{why}</p>
      <ul class="stack-tight to-do">
        {said.betweenDo.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p class="note">{said.betweenKept}</p>
    </Ending>
  );
}
