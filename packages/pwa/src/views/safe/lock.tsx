/** The app lock: passphrase, fingerprint, when it locks by itself, and what erases everything. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon, type IconName } from '../../design/icons.tsx';
import { Sheet } from '../../design/sheet.tsx';
import { safeWordsFor } from '../../locales/safe/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { LOCK_AFTER_MINUTES } from '../../view-models/auto-lock.ts';
import { hashOf, type SafePage } from '../../view-models/route.ts';
import { LockViewModel } from '../../view-models/safe/lock.ts';
import { Head } from '../frame.tsx';
import { NewSecretFields, Said } from './parts.tsx';

export function LockPage({ app }: { readonly app: AppViewModel }): JSX.Element {
  const safe = safeWordsFor(app.words.tag);
  const said = safe.lock;
  const [model] = useState(() => new LockViewModel(app.lock, safe));
  const { passphrase, finger, words } = model.methods.value;
  const isGoing = model.isGoing.value;
  return (
    <div class="screen">
      <Head title={said.title} back={{ to: { at: 'settings' }, name: app.words.backToSettings }} />
      <main class="scroll pad stack">
        <p class="soft">{passphrase ? said.on : said.off}</p>
        {model.wasOpenedByWords.value ? (
          <div class="notice" role="note">
            <Icon name="pen" />
            <p>{said.openedByWords}</p>
          </div>
        ) : null}
        {passphrase ? (
          <>
            <div class="group">
              <Row icon="lock" name={said.now} note={said.nowNote} onPress={() => void app.lock.lockNow()} />
              <label class="item">
                <Icon name="finger" />
                <span class="grow">
                  {said.finger}
                  <small>{model.fingerNote.value}</small>
                </span>
                <input
                  class="switch"
                  type="checkbox"
                  role="switch"
                  checked={finger}
                  aria-checked={finger}
                  aria-disabled={model.canFinger.value ? undefined : true}
                  onClick={(event) => {
                    // It stands where the device left it, not where the press put it.
                    event.preventDefault();
                    void model.setFinger(!finger);
                  }}
                />
              </label>
              <Link icon="shield" name={said.pressure} note={said.pressureNote} to="pressure" />
            </div>
            <After app={app} />
          </>
        ) : null}
        <form
          class="card stack"
          onSubmit={(event) => {
            event.preventDefault();
            void model.setPassphrase();
          }}
        >
          <h2 class="body-size">{passphrase ? said.changeTitle : said.setTitle}</h2>
          <NewSecretFields secret={model.secret} said={safe.secret} />
          <p class="note soft">{words ? said.withWords : said.withoutWords}</p>
          <button type="submit" class="button first wide" aria-disabled={isGoing ? true : undefined}>
            {isGoing ? said.going : passphrase ? said.change : said.set}
          </button>
          <Said said={model.said.value} />
        </form>
        {passphrase ? (
          <button type="button" class="button wide" onClick={() => (model.isRemoving.value = true)}>
            {said.remove}
          </button>
        ) : (
          <div class="group">
            <div class="item">
              <Icon name="finger" />
              <span class="grow">
                {said.finger}
                <small>{model.fingerNote.value}</small>
              </span>
            </div>
          </div>
        )}
        <p class="small-text soft">{said.drafts}</p>
      </main>
      {model.isRemoving.value ? (
        <Sheet title={said.removeTitle} closeName={app.words.close} onClose={() => (model.isRemoving.value = false)}>
          <div class="stack">
            <p>{said.removeMeans}</p>
            <div class="foot-buttons">
              <button type="button" class="button danger" onClick={() => void model.removePassphrase()}>
                {said.removeGo}
              </button>
              <button type="button" class="button" onClick={() => (model.isRemoving.value = false)}>
                {said.keep}
              </button>
            </div>
          </div>
        </Sheet>
      ) : null}
    </div>
  );
}

function After({ app }: { readonly app: AppViewModel }): JSX.Element {
  const said = safeWordsFor(app.words.tag).lock;
  const chosen = app.autoLock.afterMinutes.value;
  return (
    <fieldset class="picks">
      <legend class="label">{said.after}</legend>
      <div class="pick">
        {LOCK_AFTER_MINUTES.map((minutes) => (
          <button
            type="button"
            key={minutes}
            aria-pressed={minutes === chosen}
            aria-label={said.afterMinutesSaid(minutes)}
            onClick={() => app.autoLock.choose(minutes)}
          >
            {said.afterMinutes(minutes)}
          </button>
        ))}
      </div>
      <p class="small-text soft below">{said.afterNote}</p>
    </fieldset>
  );
}

interface RowProps {
  readonly icon: IconName;
  readonly name: string;
  readonly note: ComponentChildren;
}

function Row({ icon, name, note, onPress }: RowProps & { readonly onPress: () => void }): JSX.Element {
  return (
    <button type="button" class="item" onClick={onPress}>
      <Icon name={icon} />
      <span class="grow">
        {name}
        <small>{note}</small>
      </span>
    </button>
  );
}

function Link({ icon, name, note, to }: RowProps & { readonly to: SafePage }): JSX.Element {
  return (
    <a class="item" href={hashOf({ at: 'safe', page: to })}>
      <Icon name={icon} />
      <span class="grow">
        {name}
        <small>{note}</small>
      </span>
      <Icon name="next" small />
    </a>
  );
}
