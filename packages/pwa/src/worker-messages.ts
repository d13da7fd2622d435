/**
 * What page and worker say to each other besides what crosses the two ports. What opens the profile (a passphrase, the words, what the
 * device gave) goes over once, as bytes that are moved, not copied; no key ever comes back.
 */
import type { LockMethods, LockState, UnlockRefusal } from './view-models/ports.ts';

export type Secret = Uint8Array<ArrayBuffer>;

export type Asked =
  | { readonly kind: 'open'; readonly by: 'passphrase' | 'finger' | 'words'; readonly secret: Secret }
  /** Nothing removes it, and the finger with it. */
  | { readonly kind: 'set-passphrase'; readonly secret: Secret | undefined }
  | { readonly kind: 'set-finger'; readonly secret: Secret | undefined }
  | { readonly kind: 'set-duress'; readonly secret: Secret | undefined }
  /** Stops the node and forgets the keys. */
  | { readonly kind: 'forget' }
  /** Makes everything unreadable, then deletes it. */
  | { readonly kind: 'erase' };

export type Answer =
  | { readonly kind: 'done' }
  | { readonly kind: 'not-opened'; readonly why: Exclude<UnlockRefusal, { kind: 'not-given' }> }
  /** What was typed erased the profile. */
  | { readonly kind: 'erased' }
  | { readonly kind: 'not-set'; readonly why: 'needs-passphrase' | 'same-as-passphrase' | 'failed' };

export type ToWorker =
  | {
      readonly kind: 'start';
      readonly link: MessagePort;
      readonly messenger: MessagePort;
      /** The newest generation of the profile that this page has seen (docs/protocol/vault.md). */
      readonly witnessed: number | undefined;
    }
  | { readonly kind: 'ask'; readonly id: number; readonly asked: Asked };

type Open = Extract<LockState, { kind: 'open' }>;
type Locked = Extract<LockState, { kind: 'locked' }>;

export type FromWorker =
  | { readonly kind: 'ready'; readonly methods: LockMethods; readonly openedBy: Open['openedBy'] }
  /** Something has to be typed or given before there is a node. */
  | { readonly kind: 'locked'; readonly why: Locked['why'] }
  | { readonly kind: 'no-store'; readonly why: 'newer' | 'locked' | 'failed' }
  /** The store was lost while it was open: the browser took it away, or another tab's node has opened it. */
  | { readonly kind: 'store-gone'; readonly why: 'gone' | 'taken' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  /** What opens the profile has changed. */
  | { readonly kind: 'methods'; readonly methods: LockMethods }
  /** To be noted where the profile's own store is not. */
  | { readonly kind: 'witness'; readonly generation: number };
