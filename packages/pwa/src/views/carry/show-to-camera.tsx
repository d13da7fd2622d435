/**
 * A few messages as a code that moves. It stands until somebody lets it: what flickers never begins by itself; and each code can be turned
 * by hand. Seven codes a second, chosen for cameras that see ten.
 */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { LOOP_LENGTHS, ScreenLoopViewModel } from '../../view-models/carry/screen-loop.ts';
import { Head } from '../frame.tsx';
import { QrCode } from '../qr.tsx';
import { Outcome } from './outcome.tsx';
import type { CarryPartProps } from './part-props.ts';

const CODES_A_SECOND = 7;

export function ShowToCamera({ app, carry, said }: CarryPartProps): JSX.Element {
  const [loop] = useState(() => new ScreenLoopViewModel(carry, said));
  useEffect(() => void loop.show('short'), [loop]);
  const isMoving = loop.isMoving.value && app.device.isVisible.value;
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => loop.next(), 1000 / CODES_A_SECOND);
    return () => clearInterval(timer);
  }, [isMoving, loop]);
  /** Why there is nothing to show. */
  const why = carry.packed.value?.kind === 'done' ? undefined : carry.packed.value;
  const isRunning = loop.isMoving.value;
  return (
    <div class="screen">
      <Head title={said.show.title} back={{ to: { at: 'carry', way: 'file' }, name: app.words.back }} />
      <main class="scroll pad stack">
        {why === undefined ? (
          <>
            <figure class="code loop">
              <QrCode text={loop.text.value} name={said.show.code} making={said.out.packing} />
            </figure>
            {/* Moving by itself, it would never stop being read aloud. */}
            <p class="small-text soft" role={isRunning ? undefined : 'status'} aria-hidden={isRunning ? true : undefined}>
              {loop.where.value}
            </p>
            <p class="note">
              {said.show.how} <span class="soft">{said.show.flickers}</span>
            </p>
          </>
        ) : (
          <Outcome told={why} />
        )}
        <fieldset class="picks">
          <legend class="label">{said.show.length}</legend>
          <div class="pick">
            {LOOP_LENGTHS.map((one) => (
              <button
                type="button"
                key={one}
                aria-pressed={one === loop.length.value}
                aria-label={said.show.lengthSaid[one]}
                onClick={() => void loop.show(one)}
              >
                {said.show.lengths[one]}
              </button>
            ))}
          </div>
        </fieldset>
      </main>
      {why === undefined ? (
        <footer class={isRunning ? 'foot' : 'foot two'}>
          {isRunning ? null : (
            <button type="button" class="button" onClick={() => loop.next()}>
              {said.show.next}
            </button>
          )}
          <button type="button" class="button first" onClick={() => loop.toggle()}>
            {isRunning ? said.show.stop : said.show.go}
          </button>
        </footer>
      ) : null}
    </div>
  );
}
