/**
 * Candidates: where a device may be reached by UDP, as ICE (RFC 8445) has them. Between the browser's line of text and the few bytes that a code
 * has room for. What is read is an address and a port or nothing; no text of a stranger comes through. Rule: docs/protocol/by-hand.md §2.
 */
import { type Bytes, fromHex, toHex } from '../../../kernel/bytes.ts';
import type { Reader, Writer } from '../../../kernel/codec.ts';

/** `name`: a name for multicast DNS that a browser shows in place of an address, 16 bytes of a UUID before `.local`. */
const FAMILIES = ['ip4', 'ip6', 'name'] as const;
const TYPES = ['host', 'srflx', 'relay'] as const;

export interface Candidate {
  readonly family: (typeof FAMILIES)[number];
  readonly type: (typeof TYPES)[number];
  /** 4 bytes of an `ip4`, 16 of the others. */
  readonly address: Bytes;
  readonly port: number;
}

export function candidateBytes({ family }: Candidate): number {
  return 1 + lengthOf(family) + 2;
}

export function writeCandidate(writer: Writer, { family, type, address, port }: Candidate): void {
  writer
    .u8(FAMILIES.indexOf(family) + 4 * TYPES.indexOf(type))
    .raw(address)
    .u16(port);
}

/** Marks the reader as failed for what is no candidate. */
export function readCandidate(reader: Reader): Candidate | undefined {
  const head = reader.u8();
  const [family, type] = [FAMILIES[head % 4], TYPES[Math.floor(head / 4)]];
  if (family === undefined || type === undefined) {
    reader.fail();
    return undefined;
  }
  const candidate = { family, type, address: reader.raw(lengthOf(family)), port: reader.u16() };
  if (!reader.failed && isUsable(candidate)) return candidate;
  reader.fail();
  return undefined;
}

/** Reads a candidate line of the browser, with or without `a=`; `undefined` for one that no code carries (TCP, link-local, another component). */
export function candidateOfLine(line: string): Candidate | undefined {
  const [head = '', component, transport = '', , address = '', port = '', , type = ''] = line.trim().split(' ');
  const known = TYPES.find((one) => one === type);
  if (!/^(a=)?candidate:/.test(head) || component !== '1' || transport.toLowerCase() !== 'udp' || known === undefined) return undefined;
  const read = readAddress(address);
  if (read === undefined || !/^\d{1,5}$/.test(port)) return undefined;
  const candidate = { ...read, type: known, port: Number(port) };
  return isUsable(candidate) ? candidate : undefined;
}

const PREFERENCES: Readonly<Record<Candidate['type'], number>> = { host: 126, srflx: 100, relay: 0 };

/**
 * The line for a browser. `rank` is the place in the list. `round`: the browser passes over a line that it has seen, so one that is to be tried
 * again has another number in front and another priority.
 */
export function lineOf(candidate: Candidate, rank: number, round: number): string {
  const priority = PREFERENCES[candidate.type] * 0x100_0000 + (0xffff - rank - 8 * round) * 0x100 + 0xff;
  const base = candidate.type === 'host' ? '' : ' raddr 0.0.0.0 rport 9';
  return `candidate:${1 + rank + 8 * round} 1 udp ${priority} ${textOf(candidate)} ${candidate.port} typ ${candidate.type}${base}`;
}

/** Those that fit into `room` bytes: the best of each kind of address first, then the second of each. */
export function choose(candidates: readonly Candidate[], room: number, countMax: number): readonly Candidate[] {
  const places = new Map<string, number>();
  const ranked = candidates.map((candidate) => {
    const kind = `${candidate.type} ${candidate.family}`;
    const place = places.get(kind) ?? 0;
    places.set(kind, place + 1);
    return { candidate, rank: place * 9 + 3 * TYPES.indexOf(candidate.type) + ORDER[candidate.family] };
  });
  const chosen: Candidate[] = [];
  let left = room;
  for (const { candidate } of ranked.sort((a, b) => a.rank - b.rank)) {
    if (chosen.length === countMax || candidateBytes(candidate) > left) continue;
    chosen.push(candidate);
    left -= candidateBytes(candidate);
  }
  return chosen;
}

/** An address is shorter than a name and needs no multicast; a global IPv6 address often has a firewall before it. */
const ORDER: Readonly<Record<Candidate['family'], number>> = { ip4: 0, name: 1, ip6: 2 };

function lengthOf(family: Candidate['family']): number {
  return family === 'ip4' ? 4 : 16;
}

function textOf({ family, address }: Candidate): string {
  if (family === 'ip4') return address.join('.');
  const hex = toHex(address);
  if (family === 'name') return `${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}.local`;
  return hex.replaceAll(/(.{4})(?=.)/g, '$1:');
}

function readAddress(text: string): Pick<Candidate, 'family' | 'address'> | undefined {
  const uuid = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.local$/i.exec(text);
  const named = uuid === null ? undefined : fromHex(uuid.slice(1).join(''));
  if (named !== undefined) return { family: 'name', address: named };
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split('.').map(Number);
    return parts.some((part) => part > 255) ? undefined : { family: 'ip4', address: Uint8Array.from(parts) };
  }
  const address = readIp6(text);
  return address === undefined ? undefined : { family: 'ip6', address };
}

function readIp6(text: string): Bytes | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0 || text.length > 39) return undefined;
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...before, ...new Array<string>(missing).fill('0'), ...after];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return fromHex(all.map((group) => group.padStart(4, '0')).join(''));
}

/** Only addresses that one other device may have: a code makes a browser send there. */
function isUsable({ family, address, port }: Candidate): boolean {
  if (port === 0) return false;
  if (family === 'name') return true;
  const [first = 0, second = 0] = address;
  if (family === 'ip4') return first !== 0 && first !== 127 && first < 224;
  const isLinkLocal = first === 0xfe && (second & 0xc0) === 0x80;
  // unspecified, loopback, and an IPv4 address in the clothes of IPv6
  const isReserved = address.subarray(0, 8).every((byte) => byte === 0);
  return first !== 0xff && !isLinkLocal && !isReserved;
}
