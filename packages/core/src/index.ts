/** Everything an application may use. */
export type { Result } from './kernel/result.ts';
export type { Clock } from './ports/clock.ts';
export type { Entropy } from './ports/entropy.ts';
export type { Link, LinkCommand, LinkEvent } from './ports/link.ts';
export type { Log } from './ports/log.ts';
export { STORE_VERSION, type Store, StoreFailed, StoreFull, StoreLocked, StoreNewer } from './ports/store.ts';
export { createMessenger, type MessengerOptions } from './runtime/create-messenger.ts';
export * from './runtime/messenger.ts';
export { connectMessenger, serveMessenger } from './runtime/messenger-port.ts';
