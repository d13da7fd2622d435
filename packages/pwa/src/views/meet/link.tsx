/** My link to give away, theirs to paste; or only theirs, while a code of mine waits for its answer. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import type { AppViewModel } from '../../view-models/app.ts';
import { Refused } from './refused.tsx';

export interface LinkWayProps {
  readonly app: AppViewModel;
  /** A code of mine stands that their phone has to answer. */
  readonly hasCode: boolean;
}

export function LinkWay({ app, hasCode }: LinkWayProps): JSX.Element {
  const isInvited = app.meet.isInvited.value;
  return (
    <main class="scroll pad stack">
      <Refused app={app} />
      {isInvited || hasCode ? null : <Give app={app} />}
      <Take app={app} />
    </main>
  );
}

function Give({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { meet, words } = app;
  const said = words.meet;
  const trouble = meet.inviteTrouble.value;
  const copied = meet.copied.value;
  useEffect(() => void meet.show(), [meet, meet.link.value]);
  return (
    <section class="card stack" aria-labelledby="give">
      <div class="stack-tight">
        <h2 id="give" class="body-size">
          {said.sendTitle}
        </h2>
        <p class="note soft">{meet.linkHow.value}</p>
      </div>
      {trouble === undefined ? null : (
        <p class="state alarm" role="alert">
          <Icon name="alert" small />
          <span>{trouble}</span>
        </p>
      )}
      <div>
        <label class="label" for="link">
          {said.linkLabel}
        </label>
        <input
          class="field digits one-line"
          id="link"
          readOnly
          value={meet.link.value}
          placeholder={said.making}
          onFocus={(event) => event.currentTarget.select()}
        />
      </div>
      <div class="foot-buttons">
        <button type="button" class="button" onClick={() => void meet.copyLink()}>
          <Icon name="copy" />
          {said.copy}
        </button>
        {meet.canShare ? (
          <button type="button" class="button" onClick={() => void meet.shareLink()}>
            <Icon name="share" />
            {said.share}
          </button>
        ) : null}
        <p class="note soft" role="status">
          {copied === undefined ? '' : copied === 'copied' ? said.copied : said.notCopied}
        </p>
      </div>
      {meet.open.value === 0 ? null : (
        <div class="stack">
          <p class="note soft" role="status">
            {meet.wasRevoked.value ? said.revoked : said.open(meet.open.value)}
          </p>
          <button type="button" class="small-button" onClick={() => void meet.revoke()}>
            {said.revoke}
          </button>
        </div>
      )}
    </section>
  );
}

function Take({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { meet, words } = app;
  const said = words.meet;
  const isInvited = meet.isInvited.value;
  return (
    <section class="card stack" aria-labelledby="take">
      <div class="stack-tight">
        <h2 id="take" class="body-size">
          {isInvited ? said.invitedTitle : said.pasteTitle}
        </h2>
        <p class="note soft">{isInvited ? said.invitedHow : said.pasteHow}</p>
      </div>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void meet.acceptPasted();
        }}
      >
        <div>
          <label class="label" for="paste">
            {said.pasteLabel}
          </label>
          <textarea
            class="field digits pasted"
            id="paste"
            rows={3}
            autoComplete="off"
            autoCapitalize="off"
            spellcheck={false}
            value={meet.pasted.value}
            onInput={(event) => meet.paste(event.currentTarget.value)}
          />
        </div>
        <button type="submit" class="button first wide" aria-disabled={meet.pasted.value.trim() === '' ? true : undefined}>
          <Icon name="meet" />
          {meet.outcome.value?.kind === 'taking-up' ? said.takingUp : said.pasteGo}
        </button>
      </form>
    </section>
  );
}
