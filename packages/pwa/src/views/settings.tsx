/** Settings: what can be chosen, and what is so. */
import '../design/choice.css';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { HoopDrawing } from '../design/hoop.tsx';
import { Icon, type IconName } from '../design/icons.tsx';
import { settingsWordsFor } from '../locales/settings/words.ts';
import type { AppViewModel } from '../view-models/app.ts';
import { isSet } from '../view-models/auto-lock.ts';
import type { Pull } from '../view-models/ports.ts';
import { hashOf, type SafePage } from '../view-models/route.ts';
import { backupNote, relayNote, storageNote, tellsNote } from '../view-models/settings-notes.ts';
import { Head, Lines, Tabs } from './frame.tsx';

export function Settings({ app, isWide }: { readonly app: AppViewModel; readonly isWide: boolean }): JSX.Element {
  const { settings, words } = app;
  const said = settingsWordsFor(words.tag);
  const hoop = settings.hoop.value;
  const facts = settings.storage.value;
  const profile = app.overview.value?.profile;
  useEffect(() => void settings.measure(), [settings]);
  return (
    <div class="screen">
      <Head title={words.settings.title} />
      <main class="scroll pad stack">
        <a class="item card" href={hashOf({ at: 'safe', page: 'devices' })}>
          {hoop === undefined ? null : <HoopDrawing hoop={hoop} />}
          <span class="grow">
            <bdi class="strong">{settings.name.value}</bdi>
            <small>{app.linking.value?.side === 'old' ? said.linking : said.nameNoteDevices}</small>
          </span>
          <Icon name="next" small />
        </a>
        <h2 class="section">{said.safe}</h2>
        <div class="group">
          <Entry page="lock" icon="lock" app={app} note={isSet(app.lock) ? said.lockOn(app.autoLock.afterMinutes.value) : said.lockOff} />
          {isSet(app.lock) ? (
            <button type="button" class="item" onClick={() => void app.lock.lockNow()}>
              <Icon name="lock" />
              <span class="grow">
                {said.lockNow}
                <small>{said.lockNowNote}</small>
              </span>
            </button>
          ) : null}
          <Switch
            name={said.tell}
            note={tellsNote(app.device.bell.permission.value, said)}
            icon="bell"
            isOn={settings.tells.value}
            isFixed={!settings.canTell.value}
            onChange={(isOn) => void settings.setTells(isOn)}
          />
          {settings.tells.value ? (
            <Switch
              name={said.words}
              note={said.wordsNote}
              icon="text"
              isOn={settings.tellsWords.value}
              isFixed={false}
              onChange={(isOn) => settings.setTellsWords(isOn)}
            />
          ) : null}
          <a class="item" href={hashOf({ at: 'learn' })}>
            <Icon name="info" />
            <span class="grow">
              {said.learn}
              <small>{said.learnNote}</small>
            </span>
            <Icon name="next" small />
          </a>
        </div>
        {profile?.wordsWaiting === true ? (
          <div class="notice" role="note">
            <Icon name="pen" />
            <p>
              {words.recovery.waiting} <a href={hashOf({ at: 'words', from: 'settings' })}>{words.recovery.write}</a>
            </p>
          </div>
        ) : null}
        <h2 class="section">{said.keep}</h2>
        <div class="group">
          <Entry page="backup" icon="save" app={app} note={backupNote(settings.backupMadeMs.value, app.times, said)} />
          <a class="item" href={hashOf({ at: 'words', from: 'settings' })}>
            <Icon name="pen" />
            <span class="grow">
              {words.recovery.entry}
              <small>
                {profile?.wordsWaiting === true
                  ? words.recovery.entryWaiting
                  : profile?.isFirstDevice === false
                    ? words.recovery.entryNotFirst
                    : words.recovery.entryGone}
              </small>
            </span>
            <Icon name="next" small />
          </a>
          <div class="item">
            <Icon name="disk" />
            <span class="grow">
              {said.storage}
              <small>{storageNote(facts, words, said)}</small>
              {settings.keepWasRefused.value ? <small role="status">{said.storageRefused}</small> : null}
            </span>
          </div>
          {facts !== undefined && !facts.isKept && !settings.keepWasRefused.value ? (
            <button type="button" class="item" onClick={() => void settings.keepStorage()}>
              <Icon name="shield" />
              <span class="grow">{said.storageAsk}</span>
            </button>
          ) : null}
          <div class="item">
            <Icon name="clock" />
            <span class="grow">
              {said.closed}
              <small>{said.closedNote}</small>
            </span>
          </div>
        </div>
        <h2 class="section">{said.ways}</h2>
        <div class="group">
          <div class="item">
            <Icon name="house" />
            <span class="grow">
              {settings.relayName.value ?? said.relay}
              <small>{relayNote(app.overview.value, said)}</small>
            </span>
          </div>
          <Pulls app={app} />
          <a class="item" href={hashOf({ at: 'carry', way: 'file' })}>
            <Icon name="parcel" />
            <span class="grow">
              {words.carry.title}
              <small>{said.carryNote}</small>
            </span>
            <Icon name="next" small />
          </a>
        </div>
        <h2 class="section">{said.here}</h2>
        <div class="group">
          <div class="item">
            <Icon name="info" />
            <span class="grow">
              {said.version}
              <small class="digits">{settings.version}</small>
            </span>
          </div>
          <Entry page="erase" icon="trash" app={app} note={said.eraseNote} />
        </div>
      </main>
      <Lines app={app} />
      {isWide ? null : <Tabs app={app} />}
    </div>
  );
}

const PULLS: readonly Pull[] = ['cover', 'ferry', 'mailbox'];

/** What the relay may learn in return for less data: the choice is the person's, with what each costs. */
function Pulls({ app }: { readonly app: AppViewModel }): JSX.Element {
  const said = settingsWordsFor(app.words.tag);
  const now = app.overview.value?.pull;
  return (
    <fieldset class="choices">
      <legend>{said.pull}</legend>
      {PULLS.map((pull) => (
        <label class="item" key={pull}>
          <input type="radio" name="pull" checked={pull === now} onChange={() => void app.messenger.setPull(pull)} />
          <span class="grow">
            {said.pulls[pull]}
            <small>{said.pullNotes[pull]}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface EntryProps {
  readonly app: AppViewModel;
  readonly page: SafePage;
  readonly icon: IconName;
  readonly note: string;
}

/** The way to a page below the settings. */
function Entry({ app, page, icon, note }: EntryProps): JSX.Element {
  return (
    <a class="item" href={hashOf({ at: 'safe', page })}>
      <Icon name={icon} />
      <span class="grow">
        {app.words.settings.pages[page]}
        <small>{note}</small>
      </span>
      <Icon name="next" small />
    </a>
  );
}

interface SwitchProps {
  readonly name: string;
  readonly note: string;
  readonly icon: 'bell' | 'text';
  readonly isOn: boolean;
  /** It cannot be changed here; the note says why. */
  readonly isFixed: boolean;
  readonly onChange: (isOn: boolean) => void;
}

function Switch({ name, note, icon, isOn, isFixed, onChange }: SwitchProps): JSX.Element {
  return (
    <label class="item">
      <Icon name={icon} />
      <span class="grow">
        {name}
        <small>{note}</small>
      </span>
      <input
        class="switch"
        type="checkbox"
        role="switch"
        checked={isOn}
        aria-checked={isOn}
        aria-disabled={isFixed ? true : undefined}
        onClick={(event) => {
          if (isFixed) event.preventDefault();
        }}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
