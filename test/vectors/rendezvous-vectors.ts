/** Frozen examples of transport days, of what two people show each other, and of contents 10 to 12. Rule: docs/protocol/rendezvous.md §1, §5 to §10. */
import { type Content, encodeContent } from '../../packages/core/src/content/content.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { accountId } from '../../packages/core/src/identity/account.ts';
import { type Bytes, EMPTY, fromBase64Url, toBase64Url, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { newDevice } from '../../packages/core/src/node/person/device-rows.ts';
import { dialledKeys, keysChangeAtMs } from '../../packages/core/src/node/person/today.ts';
import { againText, answerTag, handAnswerText, readShownCode } from '../../packages/core/src/rendezvous/hand-code.ts';
import { type Invitation, invitationText } from '../../packages/core/src/rendezvous/invitation.ts';
import { CARD_DAYS } from '../../packages/core/src/rendezvous/limits.ts';
import { type Pair, pairHint, pairSecret, useSecret } from '../../packages/core/src/rendezvous/pair.ts';
import { dayAt, daySeed, daysFrom, nextTurnMs, turnMinute, windowOf } from '../../packages/core/src/rendezvous/transport-days.ts';
import { counting, HOUR, type Json, NOW_MS, person } from './inputs.ts';

const TRANSPORT_SEED = counting(32, 200);
const SECRET = counting(32, 30);
const OFFER = counting(71, 7);
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];

function transportDays(suite: Suite): Json {
  const minute = turnMinute(suite, TRANSPORT_SEED);
  const today = dayAt(minute, NOW_MS);
  const days = daysFrom(suite, TRANSPORT_SEED, windowOf(today), CARD_DAYS);
  const device = { ...newDevice(counting(32, 1), accountId(counting(32, 2)), 0), days };
  const turnMs = nextTurnMs(minute, NOW_MS);
  const moments = [
    NOW_MS,
    turnMs - 2 * HOUR_MS - 1,
    turnMs - 2 * HOUR_MS,
    turnMs - 1,
    turnMs,
    turnMs + 2 * HOUR_MS - 1,
    turnMs + 2 * HOUR_MS,
    turnMs - minute * MINUTE_MS,
    turnMs + 40 * DAY_MS,
  ];
  const card = encodeContent({ kind: 'card', name: 'Ann', days, relays: [] });
  return {
    transportSeed: toHex(TRANSPORT_SEED),
    minute,
    days: days.keys.map((key, at) => ({
      day: days.firstDay + at,
      seed: toHex(daySeed(suite, TRANSPORT_SEED, days.firstDay + at)),
      key: toHex(key),
    })),
    windows: [0, 19, 20, today, 20_839, 20_840].map((day) => ({ day, firstDay: windowOf(day) })),
    moments: moments.map((nowMs) => ({
      nowMs,
      day: dayAt(minute, nowMs),
      nextTurnMs: nextTurnMs(minute, nowMs),
      dialled: [...dialledKeys(device, nowMs)].sort(),
      changesAtMs: keysChangeAtMs(device, nowMs),
    })),
    card: toHex(card),
  };
}

function invitations(suite: Suite): Json {
  const relay = { key: counting(32, 60), address: '/dns4/kith-abcdefgh.local/tcp/8443/tls/ws' };
  const { account } = person(suite, 100);
  const plain = { account, secret: SECRET, bundleHash: counting(32, 31), transportKey: counting(32, 40), expiryHour: HOUR + 24 };
  const far = { ...relay, address: `/dns4/${'a'.repeat(30)}.example/tcp/8443/tls/ws` };
  const all: readonly (readonly [string, Invitation])[] = [
    ['with an offer and no relay', { ...plain, relays: [], offer: OFFER }],
    ['with an offer and a relay', { ...plain, relays: [relay], offer: OFFER }],
    ['with the longest offer, whose relay has no room', { ...plain, relays: [far], offer: counting(80, 9) }],
  ];
  return {
    ...Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, typeof value === 'number' ? value : toHex(value)])),
    texts: all.map(([name, it]) => ({
      name,
      relays: it.relays.map(({ key, address }) => ({ key: toHex(key), address })),
      offer: toHex(it.offer),
      text: invitationText(it),
    })),
  };
}

