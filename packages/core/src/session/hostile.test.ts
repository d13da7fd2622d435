/** What has broken other protocols, one name for each. */
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import { type Label, label, type Suite } from '../crypto/suite.ts';
import { rootPair } from '../identity/account.ts';
import { readBundle, signBundle } from '../identity/bundle.ts';
import { readDeviceList, signDeviceList } from '../identity/device-list.ts';
import { type Bytes, bytesOf, concat, EMPTY, fromHex } from '../kernel/bytes.ts';
import { Reader, Writer } from '../kernel/codec.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { End, makeDevice, makeOffer, meet as meetWith, type Sent, TEST_HEADER, TEST_HOUR } from '../testing/session-devices.ts';
import { bodyNonce, messageKeys, stepChain, stepRoot, tagOf } from './chain.ts';
import { initiate, type OwnDevice, readOpening, type Target } from './handshake.ts';
import { type Header, sealHeader } from './header.ts';
import { JUMP_MAX } from './limits.ts';
import { afterOpening, beforeSealing, beginPostQuantum, encodeExtension, mix, NO_EXTENSION, readExtension } from './post-quantum.ts';
import { acceptSession, decodeSession, encodeSession, openFirst, openNext, openSession, type Session } from './session.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const meet = (seed: number) => meetWith(suite, new SeededRandom(seed));

function acquainted(seed: number) {
  const met = meet(seed);
  met.boEnd.read(met.hello);
  met.annEnd.read(met.boEnd.write('hi'));
  return met;
}

