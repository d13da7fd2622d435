/** Why their code was not taken, in words that say what to do. */
import type { JSX } from 'preact';
import { Icon } from '../../design/icons.tsx';
import type { AppViewModel } from '../../view-models/app.ts';
import { hashOf } from '../../view-models/route.ts';

export function Refused({ app }: { readonly app: AppViewModel }): JSX.Element | null {
  const outcome = app.meet.outcome.value;
  if (outcome?.kind !== 'refused') return null;
  const known = app.overview.value?.contacts.find((contact) => contact.account === outcome.known);
  return (
    <div class="notice alarm" role="alert">
      <Icon name="alert" />
      <p>
        {outcome.why}{' '}
        {known === undefined ? null : (
          <a href={hashOf({ at: 'conversation', account: known.account, message: undefined })}>{app.words.meet.writeTo(known.name)}</a>
        )}
      </p>
    </div>
  );
}
