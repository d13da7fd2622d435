/** A conversation: its head with the string to them, the column of slips, the field. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { HoopDrawing } from '../../design/hoop.tsx';
import { Icon } from '../../design/icons.tsx';
import { HeadString } from '../../design/strings.tsx';
import type { AppViewModel } from '../../view-models/app.ts';
import type { ConversationViewModel } from '../../view-models/conversation/conversation.ts';
import type { Contact, MessageId } from '../../view-models/ports.ts';
import { hashOf } from '../../view-models/route.ts';
import { ClockNotice } from '../clock-notice.tsx';
import { Comparing } from '../comparing.tsx';
import { Blocked, News } from '../news.tsx';
import { Composer } from './composer.tsx';
import { Log } from './log.tsx';
import { Unknown } from './unknown.tsx';
import { WhereIsIt } from './where-is-it.tsx';

/** Reach is told aloud once it stayed so for this long: a flapping link does not chatter. */
const REACH_SETTLES_MS = 5000;

export interface ConversationProps {
  readonly app: AppViewModel;
  /** The message whose way is shown over the conversation. */
  readonly messageShown: MessageId | undefined;
  readonly isWide: boolean;
}

export function Conversation({ app, messageShown, isWide }: ConversationProps): JSX.Element | null {
  const conversation = app.conversation.value;
  const contact = conversation?.contact.value;
  const news = conversation?.news.value;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && messageShown === undefined && !event.isComposing) app.go({ at: 'messages' });
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [app, messageShown]);
  if (conversation === undefined) return null;
  if (contact === undefined) return <Unknown app={app} />;
  return (
    <div class={isWide ? 'talk' : 'screen talk'}>
      <TalkHead app={app} contact={contact} conversation={conversation} isWide={isWide} />
      {isWide ? null : <ClockNotice app={app} />}
      <Comparing app={app} contact={contact} />
      {news === undefined || news.blocks ? null : <News app={app} contact={contact} news={news} />}
      <Log app={app} conversation={conversation} contact={contact} />
      {news?.blocks === true ? (
        <Blocked app={app} contact={contact} news={news} />
      ) : (
        <Composer app={app} conversation={conversation} name={contact.name} />
      )}
      {messageShown === undefined ? null : <WhereIsIt app={app} conversation={conversation} contact={contact} id={messageShown} />}
    </div>
  );
}

interface TalkHeadProps {
  readonly app: AppViewModel;
  readonly contact: Contact;
  readonly conversation: ConversationViewModel;
  readonly isWide: boolean;
}

function TalkHead({ app, contact, conversation, isWide }: TalkHeadProps): JSX.Element {
  const { words } = app;
  const reach = contact.reach.kind;
  const hoop = app.hoops.value.get(contact.account);
  const last = conversation.messages.value.findLast((message) => message.mine);
  const copies = last?.state?.kind === 'carried' ? last.state.carriers : 0;
  return (
    <>
      <header class="head">
        <h1 class="away" tabIndex={-1}>
          {words.conversation.with(contact.name)}
        </h1>
        {isWide ? null : (
          <a class="press" href={hashOf({ at: 'messages' })} aria-label={words.backToMessages}>
            <Icon name="back" />
          </a>
        )}
        <a
          class="who"
          href={hashOf({ at: 'about', account: contact.account })}
          aria-label={`${words.conversation.about(contact.name, words.reachLower[reach])}${contact.verified === undefined ? '' : `. ${words.conversation.verified}`}`}
        >
          {hoop === undefined ? null : <HoopDrawing hoop={hoop} size="s" />}
          <span class="grow">
            <span class="name one-line">
              <bdi>{contact.name}</bdi>
              {contact.verified === undefined ? null : <Icon name="shield" small />}
            </span>
            <span class="reach">{words.reach[reach]}</span>
          </span>
        </a>
        <SettledReach words={words.reach[reach]} />
      </header>
      <HeadString reach={reach} copies={copies} />
    </>
  );
}

function SettledReach({ words }: { readonly words: string }): JSX.Element {
  const first = useRef(words);
  const [settled, setSettled] = useState('');
  useEffect(() => {
    if (first.current === words && settled === '') return;
    const timer = setTimeout(() => setSettled(words), REACH_SETTLES_MS);
    return () => clearTimeout(timer);
  }, [words, settled]);
  return (
    <span class="away" aria-live="polite">
      {settled}
    </span>
  );
}
