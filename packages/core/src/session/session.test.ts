import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { accountIdOf, commitmentTo, rootPair } from '../identity/account.ts';
import { prekeysFrom, readBundle, signBundle } from '../identity/bundle.ts';
import { signDeviceList } from '../identity/device-list.ts';
import { type Bytes, bytesOf, EMPTY, toHex } from '../kernel/bytes.ts';
import type { Random } from '../kernel/random.ts';
import { decodeUtf8, encodeUtf8 } from '../kernel/utf8.ts';
import { tagOf } from './chain.ts';
import { expectTags } from './expected-tags.ts';
import type { OwnDevice } from './handshake.ts';
import {
  acceptSession,
  decodeSession,
  encodeSession,
  firstTag,
  openFirst,
  openNext,
  openSession,
  openSkipped,
  type Session,
  sealNext,
} from './session.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const HOUR = 500_000;
const HEADER = encodeUtf8('an envelope header');

function chance(seed: number): Random {
  let count = 0;
  return { bytes: (length) => suite.derive(EMPTY, bytesOf([seed, count++ & 255, (count >> 8) & 255]), EMPTY as never, length) };
}

function makeDevice(random: Random): OwnDevice {
  const seed = random.bytes(32);
  const root = rootPair(suite, seed, 0);
  const nextRootCommitment = commitmentTo(suite, rootPair(suite, seed, 1).publicKey);
  const signing = suite.signingPair(random.bytes(32));
  const agreement = suite.agreementPair(random.bytes(32));
  const list = {
    rootIndex: 0,
    sequence: HOUR,
    previousHash: new Uint8Array(32),
    minimumSuite: 1,
    rootKey: root.publicKey,
    nextRootCommitment,
    devices: [{ signingKey: signing.publicKey, agreementKey: agreement.publicKey }],
  };
  return {
    account: accountIdOf(suite, root.publicKey, nextRootCommitment),
    listRecord: signDeviceList(suite, list, root.secretKey),
    signing,
    agreement,
  };
}

interface Side {
  session: Session;
  readonly skipped: Map<string, Bytes>;
  readonly secret: Bytes | undefined;
}

/** Ann has Bo's bundle and opens; Bo knows the invitation's secret and prekeys. */
function pair(seed: number) {
  const random = chance(seed);
  const ann = makeDevice(random);
  const bo = makeDevice(random);
  const prekeys = prekeysFrom(suite, random.bytes(32));
  const secret = random.bytes(32);
  const device = { signingKey: bo.signing.publicKey, agreementKey: bo.agreement.publicKey };
  const record = signBundle(suite, bo.listRecord, device, bo.signing.secretKey, prekeys, HOUR + 24);
  const bundle = readBundle(suite, record, HOUR);
  if (!bundle.ok) throw new Error(bundle.refusal.kind);
  const opened = openSession(suite, random, ann, bundle.value, secret, HOUR);
  if (!opened.ok) throw new Error(opened.refusal.kind);
  return { random, ann, bo, prekeys, secret, record, first: opened.value };
}

interface Sent {
  readonly tag: string;
  readonly body: Bytes;
  readonly text: string;
}

function write(side: Side, random: Random, text: string, nowHour: number = HOUR): Sent {
  const sealing = sealNext(suite, random, side.session, nowHour);
  const body = sealing.seal(HEADER, encodeUtf8(text));
  expect(body.length).toBe(text.length + sealing.overheadBytes);
  const restored = decodeSession(encodeSession(sealing.session));
  if (restored === undefined) throw new Error('a session row does not read back');
  side.session = restored;
  return { tag: toHex(sealing.tag), body, text };
}

/** Finds the message by its tag alone, as a node does. */
function read(side: Side, sent: Sent): string | undefined {
  const kept = side.skipped.get(sent.tag);
  const number = firstNumber(side, sent.tag);
  if (kept !== undefined) {
    const opened = openSkipped(suite, kept, number !== undefined, HEADER, sent.body);
    if (opened !== undefined) side.skipped.delete(sent.tag);
    return opened && decodeUtf8(opened.plaintext);
  }
  const result =
    number !== undefined ? openFirst(suite, side.session, { number, nowHour: HOUR }, HEADER, sent.body) : openByTag(side, sent);
  if (result === undefined || !result.ok) return undefined;
  for (const one of result.value.skipped) side.skipped.set(toHex(one.tag), one.messageKey);
  side.session = result.value.session;
  return decodeUtf8(result.value.plaintext);
}

function firstNumber(side: Side, tag: string): number | undefined {
  for (let k = 0; side.secret !== undefined && k < 64; k++) if (toHex(firstTag(suite, side.secret, k)) === tag) return k;
  return undefined;
}

