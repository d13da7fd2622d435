import { multiaddr } from '@multiformats/multiaddr';
import { expect, test } from 'vitest';
import { urlOf } from './web-socket-dialling.ts';

const PEER = '12D3KooWRawPbxPtP1eZaJpumGnyWX2DcUyd3RQnydr3eAto4Az7';

test.each([
  ['/ip4/10.0.0.1/tcp/8080/ws', 'ws://10.0.0.1:8080/'],
  [`/ip6/::1/tcp/8080/ws/p2p/${PEER}`, 'ws://[::1]:8080/'],
  ['/dns4/home.example/tcp/443/tls/ws', 'wss://home.example:443/'],
  ['/dns/home.example/tcp/443/tls/sni/home.example/ws', 'wss://home.example:443/'],
  ['/dns6/home.example/tcp/443/wss', 'wss://home.example:443/'],
  ['/ip4/10.0.0.1/tcp/8080', undefined],
  ['/ip4/10.0.0.1/udp/8080/webrtc-direct', undefined],
  [`/ip4/10.0.0.1/tcp/8080/ws/p2p/${PEER}/p2p-circuit/p2p/${PEER}`, undefined],
  ['/webrtc', undefined],
])('%s is dialled as %s', (address, url) => {
  expect(urlOf(multiaddr(address))).toBe(url);
});
