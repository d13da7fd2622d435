/** Why bytes that bear a tag of ours are not a message. A refusal changes nothing: the session value stays as it was. */

export type SessionRefusal =
  | { readonly kind: 'malformed' }
  /** Header or body does not open: forged, damaged, or sealed for another state. */
  | { readonly kind: 'not-authentic' }
  /** The header is theirs, but what stands behind it does not follow from our state: one of the two sides was set back, or a carrier put it there. */
  | { readonly kind: 'out-of-step' }
  /** The sealed header contradicts the tag it came under. */
  | { readonly kind: 'wrong-number' }
  /** The chain stands in a post-quantum epoch that was never agreed on, or goes back to an old one. */
  | { readonly kind: 'wrong-epoch'; readonly epoch: number }
  | { readonly kind: 'too-far'; readonly skipped: number; readonly max: number };

export type HandshakeRefusal =
  | { readonly kind: 'malformed' }
  | { readonly kind: 'not-authentic' }
  | { readonly kind: 'bad-key' }
  | { readonly kind: 'bad-identity' };
