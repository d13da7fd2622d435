/** The way of one message: the sentence first, then the string hanging down, then how long it is kept, actions last. */
import '../../design/journey.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { Sheet } from '../../design/sheet.tsx';
import { DeliveryString } from '../../design/strings.tsx';
import { waysWordsFor } from '../../locales/ways/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { ConversationViewModel } from '../../view-models/conversation/conversation.ts';
import { letterOf } from '../../view-models/hoop.ts';
import type { Contact, MessageId } from '../../view-models/ports.ts';
import { hashOf } from '../../view-models/route.ts';
import { type Carriers, type WhereIsItView, whereIsIt } from '../../view-models/where-is-it.ts';
import { WhereaboutsViewModel } from '../../view-models/whereabouts.ts';

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
  const [where] = useState(() => new WhereaboutsViewModel(app.messenger, id));
  useEffect(() => () => where.close(), [where]);
  const known = where.known.value;
  const nowMs = app.device.nowMs.value;
  const letter = letterOf(contact.name);
  const view = message === undefined ? undefined : whereIsIt({ message, contact, letter, known, nowMs, words, times: app.times });
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
          <DeliveryString state={view.drawn} />
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
          {view.canBeCarried ? (
            <a class="button" href={hashOf({ at: 'carry', way: 'file' })}>
              <Icon name="parcel" />
              {said.byHand}
            </a>
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
      {view.carriers.map((some) => (
        <li class="copy" key={some.who}>
          <span class="pin">
            <Knot some={some} />
          </span>
          <p>{some.title}</p>
          <p class="small-text">{some.note}</p>
        </li>
      ))}
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

/** Who took a copy, in shape: a relay is square, people are round, whoever was not met is dashed. */
function Knot({ some }: { readonly some: Carriers }): JSX.Element {
  const count = some.count > 9 ? '9+' : some.count;
  switch (some.who) {
    case 'relays':
      return <span class="square">{some.count === 1 ? <Icon name="house" small /> : count}</span>;
    case 'contacts':
      return <span class="square round">{count}</span>;
    case 'strangers':
      return <span class="square stranger">{some.count === 1 ? '?' : count}</span>;
    case 'devices':
      return <span class="square stranger">{count}</span>;
  }
}
