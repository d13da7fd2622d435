/** What became of a file or a reading, in one sentence; it comes into sight by itself. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import type { Told } from '../../view-models/carry/carry.ts';

const SIGNS = { done: 'check', calm: 'info', trouble: 'alert' } as const;

/** The place for it stands from the start, so that it is heard when it comes. */
export function Outcome({ told }: { readonly told: Told | undefined }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (told !== undefined) place.current?.scrollIntoView({ block: 'nearest' });
  }, [told]);
  return (
    <div role={told?.kind === 'trouble' ? 'alert' : 'status'} ref={place}>
      {told === undefined ? null : (
        <div class={told.kind === 'trouble' ? 'notice alarm' : 'notice'}>
          <Icon name={SIGNS[told.kind]} />
          <p>{told.text}</p>
        </div>
      )}
    </div>
  );
}
