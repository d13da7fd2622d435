/**
 * Session descriptions (SDP): reads the four things that matter out of the browser's own, and writes the other side's from a template, of which
 * no line is a stranger's text. Rule: docs/protocol/by-hand.md §3.
 */
import { type Bytes, fromHex, toHex } from '../../../kernel/bytes.ts';
import { type Candidate, candidateOfLine, lineOf } from './candidate.ts';
import type { IceCredentials, Side } from './code.ts';

/** The browser's own description; `undefined` if it holds no SHA-256 fingerprint or no credentials. */
export function readDescription(sdp: string): Side | undefined {
  const lines = sdp.split(/\r?\n/);
  const attributeOf = (name: string): string | undefined => lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);
  const [fragment, password] = [attributeOf('ice-ufrag'), attributeOf('ice-pwd')];
  const fingerprint = fingerprintOf(attributeOf('fingerprint') ?? '');
  if (fragment === undefined || password === undefined || fingerprint === undefined) return undefined;
  const candidates = lines.map(candidateOfLine).filter((candidate): candidate is Candidate => candidate !== undefined);
  return { credentials: { fragment, password }, fingerprint, candidates };
}

/** `sha-256 AB:CD:…` */
function fingerprintOf(text: string): Bytes | undefined {
  const [name = '', digits = ''] = text.split(' ');
  const bytes = name.toLowerCase() === 'sha-256' ? fromHex(digits.replaceAll(':', '')) : undefined;
  return bytes?.length === 32 ? bytes : undefined;
}

/** The other side's description. Whoever began is `offer` and lets the other choose who opens DTLS; whoever answers opens it. */
export function writeDescription(type: 'offer' | 'answer', { credentials, fingerprint, candidates }: Side): RTCSessionDescriptionInit {
  const digits = toHex(fingerprint)
    .toUpperCase()
    .replaceAll(/(..)(?=.)/g, '$1:');
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    ...candidates.map((candidate, rank) => `a=${lineOf(candidate, rank, 0)}`),
    `a=ice-ufrag:${credentials.fragment}`,
    `a=ice-pwd:${credentials.password}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${digits}`,
    `a=setup:${type === 'offer' ? 'actpass' : 'active'}`,
    `a=mid:${MID}`,
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ];
  return { type, sdp: `${lines.join('\r\n')}\r\n` };
}

/** Of the one media section there is. */
export const MID = '0';

/** The browser's own description with other credentials in it, which not every browser lets happen. */
export function withCredentials(sdp: string, { fragment, password }: IceCredentials): string {
  return sdp.replaceAll(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${fragment}`).replaceAll(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${password}`);
}
