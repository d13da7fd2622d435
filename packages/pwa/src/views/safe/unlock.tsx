/** The lock from outside. Small, because it is the first thing that somebody with a lock sees. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { Mark } from '../../design/mark.tsx';
import { safeWordsFor } from '../../locales/safe/words.ts';
import type { Words } from '../../locales/words.ts';
import type { Lock } from '../../view-models/ports.ts';
import { UnlockViewModel } from '../../view-models/safe/unlock.ts';
import { Gate, reload } from '../gates.tsx';
import { PassphraseField, WordsField } from '../secret-fields.tsx';
import { EraseWords, HoldToErase } from './erase.tsx';
import { Trouble } from './parts.tsx';

export interface UnlockProps {
  readonly lock: Lock;
  readonly words: Words;
}

export function Unlock({ lock, words }: UnlockProps): JSX.Element | null {
  const safe = safeWordsFor(words.tag);
  const [unlock] = useState(() => new UnlockViewModel(lock, words, safe));
  const state = lock.state.value;
  const way = unlock.way.value;
  useEffect(() => {
    document.title = words.title(safe.unlock.title);
  }, [words, safe]);
  if (state.kind !== 'locked') return null;
  if (state.why === 'newer') {
    return (
      <Gate title={words.gate.newerTitle} role="alert">
        <p class="narrow">{words.gate.newer}</p>
        <button type="button" class="button first" onClick={reload}>
          {words.gate.openAgain}
        </button>
      </Gate>
    );
  }
  if (way === 'erase') return <BeginAgain unlock={unlock} words={words} />;
  if (state.why === 'damaged') {
    return (
      <Gate title={safe.unlock.damagedTitle} role="alert">
        <p class="narrow">{safe.unlock.damaged}</p>
        <button type="button" class="button danger" onClick={() => unlock.take('erase')}>
          {safe.unlock.beginAgain}
        </button>
      </Gate>
    );
  }
  return way === 'words' ? (
    <ByWords unlock={unlock} words={words} isOnly={state.why === 'key-lost'} />
  ) : (
    <ByPassphrase unlock={unlock} words={words} />
  );
}

interface WayProps {
  readonly unlock: UnlockViewModel;
  readonly words: Words;
}

function ByPassphrase({ unlock, words }: WayProps): JSX.Element {
  const said = safeWordsFor(words.tag).unlock;
  const field = useRef<HTMLInputElement>(null);
  const trouble = unlock.trouble.value;
  const isGoing = unlock.isGoing.value;
  const hasFinger = unlock.lock.hasFinger.value;
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="screen"
      onSubmit={(event) => {
        event.preventDefault();
        void unlock.open().then(() => field.current?.select());
      }}
    >
      <main class="scroll pad stack middle">
        <div class="centre stack lock-head">
          <Mark />
          <h1 tabIndex={-1}>{said.title}</h1>
        </div>
        <PassphraseField
          id="pass"
          label={said.label}
          autoComplete="current-password"
          field={field}
          describedBy="pass-note"
          isWrong={trouble !== undefined}
          value={unlock.passphrase.value}
          onInput={(text) => unlock.type(text)}
        >
          <div class="below">
            <Trouble id="pass-note" text={trouble} />
          </div>
        </PassphraseField>
        <div class="foot-buttons">
          <button type="submit" class="button first" aria-disabled={isGoing === undefined ? undefined : true}>
            {isGoing === 'passphrase' ? said.going : said.go}
          </button>
          {hasFinger ? (
            <button type="button" class="button" onClick={() => void unlock.openByFinger()}>
              <Icon name="finger" />
              {isGoing === 'finger' ? said.fingerGoing : said.finger}
            </button>
          ) : null}
        </div>
        <p class="note soft centre narrow lock-note">
          <span>
            {said.meanwhile} {said.forgotten}{' '}
            <button type="button" class="in-text" onClick={() => unlock.take('words')}>
              {said.useWords}
            </button>
          </span>
        </p>
      </main>
    </form>
  );
}

function ByWords({ unlock, words, isOnly }: WayProps & { readonly isOnly: boolean }): JSX.Element {
  const said = safeWordsFor(words.tag).unlock;
  const trouble = unlock.trouble.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <form
      class="screen"
      onSubmit={(event) => {
        event.preventDefault();
        void unlock.openByWords();
      }}
    >
      <main class="scroll pad stack middle">
        <div class="centre stack lock-head">
          <Mark />
          <h1 ref={heading} tabIndex={-1}>
            {isOnly ? said.keyLostTitle : said.wordsTitle}
          </h1>
        </div>
        {isOnly ? <p>{said.keyLost}</p> : null}
        <WordsField
          label={said.wordsLabel}
          note={said.wordsHelp}
          value={unlock.words.value}
          isWrong={trouble !== undefined}
          onInput={(text) => unlock.typeWords(text)}
        />
        <Trouble text={trouble === said.keyLost ? undefined : trouble} />
        <div class="foot-buttons">
          <button type="submit" class="button first" aria-disabled={unlock.isGoing.value === undefined ? undefined : true}>
            {unlock.isGoing.value === 'words' ? said.going : said.go}
          </button>
          {isOnly ? null : (
            <button type="button" class="button" onClick={() => unlock.take('passphrase')}>
              {said.back}
            </button>
          )}
        </div>
        <p class="note soft centre narrow lock-note">
          <span>
            {said.lostAll}{' '}
            <button type="button" class="in-text" onClick={() => unlock.take('erase')}>
              {said.beginAgain}
            </button>
          </span>
        </p>
      </main>
    </form>
  );
}

function BeginAgain({ unlock, words }: WayProps): JSX.Element {
  const safe = safeWordsFor(words.tag);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="screen">
      <header class="head">
        <button type="button" class="press" aria-label={words.back} onClick={() => unlock.take('words')}>
          <Icon name="back" />
        </button>
        <h1 ref={heading} tabIndex={-1}>
          {safe.erase.title}
        </h1>
      </header>
      <main class="scroll pad stack">
        <EraseWords said={safe.erase} />
      </main>
      <footer class="foot">
        <HoldToErase said={safe.erase} erase={() => void unlock.lock.wipe()} />
      </footer>
    </div>
  );
}
