/** One person: who they are to this phone, how that was made sure, and how they are reached now. */
import '../design/person.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { HoopDrawing } from '../design/hoop.tsx';
import { Icon } from '../design/icons.tsx';
import { ReachString } from '../design/strings.tsx';
import { meetWordsFor } from '../locales/meet/words.ts';
import { personWordsFor } from '../locales/person/words.ts';
import type { AppViewModel } from '../view-models/app.ts';
import { CheckViewModel } from '../view-models/check/check.ts';
import { wayTo } from '../view-models/path.ts';
import type { Contact } from '../view-models/ports.ts';
import { hashOf } from '../view-models/route.ts';
import { Between } from './check/between.tsx';
import { Comparing } from './comparing.tsx';
import { Unknown } from './conversation/unknown.tsx';
import { Blocked, News } from './news.tsx';

export function About({ app }: { readonly app: AppViewModel }): JSX.Element {
  const contact = app.conversation.value?.contact.value;
  return contact === undefined ? <Unknown app={app} /> : <Person app={app} contact={contact} />;
}

interface PersonProps {
  readonly app: AppViewModel;
  readonly contact: Contact;
}

function Person({ app, contact }: PersonProps): JSX.Element {
  const { words, times } = app;
  const said = personWordsFor(words.tag).about;
  const person = personWordsFor(words.tag);
  const [check] = useState(() => new CheckViewModel(contact.account, app, person));
  useEffect(() => {
    void check.safety.load();
    return () => check.close();
  }, [check]);
  const news = app.conversation.value?.news.value;
  const hoop = app.hoops.value.get(contact.account);
  const reach = contact.reach.kind;
  const overview = app.overview.value;
  const way = overview === undefined ? reach : wayTo(contact, overview);
  const toConversation = hashOf({ at: 'conversation', account: contact.account, message: undefined });
  const outcome = check.outcome.value;
  if (outcome?.kind === 'between') return <Between app={app} why={outcome.why} onBack={() => check.again()} name={contact.name} />;
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
          <Verified app={app} contact={contact} />
          <IntroducedBy app={app} contact={contact} />
        </div>
        {news?.blocks === true ? (
          <Blocked app={app} contact={contact} news={news} />
        ) : (
          <a class="button first wide" href={toConversation}>
            <Icon name="chat" />
            {said.write}
          </a>
        )}
        <Comparing app={app} contact={contact} />
        {news === undefined || news.blocks ? null : <News app={app} contact={contact} news={news} />}
        <section class="card stack" aria-labelledby="reach">
          <div class="side-by-side">
            <ReachString reach={reach} large />
            <div>
              <h2 id="reach" class="body-size">
                {words.reach[way]}
              </h2>
              <p class="small-text soft">
                {contact.lastHeardMs === undefined
                  ? said.neverHeard
                  : said.lastHeard(times.when(contact.lastHeardMs, app.device.nowMs.value))}
              </p>
            </div>
          </div>
          <p class="note">{said[way](contact.name)}</p>
        </section>
        <Together app={app} contact={contact} />
        <Safety app={app} contact={contact} check={check} />
        <div class="group">
          <div class="item">
            <Icon name="device" />
            <span class="grow">
              {person.safety.deviceCount(contact.devices)}
              <small>{said.met(times.fullDay(contact.metAtMs))}</small>
            </span>
          </div>
          {contact.verified === undefined ? null : (
            <button type="button" class="item" onClick={() => void check.takeBack()}>
              <Icon name="unsure" />
              <span class="grow">
                {person.safety.takeBack}
                <small>{person.safety.takeBackNote(contact.name)}</small>
              </span>
            </button>
          )}
        </div>
      </main>
    </div>
  );
}

/** What brings people together: this phone and theirs, or them and somebody else. */
function Together({ app, contact }: PersonProps): JSX.Element | null {
  const said = meetWordsFor(app.words.tag);
  const { account } = contact;
  const isBlocked = contact.news?.kind === 'root-unknown';
  const hasOthers = (app.overview.value?.contacts.length ?? 0) > 1 && !isBlocked;
  const isDirect = contact.reach.kind === 'direct';
  if (isDirect && !hasOthers) return null;
  return (
    <div class="group">
      {isDirect ? null : (
        <a class="item" href={hashOf(contact.meetsByOneCode ? { at: 'beside', account } : { at: 'meet', way: 'beside' })}>
          <Icon name="code" />
          <span class="grow">
            {said.beside.entry}
            <small>{contact.meetsByOneCode ? said.beside.entryNote : said.beside.entryTwo}</small>
          </span>
          <Icon name="next" small />
        </a>
      )}
      {hasOthers ? (
        <a class="item" href={hashOf({ at: 'introduce', account })}>
          <Icon name="meet" />
          <span class="grow">
            {said.introduce.entry}
            <small>{said.introduce.entryNote}</small>
          </span>
          <Icon name="next" small />
        </a>
      ) : null}
    </div>
  );
}

/** Whoever brought us together could stand in between, until we have compared. */
function IntroducedBy({ app, contact }: PersonProps): JSX.Element | null {
  if (contact.introducedBy === undefined) return null;
  const said = meetWordsFor(app.words.tag).introduce;
  const by = app.overview.value?.contacts.find(({ account }) => account === contact.introducedBy)?.name ?? app.words.nameless;
  return (
    <p class="note soft">
      {said.by(by)} {contact.verified === undefined ? said.compare : ''}
    </p>
  );
}

function Verified({ app, contact }: PersonProps): JSX.Element {
  const { words } = app;
  return (
    <p class={contact.verified === undefined ? 'state' : 'state plain-ink'} role="status">
      <Icon name={contact.verified === undefined ? 'unsure' : 'shield'} small />
      <span>
        {contact.verified === undefined
          ? personWordsFor(words.tag).safety.unsure(contact.name)
          : words.verified[contact.verified](contact.name)}
      </span>
    </p>
  );
}

function Safety({ app, contact, check }: PersonProps & { readonly check: CheckViewModel }): JSX.Element {
  const said = personWordsFor(app.words.tag).safety;
  const groups = check.safety.groups.value;
  const { account } = contact;
  return (
    <section class="card stack" aria-labelledby="safety">
      <div class="stack-tight">
        <h2 id="safety" class="body-size">
          {said.title}
        </h2>
        <p class="note soft">{said.how(contact.name)}</p>
      </div>
      {groups.length === 0 ? (
        <p class="note soft" role="status">
          {said.reading}
        </p>
      ) : (
        <p class="safety digits" role="img" aria-label={check.safety.spoken.value}>
          {groups.map((group, i) => (
            <span key={`${i}-${group}`} aria-hidden="true">
              {group}
            </span>
          ))}
        </p>
      )}
      <a class="button wide" href={hashOf({ at: 'check', account, way: 'scan' })}>
        <Icon name="camera" />
        {said.byCamera}
      </a>
      <a class="button wide" href={hashOf({ at: 'check', account, way: 'digits' })}>
        <Icon name="shield" />
        {said.byDigits}
      </a>
      {contact.verified !== undefined || groups.length === 0 ? null : (
        <div>
          <p class="note">{said.ask(contact.name)}</p>
          <p class="answers">
            <button type="button" class="small-button" onClick={() => void check.decide(true)}>
              {said.same}
            </button>
            <button type="button" class="small-button" onClick={() => void check.decide(false)}>
              {said.differ}
            </button>
          </p>
        </div>
      )}
    </section>
  );
}
