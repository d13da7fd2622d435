/**
 * What is said about the house's name in answer to one question on the local network. Values only: no socket, no clock.
 * Rule: RFC 6762 (Multicast DNS), mostly §6, §7.1 and §10.2.
 */
import type { NetworkInterfaceInfo } from 'node:os';
import { addressBytes } from './authority/name-constraints.ts';

export interface Question {
  readonly name: string;
  readonly type: string;
}

/** The part of a received record that matters here. */
export interface HeardRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl?: number | undefined;
  readonly data?: unknown;
}

export type AddressRecord = { name: string; type: 'A' | 'AAAA'; ttl: number; flush: boolean; data: string };
export type NoneRecord = {
  name: string;
  type: 'NSEC';
  ttl: number;
  flush: boolean;
  data: { nextDomain: string; rrtypes: ('A' | 'AAAA')[] };
};

export interface NameAnswer {
  readonly answers: (AddressRecord | NoneRecord)[];
  readonly additionals: (AddressRecord | NoneRecord)[];
}

/** One network this machine is on. */
export interface HouseNetwork {
  readonly name: string;
  readonly ip4: readonly { readonly address: string; readonly netmask: string }[];
  /** Without link-local ones: an address that needs the name of an interface is of no use to a browser. */
  readonly ip6: readonly string[];
}

/** RFC 6762 §10: two minutes for what belongs to a host; ten seconds towards old resolvers, §6.7. */
const TTL_S = 120;
const TTL_LEGACY_S = 10;

/** The networks to answer on: all but loopback, or those named. Only networks with an IPv4 address carry our multicast. */
export function houseNetworks(
  found: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
  chosen: 'all' | readonly string[],
): readonly HouseNetwork[] {
  const networks: HouseNetwork[] = [];
  for (const [name, infos = []] of Object.entries(found)) {
    if (chosen === 'all' ? infos.some((info) => info.internal) : !chosen.includes(name)) continue;
    const ip4 = infos.filter((info) => info.family === 'IPv4').map(({ address, netmask }) => ({ address, netmask }));
    const ip6 = infos
      .filter((info) => info.family === 'IPv6' && !/^fe[89ab]/i.test(info.address) && info.address !== '::1')
      .map((info) => info.address);
    if (ip4.length > 0) networks.push({ name, ip4, ip6 });
  }
  return networks;
}

/** Whether a packet from this address came over this network; the system hands every socket every network's multicast. RFC 6762 §11. */
export function isOnNetwork(network: HouseNetwork, address: string): boolean {
  const from = addressBytes(address);
  return (
    from.length === 4 &&
    network.ip4.some(({ address: own, netmask }) => {
      const [ours, mask] = [addressBytes(own), addressBytes(netmask)];
      return from.every((byte, at) => (byte & (mask[at] ?? 0)) === ((ours[at] ?? 0) & (mask[at] ?? 0)));
    })
  );
}

/** Everything there is to say about the name on this network. `ttlS` 0 takes it back. */
export function nameRecords(name: string, network: HouseNetwork, ttlS: number = TTL_S, flush = true): readonly AddressRecord[] {
  return [
    ...network.ip4.map(({ address }): AddressRecord => ({ name, type: 'A', ttl: ttlS, flush, data: address })),
    ...network.ip6.map((address): AddressRecord => ({ name, type: 'AAAA', ttl: ttlS, flush, data: address })),
  ];
}

/**
 * The answer to a query, or nothing when it is not about our name or the asker knows already.
 * `isLegacy`: the asker is an old resolver that wants a unicast answer of short life, with its own question in it.
 */
export function answerFor(
  name: string,
  network: HouseNetwork,
  query: { readonly questions: readonly Question[]; readonly answers?: readonly HeardRecord[] | undefined },
  isLegacy: boolean,
): NameAnswer | undefined {
  const wanted = new Set<string>(query.questions.filter((question) => isSame(question.name, name)).map((question) => question.type));
  if (wanted.size === 0) return undefined;
  const records = nameRecords(name, network, isLegacy ? TTL_LEGACY_S : TTL_S, !isLegacy);
  const asked = records.filter((record) => wanted.has(record.type) || wanted.has('ANY'));
  const known = (query.answers ?? []).filter((record) => isSame(record.name, name) && (record.ttl ?? 0) >= TTL_S / 2);
  const answers = asked.filter((record) => !known.some((one) => one.type === record.type && one.data === record.data));
  const wantsOnlyWhatIsNotThere = asked.length === 0;
  if (answers.length === 0 && !wantsOnlyWhatIsNotThere) return undefined;
  // "There is an IPv4 address and nothing else" spares the asker from waiting for an IPv6 address, §6.1.
  const rrtypes = [...new Set(records.map((record) => record.type))];
  const none: NoneRecord = {
    name,
    type: 'NSEC',
    ttl: isLegacy ? TTL_LEGACY_S : TTL_S,
    flush: !isLegacy,
    data: { nextDomain: name, rrtypes },
  };
  if (wantsOnlyWhatIsNotThere) return { answers: [none], additionals: [...records] };
  return { answers, additionals: [...records.filter((record) => !asked.includes(record)), ...(rrtypes.length < 2 ? [none] : [])] };
}

/** The addresses that somebody gives for our name and that are not ours. */
export function foreignAddresses(name: string, heard: readonly HeardRecord[], own: ReadonlySet<string>): readonly string[] {
  return heard
    .filter((record) => isSame(record.name, name) && (record.type === 'A' || record.type === 'AAAA') && record.ttl !== 0)
    .map((record) => String(record.data))
    .filter((address) => !own.has(address.toLowerCase()));
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
