/** Why a record about an identity is not believed. */

export type DeviceListRefusal =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown-version'; readonly found: number }
  | { readonly kind: 'device-count'; readonly found: number; readonly max: number }
  | { readonly kind: 'signature' }
  /** Signed by a root after the first: the chain of roots that would prove it is not carried yet. */
  | { readonly kind: 'later-root'; readonly rootIndex: number };

export type BundleRefusal =
  | DeviceListRefusal
  | { readonly kind: 'unlisted-device' }
  | { readonly kind: 'bundle-signature' }
  | { readonly kind: 'expired'; readonly expiryHour: number };