function openByTag(side: Side, sent: Sent) {
  const { receiving, nextReceivingHeaderKey } = side.session.ratchet;
  const chains = [
    ['current', expectTags(suite, undefined, receiving?.headerKey, receiving?.next ?? 0)],
    ['next', expectTags(suite, undefined, nextReceivingHeaderKey, 0)],
  ] as const;
  for (const [chain, expected] of chains) {
    const hit = expected.added.find((one) => one.tag === sent.tag);
    if (hit !== undefined) return openNext(suite, side.session, { chain, number: hit.number, nowHour: HOUR }, HEADER, sent.body);
  }
  return undefined;
}

function meet(seed: number) {
  const made = pair(seed);
  const ann: Side = { session: made.first, skipped: new Map(), secret: undefined };
  const hello = write(ann, made.random, 'hello');
  const accepted = acceptSession(suite, made.bo, made.prekeys, made.secret, hello.body, HOUR);
  if (!accepted.ok) throw new Error(accepted.refusal.kind);
  const bo: Side = { session: accepted.value.session, skipped: new Map(), secret: made.secret };
  return { ...made, annSide: ann, boSide: bo, hello };
}

describe('a session', () => {
  test('carries text both ways from the first message on', () => {
    const { annSide, boSide, hello, random, ann } = meet(1);
    expect(read(boSide, hello)).toBe('hello');
    expect(toHex(boSide.session.peerAccount)).toBe(toHex(ann.account));
    expect(toHex(boSide.session.id)).toBe(toHex(annSide.session.id));
    expect(read(annSide, write(boSide, random, 'hi'))).toBe('hi');
    expect(annSide.session.unanswered).toBeUndefined();
    expect(read(boSide, write(annSide, random, 'how are you'))).toBe('how are you');
  });

  test('reads first messages in any order, and one that was lost for weeks', () => {
    const { annSide, boSide, hello, random } = meet(2);
    const more = ['a', 'b', 'c'].map((text) => write(annSide, random, text));
    expect(read(boSide, more[2] as Sent)).toBe('c');
    for (let round = 0; round < 60; round++) {
      expect(read(annSide, write(boSide, random, `to ann ${round}`))).toBe(`to ann ${round}`);
      expect(read(boSide, write(annSide, random, `to bo ${round}`))).toBe(`to bo ${round}`);
    }
    expect(read(boSide, hello)).toBe('hello');
    expect(read(boSide, more[0] as Sent)).toBe('a');
    expect(read(boSide, hello)).toBeUndefined();
  });

  test('more than 64 unanswered messages still arrive, also when the first ones come last', () => {
    const { annSide, boSide, hello, random } = meet(3);
    const all = [hello, ...Array.from({ length: 70 }, (_, i) => write(annSide, random, `${i}`))];
    const order = [all[5], ...all.slice(60), ...all.slice(0, 5), ...all.slice(6, 60)] as Sent[];
    for (const sent of order) expect(read(boSide, sent)).toBe(sent.text);
  });

  test('one behind a loss of 3,900 is still recognised', () => {
    const { annSide, boSide, hello, random } = meet(4);
    read(boSide, hello);
    read(annSide, write(boSide, random, 'x'));
    read(boSide, write(annSide, random, 'start of a chain'));
    let last = write(annSide, random, 'lost');
    for (let i = 0; i < 3900; i++) last = write(annSide, random, `${i}`);
    const heard: string[] = [];
    for (let i = 0; i < 32 && heard.length === 0; i++) {
      const text = read(boSide, last);
      if (text !== undefined) heard.push(text);
      last = write(annSide, random, `after ${i}`);
    }
    expect(heard).toHaveLength(1);
  });

  test('a forged byte anywhere changes nothing', () => {
    const { annSide, boSide, hello, random } = meet(5);
    read(boSide, hello);
    read(annSide, write(boSide, random, 'x'));
    const sent = write(annSide, random, 'true words');
    const before = toHex(encodeSession(boSide.session));
    fc.assert(
      fc.property(fc.nat(sent.body.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const body = sent.body.slice();
        body[at] = (body[at] as number) ^ flip;
        expect(read(boSide, { ...sent, body })).toBeUndefined();
        expect(toHex(encodeSession(boSide.session))).toBe(before);
      }),
      { seed: 5, numRuns: 200 },
    );
    expect(read(boSide, sent)).toBe('true words');
    expect(read(boSide, sent)).toBeUndefined();
  });

  test('any schedule of writing, losing, delaying and repeating delivers each message at most once and never two under one tag', () => {
    const step = fc.record({ who: fc.boolean(), deliver: fc.nat(3), pick: fc.nat(1000), again: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { annSide, boSide, hello, random } = meet(6);
        const way: { to: Side; sent: Sent }[] = [{ to: boSide, sent: hello }];
        const tags = new Set([hello.tag]);
        const shown = new Map<string, number>();
        let boMayWrite = false;
        const deliver = (at: number, again: boolean) => {
          const it = way[at];
          if (it === undefined) return;
          const text = read(it.to, it.sent);
          if (text !== undefined) {
            expect(text).toBe(it.sent.text);
            shown.set(text, (shown.get(text) ?? 0) + 1);
            if (it.to === boSide) boMayWrite = true;
          }
          if (!again) way.splice(at, 1);
        };
        steps.forEach(({ who, deliver: count, pick, again }, i) => {
          const from = who || !boMayWrite ? annSide : boSide;
          const sent = write(from, random, `${i}`);
          expect(tags.has(sent.tag)).toBe(false);
          tags.add(sent.tag);
          way.push({ to: from === annSide ? boSide : annSide, sent });
          for (let n = 0; n < count; n++) deliver(pick % way.length, again);
        });
        while (way.length > 0) deliver(0, false);
        expect([...shown.values()].every((times) => times === 1)).toBe(true);
        expect(shown.size).toBe(steps.length + 1);
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  test('agrees on a post-quantum epoch in the first round trips, and on the next ones every 50 messages or every day', () => {
    const { annSide, boSide, hello, random } = meet(10);
    read(boSide, hello);
    const epochs = () => [annSide, boSide].map((side) => side.session.ratchet.postQuantum.keys[0]?.epoch);
    const talk = (rounds: number, nowHour = HOUR) => {
      for (let round = 0; round < rounds; round++) {
        expect(read(annSide, write(boSide, random, 'x', nowHour))).toBe('x');
        expect(read(boSide, write(annSide, random, 'y', nowHour))).toBe('y');
      }
    };
    talk(3);
    expect(epochs()).toEqual([1, 1]);
    talk(20);
    expect(epochs()).toEqual([1, 1]);
    talk(10);
    expect(epochs()).toEqual([2, 2]);
    talk(3, HOUR + 24);
    expect(epochs()).toEqual([3, 3]);
    expect(encodeSession(annSide.session).length).toBeLessThan(4096);
    expect(annSide.session.ratchet.postQuantum.keys.length).toBeLessThanOrEqual(2);
  });

  test('whoever copied all state and every later agreement key reads nothing after the next epoch', () => {
    const { annSide, boSide, hello, random } = meet(11);
    read(boSide, hello);
    for (let round = 0; round < 3; round++) {
      read(annSide, write(boSide, random, 'x'));
      read(boSide, write(annSide, random, 'y'));
    }
    const thief: Side = { session: annSide.session, skipped: new Map(), secret: undefined };
    const steal = (sent: Sent) => {
      const got = read(thief, sent);
      // A quantum computer: the thief learns each new agreement key, but not what was encapsulated.
      const { mine, theirs, rootKey, sending, receiving, nextReceivingHeaderKey, nextSendingHeaderKey } = annSide.session.ratchet;
      const stolen = { mine, theirs, rootKey, sending, receiving, nextReceivingHeaderKey, nextSendingHeaderKey };
      thief.session = { ...thief.session, ratchet: { ...thief.session.ratchet, ...stolen } };
      return got;
    };
    const heard: (string | undefined)[] = [];
    for (let round = 0; round < 40; round++) {
      const sent = write(boSide, random, `secret ${round}`);
      heard.push(steal(sent));
      read(annSide, sent);
      read(boSide, write(annSide, random, 'y'));
      steal({ tag: '', body: new Uint8Array(0), text: '' });
    }
    expect(heard[0]).toBe('secret 0');
    expect(annSide.session.ratchet.postQuantum.keys[0]?.epoch).toBe(2);
    expect(heard.slice(-5)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  test('an invitation whose secret differs opens nothing', () => {
    const { bo, prekeys, hello } = meet(7);
    expect(acceptSession(suite, bo, prekeys, new Uint8Array(32), hello.body, HOUR)).toEqual({
      ok: false,
      refusal: { kind: 'not-authentic' },
    });
  });

  test('rows and bodies of any bytes are refused, never thrown at', () => {
    const { bo, prekeys, secret, boSide } = meet(8);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (any) => {
        const bytes = bytesOf(any);
        expect(decodeSession(bytes)).toBeUndefined();
        expect(acceptSession(suite, bo, prekeys, secret, bytes, HOUR).ok).toBe(false);
        expect(openNext(suite, boSide.session, { chain: 'next', number: 0, nowHour: HOUR }, HEADER, bytes).ok).toBe(false);
        expect(readBundle(suite, bytes, HOUR).ok).toBe(false);
      }),
      { seed: 8, numRuns: 100 },
    );
  });
});

test('expected tags are those of the coming messages', () => {
  const key = chance(9).bytes(32);
  const first = expectTags(suite, undefined, key, 0);
  const later = expectTags(suite, first.now, key, 40);
  expect(later.removed).toHaveLength(40);
  expect(later.now?.tags.get(167)).toBe(toHex(tagOf(suite, key, 167)));
  expect(later.now?.tags.has(4032)).toBe(true);
});
