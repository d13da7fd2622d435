/** What the two ends of a connection made by hand tell each other on the channel aside. Total. Rule: docs/protocol/by-hand.md §5 and §6. */
import { type Bytes, concat } from '../../../kernel/bytes.ts';
import { Reader, Writer } from '../../../kernel/codec.ts';
import { type Candidate, readCandidate, writeCandidate } from './candidate.ts';
import { decodeOffer, encodeOffer, type Side } from './code.ts';
import { CANDIDATES_MAX, CODE_BYTES_MAX } from './limits.ts';

export type Aside =
  /** Of whoever answered: it is whom I expected. */
  | { readonly kind: 'welcome' }
  /** Where I am reachable now. */
  | { readonly kind: 'candidates'; readonly candidates: readonly Candidate[] }
  /** Of whoever began: I take new ports; take yours. */
  | { readonly kind: 'renew'; readonly side: Side }
  /** The answer to it. */
  | { readonly kind: 'renewed'; readonly side: Side };

const WELCOME = 1;
const CANDIDATES = 2;
const RENEW = 3;
const RENEWED = 4;

/** `undefined` when there is nothing to say: no address is known. */
export function encodeAside(aside: Aside): Bytes | undefined {
  switch (aside.kind) {
    case 'welcome':
      return Uint8Array.of(WELCOME);
    case 'candidates': {
      const writer = new Writer().u8(CANDIDATES);
      for (const candidate of aside.candidates.slice(0, CANDIDATES_MAX)) writeCandidate(writer, candidate);
      return writer.finish();
    }
    case 'renew':
    case 'renewed': {
      const code = encodeOffer(aside.side, CODE_BYTES_MAX);
      return code === undefined ? undefined : concat(Uint8Array.of(aside.kind === 'renew' ? RENEW : RENEWED), code);
    }
  }
}

/** `undefined` for anything else: what a later version says is passed over. */
export function decodeAside(words: Bytes): Aside | undefined {
  if (words.length > 1 + CODE_BYTES_MAX) return undefined;
  const reader = new Reader(words);
  const kind = reader.u8();
  if (kind === WELCOME) return reader.finish({ kind: 'welcome' });
  if (kind === CANDIDATES) return readCandidates(reader);
  if (kind !== RENEW && kind !== RENEWED) return undefined;
  const side = decodeOffer(reader.rest());
  return side === undefined ? undefined : { kind: kind === RENEW ? 'renew' : 'renewed', side };
}

function readCandidates(reader: Reader): Aside | undefined {
  const candidates: Candidate[] = [];
  while (reader.left > 0) {
    const candidate = candidates.length < CANDIDATES_MAX ? readCandidate(reader) : undefined;
    if (candidate === undefined) return undefined;
    candidates.push(candidate);
  }
  return reader.finish({ kind: 'candidates', candidates });
}
