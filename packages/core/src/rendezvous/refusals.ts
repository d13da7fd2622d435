/** Why a text is not an invitation that can be taken up. */
export type InvitationTextRefusal =
  | { readonly kind: 'not-an-invitation' }
  /** It is what a new device shows to be linked. */
  | { readonly kind: 'links-devices' }
  | { readonly kind: 'newer-version' }
  | { readonly kind: 'expired'; readonly expiredAtMs: number };
