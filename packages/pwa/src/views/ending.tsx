/** How something ended: a screen of its own, whose heading is read first, and the ways on. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface EndingProps {
  readonly title: string;
  /** `between`: it has to be noticed at once, and stops what was being done. */
  readonly kind?: 'well' | 'between';
  /** What is drawn above the heading. */
  readonly sign?: JSX.Element;
  /** Where one goes from here. */
  readonly foot: JSX.Element;
  readonly children: ComponentChildren;
}

export function Ending({ title, kind = 'well', sign, foot, children }: EndingProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div class={kind === 'between' ? 'screen between' : 'screen'}>
      <main class="scroll pad middle">
        <div class={kind === 'between' ? 'stack' : 'stack met'} role={kind === 'between' ? 'alert' : 'status'}>
          {sign}
          <h1 class="large" tabIndex={-1} ref={heading}>
            {title}
          </h1>
          {children}
        </div>
      </main>
      <footer class="foot">{foot}</footer>
    </div>
  );
}
