/** Why a text is not an invitation that can be taken up. */
export type InvitationTextRefusal =
  | { readonly kind: 'not-an-invitation' }
  | { readonly kind: 'newer-version' }
  | { readonly kind: 'expired'; readonly expiredAtMs: number };
