/** One's own devices: which they are, adding one, taking one off. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import { Sheet } from '../../design/sheet.tsx';
import { safeWordsFor } from '../../locales/safe/words.ts';
import type { AppViewModel } from '../../view-models/app.ts';
import { hashOf } from '../../view-models/route.ts';
import { type DeviceRow, DevicesViewModel } from '../../view-models/safe/devices.ts';
import { Head } from '../frame.tsx';
import { Said } from './parts.tsx';

export function DevicesPage({ app }: { readonly app: AppViewModel }): JSX.Element {
  const { words, times } = app;
  const safe = safeWordsFor(words.tag);
  const said = safe.devices;
  const [model] = useState(() => new DevicesViewModel(app.messenger, words, safe, times));
  const view = model.view.value;
  const overview = app.overview.value;
  // Whatever changed may have been a device.
  useEffect(() => void model.read(), [model, overview]);
  const linking = app.linking.value;
  const isLinking = linking?.side === 'old' && linking.step !== 'done' && linking.step !== 'failed';
  return (
    <div class="screen">
      <Head title={said.title} back={{ to: { at: 'settings' }, name: words.backToSettings }} />
      <main class="scroll pad stack">
        {view === undefined ? (
          <p class="soft" role="status">
            {said.reading}
          </p>
        ) : (
          <ul class="group" aria-label={said.title}>
            {view.rows.map((row, at) => (
              <Device key={row.id} row={row} name={said.remove(at + 1)} short={said.removeShort} onRemove={() => model.ask(row.id)} />
            ))}
          </ul>
        )}
        <Said said={model.said.value} />
        {view?.isFirst === false ? <p class="note soft">{said.notFirst}</p> : null}
      </main>
      {view?.isFirst === true ? (
        <footer class="foot">
          <a class="button first" href={hashOf({ at: 'safe', page: 'link' })}>
            <Icon name="device" />
            {isLinking ? said.going : said.add}
          </a>
        </footer>
      ) : null}
      {model.asked.value === undefined ? null : (
        <Sheet title={said.removeTitle} closeName={words.close} onClose={() => model.ask(undefined)}>
          <div class="stack">
            <p>{said.why}</p>
            <div class="group">
              <button type="button" class="item" onClick={() => void model.remove('retired')}>
                <Icon name="device" />
                <span class="grow">
                  {said.retired}
                  <small>{said.retiredMeans}</small>
                </span>
              </button>
              <button type="button" class="item" onClick={() => void model.remove('stolen')}>
                <Icon name="alert" />
                <span class="grow">
                  {said.stolen}
                  <small>{said.stolenMeans}</small>
                </span>
              </button>
            </div>
            <p class="soft note" role="status">
              {model.isRemoving.value ? said.removing : ''}
            </p>
            <button type="button" class="button wide" onClick={() => model.ask(undefined)}>
              {said.keep}
            </button>
          </div>
        </Sheet>
      )}
    </div>
  );
}

interface DeviceProps {
  readonly row: DeviceRow;
  readonly name: string;
  readonly short: string;
  readonly onRemove: () => void;
}

function Device({ row, name, short, onRemove }: DeviceProps): JSX.Element {
  return (
    <li class="item">
      <Icon name="device" />
      <span class="grow">
        <span class={row.isThis ? 'strong' : undefined}>{row.title}</span>
        {row.notes.map((note) => (
          <small key={note}>{note}</small>
        ))}
      </span>
      {row.canBeRemoved ? (
        <button type="button" class="small-button" aria-label={name} onClick={onRemove}>
          {short}
        </button>
      ) : null}
    </li>
  );
}
