/** What page and worker say to each other besides what crosses the two ports. */

export interface ToWorker {
  readonly link: MessagePort;
  readonly messenger: MessagePort;
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'no-store'; readonly why: 'newer' | 'locked' | 'failed' }
  /** The browser took the store away while it was open. */
  | { readonly kind: 'store-gone' };
