/** What page and worker say to each other besides what crosses the two ports. */

export interface ToWorker {
  readonly link: MessagePort;
  readonly messenger: MessagePort;
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'no-store'; readonly why: 'newer' | 'locked' | 'failed' }
  /** The store was lost while it was open: the browser took it away, or another tab's node has opened it. */
  | { readonly kind: 'store-gone'; readonly why: 'gone' | 'taken' };
