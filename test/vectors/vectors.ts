/**
 * Every frozen example of the protocol, computed from fixed inputs by the code as it is. `make.ts` froze them once; `vectors.test.ts`
 * compares with what was frozen. Byte strings are lower-case hexadecimal. Order and names follow docs/protocol/.
 */
import { type Content, encodeContent } from '../../packages/core/src/content/content.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { label } from '../../packages/core/src/crypto/suite.ts';
import {
  bodyHashOf,
  encodeHeader,
  headerFor,
  makeEnvelope,
  makePurgeToken,
  purgeHashOf,
} from '../../packages/core/src/envelope/envelope.ts';
import { pad } from '../../packages/core/src/envelope/padding.ts';
import { encodeFrame, type Frame, giveHead, NO_CURSOR, NO_WORK, pushHead } from '../../packages/core/src/gossip/frames.ts';
import { batchDigest, bitsOfBatch, isStamp } from '../../packages/core/src/gossip/stamps.ts';
import { prekeysFrom, readBundle, signBundle } from '../../packages/core/src/identity/bundle.ts';
import { signSpare } from '../../packages/core/src/identity/prekey-offer.ts';
import { type Bytes, bytesOf, concat, EMPTY, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { Writer } from '../../packages/core/src/kernel/codec.ts';
import type { Random } from '../../packages/core/src/kernel/random.ts';
import { encodeUtf8 } from '../../packages/core/src/kernel/utf8.ts';
import { bundleHashOf, bundlePurgeKey, bundleTag, invitationText, sealBundle } from '../../packages/core/src/rendezvous/invitation.ts';
import { initiate, type Occasion, targetOf } from '../../packages/core/src/session/handshake.ts';
import { acceptSession, openFirst, openNext, openSession, type Session, sealNext } from '../../packages/core/src/session/session.ts';
import { backup, vault } from './at-rest-vectors.ts';
import { bundle } from './bundle-vectors.ts';
import { contact } from './contact-vectors.ts';
import { counting, Drawn, HOUR, type Json, type Made, NOW_MS, person, publicHalves } from './inputs.ts';
import { occasions } from './occasion-vectors.ts';
import { reconciliation } from './reconciliation-vectors.ts';
import { meetingAgain, meetingContents } from './rendezvous-vectors.ts';
import { trust, words } from './trust-vectors.ts';

function suiteOperations(suite: Suite): Json {
  const [key, nonce, message] = [counting(32, 1), counting(24, 50), encodeUtf8('words')];
  const [ann, bo] = [suite.agreementPair(counting(32, 2)), suite.agreementPair(counting(32, 3))];
  const signing = suite.signingPair(counting(32, 4));
  const pair = suite.encapsulationPair(counting(64, 5));
  const made = suite.encapsulate(pair.publicKey, counting(32, 6));
  const text = label('test/vector');
  return {
    label: toHex(text),
    hash: { parts: [toHex(key), toHex(message)], result: toHex(suite.hash(text, key, message)) },
    mac: [16, 24, 32, 64].map((length) => ({
      key: toHex(key),
      message: toHex(message),
      length,
      result: toHex(suite.mac(key, text, message, length)),
    })),
    derive: [0, 32].map((salt) => ({
      salt: toHex(counting(salt, 9)),
      secret: toHex(message),
      length: 96,
      result: toHex(suite.derive(counting(salt, 9), message, text, 96)),
    })),
    step: { key: toHex(key), input: '01', result: toHex(suite.step(key, bytesOf([1]))) },
    seal: {
      key: toHex(key),
      nonce: toHex(nonce),
      associated: toHex(key),
      plaintext: toHex(message),
      result: toHex(suite.seal(key, nonce, key, message)),
    },
    sign: {
      seed: toHex(counting(32, 4)),
      publicKey: toHex(signing.publicKey),
      message: toHex(message),
      result: toHex(suite.sign(signing.secretKey, text, message)),
    },
    agree: {
      seeds: [toHex(ann.secretKey), toHex(bo.secretKey)],
      publicKeys: [toHex(ann.publicKey), toHex(bo.publicKey)],
      result: toHex(suite.agree(ann.secretKey, bo.publicKey) ?? EMPTY),
    },
    encapsulate: {
      seed: toHex(counting(64, 5)),
      publicKey: toHex(pair.publicKey),
      chance: toHex(counting(32, 6)),
      ciphertext: toHex(made?.ciphertext ?? EMPTY),
      secret: toHex(made?.secret ?? EMPTY),
    },
  };
}

const PREKEY_SEED = counting(32, 20);
const SECRET = counting(32, 30);
const OCCASION: Occasion = { purpose: 'invitation', secret: SECRET };
const TRANSPORT = counting(32, 40);
const DAYS = { firstDay: 20_833, minute: 600, keys: [TRANSPORT, counting(32, 41), counting(32, 42)] };
const EXPIRY_HOUR = HOUR + 336;

function bundleOf(suite: Suite, ann: Made): { readonly bundle: Bytes; readonly prekeys: ReturnType<typeof prekeysFrom> } {
  const prekeys = prekeysFrom(suite, PREKEY_SEED);
  const { signing, agreement, listRecord } = ann.device;
  const device = { signingKey: signing.publicKey, agreementKey: agreement.publicKey };
  return { prekeys, bundle: signBundle(suite, listRecord, device, signing.secretKey, prekeys, EXPIRY_HOUR) };
}

function identity(suite: Suite): Json {
  const ann = person(suite, 100);
  const { bundle, prekeys } = bundleOf(suite, ann);
  return {
    ann: ann.json,
    bo: person(suite, 110).json,
    prekeys: {
      seed: toHex(PREKEY_SEED),
      id: toHex(prekeys.id),
      signed: toHex(prekeys.signed.publicKey),
      oneTime: toHex(prekeys.oneTime.publicKey),
      encapsulation: toHex(prekeys.encapsulation.publicKey),
      expiryHour: EXPIRY_HOUR,
    },
    bundle: toHex(bundle),
  };
}

function rendezvous(suite: Suite): Json {
  const ann = person(suite, 100);
  const { bundle } = bundleOf(suite, ann);
  const relay = { key: counting(32, 60), address: '/dns4/kith-abcdefgh.local/tcp/8443/tls/ws' };
  const card = encodeContent({
    kind: 'card',
    name: 'Ann',
    days: DAYS,
    relays: [{ key: relay.key, addresses: [relay.address] }],
  });
  const deposit = new Writer().bytes16(bundle).raw(card).finish();
  const purgeKey = bundlePurgeKey(suite, SECRET);
  const header = headerFor(bundleTag(suite, SECRET), purgeHashOf(suite, purgeKey), 1, NOW_MS);
  const encoded = encodeHeader(header);
  const envelope = makeEnvelope(suite, header, encoded, sealBundle(suite, SECRET, encoded, pad(deposit, 16) as Bytes));
  const invitation = {
    account: ann.device.account as Parameters<typeof invitationText>[0]['account'],
    secret: SECRET,
    bundleHash: bundleHashOf(suite, deposit),
    transportKey: TRANSPORT,
    expiryHour: HOUR + 24,
    relays: [relay],
    offer: new Uint8Array(0),
  };
  return {
    secret: toHex(SECRET),
    transportKey: toHex(TRANSPORT),
    expiryHour: HOUR + 24,
    relay: { key: toHex(relay.key), address: relay.address },
    text: invitationText(invitation),
    card: toHex(card),
    bundleHash: toHex(invitation.bundleHash),
    tag: toHex(header.tag),
    purgeKey: toHex(purgeKey),
    envelope: toHex(envelope.bytes),
    envelopeId: toHex(envelope.id),
  };
}

/** Bo takes up Ann's invitation: he is the initiator. */
function meeting(suite: Suite, random: Random) {
  const [ann, bo] = [person(suite, 100), person(suite, 110)];
  const { bundle, prekeys } = bundleOf(suite, ann);
  const read = readBundle(suite, bundle, HOUR);
  if (!read.ok) throw new Error(read.refusal.kind);
  return { ann, bo, prekeys, bundle: read.value, open: () => openSession(suite, random, bo.device, targetOf(read.value), OCCASION, HOUR) };
}

function handshake(suite: Suite): Json {
  const random = new Drawn(70);
  const { bo, bundle, open } = meeting(suite, random);
  const opened = open();
  if (!opened.ok) throw new Error(opened.refusal.kind);
  const [ephemeralSeed = '', encapsulationChance = '', ratchetSeed = ''] = random.draws;
  const initiated = initiate(suite, new Drawn(70), bo.device, targetOf(bundle), OCCASION);
  if (!initiated.ok) throw new Error(initiated.refusal.kind);
  const { ratchet } = opened.value;
  return {
    ephemeralSeed,
    encapsulationChance,
    ratchetSeed,
    opening: toHex(initiated.value.opening),
    sessionId: toHex(opened.value.id),
    rootKey: toHex(initiated.value.secrets.rootKey),
    initiatorHeaderKey: toHex(initiated.value.secrets.initiatorHeaderKey),
    responderHeaderKey: toHex(initiated.value.secrets.responderHeaderKey),
    firstEpochKey: toHex(initiated.value.secrets.firstEpochKey),
    afterFirstRootStep: {
      rootKey: toHex(ratchet.rootKey),
      chainKey: toHex(ratchet.sending?.chainKey ?? EMPTY),
      nextHeaderKey: toHex(ratchet.nextSendingHeaderKey),
    },
  };
}

/** What was drawn for a message: a ratchet pair where a chain begins, what an epoch needs, and the header's nonce. */
function named(draws: readonly string[]): { readonly [name: string]: Json } {
  const ofLength = (bytes: number): readonly string[] => draws.filter((draw) => draw.length === 2 * bytes);
  const [ratchetSeed, encapsulationChance] = ofLength(32);
  const [proposalSeed] = ofLength(64);
  const all = { ratchetSeed, encapsulationChance, proposalSeed, headerNonce: ofLength(24)[0] };
  return Object.fromEntries(Object.entries(all).flatMap(([name, draw]) => (draw === undefined ? [] : [[name, draw]])));
}

/** Six messages: two before the answer, two answers (the first proposes an epoch), Bo's answer to it, and Ann's first in the new epoch. */
const SAID = [
  ['bo', 'hello'],
  ['bo', 'it is me'],
  ['ann', 'who?'],
  ['ann', 'ah, you'],
  ['bo', 'yes'],
  ['ann', 'good'],
] as const;

function conversation(suite: Suite): Json {
  const meetingChance = new Drawn(70);
  const { ann, prekeys, open } = meeting(suite, meetingChance);
  const opened = open();
  if (!opened.ok) throw new Error(opened.refusal.kind);
  const sessions: { ann: Session | undefined; bo: Session | undefined } = { ann: undefined, bo: opened.value };
  const numbers = [0, 1, 0, 1, 0, 0];
  return SAID.map(([who, text], i): Json => {
    const writer = sessions[who];
    if (writer === undefined) throw new Error('nobody writes before they were met');
    const random = new Drawn(120 + 7 * i);
    const sealing = sealNext(suite, random, writer, HOUR + i);
    const content = encodeContent({ kind: 'text', id: counting(16, i), sentAtMs: NOW_MS + i, text });
    const header = headerFor(sealing.tag, purgeHashOf(suite, sealing.purgeKey), 1, NOW_MS + i * 3_600_000);
    const encoded = encodeHeader(header);
    const body = sealing.seal(encoded, pad(content, sealing.overheadBytes) as Bytes);
    sessions[who] = sealing.session;
    const other = who === 'bo' ? 'ann' : 'bo';
    if (i === 0) {
      const accepted = acceptSession(suite, ann.device, prekeys, OCCASION, body, HOUR);
      if (!accepted.ok) throw new Error(accepted.refusal.kind);
      sessions.ann = accepted.value.session;
    }
    const reader = sessions[other];
    if (reader === undefined) throw new Error('nobody reads before they were met');
    const at = { number: numbers[i] as number, nowHour: HOUR + i };
    const chain = reader.ratchet.receiving === undefined || numbers[i] === 0 ? 'next' : 'current';
    const read = i < 2 ? openFirst(suite, reader, at, encoded, body) : openNext(suite, reader, { ...at, chain }, encoded, body);
    if (!read.ok) throw new Error(`message ${i}: ${read.refusal.kind}`);
    sessions[other] = read.value.session;
    return {
      from: who,
      number: at.number,
      nowHour: HOUR + i,
      ...named(random.draws),
      tag: toHex(sealing.tag),
      purgeKey: toHex(sealing.purgeKey),
      content: toHex(content),
      envelope: toHex(makeEnvelope(suite, header, encoded, body).bytes),
    };
  });
}

function envelopes(suite: Suite): Json {
  const purgeKey = counting(32, 80);
  const header = headerFor(counting(16, 81), purgeHashOf(suite, purgeKey), 2, NOW_MS);
  const encoded = encodeHeader(header);
  const body = counting(256, 82);
  const envelope = makeEnvelope(suite, header, encoded, body);
  return {
    header: toHex(encoded),
    tag: toHex(header.tag),
    createdHour: header.createdHour,
    expiryHour: header.expiryHour,
    purgeKey: toHex(purgeKey),
    purgeHash: toHex(header.purgeHash),
    body: toHex(body),
    bodyHash: toHex(bodyHashOf(suite, body)),
    id: toHex(envelope.id),
    purgeToken: toHex(makePurgeToken(suite, envelope, purgeKey)),
    padding: [
      [0, 16],
      [155, 100],
      [156, 100],
      [16_000, 1502],
    ].map(([length = 0, overhead = 0]) => ({ content: length, overhead, padded: pad(new Uint8Array(length), overhead)?.length ?? 0 })),
  };
}

function frames(suite: Suite): Json {
  const [id, tag] = [counting(32, 90), counting(16, 91)];
  const since = { incarnation: counting(8, 97), number: 2 ** 40 + 5 };
  const held = { count: 70_000, digest: counting(32, 98) };
  const tokens = { count: 3, digest: counting(32, 99) };
  const work = { bits: 12, challenge: counting(16, 103) };
  const said: readonly Exclude<Frame, { kind: 'give' | 'push' }>[] = [
    { kind: 'hello', role: 'person', pull: 'cover', hour: 490_000, held, tokens, since, work: NO_WORK },
    { kind: 'hello', role: 'relay', pull: 'mailbox', hour: 490_001, held: tokens, tokens: held, since: NO_CURSOR, work },
    { kind: 'have', entries: [{ id, tag, class: 1, size: 3, copies: 4 }] },
    { kind: 'want', ids: [id, counting(32, 92)] },
    {
      kind: 'results',
      results: [
        { id, result: 'accepted' },
        { id, result: 'malformed' },
        { id, result: 'work' },
      ],
    },
    { kind: 'forget', tokens: [counting(108, 93)] },
    { kind: 'tags', replace: true, tags: [tag] },
    { kind: 'have', entries: [] },
    { kind: 'announce', ids: [id] },
    { kind: 'prune', hops: 4 },
    { kind: 'graft', ids: [id] },
    { kind: 'sketch', set: 'tokens', size: 70_000, digest: counting(32, 98), salt: tag, exceptions: [id] },
    { kind: 'symbols', set: 'held', cells: counting(26, 100) },
    { kind: 'stop', set: 'held', isDecoded: true },
    { kind: 'stop', set: 'tokens', isDecoded: false },
    { kind: 'lacks', set: 'tokens', shorts: [counting(8, 101), counting(8, 102)] },
    { kind: 'upto', cursor: since },
    { kind: 'stamp', nonce: 2 ** 40 + 5, ids: [id, counting(32, 92)] },
  ];
  return {
    plain: said.map((frame) => ({ kind: frame.kind, bytes: toHex(encodeFrame(frame)) })),
    give: { copies: 4, ageHours: 300, envelope: toHex(counting(300, 94)), bytes: toHex(concat(giveHead(4, 300), counting(300, 94))) },
    push: {
      hops: 1,
      copies: 4,
      ageHours: 300,
      envelope: toHex(counting(300, 94)),
      bytes: toHex(concat(pushHead(1, 4, 300), counting(300, 94))),
    },
    stamps: [1, 2, 3, 16].map((count) => stampOver(suite, count)),
  };
}

/** The first number that will do, for so many ids at 6 bits. */
function stampOver(suite: Suite, count: number): Json {
  const [challenge, ids] = [counting(16, 103), Array.from({ length: count }, (_, n) => counting(32, 10 + n))];
  const [digest, bits] = [batchDigest(suite, ids), bitsOfBatch(6, count)];
  let nonce = 0;
  while (!isStamp(suite, challenge, digest, nonce, bits)) nonce++;
  return { challenge: toHex(challenge), ids: ids.map(toHex), digest: toHex(digest), bits, nonce };
}

function contents(): Json {
  const [id, key] = [counting(16, 95), counting(32, 96)];
  return [
    { kind: 'text', bytes: encodeContent({ kind: 'text', id, sentAtMs: 1_800_000_000_000, text: 'Grüße, 世界 👋' }) },
    { kind: 'receipt delivered', bytes: encodeContent({ kind: 'receipt', what: 'delivered', atMs: 1_800_000_000_001, messages: [id] }) },
    { kind: 'receipt read', bytes: encodeContent({ kind: 'receipt', what: 'read', atMs: 1_800_000_000_002, messages: [id, id] }) },
    {
      kind: 'card',
      bytes: encodeContent({
        kind: 'card',
        name: 'Bö',
        days: { firstDay: 20_800, minute: 1439, keys: [key, counting(32, 97)] },
        relays: [{ key, addresses: ['/ip4/192.0.2.1/tcp/1/ws', '/a'] }],
      }),
    },
    {
      kind: 'card without relays',
      bytes: encodeContent({ kind: 'card', name: 'Ann', days: { firstDay: 0, minute: 0, keys: [] }, relays: [] }),
    },
  ].map(({ kind, bytes }) => ({ kind, bytes: toHex(bytes) }));
}

/** The types from 4 on: who somebody is, what their devices tell each other, and the steps of two agreements. */
function laterContents(suite: Suite): Json {
  const { device } = person(suite, 100);
  const [key, id, nonce] = [counting(32, 97), counting(16, 98), counting(32, 99)];
  const prekeys = prekeysFrom(suite, counting(32, 22));
  const spare = signSpare(suite, publicHalves(device), device.signing.secretKey, prekeys, HOUR + 1800);
  const removed = [
    { signingKey: key, isStolen: false },
    { signingKey: nonce, isStolen: true },
  ];
  const said = encodeContent({ kind: 'text', id, sentAtMs: NOW_MS, text: 'said once' });
  const receipt = encodeContent({ kind: 'receipt', what: 'read', atMs: NOW_MS, messages: [id] });
  const all: readonly (readonly [string, Content])[] = [
    ['keys', { kind: 'keys', contactKey: key, listRecord: device.listRecord, spares: [spare, spare], removed }],
    ['keys without spares', { kind: 'keys', contactKey: key, listRecord: device.listRecord, spares: [], removed: [] }],
    ['sync of a text', { kind: 'sync', account: device.account, said }],
    ['sync of a receipt', { kind: 'sync', account: device.account, said: receipt }],
    ['archive', { kind: 'archive', part: 2, parts: 3, records: counting(20, 5) }],
    ['archive by itself', { kind: 'archive', part: 0, parts: 0, records: EMPTY }],
    ...(['commit', 'answer', 'reveal'] as const).map((step) => [`comparison ${step}`, { kind: 'comparison', step, bytes: nonce }] as const),
    ...(['commit', 'answer', 'reveal'] as const).map((step) => [`linking ${step}`, { kind: 'linking', step, bytes: nonce }] as const),
    [
      'linking welcome',
      { kind: 'linking', step: 'welcome', bytes: new Writer().text16('Ann').bytes16(device.listRecord).raw(key).finish() },
    ],
    ['linking refuse', { kind: 'linking', step: 'refuse', bytes: EMPTY }],
    ['anew', { kind: 'anew', lost: [id, counting(16, 99)] }],
    ['anew without sessions', { kind: 'anew', lost: [] }],
  ];
  return {
    inputs: {
      account: toHex(device.account),
      listRecord: toHex(device.listRecord),
      key: toHex(key),
      id: toHex(id),
      nonce: toHex(nonce),
      spare: toHex(spare),
      text: toHex(said),
      receipt: toHex(receipt),
    },
    contents: all.map(([kind, content]) => ({ kind, bytes: toHex(encodeContent(content)) })),
  };
}

/** File name without its ending → what stands in it. */
export const MAKERS: Readonly<Record<string, (suite: Suite) => Json>> = {
  suite: suiteOperations,
  identity,
  rendezvous,
  'rendezvous-2': meetingAgain,
  handshake,
  conversation,
  envelope: envelopes,
  gossip: frames,
  content: contents,
  'content-2': laterContents,
  'content-3': meetingContents,
  words,
  trust,
  contact,
  occasions,
  reconciliation,
  vault,
  backup,
  bundle,
};

export function makeVectors(suite: Suite): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(MAKERS).map(([name, make]) => [name, make(suite)]));
}
