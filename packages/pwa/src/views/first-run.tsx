/** The first screen anybody sees: one question. */
import type { JSX } from 'preact';
import { HoopDrawing } from '../design/hoop.tsx';
import { Icon } from '../design/icons.tsx';
import type { AppViewModel } from '../view-models/app.ts';
import { letterOf } from '../view-models/hoop.ts';
import { Lines } from './frame.tsx';

export function FirstRun({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { firstRun, words } = app;
  const said = words.firstRun;
  const trouble = firstRun.trouble.value;
  return (
    <form
      class="screen"
      onSubmit={(event) => {
        event.preventDefault();
        void firstRun.begin();
      }}
    >
      <main class="scroll pad stack first-run">
        <div class="ends" aria-hidden="true">
          <HoopDrawing
            hoop={{ weave: 0, hue: 1, turn: 0, letter: firstRun.name.value.trim() === '' ? '' : letterOf(firstRun.name.value) }}
            size="l"
          />
          <svg viewBox="0 0 100 48" preserveAspectRatio="none" aria-hidden="true">
            <path d="M3 26Q50 62 98 26" />
          </svg>
          <span class="ring" />
        </div>
        <h1 class="large">{said.question}</h1>
        <p class="soft">{app.meet.isInvited.value ? said.invited : said.promise}</p>
        <div>
          <label class="label" for="name">
            {said.label}
          </label>
          <input
            class="field"
            id="name"
            name="name"
            autoComplete="nickname"
            autoCapitalize="words"
            maxLength={60}
            dir="auto"
            aria-describedby="name-help"
            aria-invalid={trouble === undefined ? undefined : true}
            value={firstRun.name.value}
            onInput={(event) => firstRun.type(event.currentTarget.value)}
          />
          {trouble === undefined ? (
            <p id="name-help" class="small-text soft below">
              {said.help}
            </p>
          ) : (
            <p id="name-help" class="state alarm below" role="alert">
              <Icon name="alert" small />
              <span>{trouble}</span>
            </p>
          )}
        </div>
      </main>
      <Lines app={app} />
      <footer class="foot">
        <button type="submit" class="button first" aria-disabled={firstRun.isGoing.value ? true : undefined}>
          {firstRun.isGoing.value ? said.going : said.go}
        </button>
      </footer>
    </form>
  );
}
