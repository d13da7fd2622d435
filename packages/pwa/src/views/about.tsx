/** One person: who they are to this phone, and how they are reached now. */
import type { JSX } from 'preact';
import { HoopDrawing } from '../design/hoop.tsx';
import { Icon } from '../design/icons.tsx';
import { ReachString } from '../design/strings.tsx';
import type { AppViewModel } from '../view-models/app.ts';
import { hashOf } from '../view-models/route.ts';

export function About({ app }: { readonly app: AppViewModel }): JSX.Element | null {
  const { words, times } = app;
  const said = words.about;
  const contact = app.conversation.value?.contact.value;
  if (contact === undefined) return null;
  const hoop = app.hoops.value.get(contact.account);
  const reach = contact.reach.kind;
  const toConversation = hashOf({ at: 'conversation', account: contact.account, message: undefined });
  return (
    <div class="screen">
      <header class="head">
        <a class="press" href={toConversation} aria-label={words.backToConversation}>
          <Icon name="back" />
        </a>
      </header>
      <main class="scroll pad stack no-top">
        <div class="centre person">
          {hoop === undefined ? null : <HoopDrawing hoop={hoop} size="xl" />}
          <h1 class="large" tabIndex={-1} dir="auto">
            {contact.name}
          </h1>
          <p class="state">{said.met(times.fullDay(contact.metAtMs))}</p>
        </div>
        <a class="button first wide" href={toConversation}>
          <Icon name="chat" />
          {said.write}
        </a>
        <section class="card stack" aria-labelledby="reach">
          <div class="side-by-side">
            <ReachString reach={reach} large />
            <div>
              <h2 id="reach" class="body-size">
                {words.reach[reach]}
              </h2>
              <p class="small-text soft">
                {contact.lastHeardMs === undefined
                  ? said.neverHeard
                  : said.lastHeard(times.when(contact.lastHeardMs, app.device.nowMs.value))}
              </p>
            </div>
          </div>
          <p class="note">{said[reach](contact.name)}</p>
        </section>
      </main>
    </div>
  );
}
