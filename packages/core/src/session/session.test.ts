import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { readBundle, signBundle } from '../identity/bundle.ts';
import { type Bytes, bytesOf, concat, EMPTY, sameBytes, toHex } from '../kernel/bytes.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { End, makeDevice, makeOffer, meet as meetWith, type Sent, TEST_HEADER, TEST_HOUR } from '../testing/session-devices.ts';
import { targetOf } from './handshake.ts';
import { FIRST_MESSAGES, PAST_CHAINS, PAST_HEARD, SPENT_TAGS } from './limits.ts';
import type { Purpose } from './purpose.ts';
import {
  acceptSession,
  decodeSession,
  encodeSession,
  firstTag,
  isWrittenTwice,
  openFirst,
  openNext,
  openSession,
  openSkipped,
  type ReadChain,
  readChains,
  type Session,
  sealNext,
  sessionIdOfFirst,
} from './session.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const PURPOSES: readonly Purpose[] = ['invitation', 'hello', 'contact-key', 'spare', 'link'];

const meet = (seed: number, purpose?: Purpose) => meetWith(suite, new SeededRandom(seed), purpose);

/** Both have written and read. */
function acquainted(seed: number) {
  const met = meet(seed);
  met.boEnd.read(met.hello);
  met.annEnd.read(met.boEnd.write('hi'));
  return met;
}

function flipped(bytes: Bytes, at: number, flip = 1): Bytes {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ flip;
  return copy;
}

