import { describe, expect, test } from 'vitest';
import { MemoryStore } from '../adapters/store-memory/index.ts';
import { assert } from '../kernel/assert.ts';
import { type Bytes, bytesOf } from '../kernel/bytes.ts';
import type { HostInput, LinkCommand, LinkEvent, Machine, NeighbourId, Outcome, RowKey, Rows, Step } from '../node/machine.ts';
import { EMPTY_OUTCOME, neighbourId, rowName, transportKey } from '../node/machine.ts';
import type { Clock } from '../ports/clock.ts';
import type { Link } from '../ports/link.ts';
import { SILENT } from '../ports/log.ts';
import { Host } from './host.ts';

type Input = { readonly kind: 'start' } | { readonly kind: 'do'; readonly what: Step<string> | ((rows: Rows) => Step<string>) };

const row = (value: number): RowKey => ({ space: 'self', key: bytesOf([value]) });
const put = (value: number, bytes: Bytes = bytesOf([value])) => ({ ...row(value), value: bytes });
const peer = neighbourId(1);
const frame = (value: number) => ({ neighbour: peer, frame: bytesOf([value]) });
const outcome = (some: Partial<Outcome<string>>): Step<string> => ({ kind: 'outcome', outcome: { ...EMPTY_OUTCOME, ...some } });
const does = (some: Partial<Outcome<string>>): Input => ({ kind: 'do', what: outcome(some) });

/** A machine that does what it is told, and writes down what it was told. */
/** Under what the machine listens when it starts. */
let seedOfStart = 1;

class Puppet implements Machine<Input, string> {
  readonly heard: string[] = [];
  readonly ups: LinkEvent[] = [];

  handle(input: Input | HostInput, rows: Rows): Step<string> {
    if (input.kind === 'do') return typeof input.what === 'function' ? input.what(rows) : input.what;
    if (input.kind === 'link' && input.event.kind === 'up') this.ups.push(input.event);
    this.heard.push(input.kind === 'link' ? input.event.kind : input.kind);
    return outcome(input.kind === 'start' ? { commands: [{ kind: 'listen', seed: bytesOf([seedOfStart]) }] } : {});
  }
}

class FakeLink implements Link {
  readonly sent: Bytes[] = [];
  readonly performed: LinkCommand[] = [];
  /** How many more frames it takes. */
  room = Number.POSITIVE_INFINITY;
  isStopped = false;
  onSend: (frame: Bytes) => void = () => {};
  tell: (event: LinkEvent) => void = () => {};

  start(listener: (event: LinkEvent) => void): void {
    this.tell = listener;
  }

  perform(command: LinkCommand): void {
    this.performed.push(command);
  }

  send(_neighbour: NeighbourId, bytes: Bytes): 'queued' | 'full' | 'gone' {
    if (this.room <= 0) return 'full';
    this.room--;
    this.onSend(bytes);
    this.sent.push(bytes);
    return 'queued';
  }

  async stop(): Promise<void> {
    this.isStopped = true;
  }
}

class HandClock implements Clock {
  ms = 1000;
  readonly timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  nowMs(): number {
    return this.ms;
  }

  at(atMs: number, callback: () => void): () => void {
    const timer = { atMs, callback };
    this.timers.push(timer);
    return () => void this.timers.splice(this.timers.indexOf(timer), 1);
  }
}

async function host() {
  const [store, link, clock] = [new MemoryStore(), new FakeLink(), new HandClock()];
  const machines: Puppet[] = [];
  const [events, notSaved, stopped]: [string[], string[], string[]] = [[], [], []];
  const commits: number[] = [];
  const hook: { onEvent: (event: string) => void } = { onEvent: () => {} };
  const commit = store.commit.bind(store);
  store.commit = async (batch, durability) => {
    commits.push(batch.length);
    await commit(batch, durability);
  };
  const it = new Host<Input, string>({
    build: async () => {
      const machine = new Puppet();
      machines.push(machine);
      return machine;
    },
    first: { kind: 'start' },
    store,
    link,
    clock,
    log: SILENT,
    durability: 'relaxed',
    onEvents: (some) => {
      events.push(...some);
      for (const event of some) hook.onEvent(event);
    },
    onNotSaved: (inputs, why) => notSaved.push(`${inputs.map((one) => one.kind).join()} ${why}`),
    onStopped: (why) => stopped.push(why),
  });
  await it.start();
  return { it, store, link, clock, machines, events, notSaved, stopped, commits, hook, machine: () => machines.at(-1) as Puppet };
}

