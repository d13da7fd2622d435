/** Making sure who somebody is: show my code, scan theirs, or six digits. What fits and what does not each has a screen of its own. */
import '../../design/person.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Ends } from '../../design/ends.tsx';
import { Icon } from '../../design/icons.tsx';
import { personWordsFor } from '../../locales/person/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { CheckViewModel } from '../../view-models/check/check.ts';
import type { AccountId } from '../../view-models/ports.ts';
import { type CheckWay, hashOf } from '../../view-models/route.ts';
import { Alarm } from '../alarm.tsx';
import { CodeCard } from '../code-card.tsx';
import { Comparing } from '../comparing.tsx';
import { Unknown } from '../conversation/unknown.tsx';
import { Ending } from '../ending.tsx';
import { Finder } from '../finder.tsx';
import { Head } from '../frame.tsx';
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
  if (outcome?.kind === 'sure') return <Sure app={app} check={check} onBack={back} />;
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
          refused={check.trouble.value === undefined ? undefined : <Alarm>{check.trouble.value}</Alarm>}
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
  const name = check.name.value;
  return (
    <>
      <main class="scroll pad stack">
        <CodeCard app={app} text={check.safety.code.value} name={said.code(name)} making={said.making} />
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

interface SureProps {
  readonly app: AppViewModel;
  readonly check: CheckViewModel;
  readonly onBack: () => void;
}

function Sure({ app, check, onBack }: SureProps): JSX.Element {
  const said = personWordsFor(app.words.tag).check;
  const name = check.name.value;
  const sign = <Ends mine={app.settings.hoop.value} theirs={app.hoops.value.get(check.account)} isTied />;
  return (
    <Ending
      title={said.sureTitle(name)}
      sign={sign}
      foot={
        <button type="button" class="button first" onClick={onBack}>
          {said.back(name)}
        </button>
      }
    >
      <p class="side-by-side top">
        <Icon name="shield" />
        <span class="soft">{said.sure}</span>
      </p>
    </Ending>
  );
}