const changed = (text: string, change: (bytes: Bytes) => Bytes): string => toBase64Url(change(fromBase64Url(text) as Bytes));

function codes(suite: Suite): Json {
  const { account } = person(suite, 110);
  const [transportKey, code, nonce] = [counting(32, 45), counting(73, 12), counting(16, 77)];
  const tag = answerTag(suite, SECRET);
  const answer = handAnswerText({ tag, account, transportKey, code });
  const [ann, bo] = [counting(32, 160), counting(32, 150)];
  const pair: Pair = { mine: ann, theirs: bo, certificates: [], peerCertificates: [] };
  const secret = pairSecret(suite, pair) ?? EMPTY;
  const hint = pairHint(suite, secret, nonce, transportKey);
  const where = counting(8, 3);
  const again = againText({ nonce, hint, transportKey, certificate: 3, peerCertificate: 70_000, code: where });
  const longest = againText({ nonce, hint, transportKey, certificate: 1, peerCertificate: 1, code: counting(40, 5) });
  const refused: readonly (readonly [string, string])[] = [
    ['an invitation', changed(answer, (bytes) => bytes.with(0, 0x4b))],
    ['of a newer version', changed(answer, (bytes) => bytes.with(1, 2))],
    ['of version 0', changed(again, (bytes) => bytes.with(1, 0))],
    ['an answer cut by a byte', changed(answer, (bytes) => bytes.slice(0, -1))],
    ['an answer without a code', changed(answer, (bytes) => bytes.slice(0, 75).with(74, 0))],
    ['an answer with a code of 81 bytes', handAnswerText({ tag, account, transportKey, code: counting(81, 1) })],
    ['one code with one of 41 bytes', againText({ nonce, hint, transportKey, certificate: 1, peerCertificate: 1, code: counting(41, 1) })],
    ['a byte too long', changed(again, (bytes) => Uint8Array.from([...bytes, 0]))],
    ['not base64url', 'a*b'],
  ];
  return {
    invitationSecret: toHex(SECRET),
    account: toHex(account),
    transportKey: toHex(transportKey),
    answer: { tag: toHex(tag), code: toHex(code), text: answer },
    again: {
      shares: [toHex(ann), toHex(bo)],
      pairSecret: toHex(secret),
      nonce: toHex(nonce),
      hint: toHex(hint),
      useSecret: toHex(useSecret(suite, secret, nonce)),
      certificate: 3,
      peerCertificate: 70_000,
      code: toHex(where),
      text: again,
      longest,
    },
    refused: refused.map(([name, text]) => {
      const read = readShownCode(text);
      return { name, text, refusal: read.ok ? 'none' : read.refusal.kind };
    }),
  };
}

export function meetingAgain(suite: Suite): Json {
  return { transportDays: transportDays(suite), invitations: invitations(suite), codes: codes(suite) };
}

/** Contents 10 to 12. */
export function meetingContents(): Json {
  const [key, other, id] = [counting(32, 33), counting(32, 34), counting(8, 35)];
  const [code, invitation] = [counting(90, 36), counting(137, 37)];
  const zeros = new Uint8Array(32);
  const signal = { kind: 'signal', id, atMs: NOW_MS, transportKey: key, code } as const;
  const introduction = { kind: 'introduction', id } as const;
  const all: readonly (readonly [string, Content])[] = [
    ['meet', { kind: 'meet', share: key, number: 70_000, fingerprint: other }],
    ['signal offer', { ...signal, step: 'offer' }],
    ['signal answer', { ...signal, step: 'answer' }],
    ['introduction ask', { ...introduction, step: 'ask', name: 'Bö', account: key, invitation: EMPTY }],
    ['introduction give', { ...introduction, step: 'give', name: '', account: zeros, invitation }],
    ['introduction pass', { ...introduction, step: 'pass', name: 'Cleo', account: other, invitation }],
    ['introduction decline', { ...introduction, step: 'decline', name: '', account: zeros, invitation: EMPTY }],
  ];
  return {
    inputs: { key: toHex(key), other: toHex(other), id: toHex(id), atMs: NOW_MS, code: toHex(code), invitation: toHex(invitation) },
    contents: all.map(([kind, content]) => ({ kind, bytes: toHex(encodeContent(content)) })),
  };
}
