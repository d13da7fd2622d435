/**
 * Comes before everything that connects: with `,turn:ADDRESS:PORT` behind the page's # every connection of the page, the bare one as well, goes
 * through that server and no other way, as between two routers that let nothing else pass.
 */
const [, manner = ''] = location.hash.slice(1).split(',');

if (manner.startsWith('turn:')) {
  const iceServers = [{ urls: `${manner}?transport=udp`, username: 'page', credential: 'bench' }];
  const Any = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Any {
    constructor(configuration?: RTCConfiguration) {
      super({ ...configuration, iceServers, iceTransportPolicy: 'relay' });
    }
  };
}
