/** The line that leads to six digits which are being compared. On whatever screen one is; the rest of the news comes with its screens. */
import type { JSX } from 'preact';
import { Icon } from '../design/icons.tsx';
import type { AppViewModel } from '../view-models/app.ts';
import type { Contact } from '../view-models/ports.ts';
import { hashOf } from '../view-models/route.ts';

/** Six digits wait to be compared, begun on either side. */
export function Comparing({ app, contact }: { readonly app: AppViewModel; readonly contact: Contact }): JSX.Element | null {
  if (contact.comparison === undefined) return null;
  const { words } = app;
  return (
    <div class="notice strip middle-line" role="status">
      <Icon name={contact.comparison.step === 'failed' ? 'unsure' : 'shield'} />
      <p class="grow">{contact.comparison.step === 'failed' ? words.check.brokenOff(contact.name) : words.check.invited(contact.name)}</p>
      <a class="small-button" href={hashOf({ at: 'check', account: contact.account, way: 'digits' })}>
        {words.check.look}
      </a>
    </div>
  );
}
