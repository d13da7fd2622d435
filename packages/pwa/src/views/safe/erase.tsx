/** Erasing everything: what goes, what does not, and a button that has to be held. */
import '../../design/safe.css';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../design/icons.tsx';
import type { SafeWords } from '../../locales/safe/words.ts';

/** Long enough to think better of it; the drawing of it in safe.css takes as long. */
const HOLD_MS = 3000;

export interface EraseWordsProps {
  readonly said: SafeWords['erase'];
}

export function EraseWords({ said }: EraseWordsProps): JSX.Element {
  return (
    <>
      <div class="notice alarm" role="note">
        <Icon name="alert" />
        <p>{said.what}</p>
      </div>
      <p>{said.order}</p>
      <p>{said.left}</p>
      <p class="soft note">{said.limits}</p>
    </>
  );
}

export interface HoldToEraseProps {
  readonly said: SafeWords['erase'];
  readonly erase: () => void;
}

/** Held by finger, mouse or space bar. Whatever can only press (a switch, a screen reader) presses twice instead. */
export function HoldToErase({ said, erase }: HoldToEraseProps): JSX.Element {
  const [state, setState] = useState<'calm' | 'held' | 'armed' | 'going'>('calm');
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const wasHeld = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const go = (): void => {
    setState('going');
    erase();
  };
  const hold = (): void => {
    if (state === 'going' || timer.current !== undefined) return;
    wasHeld.current = true;
    setState('held');
    timer.current = setTimeout(go, HOLD_MS);
  };
  const release = (): void => {
    clearTimeout(timer.current);
    timer.current = undefined;
    setState((now) => (now === 'held' ? 'calm' : now));
  };
  /** No click will follow. */
  const letGo = (): void => {
    release();
    wasHeld.current = false;
  };
  const click = (): void => {
    // A press that began with a finger or a key has been judged by how long it lasted.
    if (wasHeld.current) {
      wasHeld.current = false;
      return;
    }
    if (state === 'armed') go();
    else if (state === 'calm') setState('armed');
  };
  const name = { calm: said.hold, held: said.holding, armed: said.pressAgain, going: said.going }[state];
  return (
    <>
      <button
        type="button"
        class={state === 'held' ? 'button danger hold held' : 'button danger hold'}
        aria-describedby="hold-how"
        aria-disabled={state === 'going' ? true : undefined}
        onPointerDown={hold}
        onPointerUp={release}
        onPointerLeave={letGo}
        onPointerCancel={letGo}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key === ' ' || event.key === 'Enter') hold();
        }}
        onKeyUp={release}
        onBlur={release}
        onClick={click}
      >
        <span aria-live="polite">{name}</span>
      </button>
      <p id="hold-how" class="small-text soft centre">
        {said.holdHow}
      </p>
    </>
  );
}
