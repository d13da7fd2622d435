/** Fields for what opens something: a passphrase, or the 24 words. Nothing typed here is completed, corrected or kept by the browser's keyboard. */
import type { ComponentChildren, JSX, Ref } from 'preact';
import { Below } from './below.tsx';

export interface PassphraseFieldProps {
  readonly id: string;
  readonly label: string;
  /** Whether the browser may offer one it knows: `off` for a file, which belongs to no site. */
  readonly autoComplete: 'current-password' | 'new-password' | 'off';
  readonly value: string;
  readonly onInput: (text: string) => void;
  readonly isShown?: boolean;
  readonly isWrong?: boolean;
  /** The id of what is said about it. */
  readonly describedBy?: string;
  readonly field?: Ref<HTMLInputElement>;
  /** What stands below the field. */
  readonly children?: ComponentChildren;
}

export function PassphraseField(props: PassphraseFieldProps): JSX.Element {
  const { id, label, autoComplete, value, onInput, isShown = false, isWrong = false, describedBy, field = null, children } = props;
  return (
    <div>
      <label class="label" for={id}>
        {label}
      </label>
      <input
        class="field"
        id={id}
        ref={field}
        type={isShown ? 'text' : 'password'}
        autoComplete={autoComplete}
        autoCapitalize="off"
        spellcheck={false}
        dir="auto"
        aria-describedby={describedBy}
        aria-invalid={isWrong ? true : undefined}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {children}
    </div>
  );
}

export interface WordsFieldProps {
  readonly label: string;
  readonly note: string;
  /** Said in the place of the note. A page that says it elsewhere marks the field with `isWrong` alone. */
  readonly trouble?: string | undefined;
  readonly isWrong?: boolean;
  readonly value: string;
  readonly onInput: (text: string) => void;
}

/** The words are English ones, whatever the language of the page. */
export function WordsField({ label, note, trouble, isWrong = trouble !== undefined, value, onInput }: WordsFieldProps): JSX.Element {
  return (
    <div>
      <label class="label" for="the-words">
        {label}
      </label>
      <textarea
        class="field"
        id="the-words"
        rows={6}
        dir="ltr"
        lang="en"
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellcheck={false}
        aria-describedby="the-words-note"
        aria-invalid={isWrong ? true : undefined}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <Below id="the-words-note" note={note} trouble={trouble} />
    </div>
  );
}
