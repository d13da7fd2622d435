/**
 * The worker's half of the lock: opens the store, seals it, and starts the node on the sealed view of it, at once or when the page has
 * brought what opens it. Keys live here and in the vault, never in the page. Rule: docs/protocol/vault.md.
 */
import {
  createVault,
  eraseVault,
  type Messenger,
  openVault,
  type Result,
  readLock,
  recoverySeed,
  type Store,
  type Unlock,
  type Vault,
  type VaultPorts,
  type WordsRefusal,
} from '@kith/core';
import type { Answer, Asked, FromWorker, Secret } from './worker-messages.ts';

export interface ProfileParts {
  readonly ports: VaultPorts;
  /** Runs a node on a store; `wasRolledBack`: an older state of it was put back. */
  readonly start: (store: Store, wasRolledBack: boolean) => Promise<Messenger>;
  /** The node runs: from here on the page may speak with it. */
  readonly serve: (messenger: Messenger) => void;
  readonly tell: (message: FromWorker) => void;
}

type OpenedBy = Extract<FromWorker, { kind: 'ready' }>['openedBy'];
type Opened = Extract<Asked, { kind: 'open' }>;

export class Profile {
  readonly #parts: ProfileParts;
  #vault: Vault | undefined;
  #messenger: Messenger | undefined;
  /** One after the other: two slots written at once could each undo the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ProfileParts) {
    this.#parts = parts;
  }

  /** Opens what opens by itself, makes what is new, and says so when it asks for more. */
  async begin(): Promise<void> {
    const { ports, tell } = this.#parts;
    const lock = await readLock(ports);
    switch (lock.kind) {
      case 'empty':
        return this.#run(await createVault(ports), 'device');
      case 'open':
      case 'locked': {
        // Also asked of a locked one: the answer tells a lock that was set from a key that was lost.
        const opened = await openVault(ports, { kind: 'device' });
        if (opened.ok) return this.#run(opened.value, 'device');
        return tell({ kind: 'locked', why: whyLocked(opened.refusal.kind) });
      }
      case 'newer':
      case 'damaged':
        return tell({ kind: 'locked', why: lock.kind });
    }
  }

  ask(asked: Asked): Promise<Answer> {
    const answer = this.#last.then(() => this.#answer(asked));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #answer(asked: Asked): Promise<Answer> {
    switch (asked.kind) {
      case 'open':
        return this.#open(asked);
      case 'forget':
        await this.#messenger?.close();
        this.#vault?.forget();
        return { kind: 'done' };
      case 'erase':
        // An open vault refuses everything from then on, so the node cannot write behind it.
        if (this.#vault === undefined) await eraseVault(this.#parts.ports);
        else await this.#vault.wipe();
        return { kind: 'done' };
      case 'set-passphrase':
      case 'set-finger':
      case 'set-duress':
        return this.#vault === undefined ? { kind: 'not-set', why: 'failed' } : this.#set(this.#vault, asked);
    }
  }

  async #set(vault: Vault, { kind, secret }: Extract<Asked, { secret: Secret | undefined }>): Promise<Answer> {
    if (kind === 'set-duress') {
      const set = await vault.setDuress(secret);
      return set.ok ? { kind: 'done' } : { kind: 'not-set', why: set.refusal.kind };
    }
    if (kind === 'set-finger') {
      if (secret !== undefined && !vault.methods().passphrase) return { kind: 'not-set', why: 'needs-passphrase' };
      await vault.setPrf(secret);
    } else {
      // A finger without a passphrase would lock out whoever cuts it.
      if (secret === undefined && vault.methods().prf) await vault.setPrf(undefined);
      await vault.setPassphrase(secret);
    }
    this.#parts.tell({ kind: 'methods', methods: methodsOf(vault) });
    return { kind: 'done' };
  }