describe('a session', () => {
  test('carries text both ways from the first message on', () => {
    const { annEnd, boEnd, hello, ann, bo } = meet(1);
    expect(boEnd.read(hello)).toBe('hello');
    expect(boEnd.session.peerAccount).toEqual(ann.account);
    expect(boEnd.session.peerSigningKey).toEqual(ann.signing.publicKey);
    expect(annEnd.session.peerAccount).toEqual(bo.account);
    expect(annEnd.session.peerSigningKey).toEqual(bo.signing.publicKey);
    expect(boEnd.session.id).toEqual(annEnd.session.id);
    expect(sessionIdOfFirst(suite, hello.body)).toEqual(annEnd.session.id);
    expect(annEnd.session.id).toHaveLength(16);
    expect(annEnd.read(boEnd.write('hi'))).toBe('hi');
    expect(annEnd.session.unanswered).toBeUndefined();
    expect(boEnd.read(annEnd.write('how are you'))).toBe('how are you');
    expect(boEnd.session.invited).toBeUndefined();
  });

  test('to a bundle is one to the account, device and prekeys that it names', () => {
    const random = new SeededRandom(2);
    const [ann, bo] = [makeDevice(suite, random), makeDevice(suite, random)];
    const offer = makeOffer(suite, random, bo);
    const record = signBundle(suite, bo.listRecord, offer.target.device, bo.signing.secretKey, offer.prekeys, TEST_HOUR);
    const bundle = readBundle(suite, record, TEST_HOUR);
    expect(bundle.ok && targetOf(bundle.value)).toEqual(offer.target);
    const accepted = End.accept(suite, random, offer, End.open(suite, random, ann, offer).write('x').body);
    expect(accepted?.session.peerAccount).toEqual(ann.account);
  });

  test('hands the responder the list of the initiator, as it was signed', () => {
    const { ann, bo, offer, hello } = meet(3);
    const accepted = acceptSession(suite, bo, offer.prekeys, offer.occasion, hello.body, TEST_HOUR);
    expect(accepted.ok && accepted.value.peerListRecord).toEqual(ann.listRecord);
    expect(accepted.ok && accepted.value.peerList.account).toEqual(ann.account);
    expect(accepted.ok && accepted.value.peerList.devices[0]?.signingKey).toEqual(ann.signing.publicKey);
  });

  test('says before it seals how much longer the body will be, and which key lets it be forgotten', () => {
    const { annEnd, boEnd, hello, random } = meet(4);
    boEnd.read(hello);
    for (const end of [annEnd, boEnd]) {
      const sealing = sealNext(suite, random, end.session, TEST_HOUR);
      const body = sealing.seal(TEST_HEADER, new Uint8Array(10));
      expect(body).toHaveLength(10 + sealing.overheadBytes);
      const [reader, place] = end === annEnd ? [boEnd, { number: 1 }] : [annEnd, { number: 0 }];
      const opened =
        end === annEnd
          ? openFirst(suite, reader.session, { ...place, nowHour: TEST_HOUR }, TEST_HEADER, body)
          : openNext(suite, reader.session, { ...place, chain: 'next', nowHour: TEST_HOUR }, TEST_HEADER, body);
      expect(opened.ok && opened.value.purgeKey).toEqual(sealing.purgeKey);
    }
  });

  test('a forged byte anywhere changes nothing', () => {
    const { annEnd, boEnd } = acquainted(5);
    const sent = annEnd.write('true words');
    const before = encodeSession(boEnd.session);
    fc.assert(
      fc.property(fc.nat(sent.body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        expect(typeof boEnd.read({ ...sent, body: flipped(sent.body, at, flip) })).toBe('object');
        expect(encodeSession(boEnd.session)).toEqual(before);
      }),
      { seed: 5, numRuns: 200 },
    );
    expect(boEnd.read(sent)).toBe('true words');
    expect(typeof boEnd.read(sent)).toBe('object');
  });

  test('a forged byte of a first message, the handshake in front of it included, opens nothing', () => {
    const { random, offer, hello } = meet(6);
    fc.assert(
      fc.property(fc.nat(hello.body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const body = flipped(hello.body, at, flip);
        const end = End.accept(suite, random, offer, body);
        expect(typeof end?.read({ ...hello, body })).not.toBe('string');
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  test('a message belongs to its envelope: under another header it does not open', () => {
    const { annEnd, boEnd, random } = acquainted(7);
    const sealing = sealNext(suite, random, annEnd.session, TEST_HOUR);
    const body = sealing.seal(TEST_HEADER, encodeUtf8('x'));
    const at = { chain: 'next', number: 0, nowHour: TEST_HOUR } as const;
    expect(openNext(suite, boEnd.session, at, flipped(TEST_HEADER, 5), body)).toEqual({ ok: false, refusal: { kind: 'out-of-step' } });
    expect(openNext(suite, boEnd.session, at, TEST_HEADER, body).ok).toBe(true);
  });
});

test('a session knows in which hour something of it was read last, and at first when it began', () => {
  const { annEnd, boEnd, hello } = meet(52);
  expect([annEnd.session.heardHour, boEnd.session.heardHour]).toEqual([TEST_HOUR, TEST_HOUR]);
  boEnd.read(hello, TEST_HOUR + 7);
  expect(boEnd.session.heardHour).toBe(TEST_HOUR + 7);
  annEnd.read(boEnd.write('hi', TEST_HOUR + 8), TEST_HOUR + 9);
  expect([annEnd.session.heardHour, boEnd.session.heardHour]).toEqual([TEST_HOUR + 9, TEST_HOUR + 7]);
});

describe('first messages', () => {
  test.each(PURPOSES)('for the purpose %s carry the opening as often as its limit says, and are read in any order', (purpose) => {
    const { annEnd, boEnd, hello, offer } = meet(10, purpose);
    const most = FIRST_MESSAGES[purpose];
    const all = [hello, ...Array.from({ length: most + 2 }, (_, i) => annEnd.write(`${i}`))];
    all.forEach(({ tag, body }, number) => {
      expect(sameBytes(sessionIdOfFirst(suite, body) ?? EMPTY, annEnd.session.id), `message ${number}`).toBe(number < most);
      expect(tag === toHex(firstTag(suite, offer.occasion.secret, number)), `tag ${number}`).toBe(number < most);
    });
    const [late, ...rest] = [all[most - 1], ...all.slice(most), ...all.slice(0, most - 1)] as [Sent, ...Sent[]];
    expect(boEnd.read(late)).toBe(late.text);
    expect(boEnd.skipped.size).toBe(most - 1);
    for (const sent of rest) expect(boEnd.read(sent)).toBe(sent.text);
    expect(boEnd.skipped.size).toBe(0);
  });

  test('stop carrying it with the first answer that was read', () => {
    const { annEnd, boEnd, hello } = meet(11);
    boEnd.read(hello);
    const before = annEnd.write('before');
    annEnd.read(boEnd.write('hi'));
    const after = annEnd.write('after');
    const isFirst = ({ body }: Sent) => sameBytes(sessionIdOfFirst(suite, body) ?? EMPTY, annEnd.session.id);
    expect([before, after].map(isFirst)).toEqual([true, false]);
    expect(boEnd.read(after)).toBe('after');
    expect(boEnd.read(before)).toBe('before');
  });

  test('that were overtaken are kept under the tags they come with: first tags as far as the opening goes, tags of the chain beyond', () => {
    const { annEnd, boEnd, hello } = meet(13, 'spare');
    const all = [hello, ...Array.from({ length: 11 }, (_, i) => annEnd.write(`${i}`))];
    const last = annEnd.write('last');
    expect(boEnd.read(last)).toBe('last');
    expect([...boEnd.skipped.keys()]).toEqual(all.map(({ tag }) => tag));
    for (const sent of all) expect(boEnd.read(sent)).toBe(sent.text);
  });

  test('that were overtaken by the next chain are kept so too, and those of that chain are not', () => {
    const { annEnd, boEnd, hello } = meet(14);
    boEnd.read(hello);
    const late = annEnd.write('late');
    annEnd.read(boEnd.write('turn'));
    const [zero, one] = [annEnd.write('0'), annEnd.write('1')];
    expect(boEnd.read(one)).toBe('1');
    expect([...boEnd.skipped.keys()]).toEqual([late.tag, zero.tag]);
    expect([boEnd.read(zero), boEnd.read(late)]).toEqual(['0', 'late']);
    const more = [annEnd.write('2'), annEnd.write('3')] as const;
    expect([boEnd.read(more[1]), boEnd.read(more[0])]).toEqual(['3', '2']);
  });

  test('of which nothing is left but their front do not open with a key that was kept', () => {
    const { hello } = meet(15);
    expect(openSkipped(suite, new Uint8Array(32), true, TEST_HEADER, hello.body.slice(0, 1000))).toBeUndefined();
    expect(openSkipped(suite, new Uint8Array(32), false, TEST_HEADER, hello.body)).toBeUndefined();
  });

  test('are limited to 64 of an invitation and of a hello, and to 8 where many may begin', () => {
    expect(FIRST_MESSAGES).toEqual({ invitation: 64, hello: 64, 'contact-key': 8, spare: 8, link: 8 });
  });

  test('that are not even an opening are malformed', () => {
    const { bo, offer, boEnd, hello } = meet(12);
    const short = hello.body.slice(0, 1000);
    const refused = { ok: false, refusal: { kind: 'malformed' } };
    expect(acceptSession(suite, bo, offer.prekeys, offer.occasion, short, TEST_HOUR)).toEqual(refused);
    expect(openFirst(suite, boEnd.session, { number: 0, nowHour: TEST_HOUR }, TEST_HEADER, short)).toEqual(refused);
    expect(sessionIdOfFirst(suite, short)).toBeUndefined();
  });
});

describe('a purpose', () => {
  const pairs = PURPOSES.flatMap((made) => PURPOSES.map((taken) => [made, taken] as const));

  test.each(pairs)('a handshake made for %s and taken for %s holds only if they are the same', (made, taken) => {
    const { bo, offer, hello } = meet(20, made);
    const accepted = acceptSession(suite, bo, offer.prekeys, { ...offer.occasion, purpose: taken }, hello.body, TEST_HOUR);
    if (made === taken) expect(accepted.ok).toBe(true);
    else expect(accepted).toEqual({ ok: false, refusal: { kind: 'not-authentic' } });
  });

  test('and the secret of the occasion are both needed', () => {
    const { bo, offer, hello } = meet(21);
    const occasion = { ...offer.occasion, secret: new Uint8Array(32) };
    expect(acceptSession(suite, bo, offer.prekeys, occasion, hello.body, TEST_HOUR)).toEqual({
      ok: false,
      refusal: { kind: 'not-authentic' },
    });
  });

  test('of linking opens a session to a device that has no account yet', () => {
    const random = new SeededRandom(22);
    const [ann, bare] = [makeDevice(suite, random), { ...makeDevice(suite, random), account: new Uint8Array(32) }];
    const offer = makeOffer(suite, random, bare, 'link');
    const annEnd = End.open(suite, random, ann, offer);
    const hello = annEnd.write('who you are');
    const bareEnd = End.accept(suite, random, offer, hello.body);
    expect(bareEnd?.read(hello)).toBe('who you are');
    expect(annEnd.session.peerAccount).toEqual(new Uint8Array(32));
    expect(annEnd.read(bareEnd?.write('thanks') as Sent)).toBe('thanks');
  });
});

describe('a row', () => {
  const states = (): readonly Session[] => {
    const { annEnd, boEnd, hello } = meet(30);
    const all = [annEnd.session, boEnd.session];
    boEnd.read(hello);
    boEnd.read(annEnd.write('more'));
    all.push(boEnd.session);
    for (let round = 0; round < 30; round++) {
      annEnd.read(boEnd.write('x'));
      all.push(annEnd.session);
      boEnd.read(annEnd.write('y'));
      all.push(boEnd.session, annEnd.session);
    }
    const retired = all.slice(0, 3).map((session) => ({ ...session, retiredHour: TEST_HOUR }));
    return [...all, ...retired, ...retired.map((session) => ({ ...session, isLost: true }))];
  };

  test('holds the whole session', () => {
    for (const session of states()) expect(decodeSession(encodeSession(session))).toEqual(session);
  });

  test('of any bytes, cut short, longer, or of another version is refused, never thrown at', () => {
    for (const session of states().slice(0, 8)) {
      const row = encodeSession(session);
      for (let length = 0; length < row.length; length++) expect(decodeSession(row.slice(0, length))).toBeUndefined();
      expect(decodeSession(concat(row, bytesOf([0])))).toBeUndefined();
      for (const version of [0, 3, 255]) expect(decodeSession(concat(bytesOf([version]), row.subarray(1)))).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (any) => void decodeSession(bytesOf(any))),
      { seed: 31, numRuns: 300 },
    );
  });

  test('remembers so many numbers and chains, and one that claims more is refused', () => {
    const { boEnd, annEnd, hello } = meet(32);
    boEnd.read(hello);
    for (let turn = 0; turn < PAST_CHAINS + 2; turn++) {
      for (let i = 0; i < SPENT_TAGS + 5; i++) boEnd.read(annEnd.write(''));
      expect(boEnd.session.heard).toHaveLength(SPENT_TAGS);
      if (turn <= PAST_CHAINS) annEnd.read(boEnd.write('turn'));
    }
    const { session } = boEnd;
    expect(session.past.map((one) => one.heard.length)).toEqual(Array.from({ length: PAST_CHAINS }, () => PAST_HEARD));
    expect(decodeSession(encodeSession(session))).toEqual(session);
    const one = { number: 0, mark: new Uint8Array(4) };
    const [first, ...others] = session.past as [ReadChain, ...ReadChain[]];
    for (const tooMany of [
      { ...session, heard: [...session.heard, one] },
      { ...session, past: [...session.past, first] },
      { ...session, past: [{ ...first, heard: [...first.heard, one] }, ...others] },
    ])
      expect(decodeSession(encodeSession(tooMany))).toBeUndefined();
  });

  /** As version 1 wrote it: no number of first messages, no hour, not lost, nothing heard of this chain or a past one, nor when. */
  function versionOne(session: Session): Bytes {
    const bytes = encodeSession({ ...session, heard: [], past: [] });
    const { unanswered, invited } = session;
    const end = bytes.length - 11;
    const invitedAt = end - (invited === undefined ? 1 : 66);
    const unansweredAt = invitedAt - (unanswered === undefined ? 1 : 1 + 2 + unanswered.opening.length + 32 + 1);
    const withoutLast = (from: number, to: number, isThere: boolean) => bytes.subarray(from, isThere ? to - 1 : to);
    return concat(
      bytesOf([1]),
      bytes.subarray(1, unansweredAt),
      withoutLast(unansweredAt, invitedAt, unanswered !== undefined),
      withoutLast(invitedAt, end, invited !== undefined),
    );
  }

  test('of version 1 is read as one of an invitation, not retired', () => {
    for (const session of states().slice(0, 12))
      expect(decodeSession(versionOne(session))).toEqual({
        ...session,
        heardHour: session.ratchet.postQuantum.sinceHour,
        heard: [],
        past: [],
      });
  });
});

describe('a number written twice', () => {
  test('is proven by what a sender seals that was set back, and by nothing else', () => {
    const { annEnd, boEnd } = acquainted(40);
    const setBack = annEnd.copy();
    const sent = annEnd.write('first');
    boEnd.read(sent);
    const again = setBack.write('second');
    expect(again.tag).toBe(sent.tag);
    const before = encodeSession(boEnd.session);
    expect(isWrittenTwice(suite, boEnd.session, 0, again.body)).toBe(true);
    expect(encodeSession(boEnd.session)).toEqual(before);
    const other = acquainted(41);
    const foreign = other.annEnd.write('x');
    other.boEnd.read(foreign);
    for (const [claim, number, body, session] of [
      ['the same message again', 0, sent.body, boEnd.session],
      ['a number not read yet', 1, again.body, boEnd.session],
      ['another session', 0, again.body, other.boEnd.session],
      ['a message of another session', 0, foreign.body, boEnd.session],
      ['bytes of nobody', 0, new Uint8Array(200), boEnd.session],
      ['nothing', 0, EMPTY, boEnd.session],
      ['a chain that was never read', 0, again.body, annEnd.session],
      ['a session nothing was read of', 0, again.body, meet(42).boEnd.session],
    ] as const)
      expect(isWrittenTwice(suite, session, number, body), claim).toBe(false);
  });

  test('is not proven by a true header around forged words, which any carrier can make', () => {
    const { annEnd, boEnd } = acquainted(43);
    const setBack = annEnd.copy();
    const sent = annEnd.write('true words');
    boEnd.read(sent);
    for (let at = 84; at < sent.body.length; at++)
      expect(isWrittenTwice(suite, boEnd.session, 0, flipped(sent.body, at)), `byte ${at}`).toBe(false);
    const again = setBack.write('x');
    for (let at = 0; at < 84; at++) expect(isWrittenTwice(suite, boEnd.session, 0, flipped(again.body, at)), `byte ${at}`).toBe(false);
  });

  test('is proven only under the number that the header names', () => {
    const { annEnd, boEnd } = acquainted(44);
    boEnd.read(annEnd.write('0'));
    const setBack = annEnd.copy();
    boEnd.read(annEnd.write('1'));
    const again = setBack.write('1 again');
    expect(isWrittenTwice(suite, boEnd.session, 1, again.body)).toBe(true);
    expect(isWrittenTwice(suite, boEnd.session, 0, again.body)).toBe(false);
  });

  test('is found for the last few read of the chain that is being read', () => {
    const { annEnd, boEnd } = acquainted(45);
    boEnd.read(annEnd.write('0'));
    const setBack = annEnd.copy();
    boEnd.read(annEnd.write('1'));
    const again = setBack.write('1 again');
    for (let i = 0; i < SPENT_TAGS - 1; i++) boEnd.read(annEnd.write(''));
    expect(isWrittenTwice(suite, boEnd.session, 1, again.body)).toBe(true);
    boEnd.read(annEnd.write(''));
    expect(isWrittenTwice(suite, boEnd.session, 1, again.body)).toBe(false);
  });

  test('is found for first messages too, and for those of their chain that carry no opening', () => {
    const { annEnd, boEnd, hello } = meet(47, 'spare');
    boEnd.read(hello);
    const setBack = annEnd.copy();
    for (let number = 1; number < 10; number++) boEnd.read(annEnd.write(`${number}`));
    for (let number = 1; number < 10; number++) {
      const again = setBack.write('again');
      expect(sameBytes(sessionIdOfFirst(suite, again.body) ?? EMPTY, boEnd.session.id)).toBe(number < 8);
      expect(isWrittenTwice(suite, boEnd.session, number, again.body), `${number}`).toBe(true);
      expect(isWrittenTwice(suite, boEnd.session, 0, again.body), `${number} for 0`).toBe(false);
    }
  });

  test('is found for the last few of each of some chains before, but not further back', () => {
    const { annEnd, boEnd } = acquainted(46);
    const old = annEnd.copy();
    for (let number = 0; number < PAST_HEARD + 1; number++) boEnd.read(annEnd.write(`${number}`));
    const again = Array.from({ length: PAST_HEARD + 1 }, () => old.write('again'));
    for (let turn = 0; turn < PAST_CHAINS + 1; turn++) {
      annEnd.read(boEnd.write('turn'));
      boEnd.read(annEnd.write('next chain'));
      const proven = again.map(({ body }, number) => isWrittenTwice(suite, boEnd.session, number, body));
      expect(proven, `turn ${turn}`).toEqual(again.map((_, number) => number > 0 && turn < PAST_CHAINS));
    }
    expect(boEnd.session.heard.map((one) => one.number)).toEqual([0]);
    expect(readChains(boEnd.session).map((one) => one.heard.length)).toEqual(Array.from({ length: PAST_CHAINS + 1 }, () => 1));
    expect(readChains(boEnd.session)[0]?.headerKey).toEqual(boEnd.session.ratchet.receiving?.headerKey);
  });

  test('says nothing about numbers that were overtaken', () => {
    const { annEnd, boEnd } = acquainted(48);
    const setBack = annEnd.copy();
    const [overtaken, second] = [annEnd.write('0'), annEnd.write('1')];
    boEnd.read(second);
    boEnd.read(overtaken);
    expect(isWrittenTwice(suite, boEnd.session, 0, setBack.write('0 again').body)).toBe(false);
    expect(isWrittenTwice(suite, boEnd.session, 1, setBack.write('1 again').body)).toBe(true);
  });
});

test('opening the same offer twice gives two sessions that share nothing', () => {
  const random = new SeededRandom(50);
  const [ann, bo] = [makeDevice(suite, random), makeDevice(suite, random)];
  const offer = makeOffer(suite, random, bo);
  const open = () => openSession(suite, random, ann, offer.target, offer.occasion, TEST_HOUR);
  const [one, other] = [open(), open()];
  if (!one.ok || !other.ok) throw new Error('an offer of our own is refused');
  expect(one.value.id).not.toEqual(other.value.id);
  expect(one.value.ratchet.rootKey).not.toEqual(other.value.ratchet.rootKey);
  expect(one.value.ratchet.mine).not.toEqual(other.value.ratchet.mine);
});

test('the longest row there can be has less than 8 KB', () => {
  const { session } = acquainted(51).annEnd;
  const { ratchet } = session;
  const keys = [4, 3, 2, 1, 0].map((epoch) => ({ epoch, key: new Uint8Array(32) }));
  const chain = { headerKey: new Uint8Array(32), chainKey: new Uint8Array(32), next: 1, epoch: 0 };
  const parts = { proposed: new Uint8Array(64), received: new Uint8Array(1184), answer: new Uint8Array(1088) };
  const heard = (count: number) => Array.from({ length: count }, (_, number) => ({ number, mark: new Uint8Array(4) }));
  const longest = {
    ...session,
    ratchet: { ...ratchet, sending: chain, receiving: chain, postQuantum: { ...ratchet.postQuantum, ...parts, keys } },
    unanswered: { opening: new Uint8Array(32 + 1088 + 2 + 2048), secret: new Uint8Array(32), messages: 64 },
    invited: { secret: new Uint8Array(32), headerKey: new Uint8Array(32), messages: 64 },
    heard: heard(SPENT_TAGS),
    past: Array.from({ length: PAST_CHAINS }, () => ({ headerKey: new Uint8Array(32), heard: heard(PAST_HEARD) })),
  };
  expect(encodeSession(longest)).toHaveLength(6226 + SPENT_TAGS * 8 + PAST_CHAINS * (33 + PAST_HEARD * 8));
  expect(encodeSession(longest).length).toBeLessThan(8192);
  expect(decodeSession(encodeSession(longest))).toEqual(longest);
});
