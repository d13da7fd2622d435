/** What the two ends of a connection made by hand tell each other on the channel aside. Total. Rule: docs/protocol/by-hand.md §5. */
import type { Bytes } from '../../../kernel/bytes.ts';
import { Reader, Writer } from '../../../kernel/codec.ts';
import { type Candidate, readCandidate, writeCandidate } from './candidate.ts';
import { CANDIDATES_MAX, CODE_BYTES_MAX } from './limits.ts';

export type Aside =
  /** Of whoever answered: it is whom I expected. */
  | { readonly kind: 'welcome' }
  /** Where I am reachable now. */
  | { readonly kind: 'candidates'; readonly candidates: readonly Candidate[] };

const WELCOME = 1;
const CANDIDATES = 2;

export function encodeAside(aside: Aside): Bytes {
  if (aside.kind === 'welcome') return Uint8Array.of(WELCOME);
  const writer = new Writer().u8(CANDIDATES);
  for (const candidate of aside.candidates.slice(0, CANDIDATES_MAX)) writeCandidate(writer, candidate);
  return writer.finish();
}

/** `undefined` for anything else: what a later version says is passed over. */
export function decodeAside(words: Bytes): Aside | undefined {
  if (words.length > CODE_BYTES_MAX) return undefined;
  const reader = new Reader(words);
  const kind = reader.u8();
  if (kind === WELCOME) return reader.finish({ kind: 'welcome' });
  if (kind !== CANDIDATES) return undefined;
  const candidates: Candidate[] = [];
  while (reader.left > 0) {
    const candidate = candidates.length < CANDIDATES_MAX ? readCandidate(reader) : undefined;
    if (candidate === undefined) return undefined;
    candidates.push(candidate);
  }
  return reader.finish({ kind: 'candidates', candidates });
}
