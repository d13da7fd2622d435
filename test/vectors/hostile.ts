/**
 * Records that must be refused, each with the refusal, for whoever writes a second implementation: computed from fixed inputs by the code as
 * it is, frozen by `make-hostile.ts`, read by `hostile.test.ts`. The first of each list is sound, so that a reader that refuses all is seen.
 */
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import {
  checkPurgeToken,
  encodeHeader,
  headerFor,
  makeEnvelope,
  makePurgeToken,
  purgeHashOf,
  readEnvelope,
} from '../../packages/core/src/envelope/envelope.ts';
import { rootPair } from '../../packages/core/src/identity/account.ts';
import { readBundle, signBundle } from '../../packages/core/src/identity/bundle.ts';
import {
  type Ancestor,
  readDeviceList,
  signDeviceList,
  succession,
  type UnsignedDeviceList,
} from '../../packages/core/src/identity/device-list.ts';
import { type Bytes, concat, fromHex, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { Reader } from '../../packages/core/src/kernel/codec.ts';
import type { Result } from '../../packages/core/src/kernel/result.ts';
import { initiate, type Occasion, type OwnDevice, targetOf } from '../../packages/core/src/session/handshake.ts';
import { acceptSession } from '../../packages/core/src/session/session.ts';
import { type Person, person } from '../scenarios/decoders/cast.ts';
import { counting, HOUR } from '../scenarios/decoders/decoder.ts';

/** `refusal` is `none` for what is sound, and `nothing` where a reader answers without a reason. */
interface Case {
  readonly name: string;
  readonly bytes: string;
  readonly refusal: string;
}

interface List {
  readonly rule: string;
  readonly given: { readonly [name: string]: string | number };
  readonly cases: readonly Case[];
}

export type Hostile = Readonly<Record<'deviceList' | 'bundle' | 'handshake' | 'envelope' | 'purgeToken', List>>;

const OCCASION: Occasion = { purpose: 'invitation', secret: counting(32, 30) };
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

const of = (name: string, refusal: string, bytes: Bytes): Case => ({ name, refusal, bytes: toHex(bytes) });

function flipped(bytes: Bytes, at: number): Bytes {
  const place = at < 0 ? bytes.length + at : at;
  return bytes.with(place, (bytes[place] as number) ^ 1);
}

/** The signature at the end with its second half raised by the order of the group: the same to a lax verifier. */
function malleated(record: Bytes): Bytes {
  let sum = L + record.slice(-32).reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
  const half = new Uint8Array(32);
  for (let i = 0; i < 32; i++) [half[i], sum] = [Number(sum & 255n), sum >> 8n];
  return concat(record.slice(0, -32), half);
}

function deviceLists(suite: Suite, ann: Person, bo: Person): readonly Case[] {
  const record = ann.device.listRecord;
  const signed = (changes: Partial<UnsignedDeviceList>): Bytes => signDeviceList(suite, { ...ann.list, ...changes }, ann.root.secretKey);
  const later = (index: number, change: (lineage: readonly Ancestor[]) => readonly Ancestor[] = (it) => it): Bytes => {
    const root = rootPair(suite, ann.seed, index);
    const lineage = change(succession(suite, ann.seed, index));
    return signDeviceList(suite, { ...ann.list, rootIndex: index, rootKey: root.publicKey, lineage }, root.secretKey);
  };
  const neutral = counting(32, 0).fill(0).with(0, 1);
  const weak = signed({ rootKey: neutral });
  return [
    of('sound', 'none', record),
    of('sound, of the third root', 'none', later(2)),
    of('empty', 'malformed', new Uint8Array(0)),
    of('cut by a byte', 'malformed', record.slice(0, -1)),
    of('another version', 'unknown-version', record.with(0, 2)),
    of('no device', 'device-count', signed({ devices: [] })),
    of(
      'seventeen devices',
      'device-count',
      signed({ devices: Array.from({ length: 17 }, (_, i) => ({ ...ann.mine, signingKey: counting(32, i) })) }),
    ),
    of('one device twice', 'malformed', signed({ devices: [ann.mine, ann.mine] })),
    of('a bit of the sequence changed', 'signature', flipped(record, 5)),
    of('a bit of the signature changed', 'signature', flipped(record, -40)),
    of('signed by another root', 'signature', signDeviceList(suite, ann.list, bo.root.secretKey)),
    of('signature raised by the order of the group', 'signature', malleated(record)),
    of(
      'root key of small order, signature that fits without being made',
      'signature',
      concat(weak.slice(0, -64), neutral, new Uint8Array(32)),
    ),
    of('a root past the last one', 'later-root', later(8)),
    of(
      'an ancestor that does not vouch for the next',
      'lineage',
      later(2, (all) => all.map((one) => ({ ...one, signature: one.signature.map((byte) => byte ^ 1) }))),
    ),
    of('needs suite 2', 'suite', signed({ minimumSuite: 2 })),
  ];
}

function bundles(suite: Suite, ann: Person, bo: Person): readonly Case[] {
  const { bundle, device, mine, prekeys } = ann;
  const listBytes = device.listRecord.length;
  const late = signBundle(suite, device.listRecord, mine, device.signing.secretKey, prekeys, HOUR - 1);
  return [
    of('sound', 'none', bundle),
    of('cut by a byte', 'malformed', bundle.slice(0, -1)),
    of('a byte too long', 'malformed', concat(bundle, new Uint8Array(1))),
    of('a bit of the list changed', 'signature', flipped(bundle, 10)),
    of(
      'of a device that the list does not name',
      'unlisted-device',
      signBundle(suite, device.listRecord, bo.mine, bo.device.signing.secretKey, prekeys, HOUR),
    ),
    of('a bit of the encapsulation key changed', 'bundle-signature', flipped(bundle, listBytes + 200)),
    of(
      'signed by another device',
      'bundle-signature',
      signBundle(suite, device.listRecord, mine, bo.device.signing.secretKey, prekeys, HOUR),
    ),
    of(
      'behind the list of somebody else who names the same device',
      'bundle-signature',
      concat(signDeviceList(suite, { ...bo.list, devices: [mine] }, bo.root.secretKey), bundle.slice(listBytes)),
    ),
    of('past its hour', 'expired', late),
  ];
}

function handshakes(suite: Suite, ann: Person, bo: Person): readonly Case[] {
  const read = readBundle(suite, ann.bundle, HOUR);
  if (!read.ok) throw new Error(read.refusal.kind);
  const target = targetOf(read.value);
  const made = (own: Partial<OwnDevice> = {}, occasion: Partial<Occasion> = {}): Bytes => {
    let draw = 70;
    const random = { bytes: (length: number): Bytes => counting(length, draw++) };
    const initiated = initiate(suite, random, { ...bo.device, ...own }, target, { ...OCCASION, ...occasion });
    if (!initiated.ok) throw new Error(initiated.refusal.kind);
    return initiated.value.opening;
  };
  const sound = made();
  const length = 32 + 1088;
  const noPoint = { ...bo.list, devices: [{ ...bo.mine, agreementKey: new Uint8Array(32) }] };
  return [
    of('sound', 'none', sound),
    of('empty', 'malformed', new Uint8Array(0)),
    of('cut by a byte', 'malformed', sound.slice(0, -1)),
    of('identity said to be 65,535 bytes long', 'malformed', sound.with(length, 255).with(length + 1, 255)),
    of('ephemeral key of small order', 'bad-key', concat(new Uint8Array(32), sound.slice(32))),
    of('another ephemeral key', 'not-authentic', concat(ann.device.agreement.publicKey, sound.slice(32))),
    of('a bit of the ciphertext changed', 'not-authentic', flipped(sound, 500)),
    of('a bit of the sealed identity changed', 'not-authentic', flipped(sound, -1)),
    of('made for another purpose', 'not-authentic', made({}, { purpose: 'hello' })),
    of('made with another secret', 'not-authentic', made({}, { secret: counting(32, 31) })),
    of('signing key that the list does not name', 'bad-identity', made({ signing: ann.device.signing })),
    of('list that is not signed', 'bad-identity', made({ listRecord: flipped(bo.device.listRecord, -1) })),
    of('a byte behind the list', 'bad-identity', made({ listRecord: concat(bo.device.listRecord, new Uint8Array(1)) })),
    of('listed agreement key of small order', 'bad-key', made({ listRecord: signDeviceList(suite, noPoint, bo.root.secretKey) })),
  ];
}

function envelopes(suite: Suite): { readonly envelope: readonly Case[]; readonly purgeToken: readonly Case[] } {
  const purgeKey = counting(32, 80);
  const header = headerFor(counting(16, 81), purgeHashOf(suite, purgeKey), 1, HOUR * 3_600_000);
  const envelope = makeEnvelope(suite, header, encodeHeader(header), counting(256, 82));
  const { bytes } = envelope;
  const token = makePurgeToken(suite, envelope, purgeKey);
  return {
    envelope: [
      of('sound', 'none', bytes),
      of('header alone', 'wrong-length', bytes.slice(0, 44)),
      of('cut by a byte', 'wrong-length', bytes.slice(0, -1)),
      of('a byte too long', 'wrong-length', concat(bytes, new Uint8Array(1))),
      of('another version', 'unknown-version', bytes.with(0, 2)),
      of('class 0', 'unknown-class', bytes.with(1, 0)),
      of('class 4', 'unknown-class', bytes.with(1, 4)),
      of('an hour longer than its class lives', 'wrong-lifetime', flipped(bytes, 27)),
      of('of the class that lives shorter', 'wrong-lifetime', bytes.with(1, 2)),
    ],
    purgeToken: [
      of('sound', 'none', token),
      of('empty', 'nothing', new Uint8Array(0)),
      of('cut by a byte', 'nothing', token.slice(0, -1)),
      of('a byte too long', 'nothing', concat(token, new Uint8Array(1))),
      of('another purge key', 'nothing', flipped(token, -1)),
      of('another purge hash', 'nothing', flipped(token, 43)),
      of('header of another version', 'nothing', token.with(0, 2)),
      of('header of another lifetime', 'nothing', flipped(token, 27)),
    ],
  };
}

export function makeHostile(suite: Suite): Hostile {
  const [ann, bo] = [person(suite, 100), person(suite, 110)];
  const seeds = { accountSeed: 100, signingSeed: 101, agreementSeed: 102, prekeySeed: 103 };
  const given = Object.fromEntries(Object.entries(seeds).map(([name, first]) => [name, toHex(counting(32, first))]));
  const { envelope, purgeToken } = envelopes(suite);
  return {
    deviceList: { rule: 'docs/protocol/identity.md', given: {}, cases: deviceLists(suite, ann, bo) },
    bundle: { rule: 'docs/protocol/identity.md', given: { nowHour: HOUR }, cases: bundles(suite, ann, bo) },
    handshake: {
      rule: 'docs/protocol/session.md',
      given: { ...given, purpose: OCCASION.purpose, secret: toHex(OCCASION.secret) },
      cases: handshakes(suite, ann, bo),
    },
    envelope: { rule: 'docs/protocol/envelope.md', given: {}, cases: envelope },
    purgeToken: { rule: 'docs/protocol/envelope.md', given: {}, cases: purgeToken },
  };
}

/** What this implementation says to the bytes of a case. */
export function refusalOf(suite: Suite, list: keyof Hostile, hex: string): string {
  const bytes = fromHex(hex) as Bytes;
  const kind = (result: Result<unknown, { readonly kind: string }>): string => (result.ok ? 'none' : result.refusal.kind);
  const responder = person(suite, 100);
  switch (list) {
    case 'deviceList':
      return kind(readDeviceList(suite, new Reader(bytes)));
    case 'bundle':
      return kind(readBundle(suite, bytes, HOUR));
    case 'handshake':
      return kind(acceptSession(suite, responder.device, responder.prekeys, OCCASION, bytes, HOUR));
    case 'envelope':
      return kind(readEnvelope(suite, bytes));
    case 'purgeToken':
      return checkPurgeToken(suite, bytes) === undefined ? 'nothing' : 'none';
  }
}
