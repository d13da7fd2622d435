/** The way of one message: the sentence first, then the string hanging down, then how long it is kept, actions last. */
import '../../design/journey.css';
import type { JSX } from 'preact';
import { Sheet } from '../../design/sheet.tsx';
import { DeliveryString } from '../../design/strings.tsx';
import { waysWordsFor } from '../../locales/ways/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { ConversationViewModel } from '../../view-models/conversation/conversation.ts';
import { letterOf } from '../../view-models/hoop.ts';
import type { Contact, MessageId } from '../../view-models/ports.ts';
import { hashOf } from '../../view-models/route.ts';
import { type WhereIsItView, whereIsIt } from '../../view-models/where-is-it.ts';

export interface WhereIsItProps {
  readonly app: AppViewModel;
  readonly conversation: ConversationViewModel;
  readonly contact: Contact;
  readonly id: MessageId;
}

export function WhereIsIt({ app, conversation, contact, id }: WhereIsItProps): JSX.Element | null {
  const { words } = app;
  const said = waysWordsFor(words.tag).where;
  const message = conversation.messages.value.find((known) => known.id === id);
  const view =
    message === undefined ? undefined : whereIsIt(message, contact, letterOf(contact.name), app.device.nowMs.value, words, app.times);
  if (message === undefined || view === undefined) return null;
  const close = (): void => app.go({ at: 'conversation', account: contact.account, message: undefined }, true);
  return (
    <Sheet title={said.title} closeName={words.close} onClose={close}>
      <div class="stack">
        <div class="msg mine whole">
          <blockquote class="slip clipped">
            <p dir="auto">
              <span>{view.text}</span>
              <time>{view.time}</time>
            </p>
          </blockquote>
        </div>
        <p class="fact" role="status">
          <DeliveryString state={view.state} />
          <span>
            <span class="strong">{view.fact}</span> {view.rest}
          </span>
        </p>
        <Way view={view} app={app} />
        {view.left === undefined ? null : (
          <div class="card stack-tight">
            <p class="note">
              <span class="strong">{view.left.words}</span> <span class="soft">{view.left.until}</span>
            </p>
            {/* biome-ignore lint/a11y/useSemanticElements: a meter element cannot wear the string's colour in every browser */}
            <div
              class="left"
              role="meter"
              aria-label={said.meter}
              aria-valuemin={0}
              aria-valuemax={view.left.ofDays}
              aria-valuenow={view.left.days}
              aria-valuetext={view.left.meter}
            >
              <span style={{ inlineSize: `${Math.round((100 * Math.min(view.left.days, view.left.ofDays)) / view.left.ofDays)}%` }} />
            </div>
          </div>
        )}
        <div class="foot-buttons">
          {view.canSendAgain ? (
            <button
              type="button"
              class="button first"
              onClick={() => {
                void app.messenger.send(contact.account, message.text);
                close();
              }}
            >
              {said.sendAgain}
            </button>
          ) : null}
          <a class="button plain" href={hashOf({ at: 'learn' })}>
            {said.learn}
          </a>
        </div>
      </div>
    </Sheet>
  );
}

function Way({ view, app }: { readonly view: WhereIsItView; readonly app: AppViewModel }): JSX.Element {
  const said = waysWordsFor(app.words.tag).where;
  return (
    <ol class="journey">
      <li>
        <span class="pin">
          <span class="bead" />
        </span>
        <p>{said.thisPhone}</p>
        <p class="small-text">{view.written}</p>
      </li>
      {view.copies === undefined ? null : (
        <li class="copy">
          <span class="pin">
            <span class="square stranger">{view.copies.count > 9 ? '9+' : view.copies.count}</span>
          </span>
          <p>{view.copies.title}</p>
          <p class="small-text">{view.copies.note}</p>
        </li>
      )}
      {view.isUnseen ? (
        <li class="unseen">
          <p class="small-text">{view.unseenNote}</p>
        </li>
      ) : null}
      <li>
        <span class="pin">
          <span class="ring">{view.them.letter}</span>
        </span>
        <p>
          <bdi>{view.them.name}</bdi>
        </p>
        <p class="small-text">{view.them.note}</p>
      </li>
    </ol>
  );
}
