/** What people call somebody, asked for where an account begins or begins again. */
import type { JSX } from 'preact';
import { Below } from './below.tsx';

export interface NameFieldProps {
  readonly label: string;
  readonly note: string;
  readonly trouble: string | undefined;
  readonly value: string;
  readonly onInput: (name: string) => void;
}

export function NameField({ label, note, trouble, value, onInput }: NameFieldProps): JSX.Element {
  return (
    <div>
      <label class="label" for="name">
        {label}
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
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <Below id="name-help" note={note} trouble={trouble} />
    </div>
  );
}
