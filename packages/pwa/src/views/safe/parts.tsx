/** What several of these screens are made of: a passphrase typed twice, one of a few ways, and what became of something. */
import '../../design/safe.css';
import type { JSX } from 'preact';
import { Icon } from '../../design/icons.tsx';
import type { SafeWords } from '../../locales/safe/words.ts';
import type { NewSecret } from '../../view-models/safe/new-secret.ts';
import { PassphraseField } from '../secret-fields.tsx';

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
  const trouble = secret.trouble.value;
  const both = { autoComplete: 'new-password', isShown: secret.isShown.value, isWrong: trouble !== undefined } as const;
  return (
    <>
      <PassphraseField
        {...both}
        id="new-secret"
        label={said.passphrase}
        describedBy="new-secret-note"
        value={secret.text.value}
        onInput={(text) => secret.type(text)}
      >
        <p id="new-secret-note" class="small-text soft below" role="status">
          {secret.strength.value}
        </p>
      </PassphraseField>
      <PassphraseField
        {...both}
        id="secret-again"
        label={said.again}
        describedBy="secret-trouble"
        value={secret.again.value}
        onInput={(text) => secret.typeAgain(text)}
      >
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
      </PassphraseField>
    </>
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
