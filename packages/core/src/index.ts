/** Everything an application may use. */
export { loadSodiumSuite } from './crypto/sodium-suite.ts';
export { seedFrom as recoverySeed } from './identity/recovery-words.ts';
export type { Result } from './kernel/result.ts';
export type { Clock } from './ports/clock.ts';
export type { DeviceKey, RollbackWitness } from './ports/device-key.ts';
export type { Entropy } from './ports/entropy.ts';
export type { Link, LinkCommand, LinkEvent } from './ports/link.ts';
export type { Log } from './ports/log.ts';
export { STORE_VERSION, type Store, StoreFailed, StoreFull, StoreLocked, StoreNewer } from './ports/store.ts';
export { createMessenger, type MessengerOptions } from './runtime/create-messenger.ts';
export * from './runtime/messenger.ts';
export { connectMessenger, serveMessenger } from './runtime/messenger-port.ts';
export type { Unlock } from './runtime/vault/unlock.ts';
export { createVault, eraseVault, openVault, readLock, type Vault, type VaultPorts } from './runtime/vault/vault.ts';
