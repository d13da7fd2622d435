/** Decoders of packages/core/src/session. */
import type { Suite } from '../../../packages/core/src/crypto/suite.ts';
import { pad } from '../../../packages/core/src/envelope/padding.ts';
import { readBundle } from '../../../packages/core/src/identity/bundle.ts';
import { type Bytes, EMPTY } from '../../../packages/core/src/kernel/bytes.ts';
import { Writer } from '../../../packages/core/src/kernel/codec.ts';
import { readOpening, targetOf } from '../../../packages/core/src/session/handshake.ts';
import { openHeader, sealHeader } from '../../../packages/core/src/session/header.ts';
import {
  beginPostQuantum,
  encodeExtension,
  readExtension,
  readPostQuantum,
  writePostQuantum,
} from '../../../packages/core/src/session/post-quantum.ts';
import { openWithKey } from '../../../packages/core/src/session/ratchet.ts';
import {
  acceptSession,
  decodeSession,
  encodeSession,
  openFirst,
  openNext,
  openSession,
  openSkipped,
  type Session,
  sealNext,
} from '../../../packages/core/src/session/session.ts';
import type { Cast, Person } from './cast.ts';
import { Counting, counting, type Decoder, HEADER, HOUR, whole } from './decoder.ts';

const OCCASION = { purpose: 'invitation', secret: counting(32, 30) } as const;
const KEY_EXCHANGE = { bytes: 200_000, reason: 'four agreements and ML-KEM-768, the same for every input' };

/** Ann's session before Bo's first message, Bo's message, an answer, and what each side then holds. */
function sessions(suite: Suite, ann: Person, bo: Person) {
  const random = new Counting();
  const read = readBundle(suite, ann.bundle, HOUR);
  const opened = read.ok ? openSession(suite, random, bo.device, targetOf(read.value), OCCASION, HOUR) : read;
  if (!opened.ok) throw new Error(opened.refusal.kind);
  const firstSealing = sealNext(suite, random, opened.value, HOUR);
  const first = firstSealing.seal(HEADER, pad(EMPTY, firstSealing.overheadBytes) as Bytes);
  const accepted = acceptSession(suite, ann.device, ann.prekeys, OCCASION, first, HOUR);
  if (!accepted.ok) throw new Error(accepted.refusal.kind);
  const before = accepted.value.session;
  const heard = openFirst(suite, before, { number: 0, nowHour: HOUR }, HEADER, first);
  if (!heard.ok) throw new Error(heard.refusal.kind);
  const answerSealing = sealNext(suite, random, heard.value.session, HOUR);
  const answer = answerSealing.seal(HEADER, pad(EMPTY, answerSealing.overheadBytes) as Bytes);
  return { bo: firstSealing.session, before, first, answer, heard: answerSealing.session satisfies Session };
}

export function sessionDecoders({ suite, ann, bo }: Cast): readonly Decoder[] {
  const { bo: hers, before, first, answer, heard } = sessions(suite, ann, bo);
  const opening = readOpening(first);
  if (opening === undefined) throw new Error('no opening');
  const headerKey = counting(32, 9);
  const header = { ratchetKey: counting(32, 1), previousLength: 1, number: 2, epoch: 0, knows: 0 };
  const postQuantum = new Writer();
  writePostQuantum(postQuantum, { ...beginPostQuantum(1, headerKey, HOUR), proposed: counting(64, 1), answer: counting(1088, 1) });
  const at = { number: 0, nowHour: HOUR };
  return [
    {
      at: 'session/handshake.ts readOpening',
      examples: [first],
      read: readOpening,
      takesParts: true,
    },
    {
      at: 'session/session.ts acceptSession',
      examples: [first],
      read: (bytes) => acceptSession(suite, ann.device, ann.prekeys, OCCASION, bytes, HOUR),
      spare: KEY_EXCHANGE,
      takesParts: true,
    },
    { at: 'session/session.ts openFirst', examples: [first], read: (bytes) => openFirst(suite, before, at, HEADER, bytes) },
    {
      at: 'session/session.ts openNext',
      examples: [answer],
      read: (bytes) => openNext(suite, hers, { ...at, chain: 'next' }, HEADER, bytes),
      spare: KEY_EXCHANGE,
    },
    { at: 'session/session.ts openSkipped', examples: [], read: (bytes) => openSkipped(suite, headerKey, true, HEADER, bytes) },
    { at: 'session/ratchet.ts openWithKey', examples: [], read: (bytes) => openWithKey(suite, headerKey, HEADER, bytes) },
    { at: 'session/session.ts decodeSession', examples: [hers, before, heard].map((it) => encodeSession(it)), read: decodeSession },
    {
      at: 'session/header.ts openHeader',
      examples: [sealHeader(suite, headerKey, counting(24, 1), header)],
      read: (bytes) => openHeader(suite, headerKey, bytes),
    },
    {
      at: 'session/post-quantum.ts readExtension',
      examples: [
        encodeExtension({ kind: 'none' }),
        encodeExtension({ kind: 'proposal', encapsulationKey: counting(1184, 1) }),
        encodeExtension({ kind: 'answer', ciphertext: counting(1088, 1) }),
      ],
      read: (bytes) => whole(bytes, readExtension),
    },
    {
      at: 'session/post-quantum.ts readPostQuantum',
      examples: [postQuantum.finish()],
      read: (bytes) => whole(bytes, readPostQuantum),
    },
  ];
}
