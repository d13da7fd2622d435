/**
 * What js-libp2p expects of the platform and Node 20 does not have: `Promise.withResolvers` (Node 22) and a global `WebSocket`
 * (Node 22). Imported first by `node/index.ts`. Goes, with its entry in `sideEffects`, when support for Node 20 ends.
 */
import './promise-with-resolvers.ts';
import { WebSocket } from 'ws';

if (!('WebSocket' in globalThis)) {
  Object.defineProperty(globalThis, 'WebSocket', { configurable: true, writable: true, value: WebSocket });
}