  async #open({ by, secret }: Opened): Promise<Answer> {
    if (this.#vault !== undefined) return { kind: 'done' };
    const unlock = unlockBy(by, secret);
    if (!unlock.ok) return { kind: 'not-opened', why: unlock.refusal };
    const opened = await openVault(this.#parts.ports, unlock.value);
    if (!opened.ok) {
      const { refusal } = opened;
      if (refusal.kind === 'erased') return { kind: 'erased' };
      if (refusal.kind === 'wrong') return { kind: 'not-opened', why: { kind: 'wrong' } };
      const why = whyLocked(refusal.kind);
      return { kind: 'not-opened', why: { kind: why === 'asks' ? 'failed' : why } };
    }
    const methods = opened.value.methods();
    // Nothing was set, and still it had to ask: the browser's key was lost, and a new one takes its place.
    if (by === 'words' && !methods.passphrase && !methods.prf) await opened.value.setPassphrase(undefined);
    await this.#run(opened.value, by);
    return { kind: 'done' };
  }

  async #run(vault: Vault, openedBy: OpenedBy): Promise<void> {
    this.#vault = vault;
    const messenger = teaching(await this.#parts.start(vault.store, vault.rolledBack), vault, this.#parts.tell);
    // By now every session was begun anew, where that was needed; with no room to note it, it is done once more.
    if (vault.rolledBack) await vault.healed().catch(() => {});
    this.#messenger = messenger;
    this.#parts.serve(messenger);
    this.#parts.tell({ kind: 'ready', methods: methodsOf(vault), openedBy });
    // A profile from before there was a vault still has its words; with no room for them it is tried again at the next opening.
    learnWords(messenger, vault).then(
      (hasLearnt) => {
        if (hasLearnt) this.#parts.tell({ kind: 'methods', methods: methodsOf(vault) });
      },
      () => {},
    );
  }
}

function methodsOf(vault: Vault): { readonly passphrase: boolean; readonly finger: boolean; readonly words: boolean } {
  const { passphrase, prf, words } = vault.methods();
  return { passphrase, finger: prf, words };
}

function whyLocked(kind: string): 'asks' | 'key-lost' | 'damaged' | 'newer' {
  return kind === 'device-key-lost' ? 'key-lost' : kind === 'damaged' || kind === 'newer' ? kind : 'asks';
}

function unlockBy(by: Opened['by'], secret: Secret): Result<Unlock, WordsRefusal> {
  if (by === 'passphrase') return { ok: true, value: { kind: 'passphrase', text: secret } };
  if (by === 'finger') return { ok: true, value: { kind: 'prf', output: secret } };
  const seed = recoverySeed(new TextDecoder().decode(secret));
  secret.fill(0);
  return seed.ok ? { ok: true, value: { kind: 'words', seed: seed.value } } : seed;
}

/** A messenger whose first words, whichever way they come, also become a way to open the vault. */
function teaching(messenger: Messenger, vault: Vault, tell: ProfileParts['tell']): Messenger {
  /** What was begun stands, whatever becomes of this: the words are taken at the next opening if they cannot be now. */
  const learn = async (learning: Promise<boolean>): Promise<void> => {
    if (await learning.catch(() => false)) tell({ kind: 'methods', methods: methodsOf(vault) });
  };
  return {
    ...messenger,
    async begin(name) {
      const begun = await messenger.begin(name);
      if (begun.ok) await learn(learnWords(messenger, vault));
      return begun;
    },
    async recover(words, name) {
      const recovered = await messenger.recover(words, name);
      if (recovered.ok) await learn(learnFrom(words, vault));
      return recovered;
    },
    async restore(file, secret, words) {
      const restored = await messenger.restore(file, secret, words);
      // The words that lock a file may be those of a person who linked this device: they are the account's all the same.
      const given = words ?? (secret.kind === 'words' ? secret.text : undefined);
      if (restored.ok && given !== undefined) await learn(learnFrom(given, vault));
      return restored;
    },
  };
}

/** Takes the words from the node while it still has them. Answers whether the vault learnt something. */
async function learnWords(messenger: Messenger, vault: Vault): Promise<boolean> {
  if (vault.methods().words) return false;
  const words = await messenger.words();
  return words.ok ? learnFrom(words.value.join(' '), vault) : false;
}

async function learnFrom(words: string, vault: Vault): Promise<boolean> {
  const seed = recoverySeed(words);
  if (!seed.ok || vault.methods().words) return false;
  await vault.setWords(seed.value);
  seed.value.fill(0);
  return true;
}
