/** The signs of the app: 24 by 24, drawn in the manner of Lucide. A sign without a word stands only where everyone knows it, and is always named. */
import type { JSX } from 'preact';

export type IconName =
  | 'back'
  | 'next'
  | 'close'
  | 'chat'
  | 'meet'
  | 'around'
  | 'gear'
  | 'house'
  | 'link'
  | 'camera'
  | 'torch'
  | 'photo'
  | 'send'
  | 'alert'
  | 'info'
  | 'bell'
  | 'disk'
  | 'shield'
  | 'clock'
  | 'lock'
  | 'text'
  | 'copy'
  | 'share'
  | 'pen'
  | 'unsure'
  | 'device'
  | 'check'
  | 'finger'
  | 'save'
  | 'parcel'
  | 'code'
  | 'trash';

const DRAWINGS: Readonly<Record<IconName, JSX.Element>> = {
  back: (
    <>
      <path d="M15 5l-7 7 7 7" />
    </>
  ),
  next: (
    <>
      <path d="M9 5l7 7-7 7" />
    </>
  ),
  close: (
    <>
      <path d="M6 6l12 12M18 6L6 18" />
    </>
  ),
  chat: (
    <>
      <path d="M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H10l-6 4.5z" />
    </>
  ),
  meet: (
    <>
      <circle cx="7" cy="8" r="3" />
      <circle cx="17" cy="8" r="3" />
      <path d="M2.5 19c.3-3.3 2-5 4.5-5 2.2 0 3.8 1.3 5 4 1.2-2.7 2.8-4 5-4 2.5 0 4.2 1.7 4.5 5" />
    </>
  ),
  around: (
    <>
      <circle cx="12" cy="18" r="2.5" />
      <circle cx="4.5" cy="8" r="2" />
      <circle cx="12" cy="5" r="2" />
      <circle cx="19.5" cy="8" r="2" />
      <path d="M10.5 16L6 9.7M12 15.5V7M13.5 16L18 9.7" />
    </>
  ),
  gear: (
    <>
      <path d="M4 7h9M18 7h2M4 17h2M11 17h9" />
      <circle cx="15.5" cy="7" r="2.5" />
      <circle cx="8.5" cy="17" r="2.5" />
    </>
  ),
  house: (
    <>
      <path d="M4 11l8-7 8 7v8.5a.5.5 0 0 1-.5.5h-15a.5.5 0 0 1-.5-.5z" />
      <path d="M9.5 20v-6h5v6" />
    </>
  ),
  link: (
    <>
      <path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7" />
      <path d="M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17" />
    </>
  ),
  camera: (
    <>
      <path d="M4 8h3.5l1.5-2.5h6L16.5 8H20a1 1 0 0 1 1 1v9.5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z" />
      <circle cx="12" cy="13.5" r="3.5" />
    </>
  ),
  torch: (
    <>
      <path d="M7 3.5h10v3.5l-2.5 4v9.5h-5V11L7 7z" />
      <path d="M7 7h10M12 13.5v2" />
    </>
  ),
  photo: (
    <>
      <rect x="3.5" y="5" width="17" height="14" rx="2" />
      <path d="M3.5 16l5-5 4.5 4.5 2.5-2.5 5 5" />
      <path d="M15.5 9v.01" stroke-width="3" />
    </>
  ),
  send: (
    <>
      <path d="M12 19.5v-15M5.5 11L12 4.5 18.5 11" />
    </>
  ),
  alert: (
    <>
      <path d="M12 4l9 16H3z" />
      <path d="M12 10v4.5M12 17.5v.01" />
    </>
  ),
  info: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 11v5M12 8v.01" />
    </>
  ),
  bell: (
    <>
      <path d="M6.5 16V11a5.5 5.5 0 0 1 11 0v5l1.5 2H5zM10 20.5h4" />
    </>
  ),
  disk: (
    <>
      <path d="M4 7c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3z" />
      <path d="M4 7v10c0 1.7 3.6 3 8 3s8-1.3 8-3V7M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3" />
    </>
  ),
  shield: (
    <>
      <path d="M12 3.5l7.5 3v5.5c0 4-3 7-7.5 8.5-4.5-1.5-7.5-4.5-7.5-8.5V6.5z" />
      <path d="M9 12l2.2 2.2L15.2 10" />
    </>
  ),
  clock: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7v5l3.5 2" />
    </>
  ),
  lock: (
    <>
      <rect x="5" y="10.5" width="14" height="10" rx="2" />
      <path d="M8 10.5V8a4 4 0 0 1 8 0v2.5" />
    </>
  ),
  text: (
    <>
      <path d="M4 19l5-13 5 13M5.7 14.5h6.6M15 19l3-8 3 8M16 16.5h4" />
    </>
  ),
  copy: (
    <>
      <rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2" />
      <path d="M5.5 15.5A1.5 1.5 0 0 1 4 14V6a2 2 0 0 1 2-2h8a1.5 1.5 0 0 1 1.5 1.5" />
    </>
  ),
  share: (
    <>
      <circle cx="6" cy="12" r="2.5" />
      <circle cx="17.5" cy="6" r="2.5" />
      <circle cx="17.5" cy="18" r="2.5" />
      <path d="M8.3 10.8l7-3.6M8.3 13.2l7 3.6" />
    </>
  ),
  pen: (
    <>
      <path d="M4 20l1-4.5L16.5 4a2 2 0 0 1 3 0l.5.5a2 2 0 0 1 0 3L8.5 19z" />
      <path d="M14 6.5l3.5 3.5" />
    </>
  ),
  unsure: (
    <>
      <path d="M12 3.5l7.5 3v5.5c0 4-3 7-7.5 8.5-4.5-1.5-7.5-4.5-7.5-8.5V6.5z" stroke-dasharray="2.6 3" />
      <path d="M12 9v3.5M12 15.5v.01" />
    </>
  ),
  device: (
    <>
      <rect x="7" y="3" width="10" height="18" rx="2" />
      <path d="M11 18h2" />
    </>
  ),
  check: (
    <>
      <path d="M5 12.5l4.5 4.5L19 7.5" />
    </>
  ),
  finger: (
    <>
      <path d="M5 11a7 7 0 0 1 14 0v3M8.5 19.5c-.7-2-1-4-1-8.5a4.5 4.5 0 0 1 9 0c0 3.5 0 6-.5 8.5M12 11c0 4 0 6.5.5 9.5M5 15v-1" />
    </>
  ),
  save: (
    <>
      <path d="M12 4v11M7 10.5l5 5 5-5M4.5 20h15" />
    </>
  ),
  code: (
    <>
      <rect x="4" y="4" width="6" height="6" rx="1" />
      <rect x="14" y="4" width="6" height="6" rx="1" />
      <rect x="4" y="14" width="6" height="6" rx="1" />
      <path d="M14 14h2.5v2.5M20 14v.01M14 20v.01M17.5 20H20v-2.5" />
    </>
  ),
  parcel: (
    <>
      <path d="M12 3.5l7.5 4v9l-7.5 4-7.5-4v-9z" />
      <path d="M4.5 7.5l7.5 4 7.5-4M12 11.5v9M8.2 5.5l7.6 4.2" />
    </>
  ),
  trash: (
    <>
      <path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13M10 11v5.5M14 11v5.5" />
    </>
  ),
};

/** Signs that point along the line of reading turn round with it. */
const TURNS: ReadonlySet<IconName> = new Set(['back', 'next']);

export function Icon({ name, small = false }: { readonly name: IconName; readonly small?: boolean }): JSX.Element {
  const names = ['icon', ...(small ? ['small'] : []), ...(TURNS.has(name) ? ['turns'] : [])];
  return (
    <svg class={names.join(' ')} viewBox="0 0 24 24" aria-hidden="true">
      {DRAWINGS[name]}
    </svg>
  );
}
