import { MessageChannel as NodeChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import type { Messenger, MessengerEvent } from './messenger.ts';
import { connectMessenger, type MessengerPort, serveMessenger } from './messenger-port.ts';

const MESSAGE = {
  id: 'a1',
  conversation: 'b2',
  mine: true,
  text: 'hello',
  sentAtMs: 5,
  state: { kind: 'carried', carriers: 2 },
  expiresAtMs: 9,
  fromRemovedDevice: false,
} as const;

const PROFILE = { account: 'me', name: 'Me', wordsWaiting: true, isFirstDevice: true } as const;

const NOBODY = {
  profile: undefined,
  contacts: [],
  neighbours: [],
  knowsRelay: false,
  linking: undefined,
  openInvitations: 0,
  introductions: [],
  pull: 'cover',
  clockBehindHours: 0,
} as const;

const WHERE = {
  state: { kind: 'carried', carriers: 1 },
  isHere: true,
  carriers: { relays: 1, contacts: 0, strangers: 0 },
  near: 1,
  devices: { reached: 0, all: 2 },
  expiresAtMs: 9,
} as const;

/** A messenger that answers at once, and tells whoever listens. */
function fakeMessenger() {
  const listeners = new Set<(event: MessengerEvent) => void>();
  const messenger = {
    begin: vi.fn(async (name: string) => ({ ok: true, value: { ...PROFILE, name } }) as const),
    recover: vi.fn(async (_words: string, name: string) => ({ ok: true, value: { ...PROFILE, name } }) as const),
    words: vi.fn(async () => ({ ok: true, value: ['abandon', 'zoo'] }) as const),
    wordsWritten: vi.fn(async () => {}),
    safetyNumber: vi.fn(async () => ({ ok: true, value: { digits: '12345', code: 'Uw' } }) as const),
    verifyByCode: vi.fn(async () => ({ ok: false, refusal: { kind: 'mismatch' } }) as const),
    setVerified: vi.fn(async () => {}),
    newsSeen: vi.fn(async () => {}),
    compare: vi.fn(async () => {}),
    endComparison: vi.fn(async () => {}),
    devices: vi.fn(async () => [{ id: 'd1', isThis: true, isFirst: true, sinceMs: 1 }]),
    offerLink: vi.fn(async () => ({ ok: true, value: { text: 'link', expiresAtMs: 1 } }) as const),
    link: vi.fn(async () => ({ ok: true, value: undefined }) as const),
    confirmLink: vi.fn(async () => {}),
    cancelLink: vi.fn(async () => {}),
    removeDevice: vi.fn(async () => ({ ok: true, value: undefined }) as const),
    backup: vi.fn(async () => ({ ok: true, value: new Uint8Array([1, 2, 3]) }) as const),
    restore: vi.fn(async () => ({ ok: true, value: { contacts: 1, messages: 2 } }) as const),
    invite: vi.fn(async () => ({ ok: true, value: { text: 'kith', expiresAtMs: 1 } }) as const),
    meetAgain: vi.fn(async () => ({ ok: true, value: { text: 'again', expiresAtMs: 2 } }) as const),
    revokeInvitations: vi.fn(async () => ({ ok: true, value: undefined }) as const),
    endByHand: vi.fn(async () => {}),
    introduce: vi.fn(async () => ({ ok: false, refusal: { kind: 'unknown-contact' } }) as const),
    answerIntroduction: vi.fn(async () => {}),
    accept: vi.fn(async () => ({ ok: false, refusal: { kind: 'expired', expiredAtMs: 3 } }) as const),
    send: vi.fn(async () => ({ ok: true, value: 'a1' }) as const),
    markRead: vi.fn(async () => {}),
    useRelay: vi.fn(async () => {}),
    whereIs: vi.fn(async () => WHERE),
    exportBundle: vi.fn(async () => ({ ok: true, value: { file: new Uint8Array([1, 2]), envelopes: 2, own: 1 } }) as const),
    importBundle: vi.fn(async () => ({ ok: true, value: { forMe: 1, toCarry: 2, known: 3, refused: 4 } }) as const),
    setPull: vi.fn(async () => {}),
    awake: vi.fn(async () => {}),
    overview: vi.fn(async () => NOBODY),
    timeline: vi.fn(async () => ({ messages: [MESSAGE], earlier: undefined })),
    subscribe: vi.fn((listener: (event: MessengerEvent) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    }),
    close: vi.fn(async () => {}),
  } satisfies Messenger;
  const tell = (event: MessengerEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  return { messenger, listeners, tell };
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function connected(
  channel: { readonly port1: MessengerPort & { close(): void }; readonly port2: MessengerPort & { close(): void } } = new MessageChannel(),
) {
  const fake = fakeMessenger();
  const stop = serveMessenger(fake.messenger, channel.port1);
  const remote = connectMessenger(channel.port2);
  ends.push(() => channel.port1.close());
  return { ...fake, ...channel, stop, remote };
}

test.each([
  ['a port of the web', () => new MessageChannel()],
  ['a port of worker_threads', () => new NodeChannel()],
])('every method is asked with its arguments and answers with its value, over %s', async (_name, open) => {
  const { messenger, remote } = connected(open());
  expect(await remote.begin('Ann')).toEqual({ ok: true, value: { ...PROFILE, name: 'Ann' } });
  expect(await remote.invite({ byHand: true })).toEqual({ ok: true, value: { text: 'kith', expiresAtMs: 1 } });
  expect(messenger.invite).toHaveBeenCalledWith({ byHand: true });
  expect(await remote.meetAgain('b2')).toEqual({ ok: true, value: { text: 'again', expiresAtMs: 2 } });
  expect(await remote.revokeInvitations()).toEqual({ ok: true, value: undefined });
  await remote.endByHand();
  expect(await remote.introduce('b2', 'c3')).toEqual({ ok: false, refusal: { kind: 'unknown-contact' } });
  await remote.answerIntroduction('i1', true);
  expect(messenger.answerIntroduction).toHaveBeenCalledWith('i1', true);
  expect(await remote.accept('text')).toEqual({ ok: false, refusal: { kind: 'expired', expiredAtMs: 3 } });
  expect(await remote.send('b2', 'hello')).toEqual({ ok: true, value: 'a1' });
  expect(await remote.markRead('b2')).toBeUndefined();
  expect(await remote.useRelay({ key: 'k', addresses: ['/ip4/127.0.0.1'] })).toBeUndefined();
  expect(await remote.awake()).toBeUndefined();
  expect(await remote.overview()).toEqual(NOBODY);
  const file = new Uint8Array([4, 5]);
  const secret = { kind: 'passphrase', text: 'secret' } as const;
  expect(await remote.recover('words', 'Bo')).toEqual({ ok: true, value: { ...PROFILE, name: 'Bo' } });
  expect(await remote.words()).toEqual({ ok: true, value: ['abandon', 'zoo'] });
  expect(await remote.wordsWritten()).toBeUndefined();
  expect(await remote.safetyNumber('b2')).toEqual({ ok: true, value: { digits: '12345', code: 'Uw' } });
  expect(await remote.verifyByCode('b2', 'Uw')).toEqual({ ok: false, refusal: { kind: 'mismatch' } });
  expect(await remote.setVerified('b2', true)).toBeUndefined();
  expect(await remote.newsSeen('b2')).toBeUndefined();
  expect(await remote.compare('b2')).toBeUndefined();
  expect(await remote.endComparison('b2', false)).toBeUndefined();
  expect(await remote.devices()).toEqual([{ id: 'd1', isThis: true, isFirst: true, sinceMs: 1 }]);
  expect(await remote.offerLink()).toEqual({ ok: true, value: { text: 'link', expiresAtMs: 1 } });
  expect(await remote.link('text')).toEqual({ ok: true, value: undefined });
  expect(await remote.confirmLink(true)).toBeUndefined();
  expect(await remote.cancelLink()).toBeUndefined();
  expect(await remote.removeDevice('d1', 'stolen')).toEqual({ ok: true, value: undefined });
  expect(await remote.backup(secret)).toEqual({ ok: true, value: new Uint8Array([1, 2, 3]) });
  expect(await remote.restore(file, secret, 'words')).toEqual({ ok: true, value: { contacts: 1, messages: 2 } });
  expect(await remote.whereIs('a1')).toEqual(WHERE);
  expect(await remote.exportBundle(8192)).toEqual({ ok: true, value: { file: new Uint8Array([1, 2]), envelopes: 2, own: 1 } });
  expect(await remote.importBundle(file)).toEqual({ ok: true, value: { forMe: 1, toCarry: 2, known: 3, refused: 4 } });
  expect(await remote.setPull('mailbox')).toBeUndefined();
  expect(await remote.timeline('b2', { before: 'x', limit: 3 })).toEqual({ messages: [MESSAGE], earlier: undefined });
  expect(await remote.timeline('b2')).toEqual({ messages: [MESSAGE], earlier: undefined });
  expect(await remote.close()).toBeUndefined();
  expect(messenger.begin).toHaveBeenCalledWith('Ann');
  expect(messenger.accept).toHaveBeenCalledWith('text', undefined);
  expect(messenger.recover).toHaveBeenCalledWith('words', 'Bo');
  expect(messenger.verifyByCode).toHaveBeenCalledWith('b2', 'Uw');
  expect(messenger.setVerified).toHaveBeenCalledWith('b2', true);
  expect(messenger.endComparison).toHaveBeenCalledWith('b2', false);
  expect(messenger.removeDevice).toHaveBeenCalledWith('d1', 'stolen');
  expect(messenger.backup).toHaveBeenCalledWith(secret);
  expect(messenger.restore).toHaveBeenCalledWith(file, secret, 'words');
  expect(messenger.whereIs).toHaveBeenCalledWith('a1');
  expect(messenger.exportBundle).toHaveBeenCalledWith(8192);
  expect(messenger.importBundle).toHaveBeenCalledWith(file);
  expect(messenger.setPull).toHaveBeenCalledWith('mailbox');
  expect(messenger.send).toHaveBeenCalledWith('b2', 'hello');
  expect(messenger.markRead).toHaveBeenCalledWith('b2');
  expect(messenger.useRelay).toHaveBeenCalledWith({ key: 'k', addresses: ['/ip4/127.0.0.1'] });
  expect(messenger.timeline.mock.calls).toEqual([
    ['b2', { before: 'x', limit: 3 }],
    ['b2', undefined],
  ]);
  for (const method of Object.values(messenger)) if (method !== messenger.subscribe) expect(method).toHaveBeenCalled();
});

test('answers that come in another order reach their own calls', async () => {
  const { messenger, remote } = connected();
  const answers: ((id: string) => void)[] = [];
  messenger.send.mockImplementation(() => new Promise((resolve) => answers.push((value) => resolve({ ok: true, value } as never))));
  const [first, second] = [remote.send('b2', 'one'), remote.send('b2', 'two')];
  await vi.waitFor(() => expect(answers.length).toBe(2));
  answers[1]?.('second');
  expect(await second).toMatchObject({ value: 'second' });
  answers[0]?.('first');
  expect(await first).toMatchObject({ value: 'first' });
});

test('what the messenger throws is thrown to the one who asked, and to nobody else', async () => {
  const { messenger, remote } = connected();
  messenger.markRead.mockRejectedValue(new RangeError('no such account'));
  messenger.awake.mockImplementation(() => {
    throw new Error('thrown at once');
  });
  messenger.overview.mockResolvedValue({ contacts: [() => {}] } as never);
  await expect(remote.markRead('x')).rejects.toMatchObject({ name: 'RangeError', message: 'no such account' });
  await expect(remote.awake()).rejects.toThrow('thrown at once');
  await expect(remote.overview()).rejects.toMatchObject({ name: 'DataCloneError' });
  expect((await remote.invite()).ok).toBe(true);
});

test('events reach every listener in order, until it stops listening', async () => {
  const { listeners, tell, remote } = connected();
  const [one, two] = [vi.fn(), vi.fn()];
  const stopOne = remote.subscribe(one);
  const stopTwo = remote.subscribe(two);
  await remote.awake();
  expect(listeners.size).toBe(1);
  tell({ kind: 'overview-changed' });
  tell({ kind: 'message-changed', message: MESSAGE, isNew: true });
  await remote.awake();
  expect(one.mock.calls).toEqual([[{ kind: 'overview-changed' }], [{ kind: 'message-changed', message: MESSAGE, isNew: true }]]);
  stopOne();
  stopOne();
  tell({ kind: 'overview-changed' });
  await remote.awake();
  expect([one.mock.calls.length, two.mock.calls.length]).toEqual([2, 3]);
  stopTwo();
  await remote.awake();
  expect(listeners.size).toBe(0);
});

test('after close nothing is asked any more, and nobody is told', async () => {
  const { messenger, listeners, remote } = connected();
  const told = vi.fn();
  remote.subscribe(told);
  await remote.close();
  await remote.close();
  expect(messenger.close).toHaveBeenCalledTimes(1);
  expect(listeners.size).toBe(0);
  await expect(remote.overview()).rejects.toThrow('closed');
  expect(told).not.toHaveBeenCalled();
});

test('when the port closes unasked, waiting calls are refused and listeners are told', async () => {
  const { messenger, port1, remote } = connected();
  messenger.overview.mockImplementation(() => new Promise(() => {}));
  const told = vi.fn();
  remote.subscribe(told);
  const waiting = remote.overview();
  await remote.awake();
  port1.close();
  await expect(waiting).rejects.toThrow('closed before it answered');
  expect(told.mock.calls).toEqual([[{ kind: 'stopped', why: expect.any(String) }]]);
  await expect(remote.awake()).rejects.toThrow('closed');
});

test('a server that was stopped no longer calls or tells', async () => {
  const { messenger, listeners, port1, port2, stop, remote } = connected();
  remote.subscribe(() => {});
  await remote.awake();
  stop();
  expect(listeners.size).toBe(0);
  port2.postMessage({ kind: 'call', id: 1, name: 'invite', args: [] });
  // Another server at the same port answers, so the call before has arrived too.
  serveMessenger(fakeMessenger().messenger, port1);
  await remote.awake();
  expect(messenger.invite).not.toHaveBeenCalled();
});

test('calls with arguments of other types are refused and do not reach the messenger', async () => {
  const { messenger, remote } = connected();
  const wrong = remote as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>;
  for (const [name, ...args] of [
    ['begin', 5],
    ['begin'],
    ['accept', null],
    ['accept', 'x', 'shouted'],
    ['recover', 'words'],
    ['invite', { byHand: 'yes' }],
    ['meetAgain', 3],
    ['introduce', 'b2'],
    ['answerIntroduction', 'i1', 'yes'],
    ['setVerified', 'b2', 'yes'],
    ['confirmLink', 1],
    ['removeDevice', 'd1', 'lost'],
    ['backup', { kind: 'key', text: 'x' }],
    ['restore', [1, 2], { kind: 'words', text: 'x' }],
    ['restore', new Uint8Array(1), { kind: 'words', text: 'x' }, 5],
    ['whereIs', 5],
    ['exportBundle', '8192'],
    ['importBundle', [1, 2]],
    ['setPull', 'bucket'],
    ['send', 'b2', {}],
    ['markRead', ['x']],
    ['useRelay', { key: 'k', addresses: [1] }],
    ['useRelay', undefined],
    ['timeline', 'b2', { limit: '5' }],
    ['timeline', 'b2', null],
  ] as const) {
    await expect(wrong[name as string]?.(...args), name).rejects.toThrow('other types');
  }
  for (const method of Object.values(messenger)) expect(method).not.toHaveBeenCalled();
});

test('more than a thousand waiting calls are refused', async () => {
  const { messenger, remote } = connected();
  messenger.awake.mockImplementation(() => new Promise(() => {}));
  for (let i = 0; i < 1_000; i++) remote.awake().catch(() => {});
  await expect(remote.invite()).rejects.toThrow('too many');
});

test('whatever else comes through the port is ignored at both ends', async () => {
  const { messenger, port1, port2, remote } = connected();
  const told = vi.fn();
  remote.subscribe(told);
  const name = fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'toString', 'subscribe'));
  const shaped = fc.record(
    {
      kind: fc.oneof(fc.string(), fc.constantFrom('call', 'answer', 'error', 'event')),
      id: fc.anything(),
      name,
      args: fc.anything(),
      event: fc.anything(),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.anything(), shaped), async (message) => {
      for (const port of [port1, port2]) {
        try {
          port.postMessage(message);
        } catch (error) {
          expect(error).toMatchObject({ name: 'DataCloneError' });
        }
      }
      await remote.awake();
    }),
    { numRuns: 300 },
  );
  expect((await remote.invite()).ok).toBe(true);
  for (const [method, mock] of Object.entries(messenger))
    if (!['awake', 'invite', 'subscribe'].includes(method)) expect(mock, method).not.toHaveBeenCalled();
});
