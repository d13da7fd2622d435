/** What to do, one after the other along the string: each step in a few strong words, and how. */
import type { JSX } from 'preact';

export interface StepsProps {
  /** What they lead to, for those who listen. */
  readonly name: string;
  readonly steps: readonly (readonly [what: string, how: string])[];
}

export function Steps({ name, steps }: StepsProps): JSX.Element {
  return (
    <ol class="steps" aria-label={name}>
      {steps.map(([what, how]) => (
        <li key={what}>
          <p class="strong">{what}</p>
          <p class="note soft">{how}</p>
        </li>
      ))}
    </ol>
  );
}
