/** On a new device: the code that one's other device scans, then the steps until everything is here. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { safeWordsFor } from '../../locales/safe/words.ts';
import type { Words } from '../../locales/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { NewDeviceViewModel } from '../../view-models/safe/link.ts';
import { CodeCard } from '../code-card.tsx';
import { Head, Lines } from '../frame.tsx';
import { Steps } from '../steps.tsx';
import { LinkSteps } from './link-steps.tsx';
import { Trouble } from './parts.tsx';

export function LinkNew({ app }: { readonly app: AppViewModel; readonly words: Words }): JSX.Element {
  const { messenger, device, words, times, linking } = app;
  const safe = safeWordsFor(words.tag);
  const [link] = useState(() => new NewDeviceViewModel({ messenger, device, words, safe, times, linking }));
  const now = link.linking.value;
  const hasProfile = app.overview.value?.profile !== undefined;
  useEffect(() => {
    void link.show();
    return () => void link.leave();
  }, [link]);
  useEffect(() => {
    // Somebody is here already, and nothing is being linked: there is nothing to do on this page.
    if (hasProfile && now === undefined) app.go({ at: 'messages' }, true);
  }, [hasProfile, now, app]);
  return (
    <div class="screen">
      <Head
        title={safe.link.newTitle}
        {...(now === undefined || now.step === 'waiting' ? { back: { to: { at: 'messages' }, name: words.back } as const } : {})}
      />
      {now === undefined || now.step === 'waiting' ? <Offer app={app} link={link} /> : <LinkSteps app={app} linked={link} linking={now} />}
    </div>
  );
}

interface OfferProps {
  readonly app: AppViewModel;
  readonly link: NewDeviceViewModel;
}

function Offer({ app, link }: OfferProps): JSX.Element {
  const said = safeWordsFor(app.words.tag).link;
  const text = link.offer.value?.text ?? '';
  const trouble = link.trouble.value;
  const copied = link.copied.value;
  return (
    <>
      <main class="scroll pad stack">
        <CodeCard app={app} text={text} name={said.code} making={said.making} trouble={trouble} />
        {text === '' ? null : (
          <p class="soft note" role="status">
            {said.waitingNew} {link.until.value}
          </p>
        )}
        <Steps
          name={said.steps}
          steps={[
            [said.newStep1, said.newStep1How],
            [said.newStep2, said.newStep2How],
            [said.newStep3, said.newStep3How],
          ]}
        />
        <section class="card stack">
          <div>
            <label class="label" for="offer-text">
              {said.textLabel}
            </label>
            <input
              class="field digits one-line"
              id="offer-text"
              readOnly
              value={text}
              placeholder={said.making}
              onFocus={(event) => event.currentTarget.select()}
            />
          </div>
          <button type="button" class="button wide" onClick={() => void link.copy()}>
            <Icon name="copy" />
            {said.copy}
          </button>
          <Trouble text={copied === 'not-copied' ? said.notCopied : undefined} />
          <p class="note soft" role="status">
            {copied === 'copied' ? said.copied : ''}
          </p>
        </section>
      </main>
      <Lines app={app} />
      {link.isOver.value || trouble !== undefined ? (
        <footer class="foot">
          <button type="button" class="button first" onClick={() => link.again()}>
            {said.another}
          </button>
        </footer>
      ) : null}
    </>
  );
}
