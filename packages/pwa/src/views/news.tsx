/** What changed about who somebody is: a quiet line, an amber one, or a red one in the place of the composer. */
import type { JSX } from 'preact';
import { Icon } from '../design/icons.tsx';
import type { AppViewModel } from '../view-models/app.ts';
import type { NewsView } from '../view-models/news.ts';
import type { Contact } from '../view-models/ports.ts';
import { hashOf } from '../view-models/route.ts';

export interface NewsProps {
  readonly app: AppViewModel;
  readonly contact: Contact;
  readonly news: NewsView;
}

/** News that one looks at and goes on. */
export function News({ app, contact, news }: NewsProps): JSX.Element {
  const { words } = app;
  const seen = (): void => void app.messenger.newsSeen(contact.account);
  const said = (
    <p class="grow">
      <span class="strong">{news.title}.</span> {news.text}
    </p>
  );
  if (news.tone === 'quiet') {
    return (
      <div class="notice strip middle-line" role="status">
        <Icon name="device" />
        {said}
        <button type="button" class="press" aria-label={words.news.seen} onClick={seen}>
          <Icon name="close" />
        </button>
      </div>
    );
  }
  return (
    <div class="notice strip amber" role="status">
      <Icon name="unsure" />
      <div class="grow">
        {said}
        <p class="answers">
          <button type="button" class="small-button" onClick={seen}>
            {words.news.seen}
          </button>
          <a class="small-button plain" href={hashOf({ at: 'check', account: contact.account, way: 'scan' })}>
            {words.news.compare}
          </a>
        </p>
      </div>
    </div>
  );
}

/** Nothing goes out: why, and what to do. Where the composer stood, or on the contact's page. */
export function Blocked({ app, contact, news }: NewsProps): JSX.Element {
  const { words } = app;
  return (
    <section class="notice alarm blocked" role="alert">
      <Icon name="alert" />
      <div class="grow stack-tight">
        <h2 class="body-size">{news.title}</h2>
        <p>{news.text}</p>
        <p>{words.news.rootUnknownDo(contact.name)}</p>
        <p class="answers">
          <a class="button first" href={hashOf({ at: 'check', account: contact.account, way: 'scan' })}>
            <Icon name="camera" />
            {words.news.compare}
          </a>
        </p>
      </div>
    </section>
  );
}
