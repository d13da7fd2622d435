/**
 * Makes connections by hand in a page: keeps the attempts under way, their certificates, and which connection came of which. Bounded by
 * `ATTEMPTS_MAX`; nothing of it outlives a connection but certificates. Whom to meet, and what else a code carries, is decided above the link.
 */
import type { Connection } from '@libp2p/interface';
import { type Bytes, sameBytes } from '../../../kernel/bytes.ts';
import type { HandCommand, HandFailure, TransportKey } from '../../../node/machine.ts';
import type { PassiveNode } from '../passive-node.ts';
import { againCredentials } from './again-credentials.ts';
import { Attempt } from './attempt.ts';
import { HandCertificates } from './certificates.ts';
import { decodeAgain, decodeAnswer, decodeOffer, encodeAgain, encodeAnswer, encodeOffer, MARK_BYTES } from './code.ts';
import type { HandHost, Hands, MadeByHand } from './hands.ts';
import { waitPatiently } from './ice-patience.ts';
import { AGAIN_CODE_BYTES_MAX, ATTEMPTS_MAX, CODE_BYTES_MAX } from './limits.ts';
import { canChooseCredentials } from './munging-probe.ts';
import { fingerprintOf, HandPeer } from './peer.ts';

export interface ByHandOptions {
  /** STUN and TURN servers of one's own relays, asked for at the beginning of each attempt. Default: none. */
  readonly iceServers?: () => readonly RTCIceServer[];
  /** Where certificates are kept. Default `kith-certificates`. */
  readonly databaseName?: string;
}

type Of<Kind extends HandCommand['kind']> = Extract<HandCommand, { kind: Kind }>;

interface Beginning {
  readonly began: boolean;
  readonly expectedKey?: TransportKey | undefined;
  readonly certificate?: RTCCertificate;
}

/** Why an attempt goes no further. */
class Failed extends Error {
  override readonly name = 'Failed';
  readonly reason: HandFailure;

  constructor(reason: HandFailure) {
    super(reason);
    this.reason = reason;
  }
}

export class ByHand implements Hands {
  readonly #iceServers: () => readonly RTCIceServer[];
  readonly #certificates: HandCertificates;
  /** The newest beginning of each number: what comes of an earlier one is not wanted. */
  readonly #wanted: Map<number, symbol> = new Map();
  readonly #attempts: Map<number, Attempt> = new Map();
  readonly #made: WeakMap<Connection, MadeByHand> = new WeakMap();
  #mayBeAgain: Promise<boolean> | undefined;

  constructor(options: ByHandOptions = {}) {
    this.#iceServers = options.iceServers ?? ((): readonly RTCIceServer[] => []);
    this.#certificates = new HandCertificates(options.databaseName ?? 'kith-certificates', () => Date.now());
  }

  perform(command: HandCommand, host: HandHost): void {
    switch (command.kind) {
      case 'hand-certify':
        void this.#certify(command, host);
        break;
      case 'hand-forget':
        // one that nobody can get at any more is as good as forgotten
        this.#certificates.forget(command.name).catch(() => {});
        break;
      case 'hand-drop':
        this.#drop(command.hand);
        break;
      case 'hand-accept':
        void this.#tellWhy(command.hand, host, this.#accept(command));
        break;
      default: {
        this.#drop(command.hand);
        const mark = Symbol('begun');
        this.#wanted.set(command.hand, mark);
        void this.#tellWhy(command.hand, host, this.#begin(command, mark, host));
      }
    }
  }

  of(connection: Connection): MadeByHand | undefined {
    return this.#made.get(connection);
  }

  isBusyWith(passive: PassiveNode): boolean {
    return [...this.#attempts.values()].some((attempt) => attempt.passive === passive);
  }

  async stop(): Promise<void> {
    this.#wanted.clear();
    for (const attempt of [...this.#attempts.values()]) attempt.drop();
    await this.#certificates.close();
  }

  #drop(hand: number): void {
    this.#wanted.delete(hand);
    this.#attempts.get(hand)?.drop();
  }

  async #tellWhy(hand: number, host: HandHost, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const reason = error instanceof Failed ? error.reason : unexpected();
      const attempt = this.#attempts.get(hand);
      if (attempt !== undefined) attempt.fail(reason);
      else host.tell({ kind: 'hand-failed', hand, reason });
    }
  }

