/** A link across a message port: `LinkPortClient` where the node is, `serveLink` where the real link is. */
export { LinkPortClient } from './link-port-client.ts';
export type { LinkPort } from './messages.ts';
export { serveLink } from './serve-link.ts';
