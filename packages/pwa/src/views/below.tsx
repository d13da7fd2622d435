/** The line below a field: what it is for, or in its place what is wrong with what was typed. */
import type { JSX } from 'preact';
import { Icon } from '../design/icons.tsx';

export interface BelowProps {
  /** What the field's `aria-describedby` names. */
  readonly id: string;
  readonly note: string;
  readonly trouble: string | undefined;
}

export function Below({ id, note, trouble }: BelowProps): JSX.Element {
  if (trouble === undefined) {
    return (
      <p id={id} class="small-text soft below">
        {note}
      </p>
    );
  }
  return (
    <p id={id} class="state alarm below" role="alert">
      <Icon name="alert" small />
      <span>{trouble}</span>
    </p>
  );
}
