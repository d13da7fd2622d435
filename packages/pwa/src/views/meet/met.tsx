/** Good news of a meeting: they are there, or on their way. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Ends } from '../../design/ends.tsx';
import { Icon } from '../../design/icons.tsx';
import { EmptyString } from '../../design/mark.tsx';
import { meetWordsFor } from '../../locales/meet/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { handFailure } from '../../view-models/meet/by-hand.ts';
import type { Outcome } from '../../view-models/meet/meet.ts';
import type { AccountId, Contact } from '../../view-models/ports.ts';
import { hashOf } from '../../view-models/route.ts';
import { Ending } from '../ending.tsx';

export interface MetProps {
  readonly app: AppViewModel;
  readonly account: AccountId;
  /** The name may come a moment after the person. */
  readonly firstName: string;
  readonly onAgain: () => void;
}

export function Met({ app, account, firstName, onAgain }: MetProps): JSX.Element {
  const said = app.words.meet;
  const contact = app.overview.value?.contacts.find((one) => one.account === account);
  const name = contact?.name ?? firstName;
  return (
    <Ending
      title={said.metTitle(name)}
      sign={<Ends mine={app.settings.hoop.value} theirs={app.hoops.value.get(account)} isTied />}
      foot={<MetFoot app={app} account={account} name={name} contact={contact} onAgain={onAgain} />}
    >
      <p class="soft">{said.met}</p>
      <Sure app={app} name={name} contact={contact} />
    </Ending>
  );
}

export interface SureProps {
  readonly app: AppViewModel;
  readonly name: string;
  readonly contact: Contact | undefined;
}

/** Whoever scanned has made sure already; whoever was scanned, or came by a link, has not. */
export function Sure({ app, name, contact }: SureProps): JSX.Element {
  if (contact?.verified === undefined) return <p class="note soft">{app.words.meet.metUnsure(name)}</p>;
  return (
    <p class="state plain-ink">
      <Icon name="shield" small />
      <span>{app.words.verified[contact.verified](name)}</span>
    </p>
  );
}

export interface MetFootProps extends SureProps {
  readonly account: AccountId;
  readonly onAgain: (() => void) | undefined;
}

/** From meeting to the conversation. */
export function MetFoot({ app, account, name, contact, onAgain }: MetFootProps): JSX.Element {
  const said = app.words.meet;
  return (
    <>
      <a class="button first" href={hashOf({ at: 'conversation', account, message: undefined })}>
        <Icon name="chat" />
        {said.writeTo(name)}
      </a>
      {contact?.verified === undefined ? (
        <a class="button" href={hashOf({ at: 'check', account, way: 'digits' })}>
          <Icon name="shield" />
          {app.words.check.title(name)}
        </a>
      ) : null}
      {onAgain === undefined ? null : (
        <button type="button" class="button plain" onClick={onAgain}>
          {said.again}
        </button>
      )}
    </>
  );
}

export interface TakenUpProps {
  readonly app: AppViewModel;
  readonly outcome: Extract<Outcome, { kind: 'taken-up' }>;
  readonly onAgain: () => void;
}

/** Their code was read. `notByHand`: it could have tied the phones together at once, and did not. */
export function TakenUp({ app, outcome, onAgain }: TakenUpProps): JSX.Element {
  const said = app.words.meet;
  const meet = meetWordsFor(app.words.tag);
  const { account, notByHand } = outcome;
  const [why, setWhy] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (notByHand !== undefined) void handFailure(notByHand, app.device, meet).then(setWhy);
  }, [notByHand, app, meet]);
  const isKnown = app.overview.value?.contacts.some((contact) => contact.account === account) === true;
  const foot = (
    <>
      {notByHand === undefined ? null : (
        <button type="button" class="button first" onClick={onAgain}>
          <Icon name="camera" />
          {meet.byHand.tryAgain}
        </button>
      )}
      <a class={notByHand === undefined ? 'button first' : 'button'} href={hashOf({ at: 'messages' })}>
        {meet.byHand.toMessages}
      </a>
      {notByHand === undefined ? (
        <button type="button" class="button plain" onClick={onAgain}>
          {said.again}
        </button>
      ) : null}
    </>
  );
  if (notByHand !== undefined) {
    return (
      <Ending title={meet.byHand.failedTitle} sign={<Ends mine={app.settings.hoop.value} />} foot={foot}>
        <p>{why}</p>
        <p class="soft">{isKnown ? meet.byHand.failedKnown : meet.byHand.failedRest}</p>
      </Ending>
    );
  }
  return (
    <Ending title={said.takenUpTitle} sign={<EmptyString />} foot={foot}>
      <p>{said.takenUp}</p>
      <p class="note soft">{app.words.where.closed}</p>
    </Ending>
  );
}
