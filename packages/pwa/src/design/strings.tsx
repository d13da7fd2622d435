/**
 * Everything that lies between two people, drawn as one string: me at the start, them at the end. Never alone: words stand beside
 * it, so the drawings are hidden from those who listen. Rule: the look, "Reach and delivery, in shape and words".
 */
import type { JSX } from 'preact';

export type ReachKind = 'direct' | 'relay' | 'carried' | 'not-now';

export type StateDrawn =
  | { readonly kind: 'waiting' | 'delivered' | 'read' | 'expired' }
  | { readonly kind: 'carried'; readonly carriers: number };

const many = (n: number): string => (n > 9 ? '9+' : String(n));

const REACH: Readonly<Record<ReachKind, JSX.Element>> = {
  direct: (
    <>
      <path d="M4 8h32" />
      <circle class="full" cx="4" cy="8" r="3" />
      <circle class="full" cx="36" cy="8" r="3" />
    </>
  ),
  relay: (
    <>
      <path d="M4 8h32" />
      <circle class="full" cx="4" cy="8" r="3" />
      <circle class="full" cx="36" cy="8" r="3" />
      <rect class="knot" x="15.5" y="3.5" width="9" height="9" rx="1.5" />
    </>
  ),
  carried: (
    <>
      <path class="loose" d="M8 5.5Q20 18 32 5.5" />
      <circle class="full" cx="4" cy="5" r="3" />
      <circle class="empty" cx="36" cy="5" r="3" />
      <circle class="full" cx="20" cy="11.7" r="2.75" />
    </>
  ),
  'not-now': (
    <>
      <path d="M4 8h8M28 8h5" />
      <circle class="full" cx="4" cy="8" r="3" />
      <circle class="empty" cx="36" cy="8" r="3" />
    </>
  ),
};

/** How somebody is reached now. */
export function ReachString({ reach, large = false }: { readonly reach: ReachKind; readonly large?: boolean }): JSX.Element {
  return (
    <svg class={large ? 'string large-string' : 'string'} viewBox="0 0 40 16" aria-hidden="true">
      {REACH[reach]}
    </svg>
  );
}

function delivery(state: StateDrawn): JSX.Element {
  switch (state.kind) {
    case 'waiting':
      return (
        <>
          <path class="loose" d="M13 8h20" />
          <circle class="full" cx="5.5" cy="8" r="5" />
          <circle class="empty" cx="36" cy="8" r="3" />
        </>
      );
    case 'carried':
      return (
        <>
          <path class="loose" d="M7 6Q20 12 33 6" />
          <circle class="full" cx="4" cy="5" r="2.5" />
          <circle class="empty" cx="36" cy="5" r="3" />
          <rect class="empty" x="13" y="1.5" width="14" height="14" rx="7" />
          <text class="upright" x="20" y="12.3">
            {many(state.carriers)}
          </text>
        </>
      );
    case 'delivered':
      return (
        <>
          <path d="M6 8h26" />
          <circle class="full arrives" cx="35" cy="8" r="4.5" />
        </>
      );
    case 'read':
      return (
        <>
          <path d="M6 8h22" />
          <circle class="full" cx="33.5" cy="8" r="6.5" />
          <path class="mark upright" d="M30.5 8.2l2.2 2.2 3.8-4.3" />
        </>
      );
    case 'expired':
      return (
        <>
          <path class="loose" d="M6 8h20" />
          <path class="ink" d="M32 4l8 8M40 4l-8 8" transform="translate(-3.5)" />
        </>
      );
  }
}

/** Where a message is. */
export function DeliveryString({ state }: { readonly state: StateDrawn }): JSX.Element {
  return (
    <svg class="string" viewBox="0 0 40 16" aria-hidden="true">
      {delivery(state)}
    </svg>
  );
}

const STUBS: Readonly<Record<ReachKind, JSX.Element | null>> = {
  direct: <path d="M0 8h20" />,
  relay: (
    <>
      <path d="M0 8h20" />
      <rect class="full" x="6" y="4.5" width="7" height="7" rx="1.2" />
    </>
  ),
  carried: (
    <>
      <path class="loose" d="M1 5Q10 15 19 5" />
      <circle class="full" cx="10" cy="10" r="2.75" />
    </>
  ),
  'not-now': null,
};

/** What ties a person's picture to the edge of the screen. */
export function Stub({ reach }: { readonly reach: ReachKind }): JSX.Element {
  return (
    <svg class="stub" viewBox="0 0 20 16" aria-hidden="true">
      {STUBS[reach]}
    </svg>
  );
}

const HEADS: Readonly<Record<ReachKind, string>> = {
  direct: 'M0 1H100',
  relay: 'M0 1H100',
  carried: 'M0 0C30 14 70 14 100 0',
  'not-now': 'M0 1H36M64 1H100',
};

/** The lower edge of a conversation's head. `copies`: how many carry my last message, when some do. */
export function HeadString({ reach, copies }: { readonly reach: ReachKind; readonly copies: number }): JSX.Element {
  return (
    <div class={`head-string ${reach}`} aria-hidden="true">
      <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
        <path d={HEADS[reach]} />
      </svg>
      {reach === 'relay' ? <i /> : null}
      {reach === 'carried' && copies > 0 ? <b>{many(copies)}</b> : null}
    </div>
  );
}

/** The line on which those reachable now hang. */
export function Sag(): JSX.Element {
  return (
    <svg class="sag" viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
      <path d="M0 4Q55 30 100 2" />
    </svg>
  );
}

/** How far below the line's beginning it hangs at `x` (0 to 1), in rem: the same curve as `Sag`. */
export function sagAt(x: number): number {
  // x(t) = 1.1 t (1 - t) + t²; solved for t.
  const t = (-1.1 + Math.sqrt(1.21 - 0.4 * x)) / -0.2;
  const y = 4 * (1 - t) ** 2 + 60 * t * (1 - t) + 2 * t ** 2;
  return Math.max(0, (y - 8) / 16);
}
