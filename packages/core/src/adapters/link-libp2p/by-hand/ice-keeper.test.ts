import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Aside } from './aside.ts';
import type { Candidate } from './candidate.ts';
import type { Side } from './code.ts';
import { IceKeeper, type KeptConnection, type KeptPeer } from './ice-keeper.ts';
import { waitPatiently } from './ice-patience.ts';
import { PATIENCE_MS, RENEW_AFTER_MS, RENEWALS_MAX, RETRIED_CANDIDATES_MAX, RETRIES_MAX, RETRY_MS, SHOWN_MS } from './limits.ts';

const at = (last: number): Candidate => ({ family: 'ip4', type: 'host', address: Uint8Array.of(10, 0, 0, last), port: 5_000 });
const sideAt = (last: number, print: number): Side => ({
  credentials: { fragment: 'abcd', password: 'abcdefghijklmnopqrstuvwx' },
  fingerprint: new Uint8Array(32).fill(print),
  candidates: [at(last)],
});
const THEIR_PRINT = new Uint8Array(32).fill(7);

class FakeConnection implements KeptConnection {
  connectionState: RTCPeerConnectionState = 'connected';
  signalingState: RTCSignalingState = 'stable';
  readonly tried: string[] = [];
  rollbacks = 0;
  readonly #listeners: (() => void)[] = [];

  async addIceCandidate({ candidate = '' }: RTCIceCandidateInit): Promise<void> {
    this.tried.push(candidate);
  }

  async setLocalDescription(): Promise<void> {
    this.rollbacks++;
    this.signalingState = 'stable';
  }

  addEventListener(_: string, listener: () => void): void {
    this.#listeners.push(listener);
  }

  becomes(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    for (const listener of this.#listeners) listener();
  }
}

class FakePeer implements KeptPeer {
  readonly connection: FakeConnection = new FakeConnection();
  readonly theirFingerprint: Side['fingerprint'] = THEIR_PRINT;
  readonly taken: [string, Side][] = [];
  describedTimes = 0;

  async describe({ isRestart }: { readonly isRestart: boolean }): Promise<Side> {
    this.describedTimes++;
    this.connection.signalingState = isRestart ? 'have-local-offer' : 'stable';
    return sideAt(100 + this.describedTimes, 1);
  }

