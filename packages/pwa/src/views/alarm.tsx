/** Why something did not happen, in a place of its own: a sign and words, heard at once. */
import type { ComponentChildren, JSX } from 'preact';
import { Icon } from '../design/icons.tsx';

export function Alarm({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="notice alarm" role="alert">
      <Icon name="alert" />
      <p>{children}</p>
    </div>
  );
}
