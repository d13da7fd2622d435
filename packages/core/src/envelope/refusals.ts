/** Why bytes are not an envelope that may be carried. */
export type EnvelopeRefusal =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown-version'; readonly found: number }
  | { readonly kind: 'unknown-class'; readonly found: number }
  | { readonly kind: 'wrong-lifetime'; readonly hours: number; readonly expected: number }
  | { readonly kind: 'wrong-length'; readonly bytes: number };
