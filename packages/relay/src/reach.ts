/**
 * How this relay and others find each other: the settings for it, read from what a keeper wrote, and what is said of how it goes.
 * Opens nothing and asks nobody.
 */
import type { Discovery, SocksProxy } from '@kith/core/adapters/link-libp2p/node';
import { joinPeers, PEERS_MAX, type RelayPeer, type RelayStatus, readPeer, relayPeerId } from '@kith/core/relay';
import { outsideSentences } from './outside.ts';

const EXAMPLE = '/dns4/kith.example.org/tcp/4001/p2p/12D3KooW…';

/** Whether an address leads through another relay. */
export function isThroughRelay(address: string): boolean {
  return address.endsWith('/p2p-circuit');
}

/** The relays a keeper named, or a sentence about the first that cannot be read. `by`: the flag or variable that said it. */
export function readPeers(texts: readonly string[], by: string): readonly RelayPeer[] | string {
  const peers: RelayPeer[] = [];
  for (const text of texts) {
    const peer = readPeer(text);
    if (!peer.ok)
      return peer.refusal === 'bad-peer-id'
        ? `${by} must end in /p2p/ and the other relay's id, as it says it when it starts, not "${text}".`
        : `${by} must look like ${EXAMPLE}, with /ip4/, /ip6/ or /dns6/ in front as well, not "${text}".`;
    peers.push(peer.value);
  }
  const joined = joinPeers(peers);
  return joined.length > PEERS_MAX ? `${by} can name ${PEERS_MAX} relays, not ${joined.length}.` : joined;
}

/** `socks5://host:port`, with `name:password@` in front of the host where the proxy asks for it; `undefined` for anything else. */
export function readProxy(text: string): SocksProxy | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^socks5h?:$/.test(url.protocol) || url.hostname === '' || url.port === '' || url.port === '0')
    return undefined;
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return undefined;
  const login = { username: decoded(url.username), password: decoded(url.password) };
  if (login.username === undefined || login.password === undefined) return undefined;
  const proxy = { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port) };
  return login.username === '' ? proxy : { ...proxy, ...(login as { readonly username: string; readonly password: string }) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** How others are found and reached, one sentence a line: for whoever keeps this relay. Names no password. */
export function describeReach(
  { mdns, beacon, outside }: Discovery,
  { key, peers, addresses }: Pick<RelayStatus, 'key' | 'peers' | 'addresses'>,
  proxy: SocksProxy | undefined,
): readonly string[] {
  const tcpPort = addresses.map((address) => /^\/ip[46]\/[^/]+\/tcp\/(\d+)$/.exec(address)?.[1]).find((port) => port !== undefined);
  const lines = [
    `Another relay keeps in touch with this one by --peer /ip4/<this machine's address>/tcp/${tcpPort ?? '…'}/p2p/${relayPeerId(key) ?? ''}`,
  ];
  if (beacon !== undefined) {
    const where = beacon.interfaces.length === 0 ? 'on no network at the moment' : `on ${beacon.interfaces.join(', ')}`;
    const heard = beacon.hears ? `${beacon.heard} heard` : `but hears nobody: another program has the port for itself`;
    lines.push(`Relays nearby find it by its beacon, UDP port ${beacon.port}, ${where}; ${heard}.`);
  }
  if (mdns) lines.push('Relays nearby find it by mDNS too, where there is a default route.');
  if (beacon === undefined && !mdns) lines.push('Relays nearby do not find it: --beacon and --mdns are off.');
  if (peers.length > 0) {
    const connected = peers.filter(({ isConnected }) => isConnected).length;
    const through = proxy === undefined ? '' : `, through the proxy ${proxy.host}:${proxy.port}`;
    lines.push(`Of ${peers.length} relays that it keeps in touch with${through}, ${connected} are connected.`);
  }
  if (outside !== undefined) lines.push(...outsideSentences(outside, relayPeerId(key) ?? ''));
  return lines;
}
