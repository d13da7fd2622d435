/** Theirs was read; now mine is held up to their camera. The phones connect as soon as it was read, and this screen goes. */
import type { JSX } from 'preact';
import { Icon } from '../../design/icons.tsx';
import { meetWordsFor } from '../../locales/meet/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { AccountId } from '../../view-models/ports.ts';
import { hashOf } from '../../view-models/route.ts';
import { CodeCard } from '../code-card.tsx';
import { Head } from '../frame.tsx';
import { CopyCode } from './copy-code.tsx';

export interface AnswerProps {
  readonly app: AppViewModel;
  readonly account: AccountId;
  readonly answer: string;
}

export function Answer({ app, account, answer }: AnswerProps): JSX.Element {
  const said = meetWordsFor(app.words.tag).byHand;
  const contact = app.overview.value?.contacts.find((one) => one.account === account);
  return (
    <div class="screen">
      <Head title={said.answerTitle} back={{ to: { at: 'messages' }, name: app.words.backToMessages }} />
      <main class="scroll pad stack">
        <CodeCard app={app} text={answer} name={said.answerCode} making={said.making} />
        <p>{said.answer}</p>
        {contact === undefined ? null : <p class="note soft">{said.alreadyMet(contact.name)}</p>}
        <p class="state" role="status">
          {said.waiting}
        </p>
        <CopyCode app={app} text={answer} />
      </main>
      {contact === undefined ? null : (
        <footer class="foot">
          <a class="button" href={hashOf({ at: 'conversation', account, message: undefined })}>
            <Icon name="chat" />
            {app.words.meet.writeTo(contact.name)}
          </a>
        </footer>
      )}
    </div>
  );
}
