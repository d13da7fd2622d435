/** Why a text is not an invitation that can be taken up. */
export type InvitationTextRefusal =
  | { readonly kind: 'not-an-invitation' }
  /** It is what a new device shows to be linked. */
  | { readonly kind: 'links-devices' }
  | { readonly kind: 'newer-version' }
  | { readonly kind: 'expired'; readonly expiredAtMs: number };

/** Why a text is not what one of two shows the other who stands beside them. */
export type ShownCodeRefusal = { readonly kind: 'not-a-code' } | { readonly kind: 'newer-version' };
