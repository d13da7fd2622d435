/**
 * IPv6 addresses of this machine by which phones can come for a long time: those that last, not those that a system makes for itself and changes
 * every day, because with each change the TURN server begins anew. Known on Linux alone; elsewhere there are none. Never asks anyone.
 */
import { readFileSync } from 'node:fs';
import { SocketAddress } from 'node:net';
import { NOT_A_HOUSE } from '../lan-addresses.ts';

const TABLE = '/proc/net/if_inet6';
/** Address, number, prefix, scope (00: the whole world, or a network of one's own as in RFC 4193), flags, name of the interface. */
const LINE = /^([0-9a-f]{32}) [0-9a-f]+ [0-9a-f]+ 00 ([0-9a-f]+) +(\S+)$/;
/** IFA_F_TEMPORARY, IFA_F_DADFAILED, IFA_F_DEPRECATED, IFA_F_TENTATIVE (linux/if_addr.h). */
const NOT_LASTING = 0x01 | 0x08 | 0x20 | 0x40;

/** What the system says of them; nothing where it says it otherwise. */
export function readIp6Table(): string {
  try {
    return readFileSync(TABLE, 'latin1');
  } catch {
    return '';
  }
}

/** `host`: the only one listened at, if one was chosen. */
export function ip6Addresses(table: string, host: string | undefined): readonly string[] {
  const addresses = table.split('\n').flatMap((line) => {
    const [, digits = '', flags = '', name = ''] = LINE.exec(line) ?? [];
    if (digits === '' || (Number.parseInt(flags, 16) & NOT_LASTING) !== 0 || NOT_A_HOUSE.test(name)) return [];
    return [short(digits.replace(/.{4}(?!$)/g, '$&:'))];
  });
  if (host === undefined || host === '0.0.0.0' || host === '::') return addresses;
  // one with a zone is of one network alone
  return host.includes(':') && !host.includes('%') ? addresses.filter((address) => address === short(host)) : [];
}

/** As everybody writes it (RFC 5952). */
function short(address: string): string {
  return new SocketAddress({ address, family: 'ipv6' }).address;
}
