/** What a carrier answers for each envelope it was handed. Order and numbers are on the wire: only ever added to. */
export const RESULTS: readonly ['accepted', 'have', 'quota', 'full', 'expired', 'malformed', 'work'] = [
  'accepted',
  'have',
  'quota',
  'full',
  'expired',
  'malformed',
  'work',
];

export type CarryResult = (typeof RESULTS)[number];
