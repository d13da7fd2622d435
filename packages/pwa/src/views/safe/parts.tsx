/** What several of these screens are made of: a passphrase typed twice, 24 words, and what became of something. */
import '../../design/safe.css';
import type { JSX } from 'preact';
import { Icon } from '../../design/icons.tsx';
import type { SafeWords } from '../../locales/safe/words.ts';
import type { Words } from '../../locales/words.ts';
import type { NewSecret } from '../../view-models/safe/new-secret.ts';

export interface SaidProps {
  readonly said: { readonly isTrouble: boolean; readonly text: string } | undefined;
  readonly id?: string;
}

/** Heard when it comes; the place for it stands from the start, so that it is. */
export function Said({ said, id }: SaidProps): JSX.Element {
  return (
    <div role={said?.isTrouble === true ? 'alert' : 'status'} id={id}>
      {said === undefined ? null : (
        <p class={said.isTrouble ? 'state alarm' : 'state'}>
          <Icon name={said.isTrouble ? 'alert' : 'check'} small />
          <span>{said.text}</span>
        </p>
      )}
    </div>
  );
}

export function Trouble({ text, id }: { readonly text: string | undefined; readonly id?: string }): JSX.Element {
  return <Said said={text === undefined ? undefined : { isTrouble: true, text }} {...(id === undefined ? {} : { id })} />;
}

export interface NewSecretFieldsProps {
  readonly secret: NewSecret;
  readonly said: SafeWords['secret'];
}

export function NewSecretFields({ secret, said }: NewSecretFieldsProps): JSX.Element {
  const type = secret.isShown.value ? 'text' : 'password';
  const trouble = secret.trouble.value;
  const isWrong = trouble === undefined ? undefined : true;
  return (
    <>
      <div>
        <label class="label" for="new-secret">
          {said.passphrase}
        </label>
        <input
          class="field"
          id="new-secret"
          type={type}
          autoComplete="new-password"
          autoCapitalize="off"
          spellcheck={false}
          dir="auto"
          aria-describedby="new-secret-note"
          aria-invalid={isWrong}
          value={secret.text.value}
          onInput={(event) => secret.type(event.currentTarget.value)}
        />
        <p id="new-secret-note" class="small-text soft below" role="status">
          {secret.strength.value}
        </p>
      </div>
      <div>
        <label class="label" for="secret-again">
          {said.again}
        </label>
        <input
          class="field"
          id="secret-again"
          type={type}
          autoComplete="new-password"
          autoCapitalize="off"
          spellcheck={false}
          dir="auto"
          aria-describedby="secret-trouble"
          aria-invalid={isWrong}
          value={secret.again.value}
          onInput={(event) => secret.typeAgain(event.currentTarget.value)}
        />
        <label class="check-line">
          <input
            type="checkbox"
            checked={secret.isShown.value}
            onChange={(event) => {
              secret.isShown.value = event.currentTarget.checked;
            }}
          />
          {said.show}
        </label>
        <Trouble id="secret-trouble" text={trouble} />
      </div>
    </>
  );
}

export interface WordsFieldProps {
  readonly words: Words;
  readonly label: string;
  readonly note: string;
  readonly value: string;
  readonly isWrong: boolean;
  readonly onInput: (text: string) => void;
}

export function WordsField({ words, label, note, value, isWrong, onInput }: WordsFieldProps): JSX.Element {
  return (
    <div>
      <label class="label" for="the-words">
        {label}
      </label>
      <textarea
        class="field"
        id="the-words"
        rows={5}
        dir="ltr"
        lang={words.tag}
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellcheck={false}
        aria-describedby="the-words-note"
        aria-invalid={isWrong ? true : undefined}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <p id="the-words-note" class="small-text soft below">
        {note}
      </p>
    </div>
  );
}

export interface PickProps<Kind extends string> {
  readonly title: string;
  readonly ways: readonly (readonly [Kind, string])[];
  readonly chosen: Kind;
  readonly onPick: (kind: Kind) => void;
}

/** One of a few, side by side. */
export function Pick<Kind extends string>({ title, ways, chosen, onPick }: PickProps<Kind>): JSX.Element {
  return (
    <fieldset class="picks">
      <legend class="label">{title}</legend>
      <div class="pick">
        {ways.map(([kind, name]) => (
          <button type="button" key={kind} aria-pressed={kind === chosen} onClick={() => onPick(kind)}>
            {name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
