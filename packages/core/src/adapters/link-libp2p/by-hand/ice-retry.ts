/**
 * Keeps a connection through a walk out of range. A browser gives up on a pair of candidates after some fifteen seconds and does not try it again;
 * told the same candidates under another name, it does, with no signalling and nothing agreed. Never closes anything: silence is the link's to judge.
 * Rule: docs/protocol/by-hand.md §6.
 */
import { type Candidate, lineOf } from './candidate.ts';
import { RETRIED_CANDIDATES_MAX, RETRIES_MAX, RETRY_MS } from './limits.ts';
import { MID } from './session-description.ts';

/** As much of RTCPeerConnection as is needed. */
export interface RetriedConnection {
  readonly connectionState: RTCPeerConnectionState;
  addIceCandidate(candidate: RTCIceCandidateInit): Promise<void>;
  addEventListener(type: 'connectionstatechange', listener: () => void): void;
}

/** Watches until the connection is closed. `candidates`: where the other side was last. */
export function retryIce(connection: RetriedConnection, candidates: () => readonly Candidate[]): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  let round = 0;

  const retry = (): void => {
    if (round === RETRIES_MAX) return stop();
    round++;
    for (const [rank, candidate] of candidates().slice(0, RETRIED_CANDIDATES_MAX).entries()) {
      // a candidate that the browser does not take is one less to try
      connection.addIceCandidate({ candidate: lineOf(candidate, rank, round), sdpMid: MID }).catch(() => {});
    }
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };

  connection.addEventListener('connectionstatechange', () => {
    const isAway = connection.connectionState === 'disconnected' || connection.connectionState === 'failed';
    if (!isAway) return stop();
    timer ??= setInterval(retry, RETRY_MS);
  });
}
