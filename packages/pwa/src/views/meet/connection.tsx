/** Two phones that are being tied together by hand: under way, there, or why not. Each is a screen of its own. */
import '../../design/person.css';
import type { JSX } from 'preact';
import { Ends } from '../../design/ends.tsx';
import { Icon } from '../../design/icons.tsx';
import { meetWordsFor } from '../../locales/meet/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import type { HandStage } from '../../view-models/meet/by-hand.ts';
import { hashOf } from '../../view-models/route.ts';
import { Ending } from '../ending.tsx';
import { MetFoot, Sure } from './met.tsx';

export type ConnectionStage = Extract<HandStage, { kind: 'connecting' | 'connected' | 'failed' }>;

/** The stage, where the connection has taken the place of the code. */
export function connectionOf(stage: HandStage): ConnectionStage | undefined {
  return stage.kind === 'connecting' || stage.kind === 'connected' || stage.kind === 'failed' ? stage : undefined;
}

export interface ConnectionProps {
  readonly app: AppViewModel;
  readonly connection: ConnectionStage;
  /** To the beginning: another person, or another attempt. */
  readonly onAgain: () => void;
  /** Both knew each other before: there is nobody else to meet here. */
  readonly isKnown?: boolean;
}

export function Connection({ app, connection, onAgain, isKnown = false }: ConnectionProps): JSX.Element {
  const said = meetWordsFor(app.words.tag).byHand;
  const { account } = connection;
  const contact = app.overview.value?.contacts.find((one) => one.account === account);
  const mine = app.settings.hoop.value;
  const theirs = account === undefined ? undefined : app.hoops.value.get(account);
  const toMessages = (
    <a class="button" href={hashOf({ at: 'messages' })}>
      {said.toMessages}
    </a>
  );
  switch (connection.kind) {
    case 'connecting':
      return (
        <Ending key="connecting" title={said.connectingTitle} sign={<Ends mine={mine} theirs={theirs} />} foot={toMessages}>
          <p class="soft">{said.connecting}</p>
        </Ending>
      );
    case 'connected':
      if (contact === undefined) {
        return (
          <Ending key="unnamed" title={said.connectedUnnamed} sign={<Ends mine={mine} isTied />} foot={toMessages}>
            <p class="soft">{said.nameComes}</p>
          </Ending>
        );
      }
      return (
        <Ending
          key="connected"
          title={said.connectedTitle(contact.name)}
          sign={<Ends mine={mine} theirs={theirs} isTied />}
          foot={
            <MetFoot app={app} account={contact.account} name={contact.name} contact={contact} onAgain={isKnown ? undefined : onAgain} />
          }
        >
          <p class="soft">{said.connected}</p>
          <Sure app={app} name={contact.name} contact={contact} />
        </Ending>
      );
    case 'failed':
      return (
        <Ending
          key="failed"
          title={said.failedTitle}
          sign={<Ends mine={mine} theirs={theirs} />}
          foot={
            <>
              <button type="button" class="button first" onClick={onAgain}>
                <Icon name="code" />
                {said.tryAgain}
              </button>
              {toMessages}
            </>
          }
        >
          <p>{connection.why}</p>
          <p class="soft">{contact === undefined ? said.failedRest : said.failedKnown}</p>
        </Ending>
      );
  }
}
