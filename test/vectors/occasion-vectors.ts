/** A frozen handshake and first message for each purpose but `invitation`, whose are handshake.json. Rule: docs/protocol/session.md §2. */
import { encodeContent } from '../../packages/core/src/content/content.ts';
import { label, type Suite } from '../../packages/core/src/crypto/suite.ts';
import { encodeHeader, headerFor, makeEnvelope, purgeHashOf } from '../../packages/core/src/envelope/envelope.ts';
import { pad } from '../../packages/core/src/envelope/padding.ts';
import { prekeysFrom, publicPrekeys } from '../../packages/core/src/identity/bundle.ts';
import { contactFirstSecret, firstSecretOf } from '../../packages/core/src/identity/contact-key.ts';
import { type Bytes, bytesOf, concat, EMPTY, fromHex, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { helloFirstSecret } from '../../packages/core/src/rendezvous/invitation.ts';
import { initiate, type OwnDevice, type Target } from '../../packages/core/src/session/handshake.ts';
import { FIRST_MESSAGES } from '../../packages/core/src/session/limits.ts';
import { PURPOSE_NUMBERS, type Purpose } from '../../packages/core/src/session/purpose.ts';
import { acceptSession, firstTag, openFirst, openSession, sealNext } from '../../packages/core/src/session/session.ts';
import { counting, Drawn, HOUR, type Json, type Made, NOW_MS, person, publicHalves } from './inputs.ts';

/** Who begins, with whom, and from what the secret comes. */
interface Found {
  readonly purpose: Exclude<Purpose, 'invitation'>;
  readonly initiator: Made;
  readonly responder: OwnDevice;
  readonly prekeySeed: Bytes;
  readonly secret: Bytes;
  readonly from: { readonly [name: string]: Json };
}

function found(suite: Suite): readonly Found[] {
  const [ann, bo] = [person(suite, 100), person(suite, 110)];
  const [invitationSecret, contactKey, linkSecret] = [counting(32, 30), counting(32, 9), counting(32, 33)];
  const [helloSeed, depositSeed, spareSeed, linkSeed] = [counting(32, 24), counting(32, 21), counting(32, 22), counting(32, 23)];
  const depositId = prekeysFrom(suite, depositSeed).id;
  const spareId = prekeysFrom(suite, spareSeed).id;
  const fresh: OwnDevice = {
    account: new Uint8Array(32),
    listRecord: EMPTY,
    signing: suite.signingPair(counting(32, 131)),
    agreement: suite.agreementPair(counting(32, 132)),
  };
  return [
    {
      purpose: 'hello',
      initiator: ann,
      responder: bo.device,
      prekeySeed: helloSeed,
      secret: helloFirstSecret(suite, invitationSecret),
      from: { invitationSecret: toHex(invitationSecret) },
    },
    {
      purpose: 'contact-key',
      initiator: bo,
      responder: ann.device,
      prekeySeed: depositSeed,
      secret: firstSecretOf(suite, contactFirstSecret(suite, contactKey, depositId), bo.account),
      from: { contactKey: toHex(contactKey) },
    },
    {
      purpose: 'spare',
      initiator: bo,
      responder: ann.device,
      prekeySeed: spareSeed,
      secret: suite.hash(label('node/spare-secret'), spareId),
      from: {},
    },
    {
      purpose: 'link',
      initiator: ann,
      responder: fresh,
      prekeySeed: linkSeed,
      secret: linkSecret,
      from: { linkSecret: toHex(linkSecret) },
    },
  ];
}

/** What a second implementation wants to look at on the way: it stands in no interface, and `example` fails if the outcome is another. */
function between(suite: Suite, it: Found, target: Target, draws: readonly string[]) {
  const [ephemeralSeed, chance] = draws.map((draw) => fromHex(draw) as Bytes) as [Bytes, Bytes];
  const { device, prekeys } = target;
  const ephemeral = suite.agreementPair(ephemeralSeed);
  const made = suite.encapsulate(prekeys.encapsulation, chance);
  if (made === undefined) throw new Error('the encapsulation key is sound');
  const agreed = (secretKey: Bytes, publicKey: Bytes): Bytes => suite.agree(secretKey, publicKey) ?? EMPTY;
  const d1 = agreed(it.initiator.device.agreement.secretKey, prekeys.signed);
  const d2 = agreed(ephemeral.secretKey, device.agreementKey);
  const d3 = agreed(ephemeral.secretKey, prekeys.signed);
  const d4 = agreed(ephemeral.secretKey, prekeys.oneTime);
  const prekeyParts = [prekeys.id, prekeys.signed, prekeys.oneTime, prekeys.encapsulation];
  const responder = [target.account, device.signingKey, device.agreementKey, ...prekeyParts];
  const numbers = bytesOf([suite.id, PURPOSE_NUMBERS[it.purpose]]);
  const opened = suite.hash(label('session/handshake/opening'), numbers, it.secret, ...responder, ephemeral.publicKey, made.ciphertext);
  const shared = concat(d3, d4, made.secret);
  const identity = concat(it.initiator.device.signing.publicKey, it.initiator.device.listRecord);
  const transcript = suite.hash(label('session/handshake/transcript'), opened, identity);
  const secrets = suite.derive(transcript, concat(d1, d2, shared), label('session/handshake/root'), 128);
  const identityKey = suite.derive(opened, shared, label('session/handshake/identity'), 32);
  const all = { d1, d2, d3, d4, kemSecret: made.secret, opened, identity, identityKey, transcript };
  return { rootKey: secrets.slice(0, 32), json: Object.fromEntries(Object.entries(all).map(([name, bytes]) => [name, toHex(bytes)])) };
}

function example(suite: Suite, it: Found, place: number): Json {
  const prekeys = prekeysFrom(suite, it.prekeySeed);
  const { account, signing, agreement } = it.responder;
  const target: Target = { account, device: publicHalves({ signing, agreement }), prekeys: publicPrekeys(prekeys) };
  const occasion = { purpose: it.purpose, secret: it.secret };
  const random = new Drawn(70 + place);
  const session = openSession(suite, random, it.initiator.device, target, occasion, HOUR);
  const initiated = initiate(suite, new Drawn(70 + place), it.initiator.device, target, occasion);
  if (!session.ok || !initiated.ok) throw new Error('the target is sound');
  const [ephemeralSeed = '', encapsulationChance = '', ratchetSeed = ''] = random.draws;
  const steps = between(suite, it, target, random.draws);
  const { secrets, opening } = initiated.value;
  if (toHex(steps.rootKey) !== toHex(secrets.rootKey)) throw new Error('the steps between lead elsewhere');

  const messageChance = new Drawn(190 + place);
  const sealing = sealNext(suite, messageChance, session.value, HOUR);
  const content = encodeContent({ kind: 'text', id: counting(16, place), sentAtMs: NOW_MS, text: it.purpose });
  const header = headerFor(sealing.tag, purgeHashOf(suite, sealing.purgeKey), 1, NOW_MS);
  const encoded = encodeHeader(header);
  const body = sealing.seal(encoded, pad(content, sealing.overheadBytes) as Bytes);
  const accepted = acceptSession(suite, it.responder, prekeys, occasion, body, HOUR);
  if (!accepted.ok) throw new Error(accepted.refusal.kind);
  const read = openFirst(suite, accepted.value.session, { number: 0, nowHour: HOUR }, encoded, body);
  if (!read.ok) throw new Error(read.refusal.kind);

  const { ratchet } = session.value;
  const firstMessages = FIRST_MESSAGES[it.purpose];
  return {
    purpose: it.purpose,
    number: PURPOSE_NUMBERS[it.purpose],
    from: it.from,
    secret: toHex(it.secret),
    initiator: toHex(it.initiator.account),
    responder: {
      account: toHex(account),
      signingKey: toHex(signing.publicKey),
      agreementSeed: toHex(agreement.secretKey),
      agreementKey: toHex(agreement.publicKey),
      prekeySeed: toHex(it.prekeySeed),
      prekeyId: toHex(prekeys.id),
      signed: toHex(prekeys.signed.publicKey),
      oneTime: toHex(prekeys.oneTime.publicKey),
      encapsulation: toHex(prekeys.encapsulation.publicKey),
    },
    ephemeralSeed,
    encapsulationChance,
    ratchetSeed,
    between: steps.json,
    opening: toHex(opening),
    sessionId: toHex(session.value.id),
    rootKey: toHex(secrets.rootKey),
    initiatorHeaderKey: toHex(secrets.initiatorHeaderKey),
    responderHeaderKey: toHex(secrets.responderHeaderKey),
    firstEpochKey: toHex(secrets.firstEpochKey),
    afterFirstRootStep: {
      rootKey: toHex(ratchet.rootKey),
      chainKey: toHex(ratchet.sending?.chainKey ?? EMPTY),
      nextHeaderKey: toHex(ratchet.nextSendingHeaderKey),
    },
    firstMessages,
    firstTags: [0, 1, firstMessages - 1].map((number) => ({ number, tag: toHex(firstTag(suite, it.secret, number)) })),
    firstMessage: {
      headerNonce: messageChance.draws[0] ?? '',
      purgeKey: toHex(sealing.purgeKey),
      content: toHex(content),
      envelope: toHex(makeEnvelope(suite, header, encoded, body).bytes),
    },
  };
}

export function occasions(suite: Suite): Json {
  const [ann, bo] = [person(suite, 100), person(suite, 110)];
  return { ann: ann.json, bo: bo.json, handshakes: found(suite).map((it, i) => example(suite, it, i + 1)) };
}
