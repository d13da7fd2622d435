/** Why their code or link was not taken, with the way on where there is one. */
import type { JSX } from 'preact';
import type { AppViewModel } from '../../view-models/app.ts';
import { hashOf } from '../../view-models/route.ts';
import { Alarm } from '../alarm.tsx';

export function Refused({ app }: { readonly app: AppViewModel }): JSX.Element | null {
  const outcome = app.meet.outcome.value;
  if (outcome?.kind !== 'refused') return null;
  const known = app.overview.value?.contacts.find((contact) => contact.account === outcome.known);
  return (
    <Alarm>
      {outcome.why}{' '}
      {known === undefined ? null : (
        <a href={hashOf({ at: 'conversation', account: known.account, message: undefined })}>{app.words.meet.writeTo(known.name)}</a>
      )}
    </Alarm>
  );
}
