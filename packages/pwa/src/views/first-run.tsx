/** The first screen anybody sees: one question. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Ends } from '../design/ends.tsx';
import { Icon, type IconName } from '../design/icons.tsx';
import { Sheet } from '../design/sheet.tsx';
import type { AppViewModel } from '../view-models/app.ts';
import { letterOf } from '../view-models/hoop.ts';
import { type FirstWay, hashOf } from '../view-models/route.ts';
import { Lines } from './frame.tsx';
import { NameField } from './name-field.tsx';

const WAYS: readonly { readonly way: FirstWay; readonly icon: IconName; readonly name: 'byLink' | 'byBackup' | 'byWords' }[] = [
  { way: 'link', icon: 'device', name: 'byLink' },
  { way: 'restore', icon: 'disk', name: 'byBackup' },
  { way: 'words', icon: 'pen', name: 'byWords' },
];

/** Somebody who was here before: three ways to be the same person again. */
function Before({ app, onClose }: { readonly app: AppViewModel; readonly onClose: () => void }): JSX.Element {
  const said = app.words.firstRun;
  return (
    <Sheet title={said.before} closeName={app.words.close} onClose={onClose}>
      <div class="stack">
        <p class="note soft">{said.beforeHow}</p>
        <div class="group">
          {WAYS.map(({ way, icon, name }) => (
            <a key={way} class="item" href={hashOf({ at: 'first', way })}>
              <Icon name={icon} />
              <span class="grow">
                {said[name]}
                <small>{said[`${name}Note`]}</small>
              </span>
              <Icon name="next" small />
            </a>
          ))}
        </div>
      </div>
    </Sheet>
  );
}

export function FirstRun({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { firstRun, words } = app;
  const said = words.firstRun;
  const [isBefore, setBefore] = useState(false);
  return (
    <form
      class="screen"
      onSubmit={(event) => {
        event.preventDefault();
        void firstRun.begin();
      }}
    >
      <main class="scroll pad stack first-run">
        <Ends mine={{ weave: 0, hue: 1, turn: 0, letter: firstRun.name.value.trim() === '' ? '' : letterOf(firstRun.name.value) }} />
        <h1 class="large">{said.question}</h1>
        <p class="soft">{app.meet.isInvited.value ? said.invited : said.promise}</p>
        <NameField
          label={said.label}
          note={said.help}
          trouble={firstRun.trouble.value}
          value={firstRun.name.value}
          onInput={(name) => firstRun.type(name)}
        />
      </main>
      <Lines app={app} />
      <footer class="foot">
        <button type="submit" class="button first" aria-disabled={firstRun.isGoing.value ? true : undefined}>
          {firstRun.isGoing.value ? said.going : said.go}
        </button>
        <button type="button" class="button plain" aria-haspopup="dialog" onClick={() => setBefore(true)}>
          {said.before}
        </button>
      </footer>
      {isBefore ? <Before app={app} onClose={() => setBefore(false)} /> : null}
    </form>
  );
}