/** Everything that was promised by now has happened. */
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const up: LinkEvent = { kind: 'up', neighbour: peer, key: transportKey('aa'), path: 'direct', dialled: true, frameBytesMax: 9 };

describe('one turn of the host', () => {
  test('commits, then sends, then commands, then tells', async () => {
    const { it, store, link, events } = await host();
    const order: string[] = [];
    link.onSend = () => order.push(`sent, ${store.getNow([row(1)])[0] ? 'committed' : 'not committed'}, told ${events.length}`);
    const perform = link.perform.bind(link);
    link.perform = (command) => {
      order.push(`commanded, sent ${link.sent.length}, told ${events.length}`);
      perform(command);
    };
    it.input(does({ writes: [put(1)], sends: [frame(7)], commands: [{ kind: 'close', neighbour: peer }], events: ['told'] }));
    await quiet();
    expect(order).toEqual(['sent, committed, told 0', 'commanded, sent 1, told 0']);
    expect(events).toEqual(['told']);
  });

  test('shares one commit among inputs that came together, and makes none where nothing is written', async () => {
    const { it, commits } = await host();
    for (const value of [1, 2, 3]) it.input(does({ writes: [put(value)] }));
    await quiet();
    it.input(does({ events: ['nothing to write'] }));
    await quiet();
    expect(commits).toEqual([3]);
  });

  test('an input that comes while a run is just ending is not left lying', async () => {
    for (let moments = 0; moments < 20; moments++) {
      const { it, events, hook } = await host();
      hook.onEvent = (event) => {
        if (event !== 'first') return;
        let later = Promise.resolve();
        for (let i = 0; i < moments; i++) later = later.then(() => {});
        void later.then(() => it.input(does({ events: ['second'] })));
      };
      it.input(does({ events: ['first'] }));
      await quiet();
      expect(events, `after ${moments} moments`).toEqual(['first', 'second']);
    }
  });

  test('sends a stored row behind its head, also one that the same turn wrote; a row that is gone is not sent', async () => {
    const { it, link } = await host();
    const stored = (value: number) => ({ neighbour: peer, head: bytesOf([9]), row: row(value) });
    it.input(does({ writes: [put(1)], sends: [stored(1), stored(2), frame(5)] }));
    await quiet();
    expect(link.sent).toEqual([bytesOf([9, 1]), bytesOf([5])]);
  });
});

describe('rows that a machine asks for', () => {
  test('are read through what is written but not committed yet, and stay while it asks for more', async () => {
    const { it, store, events } = await host();
    store.commitNow([put(1), put(2)]);
    it.input(does({ writes: [put(1, bytesOf([11])), row(3)] }));
    const asks = [[row(1)], [row(2), row(3)], [row(4)]];
    it.input({
      kind: 'do',
      what: (rows) => {
        const keys = asks.find((some) => some.some((key) => !rows.has(rowName(key))));
        if (keys !== undefined) return { kind: 'needs', keys };
        return outcome({ events: [1, 2, 3, 4].map((value) => String(rows.get(rowName(row(value))))) });
      },
    });
    await quiet();
    expect(events).toEqual(['11', '2', 'undefined', 'undefined']);
  });

  test('of an input before are not there for the next one', async () => {
    const { it, events } = await host();
    it.input({ kind: 'do', what: (rows) => (rows.size === 0 ? { kind: 'needs', keys: [row(1)] } : outcome({})) });
    it.input({ kind: 'do', what: (rows) => outcome({ events: [String(rows.size)] }) });
    await quiet();
    expect(events).toEqual(['0']);
  });

  test('may be asked for three times and no more', async () => {
    const { it, stopped } = await host();
    let value = 0;
    it.input({ kind: 'do', what: () => ({ kind: 'needs', keys: [row(value++)] }) });
    await quiet();
    expect(stopped).toEqual(['a machine asks for rows at most three times']);
    expect(value).toBe(4);
  });
});