  #begin(command: Of<'hand-offer' | 'hand-answer' | 'hand-again'>, mark: symbol, host: HandHost): Promise<void> {
    switch (command.kind) {
      case 'hand-offer':
        return this.#offer(command, mark, host);
      case 'hand-answer':
        return this.#answer(command, mark, host);
      case 'hand-again':
        return command.shown === undefined ? this.#show(command, mark, host) : this.#read(command, command.shown, mark, host);
    }
  }

  async #offer({ hand, codeBytesMax }: Of<'hand-offer'>, mark: symbol, host: HandHost): Promise<void> {
    const attempt = await this.#attempt(hand, mark, host, { began: true });
    const own = await attempt?.peer.describe();
    if (attempt === undefined || own === undefined || attempt.isOver) return;
    tellCode(attempt, host, encodeOffer(own, Math.min(codeBytesMax, CODE_BYTES_MAX)));
  }

  async #answer({ hand, offer, expectedKey, codeBytesMax }: Of<'hand-answer'>, mark: symbol, host: HandHost): Promise<void> {
    const theirs = decodeOffer(offer);
    if (theirs === undefined) throw new Failed('bad-code');
    const attempt = await this.#attempt(hand, mark, host, { began: false, expectedKey });
    if (attempt === undefined) return;
    attempt.meets(theirs.candidates);
    await taken(attempt.peer.take('offer', theirs));
    const own = await attempt.peer.describe();
    if (own === undefined || attempt.isOver) return;
    const answer = { ...own, mark: theirs.fingerprint.slice(0, MARK_BYTES) };
    tellCode(attempt, host, encodeAnswer(answer, Math.min(codeBytesMax, CODE_BYTES_MAX)));
  }

  async #accept({ hand, answer, expectedKey }: Of<'hand-accept'>): Promise<void> {
    const attempt = this.#attempts.get(hand);
    const theirs = decodeAnswer(answer);
    const mark = attempt?.peer.fingerprint?.slice(0, MARK_BYTES);
    const isOurs = attempt?.began === true && mark !== undefined && theirs !== undefined && sameBytes(theirs.mark, mark);
    if (!isOurs || attempt.peer.connection.signalingState !== 'have-local-offer') throw new Failed('bad-code');
    attempt.connect(theirs.candidates, expectedKey);
    await taken(attempt.peer.take('answer', theirs));
  }

  /** Shows the one code. The other side's answer is known before it gives one. */
  async #show({ hand, secret, certificate, peerFingerprint, expectedKey }: Of<'hand-again'>, mark: symbol, host: HandHost): Promise<void> {
    const again = await this.#again(secret, certificate);
    const attempt = await this.#attempt(hand, mark, host, { began: true, expectedKey, certificate: again.certificate });
    if (attempt === undefined) return;
    const own = await attempt.peer.describe({ credentials: again.credentials.shows });
    if (own === undefined || attempt.isOver) return;
    await attempt.peer.take('answer', { credentials: again.credentials.reads, fingerprint: peerFingerprint, candidates: [] });
    waitPatiently(attempt.peer.connection, own.candidates);
    tellCode(attempt, host, encodeAgain(own.candidates, AGAIN_CODE_BYTES_MAX));
  }

  async #read(command: Of<'hand-again'>, shown: Bytes, mark: symbol, host: HandHost): Promise<void> {
    const candidates = decodeAgain(shown);
    if (candidates === undefined) throw new Failed('bad-code');
    const again = await this.#again(command.secret, command.certificate);
    const how = { began: false, expectedKey: command.expectedKey, certificate: again.certificate };
    const attempt = await this.#attempt(command.hand, mark, host, how);
    if (attempt === undefined) return;
    attempt.connect(candidates);
    await taken(attempt.peer.take('offer', { credentials: again.credentials.shows, fingerprint: command.peerFingerprint, candidates }));
    await attempt.peer.describe({ credentials: again.credentials.reads });
  }

  /** `undefined` when the attempt was dropped or begun anew meanwhile. */
  async #attempt(hand: number, mark: symbol, host: HandHost, how: Beginning): Promise<Attempt | undefined> {
    const passive = await host.ready();
    if (this.#wanted.get(hand) !== mark) return undefined;
    this.#wanted.delete(hand);
    const { certificate } = how;
    const peer = new HandPeer({ iceServers: this.#iceServers(), ...(certificate === undefined ? {} : { certificate }) });
    const attempt: Attempt = new Attempt({
      hand,
      peer,
      passive,
      host,
      began: how.began,
      expectedKey: how.expectedKey,
      over: () => {
        if (this.#attempts.get(hand) === attempt) this.#attempts.delete(hand);
      },
      made: (connection, made) => void this.#made.set(connection, made),
    });
    this.#attempts.set(hand, attempt);
    const oldest = this.#attempts.size > ATTEMPTS_MAX ? this.#attempts.values().next().value : undefined;
    oldest?.fail('timed-out');
    return attempt;
  }

  async #again(
    secret: Bytes,
    name: string,
  ): Promise<{ certificate: RTCCertificate; credentials: Awaited<ReturnType<typeof againCredentials>> }> {
    const certificate = (await this.#isAgainPossible()) ? await this.#certificates.find(name).catch(() => undefined) : undefined;
    if (certificate === undefined) throw new Failed('no-certificate');
    return { certificate, credentials: await againCredentials(secret) };
  }

  async #certify({ name }: Of<'hand-certify'>, host: HandHost): Promise<void> {
    const find = async (): Promise<Bytes | undefined> =>
      (await this.#isAgainPossible()) ? fingerprintOf(await this.#certificates.keep(name)) : undefined;
    // where none can be kept (a private window, no room), two codes are needed: that is what the answer says
    host.tell({ kind: 'hand-certificate', name, fingerprint: await find().catch(() => undefined) });
  }

  #isAgainPossible(): Promise<boolean> {
    this.#mayBeAgain ??= 'subtle' in crypto ? canChooseCredentials() : Promise.resolve(false);
    return this.#mayBeAgain;
  }
}

/** What nobody foresaw may go well another time; only where there is nothing to connect with it never will. */
function unexpected(): HandFailure {
  return 'RTCPeerConnection' in globalThis ? 'timed-out' : 'no-transport';
}

function tellCode(attempt: Attempt, host: HandHost, code: Bytes | undefined): void {
  if (code === undefined) throw new Failed('no-address');
  host.tell({ kind: 'hand-code', hand: attempt.hand, code });
}

/** A description that the browser does not take came of a code that is none. */
async function taken(taking: Promise<void>): Promise<void> {
  try {
    await taking;
  } catch {
    throw new Failed('bad-code');
  }
}
