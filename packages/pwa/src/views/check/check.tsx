/** Making sure who somebody is: show my code, scan theirs, or six digits. What fits and what does not each has a screen of its own. */
import '../../design/person.css';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { HoopDrawing } from '../../design/hoop.tsx';
import { Icon } from '../../design/icons.tsx';
import { personWordsFor } from '../../locales/person/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { CheckViewModel } from '../../view-models/check/check.ts';
import type { AccountId } from '../../view-models/ports.ts';
import { type CheckWay, hashOf } from '../../view-models/route.ts';
import { Comparing } from '../comparing.tsx';
import { Unknown } from '../conversation/unknown.tsx';
import { Finder } from '../finder.tsx';
import { Head } from '../frame.tsx';
import { QrCode } from '../qr.tsx';
import { Between } from './between.tsx';
import { SixDigits } from './six-digits.tsx';

const WAYS: readonly CheckWay[] = ['show', 'scan', 'digits'];

export interface CheckProps {
  readonly app: AppViewModel;
  readonly account: AccountId;
  readonly way: CheckWay;
}

export function Check({ app, account, way }: CheckProps): JSX.Element {
  const person = personWordsFor(app.words.tag);
  const said = person.check;
  const [check] = useState(() => new CheckViewModel(account, app, person));
  useEffect(() => {
    void check.safety.load();
    return () => check.close();
  }, [check]);
  if (check.contact.value === undefined) return <Unknown app={app} />;
  const name = check.name.value;
  const outcome = check.outcome.value;
  const back = (): void => app.go({ at: 'about', account }, true);
  if (outcome?.kind === 'between') return <Between app={app} name={name} why={outcome.why} onBack={back} />;
  if (outcome?.kind === 'sure') return <Sure app={app} account={account} name={name} onBack={back} />;
  return (
    <div class="screen">
      <Head title={app.words.check.title(name)} back={{ to: { at: 'about', account }, name: said.back(name) }} />
      <nav class="pad ways" aria-label={said.ways}>
        <div class="pick">
          {WAYS.map((one) => (
            <a key={one} href={hashOf({ at: 'check', account, way: one })} aria-current={one === way ? 'page' : undefined}>
              {said[one]}
            </a>
          ))}
        </div>
      </nav>
      {way === 'digits' ? null : <Comparing app={app} contact={check.contact.value} />}
      {way === 'show' ? (
        <MyCode app={app} check={check} />
      ) : way === 'scan' ? (
        <Finder
          app={app}
          scan={check.scan}
          troubles={said.trouble}
          busy={check.isReading.value ? said.reading : undefined}
          refused={check.trouble.value === undefined ? undefined : <Trouble why={check.trouble.value} />}
        >
          <p class="note soft">{said.scanHow(name)}</p>
        </Finder>
      ) : (
        <SixDigits app={app} check={check} />
      )}
    </div>
  );
}

interface PartProps {
  readonly app: AppViewModel;
  readonly check: CheckViewModel;
}

function MyCode({ app, check }: PartProps): JSX.Element {
  const said = personWordsFor(app.words.tag).check;
  const own = app.settings.hoop.value;
  const name = check.name.value;
  return (
    <>
      <main class="scroll pad stack">
        <figure class="code">
          <QrCode text={check.safety.code.value} name={said.code(name)} making={said.making} />
          <figcaption class="strong">
            {own === undefined ? null : <HoopDrawing hoop={own} size="s" />}
            <span dir="auto">{app.settings.name.value}</span>
          </figcaption>
        </figure>
        <p class="note soft">{said.showHow(name)}</p>
      </main>
      <footer class="foot">
        <a class="button first" href={hashOf({ at: 'check', account: check.account, way: 'scan' })}>
          <Icon name="camera" />
          {said.scan}
        </a>
      </footer>
    </>
  );
}

function Trouble({ why }: { readonly why: string }): JSX.Element {
  return (
    <div class="notice alarm" role="alert">
      <Icon name="alert" />
      <p>{why}</p>
    </div>
  );
}

interface SureProps {
  readonly app: AppViewModel;
  readonly account: AccountId;
  readonly name: string;
  readonly onBack: () => void;
}

function Sure({ app, account, name, onBack }: SureProps): JSX.Element {
  const said = personWordsFor(app.words.tag).check;
  const hoop = app.hoops.value.get(account);
  const own = app.settings.hoop.value;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div class="screen">
      <main class="scroll pad middle">
        <div class="stack met" role="status">
          <div class="ends tied" aria-hidden="true">
            {own === undefined ? null : <HoopDrawing hoop={own} size="l" />}
            <svg viewBox="0 0 100 48" preserveAspectRatio="none" aria-hidden="true">
              <path d="M0 24H100" />
            </svg>
            {hoop === undefined ? null : <HoopDrawing hoop={hoop} size="l" />}
          </div>
          <h1 class="large" tabIndex={-1} ref={heading}>
            {said.sureTitle(name)}
          </h1>
          <p class="side-by-side top">
            <Icon name="shield" />
            <span class="soft">{said.sure}</span>
          </p>
        </div>
      </main>
      <footer class="foot">
        <button type="button" class="button first" onClick={onBack}>
          {said.back(name)}
        </button>
      </footer>
    </div>
  );
}