describe('a commit that fails', () => {
  test.each(['full', 'failed'] as const)(
    '(%s) leaves no trace: nothing is sent or told, the inputs are answered as not saved',
    async (why) => {
      const { it, store, link, events, notSaved } = await host();
      store.failNextCommit(why);
      it.input(does({ writes: [put(1)], sends: [frame(1)], events: ['never'] }));
      it.input(does({ writes: [put(2)] }));
      await quiet();
      expect(notSaved).toEqual([`do,do ${why}`]);
      expect([link.sent, events, store.getNow([row(1), row(2)])]).toEqual([[], [], [undefined, undefined]]);
    },
  );

  test('builds the machine again, which starts, learns who is there, and does not listen a second time', async () => {
    const { it, store, link, machines, machine, events } = await host();
    link.tell(up);
    await quiet();
    store.failNextCommit('full');
    it.input(does({ writes: [put(1)] }));
    await quiet();
    expect(machines).toHaveLength(2);
    expect(machine().heard).toEqual(['start', 'up']);
    expect(link.performed.filter((command) => command.kind === 'listen')).toHaveLength(1);
    it.input(does({ writes: [put(1)], events: ['saved now'] }));
    await quiet();
    expect([events, store.getNow([row(1)])]).toEqual([['saved now'], [bytesOf([1])]]);
  });

  test('tells a machine that is built again by which path a neighbour is reached now', async () => {
    const { it, store, link, machine } = await host();
    link.tell(up);
    link.tell({ kind: 'path', neighbour: peer, path: 'circuit' });
    link.tell({ kind: 'path', neighbour: neighbourId(9), path: 'circuit' });
    store.failNextCommit('full');
    it.input(does({ writes: [put(1)] }));
    await quiet();
    expect(machine().heard).toEqual(['start', 'up']);
    expect(machine().ups).toEqual([{ ...up, path: 'circuit' }]);
  });

  test('forgets neighbours that left', async () => {
    const { it, store, link, machine } = await host();
    link.tell(up);
    link.tell({ kind: 'down', neighbour: peer });
    await quiet();
    store.failNextCommit('full');
    it.input(does({ writes: [put(1)] }));
    await quiet();
    expect(machine().heard).toEqual(['start']);
  });
});

describe('a clock that is set back', () => {
  test('by more than a minute has the machine built anew, before it hears of what came; nothing is answered as not saved', async () => {
    const { it, clock, link, machines, machine, notSaved, events } = await host();
    clock.ms = 100_000;
    link.tell(up);
    await quiet();
    clock.ms -= 60_001;
    it.input(does({ events: ['done'] }));
    await quiet();
    expect(machines).toHaveLength(2);
    expect([machine().heard, events, notSaved]).toEqual([['start', 'up'], ['done'], []]);
    it.input(does({ events: ['again'] }));
    await quiet();
    expect([machines.length, events]).toEqual([2, ['done', 'again']]);
  });

  test('whoever came up under a key that the machine has left is closed, unless it was met by hand', async () => {
    const { it, clock, link } = await host();
    clock.ms = 100_000;
    link.tell(up);
    link.tell({ ...up, neighbour: neighbourId(9), hand: 3 });
    await quiet();
    clock.ms -= 60_001;
    seedOfStart = 2;
    it.input(does({}));
    await quiet();
    seedOfStart = 1;
    expect(link.performed.filter(({ kind }) => kind === 'close')).toEqual([{ kind: 'close', neighbour: up.neighbour }]);
  });

  test('by less, or set forward, does not', async () => {
    const { it, clock, machines } = await host();
    for (const ms of [100_000, 40_000, 40 * 3_600_000]) {
      clock.ms = ms;
      it.input(does({}));
      await quiet();
    }
    expect(machines).toHaveLength(1);
  });
});

