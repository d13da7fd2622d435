/** The calm pages before and instead of the app: a word while opening, and when it had to stop. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Mark } from '../design/mark.tsx';
import type { Words } from '../locales/words.ts';

/** Past this the first word is not enough. */
const SLOW_MS = 4000;

export interface GateProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly role?: 'alert';
}

export function Gate({ title, children, role }: GateProps): JSX.Element {
  return (
    <main class="screen gate pad">
      <div class="centre stack" role={role}>
        <Mark />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

export function Opening({ words }: { readonly words: Words }): JSX.Element {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main class="screen gate pad" aria-busy="true">
      <div class="centre stack">
        <Mark />
        <p class="soft" role="status">
          {isSlow ? words.openingSlowly : words.opening}
        </p>
      </div>
    </main>
  );
}

export function reload(): void {
  location.reload();
}

export function Stopped({ words }: { readonly words: Words }): JSX.Element {
  return (
    <Gate title={words.gate.stoppedTitle} role="alert">
      <p class="narrow">{words.gate.stopped}</p>
      <button type="button" class="button first" onClick={reload}>
        {words.gate.openAgain}
      </button>
    </Gate>
  );
}
