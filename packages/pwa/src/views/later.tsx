/** A screen whose program is loaded when it is first opened: a word meanwhile, and words and a button when it cannot be loaded. */
import type { ComponentType, FunctionComponent, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Words } from '../locales/words.ts';
import { Gate, Opening, reload } from './gates.tsx';

type Loaded<Props> =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'there'; readonly it: ComponentType<Props> };

export type Later<Props> = FunctionComponent<Props & { words: Words }> & {
  /** Loads it before it is opened. */
  readonly ahead: () => Promise<void>;
};

/** What `load` brought is kept for the next opening; where it failed, that one asks again. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): Later<Props> {
  let kept: Loaded<Props> = { kind: 'waiting' };
  const fetch = async (): Promise<void> => {
    if (kept.kind === 'there') return;
    kept = await load().then(
      (it): Loaded<Props> => ({ kind: 'there', it }),
      (): Loaded<Props> => ({ kind: 'failed' }),
    );
  };
  function Later(props: Props & { words: Words }): JSX.Element {
    // One that failed is asked for again, so the word stands meanwhile.
    const [state, setState] = useState<Loaded<Props>>(kept.kind === 'failed' ? { kind: 'waiting' } : kept);
    useEffect(() => {
      let isCurrent = true;
      void fetch().then(() => {
        if (isCurrent) setState(kept);
      });
      return () => {
        isCurrent = false;
      };
    }, []);
    // The heading was not there yet when the app moved here.
    useEffect(() => {
      if (state.kind === 'there' && document.activeElement === document.body)
        document.querySelector<HTMLElement>('[data-focus-first], main h1, header h1')?.focus({ preventScroll: true });
    }, [state]);
    if (state.kind === 'there') {
      const It = state.it;
      return <It {...props} />;
    }
    if (state.kind === 'waiting') return <Opening words={props.words} />;
    return (
      <Gate title={props.words.linkMissing.screenTitle} role="alert">
        <p class="narrow">{props.words.linkMissing.screen}</p>
        <button type="button" class="button first" onClick={reload}>
          {props.words.linkMissing.openAgain}
        </button>
      </Gate>
    );
  }
  return Object.assign(Later, { ahead: fetch });
}
