import { beforeAll, expect, test } from 'vitest';
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { End, meet as meetWith, type Sent, TEST_HOUR } from '../testing/session-devices.ts';
import { encodeSession } from './session.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const meet = (seed: number) => meetWith(suite, new SeededRandom(seed));

test('two who talk agree on a post-quantum epoch in the first round trips, and on the next ones every 50 messages or every day', () => {
  const { annEnd, boEnd, hello } = meet(10);
  boEnd.read(hello);
  const epochs = () => [annEnd, boEnd].map((end) => end.session.ratchet.postQuantum.keys[0]?.epoch);
  const talk = (rounds: number, nowHour = TEST_HOUR) => {
    for (let round = 0; round < rounds; round++) {
      expect(annEnd.read(boEnd.write('x', nowHour), nowHour)).toBe('x');
      expect(boEnd.read(annEnd.write('y', nowHour), nowHour)).toBe('y');
    }
  };
  talk(3);
  expect(epochs()).toEqual([1, 1]);
  talk(20);
  expect(epochs()).toEqual([1, 1]);
  talk(10);
  expect(epochs()).toEqual([2, 2]);
  talk(3, TEST_HOUR + 23);
  expect(epochs()).toEqual([2, 2]);
  talk(3, TEST_HOUR + 24);
  expect(epochs()).toEqual([3, 3]);
  expect(encodeSession(annEnd.session).length).toBeLessThan(4096);
  expect(annEnd.session.ratchet.postQuantum.keys.length).toBeLessThanOrEqual(2);
});

test('whoever copied all state and learns every later agreement key reads nothing after the next epoch', () => {
  const { annEnd, boEnd, hello } = meet(11);
  boEnd.read(hello);
  for (let round = 0; round < 3; round++) {
    annEnd.read(boEnd.write('x'));
    boEnd.read(annEnd.write('y'));
  }
  const thief = annEnd.copy();
  // A quantum computer: the thief learns each new agreement key, but not what was encapsulated.
  const learn = () => {
    const { mine, theirs, rootKey, sending, receiving, nextReceivingHeaderKey, nextSendingHeaderKey } = annEnd.session.ratchet;
    const learnt = { mine, theirs, rootKey, sending, receiving, nextReceivingHeaderKey, nextSendingHeaderKey };
    thief.session = { ...thief.session, ratchet: { ...thief.session.ratchet, ...learnt } };
  };
  const heard: unknown[] = [];
  for (let round = 0; round < 40; round++) {
    const sent: Sent = boEnd.write(`secret ${round}`);
    heard.push(thief.read(sent));
    learn();
    annEnd.read(sent);
    boEnd.read(annEnd.write('y'));
    learn();
  }
  expect(heard[0]).toBe('secret 0');
  expect(annEnd.session.ratchet.postQuantum.keys[0]?.epoch).toBe(2);
  expect(heard.slice(-5).every((one) => typeof one === 'object')).toBe(true);
});

test('whoever copied all state and learns every later epoch key reads nothing after both have turned', () => {
  const { annEnd, boEnd, hello } = meet(12);
  boEnd.read(hello);
  annEnd.read(boEnd.write('x'));
  boEnd.read(annEnd.write('y'));
  // KEM broken, agreement not: the thief writes along with the only ratchet key of Ann's that it knows.
  const known = annEnd.session.ratchet.mine.secretKey;
  const thief = new End(suite, { bytes: (length) => (length === 32 ? known : new Uint8Array(length)) }, annEnd.session);
  const learn = () => {
    const { postQuantum } = annEnd.session.ratchet;
    thief.session = { ...thief.session, ratchet: { ...thief.session.ratchet, postQuantum } };
  };
  const heard: unknown[] = [];
  for (let round = 0; round < 4; round++) {
    const sent: Sent = boEnd.write(`secret ${round}`);
    heard.push(thief.read(sent));
    annEnd.read(sent);
    learn();
    thief.write('');
    boEnd.read(annEnd.write('y'));
    learn();
  }
  expect(heard[0]).toBe('secret 0');
  expect(heard.slice(1).every((one) => typeof one === 'object')).toBe(true);
});
