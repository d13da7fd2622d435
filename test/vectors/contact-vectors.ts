/** Frozen examples of what is published for contacts and for a device to be linked. Rule: docs/protocol/identity.md §6, §7 and §10. */
import { label, type Suite } from '../../packages/core/src/crypto/suite.ts';
import { encodeHeader, headerFor, makeEnvelope, purgeHashOf } from '../../packages/core/src/envelope/envelope.ts';
import { pad } from '../../packages/core/src/envelope/padding.ts';
import { prekeysFrom, signBundle } from '../../packages/core/src/identity/bundle.ts';
import {
  contactFirstSecret,
  contactPeriod,
  contactPurgeKey,
  contactTag,
  firstSecretOf,
  sealUnderContactKey,
} from '../../packages/core/src/identity/contact-key.ts';
import {
  linkBundleHash,
  linkBundleTag,
  linkCodeText,
  linkPurgeKey,
  readLinkCode,
  sealLinkBundle,
  signLinkBundle,
} from '../../packages/core/src/identity/device-code.ts';
import { signSpare } from '../../packages/core/src/identity/prekey-offer.ts';
import { type Bytes, EMPTY, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { Writer } from '../../packages/core/src/kernel/codec.ts';
import { invitationText } from '../../packages/core/src/rendezvous/invitation.ts';
import { counting, HOUR, type Json, NOW_MS, person, publicHalves } from './inputs.ts';

const CONTACT_KEY = counting(32, 9);
const SLOT = 5;
const PERIOD = contactPeriod(HOUR);

/** What derives everything of one place; `seal` stands in no interface, and is what the sealed bytes prove. */
function placed(suite: Suite, signingKey: Bytes, period: number, slot: number): { readonly [name: string]: Json } {
  const place = new Writer(37).raw(signingKey).u32(period).u8(slot).finish();
  return {
    period,
    slot,
    place: toHex(place),
    tag: toHex(contactTag(suite, CONTACT_KEY, signingKey, period, slot)),
    purgeKey: toHex(contactPurgeKey(suite, CONTACT_KEY, signingKey, period, slot)),
    sealKey: toHex(suite.mac(CONTACT_KEY, label('identity/contact-seal'), place)),
  };
}

function deposit(suite: Suite): Json {
  const { device } = person(suite, 100);
  const prekeySeed = counting(32, 21);
  const [mine, expiryHour, nonce] = [publicHalves(device), HOUR + 360, counting(24, 140)];
  const bundle = signBundle(suite, device.listRecord, mine, device.signing.secretKey, prekeysFrom(suite, prekeySeed), expiryHour);
  const purgeKey = contactPurgeKey(suite, CONTACT_KEY, mine.signingKey, PERIOD, SLOT);
  const tag = contactTag(suite, CONTACT_KEY, mine.signingKey, PERIOD, SLOT);
  const header = headerFor(tag, purgeHashOf(suite, purgeKey), 1, NOW_MS);
  const encoded = encodeHeader(header);
  const padded = pad(bundle, 40) as Bytes;
  const body = sealUnderContactKey(suite, CONTACT_KEY, mine.signingKey, PERIOD, SLOT, encoded, padded, nonce);
  return {
    ...placed(suite, mine.signingKey, PERIOD, SLOT),
    prekeySeed: toHex(prekeySeed),
    expiryHour,
    bundle: toHex(bundle),
    nonce: toHex(nonce),
    header: toHex(encoded),
    envelope: toHex(makeEnvelope(suite, header, encoded, body).bytes),
  };
}

function spare(suite: Suite): Json {
  const { device } = person(suite, 100);
  const [seed, expiryHour] = [counting(32, 22), HOUR + 75 * 24];
  const prekeys = prekeysFrom(suite, seed);
  return {
    prekeySeed: toHex(seed),
    prekeyId: toHex(prekeys.id),
    expiryHour,
    record: toHex(signSpare(suite, publicHalves(device), device.signing.secretKey, prekeys, expiryHour)),
  };
}

function link(suite: Suite): Json {
  const [secret, transportKey, seed] = [counting(32, 33), counting(32, 44), counting(32, 23)];
  const [signingSeed, agreementSeed] = [counting(32, 131), counting(32, 132)];
  const [signing, agreement] = [suite.signingPair(signingSeed), suite.agreementPair(agreementSeed)];
  const expiryHour = HOUR + 1;
  const relay = { key: counting(32, 60), address: '/dns4/kith-abcdefgh.local/tcp/8443/tls/ws' };
  const far = { key: relay.key, address: `/dns4/${'a'.repeat(180)}.example/tcp/8443/tls/ws` };
  const bundle = signLinkBundle(suite, publicHalves({ signing, agreement }), signing.secretKey, prekeysFrom(suite, seed), expiryHour);
  const purgeKey = linkPurgeKey(suite, secret);
  const header = headerFor(linkBundleTag(suite, secret), purgeHashOf(suite, purgeKey), 1, NOW_MS);
  const encoded = encodeHeader(header);
  const body = sealLinkBundle(suite, secret, encoded, pad(bundle, 16) as Bytes);
  const code = { secret, bundleHash: linkBundleHash(suite, bundle), transportKey, expiryHour, relays: [relay] };
  const text = linkCodeText(code);
  const { account } = person(suite, 100);
  const refused = [
    ['of an invitation', invitationText({ ...code, account, offer: EMPTY }), NOW_MS],
    ['an hour and a millisecond later', text, NOW_MS + 3_600_001],
    ['not base64url', 'a*b', NOW_MS],
    ['cut by a byte', text.slice(0, -2), NOW_MS],
  ] as const;
  return {
    secret: toHex(secret),
    transportKey: toHex(transportKey),
    signingSeed: toHex(signingSeed),
    agreementSeed: toHex(agreementSeed),
    prekeySeed: toHex(seed),
    expiryHour,
    relay: { key: toHex(relay.key), address: relay.address },
    text,
    textWithoutRelay: linkCodeText({ ...code, relays: [] }),
    /** Its code would be too long, so that it is the text without relay. */
    farRelay: {
      key: toHex(far.key),
      address: far.address,
      isLeftOut: linkCodeText({ ...code, relays: [far] }) === linkCodeText({ ...code, relays: [] }),
    },
    refused: refused.map(([name, given, nowMs]) => {
      const read = readLinkCode(given, nowMs);
      return { name, text: given, nowMs, refusal: read.ok ? 'none' : read.refusal.kind };
    }),
    linkBundle: toHex(bundle),
    bundleHash: toHex(code.bundleHash),
    tag: toHex(header.tag),
    purgeKey: toHex(purgeKey),
    key: toHex(suite.mac(secret, label('identity/link-key'), EMPTY)),
    envelope: toHex(makeEnvelope(suite, header, encoded, body).bytes),
  };
}

export function contact(suite: Suite): Json {
  const [ann, bo] = [person(suite, 100), person(suite, 110)];
  const prekeyId = prekeysFrom(suite, counting(32, 21)).id;
  const first = contactFirstSecret(suite, CONTACT_KEY, prekeyId);
  const { signingKey } = publicHalves(ann.device);
  return {
    contactKey: toHex(CONTACT_KEY),
    device: toHex(signingKey),
    periods: [0, 167, 168, HOUR].map((hour) => ({ hour, period: contactPeriod(hour) })),
    places: [0, 15].map((slot) => placed(suite, signingKey, PERIOD, slot)),
    deposit: deposit(suite),
    first: {
      prekeyId: toHex(prekeyId),
      contactFirst: toHex(first),
      initiator: toHex(bo.account),
      firstSecret: toHex(firstSecretOf(suite, first, bo.account)),
    },
    spare: spare(suite),
    link: link(suite),
  };
}
