/** What stands on the screen before, instead of, and around the app. */
import type { AppViewModel } from './app.ts';
import type { Lock } from './ports.ts';

export type Shell =
  | { readonly kind: 'opening' }
  /** Another tab has this profile; `silent` when it was asked for and does not answer. */
  | { readonly kind: 'elsewhere'; readonly asking: 'not-asked' | 'asking' | 'silent'; readonly continueHere: () => void }
  /** The browser does not trust this address, so no keys are made here. */
  | { readonly kind: 'untrusted' }
  /** The store cannot be opened: written by a newer version, held by somebody else, or not there at all. */
  | { readonly kind: 'no-store'; readonly why: 'newer' | 'locked' | 'failed' }
  /** Something has to be typed or given first. */
  | { readonly kind: 'locked'; readonly lock: Lock }
  | { readonly kind: 'app'; readonly app: AppViewModel };
