/** Why a record about an identity, or a text that a person typed or scanned, is not believed. */

export type DeviceListRefusal =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown-version'; readonly found: number }
  | { readonly kind: 'device-count'; readonly found: number; readonly max: number }
  | { readonly kind: 'signature' }
  /** Signed by a root past the last that an account may go through. */
  | { readonly kind: 'later-root'; readonly rootIndex: number }
  /** The roots before the signing one do not vouch for each other. */
  | { readonly kind: 'lineage' }
  /** The account wants a suite that this program does not have. */
  | { readonly kind: 'suite'; readonly needed: number };

export type BundleRefusal =
  | DeviceListRefusal
  | { readonly kind: 'unlisted-device' }
  | { readonly kind: 'bundle-signature' }
  | { readonly kind: 'expired'; readonly expiryHour: number };

/** Why prekeys that come without a device list (a spare, a link bundle) are not used. */
export type OfferRefusal =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown-version'; readonly found: number }
  | { readonly kind: 'signature' }
  | { readonly kind: 'expired'; readonly expiryHour: number };

export type EquivocationRefusal =
  | DeviceListRefusal
  /** Two sound lists that do not contradict each other. */
  | { readonly kind: 'no-contradiction' };

export type WordsRefusal =
  | { readonly kind: 'word-count'; readonly found: number; readonly expected: 24 }
  /** `position` counts from 1; `word` has at most 32 characters. */
  | { readonly kind: 'unknown-word'; readonly word: string; readonly position: number }
  | { readonly kind: 'checksum' };

export type SafetyCodeRefusal = { readonly kind: 'not-a-safety-code' } | { readonly kind: 'newer-version' };

export type LinkCodeRefusal =
  | { readonly kind: 'not-a-link-code' }
  | { readonly kind: 'is-an-invitation' }
  | { readonly kind: 'newer-version' }
  | { readonly kind: 'expired'; readonly expiredAtMs: number };
