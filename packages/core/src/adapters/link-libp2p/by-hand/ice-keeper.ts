/**
 * Keeps a connection through a walk out of range. A browser gives up on a pair of candidates after some fifteen seconds and does not try it again; told
 * the same candidates under another name, it does, with no signalling and nothing agreed. Once the way is back, both sides take new ports, told on the channel
 * aside, so that the next walk begins afresh. Never closes anything: silence is the link's to judge. Rule: docs/protocol/by-hand.md §6.
 */
import type { Aside } from './aside.ts';
import { type Candidate, lineOf } from './candidate.ts';
import type { Side } from './code.ts';
import { RENEW_AFTER_MS, RENEWALS_MAX, RETRIED_CANDIDATES_MAX, RETRIES_MAX, RETRY_MS } from './limits.ts';
import { MID } from './session-description.ts';

/** As much of a `HandPeer` as is needed. */
export interface KeptPeer {
  readonly connection: KeptConnection;
  describe(how: { readonly isRestart: boolean }): Promise<Side | undefined>;
  take(type: 'offer' | 'answer', side: Side): Promise<void>;
  /** SHA-256 of the other side's certificate, as it was when the connection came about. */
  readonly theirFingerprint: Side['fingerprint'] | undefined;
}

/** As much of RTCPeerConnection as is needed. */
export interface KeptConnection {
  readonly connectionState: RTCPeerConnectionState;
  readonly signalingState: RTCSignalingState;
  addIceCandidate(candidate: RTCIceCandidateInit): Promise<void>;
  setLocalDescription(description: { readonly type: 'rollback' }): Promise<void>;
  addEventListener(type: 'connectionstatechange', listener: () => void): void;
}

export class IceKeeper {
  readonly #peer: KeptPeer;
  /** Whoever began proposes the new ports, so that the two do not both. */
  readonly #began: boolean;
  readonly #say: (aside: Aside) => void;
  #theirs: readonly Candidate[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #round = 0;
  /** Proposals since anything was heard of the other side's ports. */
  #unanswered = 0;
  #isAway = false;
  #isStopped = false;

  /** Watches until it is stopped: a connection that this side closes does not say so. */
  constructor(peer: KeptPeer, began: boolean, say: (aside: Aside) => void) {
    this.#peer = peer;
    this.#began = began;
    this.#say = say;
    peer.connection.addEventListener('connectionstatechange', () => this.#look());
  }

  /** Where the other side is now. */
  meets(candidates: readonly Candidate[]): void {
    this.#unanswered = 0;
    this.#theirs = candidates;
  }

  /** The connection is closed, or about to be. */
  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#renewal);
  }

  /** What the other side said of its ports. One that the browser does not take changes nothing: the old way is still there. */
  async hear(aside: Extract<Aside, { kind: 'renew' | 'renewed' }>): Promise<void> {
    this.#unanswered = 0;
    const fingerprint = this.#peer.theirFingerprint;
    const { signalingState } = this.#peer.connection;
    const isMine = aside.kind === 'renewed';
    if (isMine !== this.#began || fingerprint === undefined || signalingState !== (isMine ? 'have-local-offer' : 'stable')) return;
    // whoever is at the other end stays who it was
    const theirs = { ...aside.side, fingerprint };
    try {
      clearTimeout(this.#renewal);
      await this.#peer.take(isMine ? 'answer' : 'offer', theirs);
      this.#theirs = theirs.candidates;
      const own = isMine ? undefined : await this.#peer.describe({ isRestart: false });
      if (own !== undefined) this.#say({ kind: 'renewed', side: own });
    } catch {
      // closed meanwhile, or refused
    }
  }

  #look(): void {
    const { connectionState } = this.#peer.connection;
    if (connectionState === 'closed') this.stop();
    if (this.#isStopped) return;
    if (connectionState === 'disconnected' || connectionState === 'failed') {
      this.#isAway = true;
      if (this.#round < RETRIES_MAX) this.#timer ??= setInterval(() => this.#retry(), RETRY_MS);
      return;
    }
    this.#restRetries();
    if (connectionState !== 'connected') return;
    if (this.#isAway && this.#began) this.#renewSoon();
    this.#isAway = false;
  }

  #restRetries(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Not at once: a network that is just back has no addresses yet. */
  #renewSoon(): void {
    clearTimeout(this.#renewal);
    if (this.#isStopped || this.#unanswered >= RENEWALS_MAX) return;
    this.#renewal = setTimeout(() => void this.#renew(), RENEW_AFTER_MS);
  }

  #retry(): void {
    if (this.#peer.connection.connectionState === 'closed') return this.stop();
    this.#round++;
    for (const [rank, candidate] of this.#theirs.slice(0, RETRIED_CANDIDATES_MAX).entries()) {
      // a candidate that the browser does not take is one less to try
      this.#peer.connection.addIceCandidate({ candidate: lineOf(candidate, rank, this.#round), sdpMid: MID }).catch(() => {});
    }
    if (this.#round === RETRIES_MAX) this.#restRetries();
  }

  async #renew(): Promise<void> {
    const { connection } = this.#peer;
    if (connection.connectionState !== 'connected') return; // it will be, and then is time enough
    try {
      // an earlier proposal that was never answered
      if (connection.signalingState === 'have-local-offer') await connection.setLocalDescription({ type: 'rollback' });
      const own = await this.#peer.describe({ isRestart: true });
      if (this.#isStopped) return;
      if (own !== undefined) this.#say({ kind: 'renew', side: own });
      this.#unanswered++;
      this.#renewSoon(); // unless it is answered
    } catch {
      // closed meanwhile
    }
  }
}
