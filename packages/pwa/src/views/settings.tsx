/** Settings: what can be chosen, and what is so. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { HoopDrawing } from '../design/hoop.tsx';
import { Icon } from '../design/icons.tsx';
import type { AppViewModel } from '../view-models/app.ts';
import { hashOf } from '../view-models/route.ts';
import { Head, Lines, Tabs } from './frame.tsx';

export function Settings({ app, isWide }: { readonly app: AppViewModel; readonly isWide: boolean }): JSX.Element {
  const { settings, words } = app;
  const said = words.settings;
  const hoop = settings.hoop.value;
  const facts = settings.storage.value;
  useEffect(() => void settings.measure(), [settings]);
  return (
    <div class="screen">
      <Head title={said.title} />
      <main class="scroll pad stack">
        <div class="item card">
          {hoop === undefined ? null : <HoopDrawing hoop={hoop} />}
          <span class="grow">
            <bdi class="strong">{settings.name.value}</bdi>
            <small>{said.nameNote}</small>
          </span>
        </div>
        <div class="notice" role="note">
          <Icon name="lock" />
          <p>{said.unsealed}</p>
        </div>
        <h2 class="section">{said.safe}</h2>
        <div class="group">
          <Switch
            name={said.tell}
            note={settings.tellsNote.value}
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
        <h2 class="section">{said.keep}</h2>
        <div class="group">
          <div class="item">
            <Icon name="disk" />
            <span class="grow">
              {said.storage}
              <small>{settings.storageNote.value}</small>
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
        <h2 class="section">{said.here}</h2>
        <div class="group">
          <div class="item">
            <Icon name="house" />
            <span class="grow">
              {settings.relayTitle.value}
              <small>{settings.relayNote.value}</small>
            </span>
          </div>
          <div class="item">
            <Icon name="info" />
            <span class="grow">
              {said.version}
              <small class="digits">{settings.version}</small>
            </span>
          </div>
        </div>
      </main>
      <Lines app={app} />
      {isWide ? null : <Tabs app={app} />}
    </div>
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
