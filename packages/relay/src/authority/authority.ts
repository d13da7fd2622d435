/**
 * The household's authority as the relay uses it: made once, kept in the data folder, and asked for a leaf whenever the old one runs low.
 * The authority's private key is read only inside `renewIfDue`, and forgotten again. Rule: docs/decisions/0003-household-ca.md.
 */
import { X509Certificate } from 'node:crypto';
import { AUTHORITY_TITLE, canonicalName } from './canonical-name.ts';
import type { KeyPair } from './certificates.ts';
import { houseWords } from './house-words.ts';
import type { KeyFolder } from './key-folder.ts';
import { type Origin, originOf, readOrigin } from './origin.ts';

const DAY_MS = 86_400_000;
export const RENEW_BEFORE_MS: number = 30 * DAY_MS;
/** No right clock shows less than this, so a machine that woke up in 1970 does not issue certificates that ended before they began. */
export const EARLIEST_MS: number = Date.UTC(2026, 10, 1);

export type Host = Pick<Origin, 'host' | 'kind'>;

/** `kept`: it is still good. `clock-behind`: the leaf begins in the future, so the clock is wrong or was; nothing is touched. */
export type Renewal = 'kept' | 'renewed' | 'clock-behind';

export interface Authority {
  /** What the name would be by the key alone; the host is another one when the keeper chose it. */
  readonly name: string;
  readonly host: Host;
  /** The house key: PEM and DER of the authority's certificate, and its four words. */
  readonly certificate: string;
  readonly der: Uint8Array;
  readonly words: readonly string[];
  readonly isNew: boolean;
  leaf(): KeyPair;
  leafEndsAtMs(): number;
  /** Issues a new leaf if the present one is missing, for another host, or ends within 30 days. */
  renewIfDue(nowMs: number): Promise<Renewal>;
}

/** The files are there but cannot be what this program wrote. */
export class AuthorityDamaged extends Error {
  override readonly name = 'AuthorityDamaged';
}

/** The house key vouches for one host for ever, and another one was asked for. */
export class AuthorityForAnotherHost extends Error {
  override readonly name = 'AuthorityForAnotherHost';
  readonly host: string;
  constructor(host: string) {
    super(`the house key counts for ${host} only`);
    this.host = host;
  }
}

/**
 * Opens or makes the household's authority, with a leaf that is good now.
 *
 * `chosen`: the host the keeper asked for; without it, the one the key was made for, or the canonical name.
 * Throws `AuthorityDamaged`, `AuthorityForAnotherHost`, and whatever the disk throws.
 */
export async function openAuthority(folder: KeyFolder, chosen: Host | undefined, nowMs: number): Promise<Authority> {
  let certificate = await folder.read('house-key.crt');
  const isNew = certificate === undefined;
  if (certificate === undefined) {
    const { makeAuthority } = await certificates();
    const made = await makeAuthority(
      (name) => (chosen === undefined ? originOf(name, 443) : { ...originOf(name, 443), ...chosen }),
      reckon(nowMs),
    );
    // The certificate is written last: while it is missing there is no authority, and a lone key is overwritten.
    await folder.write('house-key.pem', made.privateKey);
    await folder.write('house-key.crt', made.certificate);
    certificate = made.certificate;
  }
  const house = parse(certificate);
  const name = canonicalName(house.publicKey.export({ type: 'spki', format: 'der' }));
  const host = hostIn(house);
  if (chosen !== undefined && chosen.host !== host.host) throw new AuthorityForAnotherHost(host.host);
  let leaf = await readLeaf(folder, house);

  const authority: Authority = {
    name,
    host,
    certificate,
    der: new Uint8Array(house.raw),
    words: houseWords(house.raw),
    isNew,
    leaf: () => need(leaf).pair,
    leafEndsAtMs: () => Date.parse(need(leaf).x509.validTo),
    renewIfDue: async (now) => {
      const at = reckon(now);
      if (leaf !== undefined) {
        if (at < Date.parse(leaf.x509.validFrom)) return 'clock-behind';
        if (Date.parse(leaf.x509.validTo) - at >= RENEW_BEFORE_MS) return 'kept';
      }
      const privateKey = await folder.read('house-key.pem');
      if (privateKey === undefined) throw new AuthorityDamaged('house-key.pem is missing');
      const { issueLeaf } = await certificates();
      const pair = await issueLeaf({ certificate, privateKey }, host, at).catch((cause: unknown) => {
        throw new AuthorityDamaged('house-key.pem cannot be read', { cause });
      });
      const x509 = parse(pair.certificate);
      if (!x509.verify(house.publicKey)) throw new AuthorityDamaged('house-key.pem does not belong to house-key.crt');
      await folder.write('leaf.pem', pair.privateKey + pair.certificate);
      leaf = { pair, x509 };
      return 'renewed';
    },
  };
  await authority.renewIfDue(nowMs);
  return authority;
}

/** In memory only from the day on which something is signed: the library for it weighs several megabytes, and most starts sign nothing. */
function certificates(): Promise<typeof import('./certificates.ts')> {
  return import('./certificates.ts');
}

interface Leaf {
  readonly pair: KeyPair;
  readonly x509: X509Certificate;
}

/** The leaf on disk, or nothing if it is missing, torn, or not by this authority: a new one costs nothing. */
async function readLeaf(folder: KeyFolder, house: X509Certificate): Promise<Leaf | undefined> {
  const text = (await folder.read('leaf.pem')) ?? '';
  const parts =
    /^(-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n)(-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n)$/.exec(
      text,
    );
  if (parts === null) return undefined;
  const pair = { privateKey: parts[1] as string, certificate: parts[2] as string };
  try {
    const x509 = new X509Certificate(pair.certificate);
    return x509.verify(house.publicKey) ? { pair, x509 } : undefined;
  } catch {
    return undefined;
  }
}

function hostIn(house: X509Certificate): Host {
  const title = house.subject.split('\n').find((line) => line.startsWith(`CN=${AUTHORITY_TITLE}`));
  const written = title?.slice(`CN=${AUTHORITY_TITLE}`.length) ?? '';
  const origin = readOrigin(`https://${written.includes(':') ? `[${written}]` : written}`);
  if (origin === undefined) throw new AuthorityDamaged('house-key.crt names no host');
  return { host: origin.host, kind: origin.kind };
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new AuthorityDamaged('house-key.crt cannot be read', { cause });
  }
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new AuthorityDamaged('there is no leaf');
  return value;
}

function reckon(nowMs: number): number {
  return Math.max(nowMs, EARLIEST_MS);
}
