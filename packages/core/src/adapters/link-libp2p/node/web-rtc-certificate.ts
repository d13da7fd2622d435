/**
 * The certificate of webrtc-direct. Its hash is part of the address, so it must outlive restarts; browsers pin the hash and ask
 * nothing of the dates. @libp2p/webrtc makes one for two weeks unless it is given one; here it makes one once, for ten years.
 */
import { createHash, X509Certificate } from 'node:crypto';
import type { Logger } from '@libp2p/interface';

/** Both in PEM. The private key is to be kept as secret as the node's seed. */
export interface WebRtcCertificate {
  readonly privateKey: string;
  readonly certificate: string;
}

/** Where the caller keeps the certificate. `load` answers `undefined` the first time; then `save` is called once. */
export interface WebRtcCertificateStore {
  load(): Promise<WebRtcCertificate | undefined>;
  save(certificate: WebRtcCertificate): Promise<void>;
}

/** The form in which @libp2p/webrtc takes a fixed certificate. */
export interface TransportCertificate {
  readonly privateKey: string;
  readonly pem: string;
  readonly certhash: string;
}

type WebRtcDirect = typeof import('@libp2p/webrtc').webRTCDirect;

const LIFESPAN_MS = 10 * 365 * 24 * 3_600_000;

export async function webRtcCertificate(webRTCDirect: WebRtcDirect, store: WebRtcCertificateStore): Promise<TransportCertificate> {
  const stored = await store.load();
  if (stored !== undefined) return forTransport(stored);
  const made = await makeCertificate(webRTCDirect);
  await store.save(made);
  return forTransport(made);
}

function forTransport({ privateKey, certificate }: WebRtcCertificate): TransportCertificate {
  const digest = createHash('sha256').update(new X509Certificate(certificate).raw).digest();
  // multibase base64url of the multihash: 0x12 is SHA-256, 0x20 its length
  const certhash = `u${Buffer.concat([Buffer.from([0x12, 0x20]), digest]).toString('base64url')}`;
  return { privateKey, pem: certificate, certhash };
}

/** Starts and stops a transport that belongs to no node, only for the certificate it makes. */
async function makeCertificate(webRTCDirect: WebRtcDirect): Promise<WebRtcCertificate> {
  // the renewal is due within the hour, because a timer of ten years would fire at once; the transport is stopped before
  const init = { certificateLifespan: LIFESPAN_MS, certificateRenewalThreshold: LIFESPAN_MS - 3_600_000 };
  const components = { logger: { forComponent: silentLogger }, datastore: { get: findNothing } } as unknown as Parameters<
    ReturnType<WebRtcDirect>
  >[0];
  const transport = webRTCDirect(init)(components) as unknown as {
    start(): Promise<void>;
    stop(): Promise<void>;
    readonly certificate: TransportCertificate | undefined;
  };
  await transport.start();
  const made = transport.certificate;
  await transport.stop();
  if (made === undefined) throw new Error('@libp2p/webrtc made no certificate');
  return { privateKey: made.privateKey, certificate: made.pem };
}

async function findNothing(): Promise<never> {
  throw Object.assign(new Error('nothing is kept here'), { name: 'NotFoundError' });
}

function silentLogger(): Logger {
  const nothing = (): void => {};
  return Object.assign(nothing, { error: nothing, trace: nothing, enabled: false, newScope: silentLogger });
}
