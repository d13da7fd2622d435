/** To whom a contact is introduced, and that they were asked. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Ends } from '../design/ends.tsx';
import { HoopDrawing } from '../design/hoop.tsx';
import { Icon } from '../design/icons.tsx';
import { meetWordsFor } from '../locales/meet/words.ts';
import type { AppViewModel } from '../view-models/app.ts';
import { IntroduceViewModel } from '../view-models/introduce.ts';
import type { AccountId } from '../view-models/ports.ts';
import { hashOf } from '../view-models/route.ts';
import { Alarm } from './alarm.tsx';
import { Unknown } from './conversation/unknown.tsx';
import { Ending } from './ending.tsx';
import { Head } from './frame.tsx';

export function Introduce({ app, account }: { readonly app: AppViewModel; readonly account: AccountId }): JSX.Element {
  const said = meetWordsFor(app.words.tag).introduce;
  const [model] = useState(() => new IntroduceViewModel(app, account, meetWordsFor(app.words.tag)));
  const contact = app.overview.value?.contacts.find((one) => one.account === account);
  if (contact === undefined) return <Unknown app={app} />;
  const asked = model.asked.value;
  const hoops = app.hoops.value;
  if (asked !== undefined) {
    return (
      <Ending
        title={said.askedNames(contact.name, asked.name)}
        sign={<Ends mine={hoops.get(account)} theirs={hoops.get(asked.account)} />}
        foot={
          <>
            <a class="button first" href={hashOf({ at: 'about', account })}>
              {app.words.backTo(contact.name)}
            </a>
            <button type="button" class="button plain" onClick={() => model.again()}>
              {said.another}
            </button>
          </>
        }
      >
        <p>{said.asked(asked.name)}</p>
      </Ending>
    );
  }
  const others = model.others.value;
  return (
    <div class="screen">
      <Head title={said.title(contact.name)} back={{ to: { at: 'about', account }, name: app.words.backTo(contact.name) }} />
      <main class="scroll pad stack">
        <p>{others.length === 0 ? said.nobody : said.how(contact.name)}</p>
        {model.trouble.value === undefined ? null : <Alarm>{model.trouble.value}</Alarm>}
        {others.length === 0 ? null : (
          <ul class="group" aria-label={said.people}>
            {others.map((other) => {
              const hoop = hoops.get(other.account);
              return (
                <li key={other.account}>
                  <button type="button" class="item" onClick={() => void model.introduceTo(other)}>
                    {hoop === undefined ? null : <HoopDrawing hoop={hoop} size="s" />}
                    <span class="grow" dir="auto">
                      {other.name}
                    </span>
                    <Icon name="next" small />
                  </button>
                </li>
              );
            })}
          </ul>
        )}
      </main>
    </div>
  );
}
