/**
 * Who a request believes it is talking to. A name this relay does not have is turned away, so that no other site can borrow it (DNS rebinding).
 * Never trusts more of the header than it has read.
 */
import { isIP } from 'node:net';

export interface Asked {
  /** In lower case, without brackets and without a dot at the end. */
  readonly host: string;
  /** As in the header; `undefined` where it says none. */
  readonly port: number | undefined;
  /** `local`: this very machine. `house`: the canonical host. `machine`: an address or a name of this machine. */
  readonly as: 'local' | 'house' | 'machine' | 'stranger';
}

export interface OwnNames {
  /** The canonical host. */
  readonly house: string;
  /** What the operating system calls this machine. */
  readonly machine: string;
}

/** Reads a Host header; `undefined` when there is none or it cannot be read. */
export function readHost(header: string | undefined, own: OwnNames): Asked | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9.-]{1,253}?))(?::(\d{1,5}))?$/.exec(header ?? '') ?? [];
  const host = (bracketed ?? plain)?.toLowerCase().replace(/\.$/, '');
  if (host === undefined || host === '') return undefined;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port === 0 || port > 65_535)) return undefined;
  return { host, port, as: whose(host, own) };
}

function whose(host: string, own: OwnNames): Asked['as'] {
  if (host === 'localhost' || host === '127.0.0.1' || host === '::1') return 'local';
  if (host === own.house.toLowerCase()) return 'house';
  // A router may add its own ending to the machine's name: "pi", "pi.local", "pi.fritz.box".
  if (isIP(host) !== 0 || host.split('.')[0] === own.machine.toLowerCase().split('.')[0]) return 'machine';
  return 'stranger';
}

/**
 * Whether a page may open a socket here: it must come from this very host and port. Programs send no Origin and are let through.
 */
export function sameOrigin(origin: string | undefined, host: string | undefined, scheme: 'http' | 'https'): boolean {
  if (origin === undefined) return true;
  try {
    return host !== undefined && new URL(origin).origin === new URL(`${scheme}://${host}`).origin;
  } catch {
    return false;
  }
}
