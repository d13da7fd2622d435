/**
 * The column of slips. It is laid from the foot upwards, so that it opens at the newest and stays there without script; scrolling up
 * reads earlier pages and what is read does not move.
 */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { DeliveryString } from '../../design/strings.tsx';
import type { AppViewModel } from '../../view-models/app.ts';
import type { ConversationViewModel } from '../../view-models/conversation/conversation.ts';
import type { TimelineItem } from '../../view-models/conversation/timeline.ts';
import { isSettled, stateWords } from '../../view-models/delivery.ts';
import type { Contact, MessageId } from '../../view-models/ports.ts';
import { hashOf } from '../../view-models/route.ts';

/** This near to the top the page above is read. */
const NEAR_PX = 600;
/** This near to the foot one is looking at the newest. */
const FOOT_PX = 48;

export interface LogProps {
  readonly app: AppViewModel;
  readonly conversation: ConversationViewModel;
  readonly contact: Contact;
}

export function Log({ app, conversation, contact }: LogProps): JSX.Element {
  const { words } = app;
  const said = words.conversation;
  const scroller = useRef<HTMLElement>(null);
  const [isAway, setAway] = useState(false);
  const items = conversation.items.value;
  const newest = conversation.messages.value.at(-1);
  const seen = useRef(newest?.id);
  const [hasNews, setNews] = useState(false);

  const toFoot = (): void => {
    scroller.current?.scrollTo({ top: 0 });
    setNews(false);
  };

  useEffect(() => {
    if (newest === undefined || newest.id === seen.current) return;
    const isFirst = seen.current === undefined;
    seen.current = newest.id;
    if (newest.mine) toFoot();
    else if (isAway && !isFirst) setNews(true);
  }, [newest?.id]);

  const whereIs = (id: MessageId): void => app.go({ at: 'conversation', account: contact.account, message: id });

  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    // Laid from the foot, `scrollTop` is 0 there and negative above.
    const isNowAway = -element.scrollTop > FOOT_PX;
    setAway(isNowAway);
    conversation.isAtFoot.value = !isNowAway;
    if (!isNowAway) setNews(false);
    if (element.scrollHeight - element.clientHeight + element.scrollTop < NEAR_PX) void conversation.loadEarlier();
  };

  return (
    <div class="talk-room">
      <main
        class="scroll log"
        ref={scroller}
        onScroll={onScroll}
        onKeyDown={(event) => moveBetween(event, whereIs)}
        onClick={(event) => tap(event, whereIs)}
      >
        <div role="log" aria-label={said.with(contact.name)} aria-live="off">
          {conversation.hasEarlier.value ? (
            <p class="event">
              {conversation.isLoadingEarlier.value ? (
                said.readingEarlier
              ) : (
                <button type="button" class="small-button plain" onClick={() => void conversation.loadEarlier()}>
                  {said.earlier}
                </button>
              )}
            </p>
          ) : conversation.isLoaded.value ? (
            <p class="event">{said.beginning(app.times.fullDay(contact.metAtMs))}</p>
          ) : null}
          <ol>
            {items.map((item) => (
              <Item key={item.key} item={item} app={app} contact={contact} isNewest={item.key === newest?.id} />
            ))}
          </ol>
          {conversation.isLoaded.value && items.length === 0 ? <p class="event">{said.firstWord(contact.name)}</p> : null}
        </div>
      </main>
      <Heard app={app} conversation={conversation} contact={contact} />
      {isAway ? (
        <button type="button" class="button news" onClick={toFoot}>
          {hasNews ? said.newBelow : said.toNewest}
        </button>
      ) : null}
    </div>
  );
}

interface ItemProps {
  readonly item: TimelineItem;
  readonly app: AppViewModel;
  readonly contact: Contact;
  readonly isNewest: boolean;
}

function Item({ item, app, contact, isNewest }: ItemProps): JSX.Element {
  const { words, times } = app;
  switch (item.kind) {
    case 'day':
      return (
        <li class="day">
          <time dateTime={item.day}>{item.label}</time>
        </li>
      );
    case 'unread':
      return <li class="unread">{words.conversation.unread}</li>;
    case 'slip': {
      const { message } = item;
      const names = ['msg', ...(message.mine ? ['mine'] : []), ...(item.starts ? ['starts'] : [])];
      return (
        <li class={names.join(' ')} tabIndex={isNewest ? 0 : -1} data-message={message.state === undefined ? undefined : message.id}>
          <div class="slip">
            <p dir="auto">
              <span>{message.text}</span>
              <time dateTime={times.stamp(message.sentAtMs)}>{item.time}</time>
            </p>
          </div>
          {message.fromRemovedDevice ? (
            <div class="under">
              <span class="state">
                <Icon name="device" small />
                <span>{words.conversation.fromRemovedDevice(contact.name)}</span>
              </span>
            </div>
          ) : null}
          {item.saysState && message.state !== undefined ? (
            <div class="under">
              <a
                class={isSettled(message) ? 'state settled' : 'state'}
                href={hashOf({ at: 'conversation', account: contact.account, message: message.id })}
              >
                <DeliveryString state={message.state} />
                <span>{stateWords(message.state, message.expiresAtMs, words, times)}</span>
              </a>
            </div>
          ) : null}
        </li>
      );
    }
  }
}

/** What is told aloud: each new message once, and where my last one is. */
function Heard({ app, conversation, contact }: LogProps): JSX.Element {
  const last = conversation.messages.value.at(-1);
  const first = useRef<string | undefined>(undefined);
  if (conversation.isLoaded.value && first.current === undefined) first.current = last?.id ?? '';
  const isNew = last !== undefined && !last.mine && first.current !== undefined && last.id !== first.current;
  return (
    <>
      <p class="away" aria-live="polite">
        {isNew ? app.words.conversation.announce(contact.name, last.text) : ''}
      </p>
      <p class="away" role="status">
        {conversation.announcedState.value}
      </p>
    </>
  );
}

/** A tap on a message of mine shows where it is, unless words in it were being marked. */
function tap(event: JSX.TargetedMouseEvent<HTMLElement>, whereIs: (id: MessageId) => void): void {
  const id = event.target instanceof Element ? event.target.closest('.slip')?.closest<HTMLElement>('.msg')?.dataset['message'] : undefined;
  if (id !== undefined && getSelection()?.isCollapsed !== false) whereIs(id);
}

/** Arrows move between messages; Enter, or the key for a menu, on one of mine shows where it is. */
function moveBetween(event: JSX.TargetedKeyboardEvent<HTMLElement>, whereIs: (id: MessageId) => void): void {
  const at = event.target instanceof Element ? event.target.closest<HTMLElement>('.msg') : null;
  if (at === null) return;
  const isAsking = event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
  if (isAsking && event.target === at) {
    const id = at.dataset['message'];
    if (id === undefined) return;
    event.preventDefault();
    whereIs(id);
    return;
  }
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
  event.preventDefault();
  let next: Element | null = at;
  do next = event.key === 'ArrowUp' ? next.previousElementSibling : next.nextElementSibling;
  while (next !== null && !next.classList.contains('msg'));
  if (next instanceof HTMLElement) next.focus();
  else if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('[data-focus-first]')?.focus();
}
