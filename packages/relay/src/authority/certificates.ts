/**
 * Makes the two certificates of a household: its own authority (the "house key" that people put on their phones) and the relay's leaf.
 * Never touches a disk or a clock. Rule: docs/decisions/0003-household-ca.md; RFC 5280.
 */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { AUTHORITY_TITLE, canonicalName } from './canonical-name.ts';
import { nameConstraintsFor } from './name-constraints.ts';
import type { Origin } from './origin.ts';

cryptoProvider.set(globalThis.crypto);

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Back-dated by years, so that a phone or a relay whose clock is behind still accepts it. */
export const AUTHORITY_BACK_DATED_MS: number = 3 * 365 * DAY_MS;
export const AUTHORITY_LIFETIME_MS: number = 3650 * DAY_MS;
export const LEAF_BACK_DATED_MS: number = DAY_MS;
/** Apple refuses more than 825 days from an added authority; 397 is what the web has long lived with. */
export const LEAF_LIFETIME_MS: number = 397 * DAY_MS;

/** A certificate and the private key that belongs to it, both PEM, each ending in a newline. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Makes a household's authority. `originOf` is told the canonical name and answers with the origin whose host the authority may vouch for. */
export async function makeAuthority(originOf: (name: string) => Origin, nowMs: number): Promise<KeyPair> {
  const keys = await freshKeys();
  const name = canonicalName(new Uint8Array(await webcrypto.subtle.exportKey('spki', keys.publicKey)));
  const origin = originOf(name);
  const subject = [{ CN: [AUTHORITY_TITLE + origin.host] }, { O: [name.replace(/\.local$/, '')] }];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: freshSerial(),
    subject,
    issuer: subject,
    notBefore: wholeSecond(nowMs - AUTHORITY_BACK_DATED_MS),
    notAfter: wholeSecond(nowMs + AUTHORITY_LIFETIME_MS),
    signingAlgorithm: CURVE,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth], false),
      nameConstraintsFor(origin),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), privateKey: await privatePem(keys.privateKey) };
}

/** Issues a leaf for this host, with a fresh key. */
export async function issueLeaf(authority: KeyPair, origin: Pick<Origin, 'host' | 'kind'>, nowMs: number): Promise<KeyPair> {
  const issuer = new X509Certificate(authority.certificate);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(authority.privateKey), CURVE, false, ['sign']);
  const keys = await freshKeys();
  const notBeforeMs = nowMs - LEAF_BACK_DATED_MS;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: freshSerial(),
    // Not the host: a common name that looks like a host is read as one by some verifiers.
    subject: [{ CN: ['Kith relay'] }],
    issuer: issuer.subjectName,
    notBefore: wholeSecond(notBeforeMs),
    notAfter: wholeSecond(notBeforeMs + LEAF_LIFETIME_MS),
    signingAlgorithm: CURVE,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth], false),
      new SubjectAlternativeNameExtension([{ type: origin.kind === 'name' ? 'dns' : 'ip', value: origin.host }], false),
      await AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export()),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), privateKey: await privatePem(keys.privateKey) };
}

async function freshKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
}

/** 127 random bits: positive and never zero, as RFC 5280 §4.1.2.2 asks. */
function freshSerial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}

/** The library's PEM has no newline at the end, and two of them joined are unreadable to OpenSSL. */
function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem').trimEnd()}\n`;
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY').trimEnd()}\n`;
}
