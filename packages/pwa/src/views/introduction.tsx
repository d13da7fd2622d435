/** Somebody would like this person to meet another: one calm question at a time, above the conversations. */
import type { JSX } from 'preact';
import { Icon } from '../design/icons.tsx';
import type { AppViewModel } from '../view-models/app.ts';

export function Introduction({ app }: { readonly app: AppViewModel }): JSX.Element | null {
  const { introductions, words } = app;
  const said = words.introduction;
  const next = introductions.next.value;
  const answered = introductions.said.value;
  if (next === undefined) {
    if (answered === undefined) return null;
    return (
      <div class="notice offer middle-line" role="status">
        <Icon name="meet" />
        <p class="grow">{answered}</p>
        <button type="button" class="press" aria-label={words.close} onClick={() => introductions.seen()}>
          <Icon name="close" />
        </button>
      </div>
    );
  }
  return (
    <div class="notice offer" role="note">
      <Icon name="meet" />
      <div class="grow">
        <p>
          <span class="strong">{said.asks(next.by, next.name)}</span> {said.between(next.by)}
        </p>
        <p class="answers">
          <button type="button" class="small-button" onClick={() => void introductions.answer(next, true)}>
            {said.yes}
          </button>
          <button type="button" class="small-button plain" onClick={() => void introductions.answer(next, false)}>
            {said.notNow}
          </button>
        </p>
      </div>
    </div>
  );
}
