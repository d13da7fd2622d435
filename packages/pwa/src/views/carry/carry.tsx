/** Carrying by hand: by a file here, from screen to camera on the two pages below. What was packed and taken in stays while one moves between them. */
import '../../design/carry.css';
import '../../design/safe.css';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { carryWordsFor } from '../../locales/carry/words.ts';
import type { Words } from '../../locales/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { BUNDLE_SIZES, CarryViewModel } from '../../view-models/carry/carry.ts';
import { type CarryWay, hashOf } from '../../view-models/route.ts';
import { Head, Lines } from '../frame.tsx';
import { Outcome } from './outcome.tsx';
import type { CarryPartProps } from './part-props.ts';
import { ReadFromScreen } from './read-from-screen.tsx';
import { ShowToCamera } from './show-to-camera.tsx';

export interface CarryProps {
  readonly app: AppViewModel;
  readonly words: Words;
  readonly way: CarryWay;
}

export function Carry({ app, words, way }: CarryProps): JSX.Element {
  const said = carryWordsFor(words.tag);
  const [carry] = useState(() => new CarryViewModel(app.messenger, app.device, words, said));
  switch (way) {
    case 'file':
      return <ByFile app={app} carry={carry} said={said} />;
    case 'show':
      return <ShowToCamera app={app} carry={carry} said={said} />;
    case 'scan':
      return <ReadFromScreen app={app} carry={carry} said={said} />;
  }
}

function ByFile({ app, carry, said }: CarryPartProps): JSX.Element {
  const { words } = app;
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const onPaste = (event: ClipboardEvent): void => {
      const file = event.clipboardData?.files[0];
      if (file !== undefined) void carry.open(file);
    };
    document.addEventListener('paste', onPaste);
    return () => document.removeEventListener('paste', onPaste);
  }, [carry]);
  return (
    <div class="screen">
      <Head title={words.carry.title} back={{ to: { at: 'settings' }, name: words.backToSettings }} />
      <main
        class={isOver ? 'scroll pad stack drop' : 'scroll pad stack'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const file = event.dataTransfer?.files[0];
          if (file !== undefined) void carry.open(file);
        }}
      >
        <p>{said.what}</p>
        <Out app={app} carry={carry} said={said} />
        <In app={app} carry={carry} said={said} />
      </main>
      <Lines app={app} />
    </div>
  );
}

function Out({ carry, said }: CarryPartProps): JSX.Element {
  const isPacking = carry.isPacking.value;
  const size = carry.size.value;
  return (
    <section class="card stack" aria-labelledby="out">
      <h2 id="out">{said.out.title}</h2>
      <fieldset class="picks">
        <legend class="label">{said.out.size}</legend>
        <div class="pick four">
          {BUNDLE_SIZES.map((one) => (
            <button
              type="button"
              key={one}
              aria-pressed={one === size}
              aria-label={said.out.sizeSaid[one]}
              onClick={() => carry.choose(one)}
            >
              {said.out.sizes[one]}
            </button>
          ))}
        </div>
        <p class="small-text soft below" role="status">
          {said.out.notes[size]}
        </p>
      </fieldset>
      <div class="foot-buttons">
        <button type="button" class="button first" aria-disabled={isPacking ? true : undefined} onClick={() => void carry.carry('save')}>
          <Icon name="save" />
          <span aria-live="polite">{isPacking ? said.out.packing : said.out.save}</span>
        </button>
        {carry.canShare ? (
          <button type="button" class="button" aria-disabled={isPacking ? true : undefined} onClick={() => void carry.carry('share')}>
            <Icon name="share" />
            {said.out.share}
          </button>
        ) : null}
        <a class="button" href={hashOf({ at: 'carry', way: 'show' })}>
          <Icon name="code" />
          {said.out.show}
        </a>
      </div>
      <Outcome told={carry.packed.value} />
    </section>
  );
}

function In({ carry, said }: CarryPartProps): JSX.Element {
  const isTaking = carry.isTaking.value;
  return (
    <section class="card stack" aria-labelledby="in">
      <div class="stack-tight">
        <h2 id="in">{said.in.title}</h2>
        <p class="note soft">{said.in.how}</p>
      </div>
      <div class="foot-buttons">
        <label class="button">
          <Icon name="disk" />
          <span aria-live="polite">{isTaking ? said.in.reading : said.in.open}</span>
          <input
            class="away"
            type="file"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file !== undefined) void carry.open(file);
              event.currentTarget.value = '';
            }}
          />
        </label>
        <a class="button" href={hashOf({ at: 'carry', way: 'scan' })}>
          <Icon name="camera" />
          {said.in.scan}
        </a>
      </div>
      <Outcome told={carry.taken.value} />
    </section>
  );
}
