import { describe, expect, test } from 'vitest';
import { toHex } from '../../kernel/bytes.ts';
import { type LinkEvent, neighbourId, transportKey } from '../../node/machine.ts';
import { linkExam } from '../../testing/link-exam.ts';
import { MemoryNetwork } from './index.ts';

let salt = 0;
const seedOf = (value: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(value);

describe('the memory link passes the link exam', () => {
  const cases = linkExam({
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
  });
  for (const { name, run } of cases) test(name, run);
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
