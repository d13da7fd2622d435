/** Kith's mark: two beads and a slack string. And the same string with one end missing, for what is empty. */
import type { JSX } from 'preact';

export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 40 40" aria-hidden="true">
      <path d="M8 13c4 16 20 16 24 0" />
      <circle cx="8" cy="12" r="4.5" />
      <circle cx="32" cy="12" r="4.5" />
    </svg>
  );
}

export function EmptyString(): JSX.Element {
  return (
    <svg class="empty-string" viewBox="0 0 200 90" width="200" aria-hidden="true">
      <path d="M30 30C60 90 110 84 128 58" />
      <circle class="near" cx="30" cy="24" r="9" />
      <circle class="far" cx="170" cy="24" r="9" />
      <path class="loose" d="M138 48C148 40 156 34 163 29" />
    </svg>
  );
}