describe('a neighbour whose queue is full', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => ({ neighbour: peer, frame: bytesOf([1, i >> 8, i & 255]) }));

  test('gets what was held for it in order, and the machine hears nothing of it', async () => {
    const { it, link, machine } = await host();
    link.room = 2;
    it.input(does({ sends: many(5) }));
    await quiet();
    expect(link.sent).toHaveLength(2);
    link.room = 1;
    link.tell({ kind: 'drained', neighbour: peer });
    expect(link.sent).toHaveLength(3);
    link.room = 100;
    it.input(does({ sends: [frame(9)] }));
    await quiet();
    link.tell({ kind: 'drained', neighbour: peer });
    await quiet();
    expect(link.sent).toEqual([...many(5).map((one) => one.frame), bytesOf([9])]);
    expect(machine().heard.filter((kind) => kind === 'full')).toEqual([]);
  });

  test('that misses frames makes the machine hear so, and hear when there is room again', async () => {
    const { it, link, machine } = await host();
    const large = Array.from({ length: 40 }, (_, at) => ({ neighbour: peer, frame: new Uint8Array(65_000).fill(at) }));
    link.room = 0;
    it.input(does({ sends: large }));
    await quiet();
    expect(machine().heard).toEqual(['start', 'full']);
    link.room = 10;
    link.tell({ kind: 'drained', neighbour: peer });
    await quiet();
    expect(machine().heard).toEqual(['start', 'full']);
    link.room = 5000;
    link.tell({ kind: 'drained', neighbour: peer });
    await quiet();
    expect(machine().heard).toEqual(['start', 'full', 'drained']);
    expect(link.sent).toEqual(large.slice(0, link.sent.length).map((one) => one.frame));
    expect(link.sent.length * 65_000).toBeGreaterThan(900_000);
    expect(link.sent.length * 65_000).toBeLessThan(1_200_000);
  });

  test('that sends faster than this node can keep is closed, and others are still heard', async () => {
    const { link, machine } = await host();
    const other = neighbourId(2);
    // All in one breath: nothing can be handled in between.
    for (let at = 0; at < 400; at++) link.tell({ kind: 'frame', neighbour: peer, frame: new Uint8Array(65_000) });
    link.tell({ kind: 'frame', neighbour: other, frame: new Uint8Array(100) });
    await quiet();
    expect(link.performed.filter((command) => command.kind === 'close').length).toBeGreaterThan(0);
    expect(machine().heard.filter((kind) => kind === 'frame').length * 65_000).toBeLessThan(17 * 2 ** 20);
    expect(machine().heard.at(-1)).toBe('frame');
  });

  test('that leaves is not held for any longer', async () => {
    const { it, link } = await host();
    link.room = 0;
    it.input(does({ sends: [frame(1)] }));
    await quiet();
    link.tell({ kind: 'down', neighbour: peer });
    link.room = 9;
    link.tell({ kind: 'drained', neighbour: peer });
    await quiet();
    expect(link.sent).toEqual([]);
  });
});

describe('time', () => {
  test('there is one timer, and the last outcome sets it', async () => {
    const { it, clock, machine } = await host();
    it.input(does({ wakeAtMs: 5000 }));
    await quiet();
    it.input(does({ wakeAtMs: 9000 }));
    await quiet();
    expect(clock.timers.map((timer) => timer.atMs)).toEqual([9000]);
    clock.ms = 9000;
    clock.timers[0]?.callback();
    await quiet();
    expect(machine().heard).toEqual(['start', 'wake']);
    expect(clock.timers).toEqual([]);
  });

  test('work that was put off to the end of the turn shares its commit', async () => {
    const { it, commits, machine } = await host();
    it.input(does({ writes: [put(1)], wakeAtMs: 1000 }));
    await quiet();
    expect(machine().heard).toEqual(['start', 'wake']);
    expect(commits).toEqual([1]);
  });

  test('a machine that wants to wake for ever lets others have their turn', async () => {
    const { it, machine, clock } = await host();
    machine().handle = (input) => {
      machine().heard.push(input.kind);
      return outcome({ wakeAtMs: 0 });
    };
    it.input(does({}));
    await quiet();
    expect(machine().heard.length).toBeLessThan(200);
    expect(clock.timers).toHaveLength(1);
  });
});

describe('the end', () => {
  test('a mistake of our own stops the node, says why, and nothing of the turn is sent', async () => {
    const { it, link, stopped, store } = await host();
    it.input(does({ writes: [put(1)], sends: [frame(1)] }));
    it.input({
      kind: 'do',
      what: () => {
        assert(false, 'two and two are four');
        return outcome({});
      },
    });
    await quiet();
    expect(stopped).toEqual(['two and two are four']);
    expect([link.sent, store.getNow([row(1)])]).toEqual([[], [undefined]]);
    it.input(does({ sends: [frame(2)] }));
    link.tell(up);
    await quiet();
    expect(link.sent).toEqual([]);
    expect(stopped).toHaveLength(1);
  });

  test('closing finishes what was asked, then closes link and store, once', async () => {
    const { it, link, store, events, clock } = await host();
    it.input(does({ writes: [put(1)], events: ['saved'], wakeAtMs: 9000 }));
    await it.close();
    await it.close();
    expect(events).toEqual(['saved']);
    expect(link.isStopped).toBe(true);
    expect(clock.timers).toEqual([]);
    expect(() => store.getNow([row(1)])).toThrow('closed');
    it.input(does({ events: ['too late'] }));
    await quiet();
    expect(events).toEqual(['saved']);
  });
});
