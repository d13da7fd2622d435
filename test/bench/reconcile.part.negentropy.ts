/** Negentropy v1 (range-based, Meyer 2023) in JavaScript, from the package @nostr-dev-kit/sync: both sides of it in this process, without its relay frames. */
import { check, cpuMs, type Item, type Method } from './reconcile.part.sets.ts';
import { peerModule } from './session.part.peers.ts';

interface Storage {
  insert(timestamp: number, id: Uint8Array): void;
  seal(): void;
}
interface Side {
  initiate(): Promise<Uint8Array>;
  reconcile(
    query: Uint8Array,
  ): Promise<{ readonly nextMessage: Uint8Array | undefined; readonly have: readonly unknown[]; readonly need: readonly unknown[] }>;
}

/** As much of the package as is used here: it is not there when the types are checked. */
interface Package {
  readonly NegentropyStorage: new () => Storage;
  readonly Negentropy: new (storage: Storage) => Side;
}

/** `undefined` while the package is not installed. */
export async function negentropy(): Promise<Method | undefined> {
  const peer = await peerModule<Package>('@nostr-dev-kit/sync');
  if (peer === undefined) return undefined;
  const { Negentropy, NegentropyStorage } = peer.module;

  const storageOf = (items: readonly Item[]): Storage => {
    const storage = new NegentropyStorage();
    for (const { id, at } of items) storage.insert(at, id);
    storage.seal();
    return storage;
  };
  const kept = new WeakMap<readonly Item[], Storage>();
  const keptOf = (items: readonly Item[]): Storage => {
    const storage = kept.get(items) ?? storageOf(items);
    kept.set(items, storage);
    return storage;
  };

  return {
    name: 'negentropy',
    version: peer.version,
    run: async ({ theirs, ours }, isFirst) => {
      const responder = new Negentropy(keptOf(theirs));
      if (!isFirst) keptOf(ours);
      const cost = { bytes: 0, asking: 0, roundTrips: 0, askedMs: 0, knowingMs: 0 };
      let found = 0;
      let startedMs = cpuMs();
      const initiator = new Negentropy(isFirst ? storageOf(ours) : keptOf(ours));
      let message: Uint8Array | undefined = await initiator.initiate();
      cost.knowingMs += cpuMs() - startedMs;
      while (message !== undefined) {
        cost.roundTrips++;
        cost.bytes += message.length;
        startedMs = cpuMs();
        const answer = (await responder.reconcile(message)).nextMessage;
        cost.askedMs += cpuMs() - startedMs;
        if (answer === undefined) break;
        cost.bytes += answer.length;
        startedMs = cpuMs();
        const { nextMessage, have, need } = await initiator.reconcile(answer);
        cost.knowingMs += cpuMs() - startedMs;
        found += have.length + need.length;
        message = nextMessage;
      }
      if (theirs !== ours) check(found, 'negentropy');
      return cost;
    },
  };
}
