/** The ring woven from an account's id, around a letter: 8 weaves, 8 pairs of colours, 4 turns, as one small drawing. Colours: hoop.css. */
import type { JSX } from 'preact';

const SQUARES = Array.from({ length: 8 }, (_, row) => `M${row % 2 === 0 ? 0 : 6} ${row * 6 + 3}H60`).join('');
const UPRIGHTS = Array.from({ length: 7 }, (_, i) => `M${i * 8 + 2} -8V56`).join('');
const WIDE = Array.from({ length: 7 }, (_, i) => `M${i * 13.6 - 16} -12V60`).join('');
const DOTS = Array.from({ length: 6 }, (_, i) => `M-4.8 ${i * 9.6 - 0}H60`).join('');

const WEAVES: readonly JSX.Element[] = [
  <circle key="spokes" class="thread" cx="24" cy="24" r="20" stroke-width="9" pathLength="24" stroke-dasharray="1 1" />,
  <path key="uprights" class="thread" d={UPRIGHTS} stroke-width="4" />,
  <path key="slanted" class="thread" d={WIDE} stroke-width="6.8" transform="rotate(45 24 24)" />,
  <path key="squares" class="thread" d={SQUARES} stroke-width="6" stroke-dasharray="6 6" />,
  <g key="rings" class="thread" stroke-width="1.7">
    <circle cx="24" cy="24" r="16.2" />
    <circle cx="24" cy="24" r="19.6" />
    <circle cx="24" cy="24" r="23" />
  </g>,
  <path key="halves" class="figure" d="M24 -12H60V60H24z" />,
  <path key="quarters" class="figure" d="M24 24L60 -12V60zM24 24L-12 -12V60z" />,
  <g key="dots">
    <path class="figure" d="M-12 -12H60V60H-12z" />
    <path class="knots" d={DOTS} stroke-width="4.6" stroke-dasharray="0 9.6" />
  </g>,
];

export interface HoopProps {
  readonly hoop: { readonly weave: number; readonly hue: number; readonly turn: number; readonly letter: string };
  readonly size?: 's' | 'l' | 'xl';
}

export function HoopDrawing({ hoop, size }: HoopProps): JSX.Element {
  return (
    <svg class={`hoop hue${hoop.hue + 1}${size === undefined ? '' : ` ${size}`}`} viewBox="0 0 48 48" aria-hidden="true">
      <path class="ground" d="M0 0H48V48H0z" />
      <g transform={`rotate(${hoop.turn * 45} 24 24)`}>{WEAVES[hoop.weave]}</g>
      <circle class="rim" cx="24" cy="24" r="23.5" />
      <circle class="middle" cx="24" cy="24" r="15.84" />
      <text x="24" y="24" dy="0.36em">
        {hoop.letter}
      </text>
    </svg>
  );
}
