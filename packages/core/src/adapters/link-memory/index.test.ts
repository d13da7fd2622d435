import { describe, expect, test } from 'vitest';
import { toHex } from '../../kernel/bytes.ts';
import { type LinkEvent, neighbourId, transportKey } from '../../node/machine.ts';
import { handExam } from '../../testing/hand-exam.ts';
import { type LinkExamHarness, linkExam } from '../../testing/link-exam.ts';
import { MemoryNetwork } from './index.ts';

let salt = 0;
const seedOf = (value: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(value);

describe('the memory link passes the link exam', () => {
  const harness: LinkExamHarness = {
    open: async () => {
      const network = new MemoryNetwork({ delivery: 'auto' });
      salt = (salt + 2) % 200;
      const [seedA, seedB] = [seedOf(salt), seedOf(salt + 1)];
      return {
        dialler: { link: network.link('a'), seed: seedA, key: transportKey(toHex(seedA)) },
        listener: { link: network.link('b'), seed: seedB, key: transportKey(toHex(seedB)) },
        address: async () => 'memory:b',
        nowhere: 'memory:nobody',
        close: async () => {},
      };
    },
  };
  for (const { name, run } of [...linkExam(harness), ...handExam(harness)]) test(name, run);
});

describe('a memory network delivered by hand', () => {
  function pair(): {
    network: MemoryNetwork;
    told: { a: LinkEvent[]; b: LinkEvent[] };
    a: ReturnType<MemoryNetwork['link']>;
    b: ReturnType<MemoryNetwork['link']>;
  } {
    const network = new MemoryNetwork();
    const told = { a: [] as LinkEvent[], b: [] as LinkEvent[] };
    const [a, b] = [network.link('a'), network.link('b')];
    a.start((event) => told.a.push(event));
    b.start((event) => told.b.push(event));
    a.perform({ kind: 'listen', seed: seedOf(1) });
    b.perform({ kind: 'listen', seed: seedOf(2) });
    a.perform({ kind: 'dial', id: 5, address: b.address });
    network.deliver();
    return { network, told, a, b };
  }
  const kinds = (events: readonly LinkEvent[]): string[] => events.map((event) => event.kind);

  test('tells nothing until a step is delivered', () => {
    const { network, told, a } = pair();
    a.send(neighbourId(1), seedOf(9));
    a.send(neighbourId(1), seedOf(8));
    expect(kinds(told.b)).toEqual(['addresses', 'up']);
    expect(network.deliver(1)).toBe(1);
    expect(kinds(told.b)).toEqual(['addresses', 'up', 'frame']);
    expect(network.waiting).toBe(1);
  });

  test('loses the frames that were on their way when the connection is cut, and refuses dials until it heals', () => {
    const { network, told, a, b } = pair();
    a.send(neighbourId(1), seedOf(9));
    network.cut('a', 'b');
    a.perform({ kind: 'dial', id: 6, address: b.address });
    network.deliver();
    expect(kinds(told.b)).toEqual(['addresses', 'up', 'down']);
    expect(told.a.slice(-2)).toEqual([
      { kind: 'down', neighbour: 1 },
      { kind: 'dial-failed', dial: 6, reason: 'unreachable' },
    ]);
    network.heal('a', 'b');
    a.perform({ kind: 'dial', id: 7, address: b.address });
    network.deliver();
    expect(told.a.at(-1)).toMatchObject({ kind: 'up', neighbour: 2, dial: 7 });
  });

  test('another path is told to both ends, once, and of a connection that is gone nothing is told', () => {
    const { network, told } = pair();
    for (const path of ['circuit', 'circuit', 'direct'] as const) network.reroute('a', 'b', path);
    network.deliver();
    for (const events of [told.a, told.b]) {
      expect(events.filter(({ kind }) => kind === 'path')).toEqual([
        { kind: 'path', neighbour: 1, path: 'circuit' },
        { kind: 'path', neighbour: 1, path: 'direct' },
      ]);
    }
    network.cut('a', 'b');
    network.reroute('a', 'b', 'circuit');
    network.deliver();
    expect([told.a.at(-1), told.b.at(-1)]).toEqual([
      { kind: 'down', neighbour: 1 },
      { kind: 'down', neighbour: 1 },
    ]);
  });

  test('after a dropped frame none follows: the connection goes down', () => {
    const { network, told, a } = pair();
    network.drop('a', 'b');
    a.send(neighbourId(1), seedOf(9));
    a.send(neighbourId(1), seedOf(8));
    network.deliver();
    expect(kinds(told.b)).toEqual(['addresses', 'up', 'down']);
    expect(kinds(told.a)).toEqual(['addresses', 'up', 'down']);
  });
});

describe('a connection made by hand in a memory network', () => {
  function two(): { network: MemoryNetwork; told: { a: LinkEvent[]; b: LinkEvent[] }; links: ReturnType<MemoryNetwork['link']>[] } {
    const network = new MemoryNetwork();
    const told = { a: [] as LinkEvent[], b: [] as LinkEvent[] };
    const links = [network.link('a'), network.link('b')];
    for (const [at, link] of links.entries()) {
      link.start((event) => told[at === 0 ? 'a' : 'b'].push(event));
      link.perform({ kind: 'listen', seed: seedOf(at + 1) });
    }
    return { network, told, links };
  }
  const [keyA, keyB] = [transportKey(toHex(seedOf(1))), transportKey(toHex(seedOf(2)))];
  const codeOf = (events: readonly LinkEvent[]): Uint8Array<ArrayBuffer> => {
    const event = events.findLast(({ kind }) => kind === 'hand-code');
    if (event?.kind !== 'hand-code') throw new Error('no code was told');
    return event.code;
  };

  test('a cut between the two is a time-out for both', () => {
    const { network, told, links } = two();
    links[0]?.perform({ kind: 'hand-offer', hand: 1, codeBytesMax: 80 });
    network.deliver();
    links[1]?.perform({ kind: 'hand-answer', hand: 2, offer: codeOf(told.a), expectedKey: keyA, codeBytesMax: 80 });
    network.deliver();
    network.cut('a', 'b');
    links[0]?.perform({ kind: 'hand-accept', hand: 1, answer: codeOf(told.b), expectedKey: keyB });
    network.deliver();
    expect(told.a.at(-1)).toEqual({ kind: 'hand-failed', hand: 1, reason: 'timed-out' });
    expect(told.b.at(-1)).toEqual({ kind: 'hand-failed', hand: 2, reason: 'timed-out' });
  });

  test('whoever reads a code with another secret fails, and the one who shows it hears nothing', () => {
    const { network, told, links } = two();
    for (const link of links) link.perform({ kind: 'hand-certify', name: 'pair' });
    network.deliver();
    const print = (events: readonly LinkEvent[]): Uint8Array<ArrayBuffer> => {
      const event = events.findLast(({ kind }) => kind === 'hand-certificate');
      return (event?.kind === 'hand-certificate' ? event.fingerprint : undefined) ?? seedOf(0);
    };
    const again = { kind: 'hand-again', certificate: 'pair' } as const;
    links[0]?.perform({ ...again, hand: 1, expectedKey: keyB, secret: seedOf(7), peerFingerprint: print(told.b) });
    network.deliver();
    const heard = told.a.length;
    const shown = codeOf(told.a);
    links[1]?.perform({ ...again, hand: 2, expectedKey: keyA, secret: seedOf(8), peerFingerprint: print(told.a), shown });
    network.deliver();
    expect(told.b.at(-1)).toEqual({ kind: 'hand-failed', hand: 2, reason: 'timed-out' });
    expect(told.a.length).toBe(heard);
  });

  test('of nine attempts at a time the oldest gives way', () => {
    const { network, told, links } = two();
    for (let hand = 0; hand < 9; hand++) links[0]?.perform({ kind: 'hand-offer', hand, codeBytesMax: 80 });
    network.deliver();
    expect(told.a.filter(({ kind }) => kind === 'hand-failed')).toEqual([{ kind: 'hand-failed', hand: 0, reason: 'timed-out' }]);
  });
});