  async take(type: 'offer' | 'answer', side: Side): Promise<void> {
    this.taken.push([type, side]);
    this.connection.signalingState = type === 'answer' ? 'stable' : 'have-remote-offer';
  }
}

function kept(began: boolean): { peer: FakePeer; keeper: IceKeeper; said: Aside[] } {
  const peer = new FakePeer();
  const said: Aside[] = [];
  const keeper = new IceKeeper(peer, began, (aside) => said.push(aside));
  keeper.meets([at(1)]);
  return { peer, keeper, said };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('while the other side is away', () => {
  test('the browser is told of its candidates again, each time under other numbers, and no more once it is back', async () => {
    const { peer } = kept(false);
    peer.connection.becomes('disconnected');
    await vi.advanceTimersByTimeAsync(3 * RETRY_MS);
    peer.connection.becomes('failed');
    await vi.advanceTimersByTimeAsync(2 * RETRY_MS);
    expect(peer.connection.tried).toHaveLength(5);
    expect(new Set(peer.connection.tried).size).toBe(5);
    for (const line of peer.connection.tried) expect(line).toContain(' 10.0.0.1 5000 typ host');
    peer.connection.becomes('connected');
    await vi.advanceTimersByTimeAsync(10 * RETRY_MS);
    expect(peer.connection.tried).toHaveLength(5);
  });

  test('a few of the best are tried, of those that were told last, and not without end', async () => {
    const { peer, keeper } = kept(false);
    keeper.meets([1, 2, 3, 4, 5, 6].map(at));
    peer.connection.becomes('failed');
    await vi.advanceTimersByTimeAsync(RETRY_MS);
    expect(peer.connection.tried.map((line) => line.split(' ')[4])).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4']);
    await vi.advanceTimersByTimeAsync((RETRIES_MAX + 100) * RETRY_MS);
    expect(peer.connection.tried).toHaveLength(RETRIES_MAX * RETRIED_CANDIDATES_MAX);
    expect(new Set(peer.connection.tried).size).toBe(RETRIES_MAX * RETRIED_CANDIDATES_MAX);
    expect(vi.getTimerCount()).toBe(0);
    peer.connection.becomes('disconnected');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('whoever comes back when no more is tried is proposed new ports all the same', async () => {
    const { peer, said } = kept(true);
    peer.connection.becomes('failed');
    await vi.advanceTimersByTimeAsync(RETRIES_MAX * RETRY_MS);
    peer.connection.becomes('connected');
    await vi.advanceTimersByTimeAsync(RENEW_AFTER_MS);
    expect(said).toHaveLength(1);
  });

  test('a connection that is closed is left alone', async () => {
    const { peer } = kept(true);
    peer.connection.becomes('failed');
    peer.connection.becomes('closed');
    await vi.advanceTimersByTimeAsync(10 * RETRY_MS + RENEW_AFTER_MS);
    expect(peer.connection.tried).toEqual([]);
    expect(peer.describedTimes).toBe(0);
  });

  test('one that this side closes says nothing, and no timer outlives it', async () => {
    const [stopped, unsaid, back] = [kept(true), kept(true), kept(true)];
    stopped.peer.connection.becomes('failed');
    stopped.keeper.stop();
    unsaid.peer.connection.becomes('failed');
    unsaid.peer.connection.connectionState = 'closed';
    back.peer.connection.becomes('failed');
    back.peer.connection.becomes('connected');
    back.keeper.stop();
    await vi.advanceTimersByTimeAsync(RETRY_MS);
    expect(vi.getTimerCount()).toBe(0);
    stopped.peer.connection.becomes('disconnected');
    expect(vi.getTimerCount()).toBe(0);
    expect([...stopped.peer.connection.tried, ...unsaid.peer.connection.tried]).toEqual([]);
  });

  test('a description that comes when all is over begins nothing', async () => {
    const { peer, keeper, said } = kept(true);
    peer.connection.becomes('failed');
    peer.connection.becomes('connected');
    let describes: (own: Side) => void = () => {};
    peer.describe = () =>
      new Promise((resolve) => {
        describes = resolve;
      });
    await vi.advanceTimersByTimeAsync(RENEW_AFTER_MS);
    keeper.stop();
    describes(sideAt(101, 1));
    await vi.advanceTimersByTimeAsync(0);
    expect([said, vi.getTimerCount()]).toEqual([[], 0]);
  });
});

describe('when it is back', () => {
  const walk = (peer: FakePeer): void => {
    peer.connection.becomes('disconnected');
    peer.connection.becomes('connected');
  };

  test('whoever began proposes new ports, a while later; the other waits to be asked', async () => {
    const [ann, bo] = [kept(true), kept(false)];
    for (const { peer } of [ann, bo]) walk(peer);
    await vi.advanceTimersByTimeAsync(RENEW_AFTER_MS - 1);
    expect(ann.said).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ann.said).toEqual([{ kind: 'renew', side: sideAt(101, 1) }]);
    expect(bo.said).toEqual([]);
  });

  test('the other takes them, and whoever began takes its answer; both keep the certificate they met', async () => {
    const [ann, bo] = [kept(true), kept(false)];
    walk(ann.peer);
    await vi.advanceTimersByTimeAsync(RENEW_AFTER_MS);
    await bo.keeper.hear({ kind: 'renew', side: sideAt(101, 99) });
    expect(bo.peer.taken).toEqual([['offer', { ...sideAt(101, 99), fingerprint: THEIR_PRINT }]]);
    expect(bo.said).toEqual([{ kind: 'renewed', side: sideAt(101, 1) }]);
    await ann.keeper.hear({ kind: 'renewed', side: sideAt(55, 99) });
    expect(ann.peer.taken).toEqual([['answer', { ...sideAt(55, 99), fingerprint: THEIR_PRINT }]]);
    await vi.advanceTimersByTimeAsync(10 * RENEW_AFTER_MS);
    expect(ann.said).toHaveLength(1);
    ann.peer.connection.becomes('failed');
    await vi.advanceTimersByTimeAsync(RETRY_MS);
    expect(ann.peer.connection.tried[0]).toContain(' 10.0.0.55 ');
  });

  test('a proposal that nobody answers is taken back and made again', async () => {
    const { peer, said } = kept(true);
    walk(peer);
    await vi.advanceTimersByTimeAsync(3 * RENEW_AFTER_MS);
    expect(said).toHaveLength(3);
    expect(peer.connection.rollbacks).toBe(2);
  });

  test('whoever never answers is asked no more, at the next walk neither, until something is heard', async () => {
    const { peer, keeper, said } = kept(true);
    walk(peer);
    await vi.advanceTimersByTimeAsync(20 * RENEW_AFTER_MS);
    expect(said).toHaveLength(RENEWALS_MAX);
    walk(peer);
    await vi.advanceTimersByTimeAsync(20 * RENEW_AFTER_MS);
    expect([said.length, vi.getTimerCount()]).toEqual([RENEWALS_MAX, 0]);
    await keeper.hear({ kind: 'renewed', side: sideAt(55, 99) });
    walk(peer);
    await vi.advanceTimersByTimeAsync(RENEW_AFTER_MS);
    expect(said).toHaveLength(RENEWALS_MAX + 1);
  });

  test('what does not belong here changes nothing', async () => {
    const [ann, bo] = [kept(true), kept(false)];
    await ann.keeper.hear({ kind: 'renew', side: sideAt(9, 9) });
    await ann.keeper.hear({ kind: 'renewed', side: sideAt(9, 9) });
    await bo.keeper.hear({ kind: 'renewed', side: sideAt(9, 9) });
    expect([...ann.peer.taken, ...bo.peer.taken]).toEqual([]);
  });
});

test('whoever shows one code is given somebody to try on its own device until the other comes', async () => {
  const connection = new FakeConnection();
  connection.connectionState = 'new';
  waitPatiently(connection, [at(3)]);
  await vi.advanceTimersByTimeAsync(3 * PATIENCE_MS);
  expect(new Set(connection.tried).size).toBe(3);
  for (const line of connection.tried) expect(line).toContain(' 10.0.0.3 9 typ host');
  connection.connectionState = 'connected';
  await vi.advanceTimersByTimeAsync(2 * SHOWN_MS);
  expect(connection.tried).toHaveLength(3);
  const forgotten = new FakeConnection();
  forgotten.connectionState = 'new';
  waitPatiently(forgotten, [at(3)]);
  await vi.advanceTimersByTimeAsync(2 * SHOWN_MS);
  expect(forgotten.tried.length).toBeLessThanOrEqual(SHOWN_MS / PATIENCE_MS + 2);
});