function flipped(bytes: Bytes, at: number): Bytes {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

/** The list of a device, changed and signed again by the root that signs for it. */
function listOf(device: OwnDevice): ReturnType<typeof readDeviceList> {
  return readDeviceList(suite, new Reader(device.listRecord));
}

/** X25519 points that give the same secret to everybody, in every form that is read as one of them. */
const LOW_ORDER: readonly (readonly [string, Bytes])[] = [
  ['zero', '0000000000000000000000000000000000000000000000000000000000000000'],
  ['one', '0100000000000000000000000000000000000000000000000000000000000000'],
  ['of order 8', 'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'],
  ['another of order 8', '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'],
  ['p - 1', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['p', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
  ['p + 1', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
].map(([name, hex]) => [name as string, fromHex(hex as string) as Bytes] as const);

describe('signature result ignored', () => {
  test('a list whose signature does not hold is no identity, though the handshake around it is whole', () => {
    const random = new SeededRandom(1);
    const [ann, bo] = [makeDevice(suite, random), makeDevice(suite, random)];
    const offer = makeOffer(suite, random, bo);
    for (const listRecord of [
      flipped(ann.listRecord, ann.listRecord.length - 1),
      flipped(ann.listRecord, 2),
      ann.listRecord.slice(0, -1),
      concat(ann.listRecord, bytesOf([0])),
      EMPTY,
    ]) {
      const { body } = End.open(suite, random, { ...ann, listRecord }, offer).write('x');
      expect(acceptSession(suite, bo, offer.prekeys, offer.occasion, body, TEST_HOUR)).toEqual({
        ok: false,
        refusal: { kind: 'bad-identity' },
      });
    }
  });

  test('a bundle whose signature does not hold is none', () => {
    const random = new SeededRandom(2);
    const bo = makeDevice(suite, random);
    const { target, prekeys } = makeOffer(suite, random, bo);
    const record = signBundle(suite, bo.listRecord, target.device, bo.signing.secretKey, prekeys, TEST_HOUR);
    expect(readBundle(suite, record, TEST_HOUR).ok).toBe(true);
    const forged = readBundle(suite, flipped(record, record.length - 1), TEST_HOUR);
    expect(forged).toEqual({ ok: false, refusal: { kind: 'bundle-signature' } });
  });
});

describe('first-seen key-binding race', () => {
  test('whoever comes first with the list of another cannot speak as them: the message does not open', () => {
    const random = new SeededRandom(3);
    const [ann, bo, mallory] = [1, 2, 3].map(() => makeDevice(suite, random)) as [OwnDevice, OwnDevice, OwnDevice];
    const offer = makeOffer(suite, random, bo);
    const posing = { ...mallory, listRecord: ann.listRecord, signing: { ...mallory.signing, publicKey: ann.signing.publicKey } };
    const forged = End.open(suite, random, posing, offer).write('I am Ann');
    const end = End.accept(suite, random, offer, forged.body);
    expect(end?.read(forged)).toEqual({ kind: 'not-authentic' });
    const true_ = End.open(suite, random, ann, offer).write('no, I am');
    expect(End.accept(suite, random, offer, true_.body)?.read(true_)).toBe('no, I am');
  });

  test('a key of one account under the list of another is nobody', () => {
    const random = new SeededRandom(4);
    const [ann, bo, mallory] = [1, 2, 3].map(() => makeDevice(suite, random)) as [OwnDevice, OwnDevice, OwnDevice];
    const offer = makeOffer(suite, random, bo);
    const { body } = End.open(suite, random, { ...mallory, listRecord: ann.listRecord }, offer).write('x');
    const accepted = acceptSession(suite, bo, offer.prekeys, offer.occasion, body, TEST_HOUR);
    expect(accepted).toEqual({ ok: false, refusal: { kind: 'bad-identity' } });
  });

  test('two who take up one invitation have two sessions, and neither reads the other', () => {
    const random = new SeededRandom(5);
    const [ann, bo, cy] = [1, 2, 3].map(() => makeDevice(suite, random)) as [OwnDevice, OwnDevice, OwnDevice];
    const offer = makeOffer(suite, random, bo);
    const [first, second] = [ann, cy].map((who) => End.open(suite, random, who, offer).write('x')) as [Sent, Sent];
    expect(first.tag).toBe(second.tag);
    const [one, other] = [first, second].map((sent) => End.accept(suite, random, offer, sent.body)) as [End, End];
    expect(one.session.id).not.toEqual(other.session.id);
    expect(one.read(second)).toEqual({ kind: 'not-authentic' });
    expect([one.read(first), other.read(second)]).toEqual(['x', 'x']);
    expect([one.session.peerAccount, other.session.peerAccount]).toEqual([ann.account, cy.account]);
  });

  test('an opening that was made for another device opens nothing, whatever else they share', () => {
    const { bo, offer, hello } = meet(6);
    const changed = [
      { ...bo, account: new Uint8Array(32) },
      { ...bo, signing: suite.signingPair(new Uint8Array(32)) },
      { ...bo, agreement: suite.agreementPair(new Uint8Array(32).fill(7)) },
    ];
    for (const own of changed)
      expect(acceptSession(suite, own, offer.prekeys, offer.occasion, hello.body, TEST_HOUR)).toEqual({
        ok: false,
        refusal: { kind: 'not-authentic' },
      });
    for (const name of ['signed', 'oneTime', 'encapsulation', 'id'] as const) {
      const other = makeOffer(suite, new SeededRandom(7), bo).prekeys;
      const prekeys = { ...offer.prekeys, [name]: other[name] };
      expect(acceptSession(suite, bo, prekeys, offer.occasion, hello.body, TEST_HOUR).ok, name).toBe(false);
    }
  });
});

describe('reversed replay window', () => {
  test('what is old is read late and once; what was read is refused, be it the very first, an overtaken one or the newest', () => {
    const { annEnd, boEnd, hello } = meet(8);
    const all = [hello, ...Array.from({ length: 300 }, (_, i) => annEnd.write(`${i}`))] as const;
    for (const at of [192, 150, 0, 300, 191, 1]) expect(boEnd.read(all[at] as Sent)).toBe(all[at]?.text);
    const before = encodeSession(boEnd.session);
    for (const at of [192, 150, 0, 300, 191, 1]) expect(typeof boEnd.read(all[at] as Sent), `message ${at}`).toBe('object');
    expect(encodeSession(boEnd.session)).toEqual(before);
    // Past the 128 numbers whose headers are remembered, and past the end of the chain.
    annEnd.read(boEnd.write('turn'));
    boEnd.read(annEnd.write('next chain'));
    for (const at of [192, 150, 0, 300, 191, 1]) expect(boEnd.read(all[at] as Sent)).toEqual({ kind: 'unknown-tag' });
    for (const at of [2, 64, 100, 299]) expect(boEnd.read(all[at] as Sent)).toBe(all[at]?.text);
    for (const at of [2, 64, 100, 299]) expect(boEnd.read(all[at] as Sent)).toEqual({ kind: 'unknown-tag' });
  });

  test('asked for by number, a message that was read is refused by number', () => {
    const { annEnd, boEnd } = acquainted(9);
    const sent = [annEnd.write('0'), annEnd.write('1')] as const;
    for (const one of sent) boEnd.read(one);
    for (const number of [0, 1]) {
      const at = { chain: 'current', number, nowHour: TEST_HOUR } as const;
      const body = sent[number]?.body as Bytes;
      expect(openNext(suite, boEnd.session, at, TEST_HEADER, body)).toEqual({ ok: false, refusal: { kind: 'wrong-number' } });
      const next = openNext(suite, boEnd.session, { ...at, chain: 'next' }, TEST_HEADER, body);
      expect(next).toEqual({ ok: false, refusal: { kind: 'not-authentic' } });
    }
  });
});

describe('cross-protocol confusion', () => {
  test('a signature for one purpose does not hold for another', () => {
    const random = new SeededRandom(10);
    const bo = makeDevice(suite, random);
    const { target, prekeys } = makeOffer(suite, random, bo);
    const record = signBundle(suite, bo.listRecord, target.device, bo.signing.secretKey, prekeys, TEST_HOUR);
    const own = record.subarray(bo.listRecord.length, -64);
    for (const name of ['identity/device-list', 'identity/spare', 'identity/link-bundle']) {
      const signed: Label = label(name);
      const message = concat(suite.hash(label('identity/bundle'), bo.listRecord), own);
      const forged = concat(bo.listRecord, own, suite.sign(bo.signing.secretKey, signed, message));
      expect(readBundle(suite, forged, TEST_HOUR)).toEqual({ ok: false, refusal: { kind: 'bundle-signature' } });
    }
  });

  test('tags, purge keys and keys of one chain are all different', () => {
    const key = new Uint8Array(32).fill(1);
    const { bodyKey, purgeKey } = messageKeys(suite, key);
    const { messageKey, chainKey } = stepChain(suite, key);
    const root = stepRoot(suite, key, key);
    const parts = [
      ...[bodyKey, purgeKey, messageKey, chainKey, root.rootKey, root.chainKey, root.nextHeaderKey, mix(suite, key, key)],
      ...[bodyNonce(suite, key, key.slice(0, 24)), tagOf(suite, key, 0), tagOf(suite, key, 1)],
    ].map((bytes) => bytes.slice(0, 16).join());
    expect(new Set(parts).size).toBe(parts.length);
  });
});

describe('silent downgrade', () => {
  function asSuite(id: number): Suite {
    return new Proxy(suite, {
      get: (target, name) => {
        const value: unknown = name === 'id' ? id : Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  test('the number of the suite is part of the transcript', () => {
    const { bo, offer, hello } = meet(11);
    expect(acceptSession(asSuite(1), bo, offer.prekeys, offer.occasion, hello.body, TEST_HOUR).ok).toBe(true);
    expect(acceptSession(asSuite(2), bo, offer.prekeys, offer.occasion, hello.body, TEST_HOUR)).toEqual({
      ok: false,
      refusal: { kind: 'not-authentic' },
    });
  });

  test('who wants at least a later suite is neither written to nor read with this one', () => {
    const random = new SeededRandom(12);
    const [ann, bo] = [makeDevice(suite, random), makeDevice(suite, random)];
    const seed = new Uint8Array(32).fill(9);
    const list = listOf(ann);
    if (!list.ok) throw new Error(list.refusal.kind);
    const root = rootPair(suite, seed, 0);
    const listRecord = signDeviceList(suite, { ...list.value, rootKey: root.publicKey, minimumSuite: 2 }, root.secretKey);
    const offer = makeOffer(suite, random, bo);
    const { body } = End.open(suite, random, { ...ann, listRecord }, offer).write('x');
    const accepted = acceptSession(suite, bo, offer.prekeys, offer.occasion, body, TEST_HOUR);
    expect(accepted).toEqual({ ok: false, refusal: { kind: 'bad-identity' } });
    const device = { signingKey: ann.signing.publicKey, agreementKey: ann.agreement.publicKey };
    const record = signBundle(suite, listRecord, device, ann.signing.secretKey, offer.prekeys, TEST_HOUR);
    expect(readBundle(suite, record, TEST_HOUR)).toEqual({ ok: false, refusal: { kind: 'suite', needed: 2 } });
  });
});

describe("a peer's numbers trusted as lengths", () => {
  /** A message of Ann's next chain that says of itself what it likes; nothing of it but the header is hers. */
  function claiming(session: Session, claim: Partial<Header>): Bytes {
    const header = { ratchetKey: session.ratchet.theirs, previousLength: 0, number: 0, epoch: 0, knows: 0, ...claim };
    return concat(sealHeader(suite, session.ratchet.nextSendingHeaderKey, new Uint8Array(24), header), new Uint8Array(200));
  }

  test('however long she says her chains were, the answer comes at once, and nothing is derived', () => {
    const { annEnd, boEnd } = acquainted(13);
    boEnd.read(annEnd.write('0'));
    annEnd.read(boEnd.write('turn'));
    let steps = 0;
    const counting = new Proxy(suite, {
      get: (target, name) => {
        if (name === 'step') steps++;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const open = (claim: Partial<Header>, number = 0) =>
      openNext(counting, boEnd.session, { chain: 'next', number, nowHour: TEST_HOUR }, TEST_HEADER, claiming(annEnd.session, claim));
    const most = 0xffff_ffff;
    const tooFar = (skipped: number) => ({ ok: false, refusal: { kind: 'too-far', skipped, max: JUMP_MAX } });
    expect(open({ previousLength: most })).toEqual(tooFar(most - 1));
    expect(open({ previousLength: JUMP_MAX + 2 })).toEqual(tooFar(JUMP_MAX + 1));
    expect(open({ number: most }, most)).toEqual(tooFar(most));
    expect(open({ number: JUMP_MAX, previousLength: 2 }, JUMP_MAX)).toEqual(tooFar(JUMP_MAX + 1));
    expect(open({ number: 5, previousLength: JUMP_MAX + 2 }, 5)).toEqual(tooFar(JUMP_MAX + 1));
    expect(open({ number: JUMP_MAX + 1, previousLength: 4 }, JUMP_MAX + 1)).toEqual(tooFar(JUMP_MAX + 1));
    expect(open({ number: 1 }, 2)).toEqual({ ok: false, refusal: { kind: 'wrong-number' } });
    for (const epoch of [2, 3, 0xffff]) expect(open({ epoch })).toEqual({ ok: false, refusal: { kind: 'wrong-epoch', epoch } });
    expect(steps).toBe(0);
    expect(open({ previousLength: 0 })).toEqual({ ok: false, refusal: { kind: 'out-of-step' } });
    expect(steps).toBe(2);
    expect(open({ previousLength: JUMP_MAX + 1 })).toEqual({ ok: false, refusal: { kind: 'out-of-step' } });
    expect(steps).toBe(2 + 2 * JUMP_MAX + 2);
  });

  test('lengths inside an opening, an extension or a row are bounded by what is there', () => {
    const { hello, boEnd } = meet(14);
    const head = hello.body.subarray(0, 32 + 1088);
    for (const claimed of [2049, 0xffff]) {
      expect(readOpening(concat(head, new Writer().u16(claimed).finish(), new Uint8Array(claimed)))).toBeUndefined();
    }
    expect(readOpening(concat(head, new Writer().u16(2048).finish(), new Uint8Array(2047)))).toBeUndefined();
    expect(readOpening(concat(head, new Writer().u16(2048).finish(), new Uint8Array(2048)))?.message).toEqual(EMPTY);
    for (const kind of [1, 2]) expect(readExtension(new Reader(concat(bytesOf([kind]), new Uint8Array(100))))).toBeUndefined();
    const row = encodeSession(boEnd.session);
    for (let at = 0; at < row.length; at++) {
      const grown = row.slice();
      grown[at] = 0xff;
      expect(() => decodeSession(grown)).not.toThrow();
    }
  });

  test('an epoch that she claims to know counts no further than what is there', () => {
    const before = beginPostQuantum(0, new Uint8Array(32), TEST_HOUR);
    const after = afterOpening(suite, before, { extension: NO_EXTENSION, peerKnows: 0xffff, chainEpoch: 0 }, TEST_HOUR);
    expect(after.peerKnows).toBe(0);
  });
});

describe('low-order and low-entropy keys', () => {
  test.each(LOW_ORDER)('%s in a bundle: no session is opened', (_, point) => {
    const random = new SeededRandom(15);
    const [ann, bo] = [makeDevice(suite, random), makeDevice(suite, random)];
    const { target, occasion } = makeOffer(suite, random, bo);
    const targets: readonly Target[] = [
      { ...target, prekeys: { ...target.prekeys, signed: point } },
      { ...target, prekeys: { ...target.prekeys, oneTime: point } },
      { ...target, device: { ...target.device, agreementKey: point } },
    ];
    for (const one of targets) {
      const refused = { ok: false, refusal: { kind: 'bad-key' } };
      expect(initiate(suite, random, ann, one, occasion)).toEqual(refused);
      expect(openSession(suite, random, ann, one, occasion, TEST_HOUR)).toEqual(refused);
    }
  });

  test.each(LOW_ORDER)('%s as an ephemeral key, or as the key of a device: no session is accepted', (_, point) => {
    const { bo, offer, hello, random, ann } = meet(16);
    const forged = concat(point, hello.body.subarray(32));
    const refused = { ok: false, refusal: { kind: 'bad-key' } };
    expect(acceptSession(suite, bo, offer.prekeys, offer.occasion, forged, TEST_HOUR)).toEqual(refused);
    const list = listOf(ann);
    if (!list.ok) throw new Error(list.refusal.kind);
    const root = rootPair(suite, new Uint8Array(32).fill(9), 0);
    const devices = [{ signingKey: ann.signing.publicKey, agreementKey: point }];
    const listRecord = signDeviceList(suite, { ...list.value, rootKey: root.publicKey, devices }, root.secretKey);
    const { body } = End.open(suite, random, { ...ann, listRecord }, offer).write('x');
    expect(acceptSession(suite, bo, offer.prekeys, offer.occasion, body, TEST_HOUR)).toEqual(refused);
  });

  test.each(LOW_ORDER)('%s as a ratchet key: not even a message sealed under what it would give opens', (_, point) => {
    const { annEnd, boEnd } = acquainted(17);
    const { ratchet } = annEnd.session;
    // Everybody arrives at the same agreement with such a point, if it is let through: zeros.
    const chain = stepRoot(suite, ratchet.rootKey, new Uint8Array(32));
    const epochKey = ratchet.postQuantum.keys[0]?.key as Bytes;
    const messageKey = mix(suite, epochKey, stepChain(suite, chain.chainKey).messageKey);
    const nonce = new Uint8Array(24).fill(3);
    const header = { ratchetKey: point, previousLength: 1, number: 0, epoch: 0, knows: 0 };
    const sealed = sealHeader(suite, ratchet.nextSendingHeaderKey, nonce, header);
    const { bodyKey } = messageKeys(suite, messageKey);
    const extended = concat(encodeExtension(NO_EXTENSION), bytesOf([1]));
    const body = suite.seal(bodyKey, bodyNonce(suite, messageKey, nonce), concat(TEST_HEADER, sealed), extended);
    const at = { chain: 'next', number: 0, nowHour: TEST_HOUR } as const;
    const before = encodeSession(boEnd.session);
    expect(openNext(suite, boEnd.session, at, TEST_HEADER, concat(sealed, body))).toEqual({
      ok: false,
      refusal: { kind: 'not-authentic' },
    });
    expect(encodeSession(boEnd.session)).toEqual(before);
  });

  test('an encapsulation key that is none: no session is opened', () => {
    const random = new SeededRandom(18);
    const [ann, bo] = [makeDevice(suite, random), makeDevice(suite, random)];
    const { target, occasion } = makeOffer(suite, random, bo);
    const encapsulation = new Uint8Array(1184).fill(0xff);
    const opened = openSession(suite, random, ann, { ...target, prekeys: { ...target.prekeys, encapsulation } }, occasion, TEST_HOUR);
    expect(opened).toEqual({ ok: false, refusal: { kind: 'bad-key' } });
  });

  test('a ciphertext that was changed opens nothing', () => {
    const { bo, offer, hello } = meet(19);
    for (const at of [32, 600, 32 + 1087])
      expect(acceptSession(suite, bo, offer.prekeys, offer.occasion, flipped(hello.body, at), TEST_HOUR)).toEqual({
        ok: false,
        refusal: { kind: 'not-authentic' },
      });
  });
});

describe('unsolicited answers of the post-quantum ratchet', () => {
  const answer = { kind: 'answer', ciphertext: new Uint8Array(1088).fill(1) } as const;
  const proposal = () => ({ kind: 'proposal', encapsulationKey: suite.encapsulationPair(new Uint8Array(64)).publicKey }) as const;

  test('to no proposal are passed over', () => {
    const begun = beginPostQuantum(1, new Uint8Array(32), TEST_HOUR);
    const after = afterOpening(suite, begun, { extension: answer, peerKnows: 1, chainEpoch: 0 }, TEST_HOUR);
    expect(after).toEqual({ ...begun, messages: 1 });
  });

  test('to another epoch than the proposed one are passed over, and so is a proposal that is not the next one', () => {
    const begun = beginPostQuantum(1, new Uint8Array(32), TEST_HOUR);
    const { state } = beforeSealing(suite, new SeededRandom(20), begun, 0, TEST_HOUR);
    expect(state.proposed).toBeDefined();
    for (const peerKnows of [0, 2, 3, 0xffff])
      expect(afterOpening(suite, state, { extension: answer, peerKnows, chainEpoch: 0 }, TEST_HOUR).keys).toEqual(begun.keys);
    const mine = beginPostQuantum(0, new Uint8Array(32), TEST_HOUR);
    for (const peerKnows of [1, 2, 0xffff])
      expect(afterOpening(suite, mine, { extension: proposal(), peerKnows, chainEpoch: 0 }, TEST_HOUR).received).toBeUndefined();
    expect(afterOpening(suite, mine, { extension: proposal(), peerKnows: 0, chainEpoch: 0 }, TEST_HOUR).received).toBeDefined();
  });

  test('to the proposed one that are no ciphertext are passed over', () => {
    const { state } = beforeSealing(suite, new SeededRandom(24), beginPostQuantum(1, new Uint8Array(32), TEST_HOUR), 0, TEST_HOUR);
    const short = { kind: 'answer', ciphertext: new Uint8Array(10) } as const;
    const after = afterOpening(suite, state, { extension: short, peerKnows: 1, chainEpoch: 0 }, TEST_HOUR);
    expect(after).toEqual({ ...state, messages: 2 });
  });

  test('and a proposal of an epoch that is mine to propose are passed over', () => {
    const begun = beginPostQuantum(1, new Uint8Array(32), TEST_HOUR);
    const after = afterOpening(suite, begun, { extension: proposal(), peerKnows: 0, chainEpoch: 0 }, TEST_HOUR);
    expect(after.received).toBeUndefined();
  });

  test('a changed ciphertext makes an epoch that nobody else is in: what stands in the old one is still read', () => {
    const { annEnd, boEnd } = acquainted(21);
    const proposed = boEnd.session.ratchet.postQuantum.proposed;
    expect(proposed).toBeDefined();
    expect(boEnd.read(annEnd.write('x'))).toBe('x');
    expect(annEnd.read(boEnd.write('y'))).toBe('y');
  });
});

test('an opening in front of a message of another session is bound to it', () => {
  const [one, other] = [meet(22), meet(23)];
  const opening = one.hello.body.subarray(0, one.hello.body.length - (readOpening(one.hello.body)?.message.length ?? 0));
  const message = readOpening(other.hello.body)?.message as Bytes;
  const at = { number: 0, nowHour: TEST_HOUR };
  expect(openFirst(suite, one.boEnd.session, at, TEST_HEADER, concat(opening, message))).toEqual({
    ok: false,
    refusal: { kind: 'not-authentic' },
  });
  expect(openFirst(suite, other.boEnd.session, at, TEST_HEADER, concat(opening, message))).toEqual({
    ok: false,
    refusal: { kind: 'out-of-step' },
  });
});
