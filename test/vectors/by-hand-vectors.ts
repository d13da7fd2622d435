/** Frozen examples of codes for connections made by hand, of what is derived for the one code, and of the description made of an offer. Rule: docs/protocol/by-hand.md. */
import { againCredentials } from '../../packages/core/src/adapters/link-libp2p/by-hand/again-credentials.ts';
import { encodeAside } from '../../packages/core/src/adapters/link-libp2p/by-hand/aside.ts';
import { type Candidate, lineOf } from '../../packages/core/src/adapters/link-libp2p/by-hand/candidate.ts';
import { encodeAgain, encodeAnswer, encodeOffer, type Side } from '../../packages/core/src/adapters/link-libp2p/by-hand/code.ts';
import { writeDescription } from '../../packages/core/src/adapters/link-libp2p/by-hand/session-description.ts';
import { type Bytes, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { counting, type Json } from './inputs.ts';

const CANDIDATES: readonly Candidate[] = [
  { family: 'ip4', type: 'host', address: counting(4, 10), port: 50_000 },
  { family: 'name', type: 'host', address: counting(16, 160), port: 50_001 },
  { family: 'ip6', type: 'host', address: counting(16, 32), port: 50_002 },
  { family: 'ip4', type: 'srflx', address: counting(4, 200), port: 61_000 },
  { family: 'ip4', type: 'relay', address: counting(4, 210), port: 62_000 },
];

const CREDENTIALS = [
  { fragment: 'aB+/', password: 'abcdefghijklmnopqrstuv+/' },
  { fragment: '0a1b2c3d', password: '00112233445566778899aabbccddeeff' },
  { fragment: 'anotherOne', password: 'aPasswordOfSomeOtherBrowser' },
];

const hex = (code: Bytes | undefined): string => (code === undefined ? '' : toHex(code));

function described({ credentials, fingerprint, candidates }: Side): Json {
  return {
    credentials: { fragment: credentials.fragment, password: credentials.password },
    fingerprint: toHex(fingerprint),
    candidates: candidates.map(({ family, type, address, port }) => ({ family, type, address: toHex(address), port })),
  };
}

export async function byHand(): Promise<Json> {
  const sides = CREDENTIALS.map((credentials, at): Side => ({ credentials, fingerprint: counting(32, 100 + at), candidates: CANDIDATES }));
  const [first] = sides;
  if (first === undefined) throw new Error('there is a first one');
  const mark = counting(2, 7);
  const secret = counting(32, 1);
  const { shows, reads } = await againCredentials(secret);
  return {
    sides: sides.map((side) => ({
      ...(described(side) as Readonly<Record<string, Json>>),
      mark: toHex(mark),
      offer: hex(encodeOffer(side, 512)),
      offerIn80: hex(encodeOffer(side, 80)),
      answer: hex(encodeAnswer({ ...side, mark }, 512)),
      answerIn80: hex(encodeAnswer({ ...side, mark }, 80)),
    })),
    again: {
      secret: toHex(secret),
      shows: { ...shows },
      reads: { ...reads },
      codes: CANDIDATES.map((candidate) => hex(encodeAgain([candidate], 20))),
    },
    descriptions: { offer: writeDescription('offer', first).sdp ?? '', answer: writeDescription('answer', first).sdp ?? '' },
    thirdRound: CANDIDATES.map((candidate, place) => lineOf(candidate, place, 3)),
    aside: {
      welcome: hex(encodeAside({ kind: 'welcome' })),
      candidates: hex(encodeAside({ kind: 'candidates', candidates: CANDIDATES })),
      renew: hex(encodeAside({ kind: 'renew', side: first })),
      renewed: hex(encodeAside({ kind: 'renewed', side: first })),
    },
  };
}
