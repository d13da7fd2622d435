/**
 * One RTCPeerConnection made by hand, with its two channels: one for libp2p, and one aside for what only the two ends of this connection tell each
 * other. Gathers before it tells, because a code is told once. Never talks to a server but those it was given. Rule: docs/protocol/by-hand.md §3.
 */
import type { Bytes } from '../../../kernel/bytes.ts';
import { type Aside, encodeAside } from './aside.ts';
import type { Candidate } from './candidate.ts';
import type { IceCredentials, Side } from './code.ts';
import { GATHER_MS } from './limits.ts';
import { readDescription, withCredentials, writeDescription } from './session-description.ts';

export interface HandPeerOptions {
  readonly iceServers: readonly RTCIceServer[];
  /** One that was kept; otherwise the browser makes one for this connection alone. */
  readonly certificate?: RTCCertificate;
}

export interface Description {
  readonly credentials?: IceCredentials;
  readonly isRestart?: boolean;
}

export class HandPeer {
  readonly connection: RTCPeerConnection;
  /** For libp2p. */
  readonly channel: RTCDataChannel;
  readonly aside: RTCDataChannel;

  constructor({ iceServers, certificate }: HandPeerOptions) {
    this.connection = new RTCPeerConnection({
      iceServers: [...iceServers],
      ...(certificate === undefined ? {} : { certificates: [certificate] }),
    });
    this.channel = this.connection.createDataChannel('kith', { negotiated: true, id: 0 });
    this.aside = this.connection.createDataChannel('aside', { negotiated: true, id: 1 });
    this.aside.binaryType = 'arraybuffer';
  }

  /**
   * Describes this side, as the one who begins or the one who answers; `isRestart`: with new ports and credentials. Rejects where the browser
   * refuses the credentials that are given.
   */
  async describe({ credentials, isRestart = false }: Description = {}): Promise<Side | undefined> {
    const { connection } = this;
    const isAnswer = connection.signalingState === 'have-remote-offer';
    const made = isAnswer ? await connection.createAnswer() : await connection.createOffer({ iceRestart: isRestart });
    const own = made.sdp ?? '';
    const whenGathered = gathered(connection);
    await connection.setLocalDescription({ ...made, sdp: credentials === undefined ? own : withCredentials(own, credentials) });
    await whenGathered;
    return readDescription(connection.localDescription?.sdp ?? '');
  }

  take(type: 'offer' | 'answer', side: Side): Promise<void> {
    return this.connection.setRemoteDescription(writeDescription(type, side));
  }

  /** Where this side is reachable, as far as the browser has told. */
  get candidates(): readonly Candidate[] {
    return this.#own?.candidates ?? [];
  }

  /** SHA-256 of this side's certificate, once it was described. */
  get fingerprint(): Bytes | undefined {
    return this.#own?.fingerprint;
  }

  get theirFingerprint(): Bytes | undefined {
    return readDescription(this.connection.remoteDescription?.sdp ?? '')?.fingerprint;
  }

  get #own(): Side | undefined {
    return readDescription(this.connection.localDescription?.sdp ?? '');
  }

  /** Nothing is sent where nobody is any more. */
  sayAside(aside: Aside): void {
    const words = encodeAside(aside);
    if (words !== undefined && this.aside.readyState === 'open') this.aside.send(words);
  }

  close(): void {
    this.connection.close();
  }
}

/** SHA-256 of a certificate. Asked of a description, because not every browser says it otherwise. */
export async function fingerprintOf(certificate: RTCCertificate): Promise<Bytes | undefined> {
  const peer = new HandPeer({ iceServers: [], certificate });
  try {
    return readDescription((await peer.connection.createOffer()).sdp ?? '')?.fingerprint;
  } finally {
    peer.close();
  }
}

/** Until the candidates of the next description are there, or there has been time enough for those that matter. */
function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(patience);
      connection.removeEventListener('icegatheringstatechange', look);
      resolve();
    };
    // the state of an earlier description is complete too: only a change says anything
    const look = (): void => {
      if (connection.iceGatheringState === 'complete') done();
    };
    const patience = setTimeout(done, GATHER_MS);
    connection.addEventListener('icegatheringstatechange', look);
  });
}
