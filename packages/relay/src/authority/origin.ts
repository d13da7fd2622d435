/**
 * The one address under which phones keep the app: scheme, host and port. Identity in a browser belongs to it, so it never changes by itself.
 * Never looks anything up. Rule: docs/decisions/0003-household-ca.md.
 */
import { isIP } from 'node:net';

export interface Origin {
  /** As a browser writes it: `https://kith-7q2mxa9d.local:8443`, without a port when it is 443. */
  readonly href: string;
  /** A DNS name in lower case, or an IP address without brackets. */
  readonly host: string;
  readonly kind: 'name' | 'ip4' | 'ip6';
  readonly port: number;
}

/** Reads an origin as a person types it; `undefined` unless it is https and nothing but scheme, host and port. */
export function readOrigin(text: string): Origin | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.hostname === '') return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family === 0 && !isName(host)) return undefined;
  return {
    href: url.origin,
    host,
    kind: family === 4 ? 'ip4' : family === 6 ? 'ip6' : 'name',
    port: url.port === '' ? 443 : Number(url.port),
  };
}

export function originOf(host: string, port: number): Origin {
  const origin = readOrigin(`https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  if (origin === undefined) throw new TypeError('not a host name');
  return origin;
}

function isName(host: string): boolean {
  return host.length <= 253 && host.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
}
