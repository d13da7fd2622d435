/** The string between two, large: me at the start, and at the other end them, or a ring where nobody is yet. Words stand beside it. */
import type { JSX } from 'preact';
import { HoopDrawing, type HoopProps } from './hoop.tsx';

export interface EndsProps {
  readonly mine: HoopProps['hoop'] | undefined;
  readonly theirs?: HoopProps['hoop'] | undefined;
  /** Taut: they have each other. */
  readonly isTied?: boolean;
}

export function Ends({ mine, theirs, isTied = false }: EndsProps): JSX.Element {
  return (
    <div class={isTied ? 'ends tied' : 'ends'} aria-hidden="true">
      <End hoop={mine} />
      <svg viewBox="0 0 100 48" preserveAspectRatio="none" aria-hidden="true">
        <path d={isTied ? 'M0 24H100' : 'M3 26Q50 62 98 26'} />
      </svg>
      <End hoop={theirs} />
    </div>
  );
}

function End({ hoop }: { readonly hoop: HoopProps['hoop'] | undefined }): JSX.Element {
  return hoop === undefined ? <span class="ring" /> : <HoopDrawing hoop={hoop} size="l" />;
}
