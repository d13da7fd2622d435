/** The calm line about a clock that is plainly wrong: on the first screen, and above a conversation that has the screen to itself. */
import type { JSX } from 'preact';
import { Icon } from '../design/icons.tsx';
import type { AppViewModel } from '../view-models/app.ts';

export function ClockNotice({ app, isOffer = false }: { readonly app: AppViewModel; readonly isOffer?: boolean }): JSX.Element | null {
  const notice = app.clock.notice.value;
  if (notice === undefined) return null;
  return (
    <div class={isOffer ? 'notice strip offer' : 'notice strip'} role="status">
      <Icon name="clock" />
      <p class="grow">
        <span class="strong">{notice.title}</span> {notice.text}
      </p>
      <button type="button" class="press" aria-label={app.words.close} onClick={() => app.clock.putAside()}>
        <Icon name="close" />
      </button>
    </div>
  );
}
