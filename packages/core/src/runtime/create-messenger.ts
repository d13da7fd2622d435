/** Joins a person's node, a host, and the ports it is given into a `Messenger`. The composition every program starts with. */
import { loadSodiumSuite } from '../crypto/sodium-suite.ts';
import type { Suite } from '../crypto/suite.ts';
import { accountIdOf, commitmentTo, rootPair } from '../identity/account.ts';
import { seedFrom } from '../identity/recovery-words.ts';
import { type Bytes, sameBytes } from '../kernel/bytes.ts';
import { ok, type Result, refuse } from '../kernel/result.ts';
import { encodeUtf8 } from '../kernel/utf8.ts';
import type { HostInput, Space } from '../node/machine.ts';
import type { ArchiveRecord } from '../node/person/archive-records.ts';
import type { Answers, PersonCall, PersonEvent, PersonInput } from '../node/person/inputs.ts';
import { PersonNode } from '../node/person/person-node.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Link } from '../ports/link.ts';
import { type Log, SILENT } from '../ports/log.ts';
import type { Durability, Store } from '../ports/store.ts';
import { readArchive, readMessagePieces, withoutKnown } from './archive.ts';
import { type BackupKey, openBackup, sealBackup } from './backup.ts';
import { Host } from './host.ts';
import type {
  BackupRefusal,
  BackupSecret,
  BundleRefusal,
  BundleTaken,
  MessageId,
  Messenger,
  MessengerEvent,
  Restored,
  RestoreRefusal,
  Whereabouts,
} from './messenger.ts';
import { readOverview, readTimeline } from './queries.ts';
import { RecentRows } from './recent-rows.ts';
import { readPerson } from './resident.ts';
import { exportBundle, importBundle } from './sneakernet.ts';

export interface MessengerOptions {
  readonly link: Link;
  readonly store: Store;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log?: Log;
  /** `relaxed` unless told: survives a crash of the program; what a power cut takes, the other side still has. */
  readonly durability?: Durability;
  /** The store is older than this device was (`Vault.rolledBack`, a restored copy): every session is begun anew. */
  readonly wasRolledBack?: boolean;
}

type Pending = { readonly kind: PersonCall['kind']; readonly resolve: (answer: never) => void };

/** What locks a backup, from what a person typed. */
function backupKey(secret: BackupSecret): Result<BackupKey, Exclude<BackupRefusal, { kind: 'no-profile' | 'other-words' }>> {
  if (secret.kind === 'passphrase')
    return secret.text === '' ? refuse({ kind: 'empty-passphrase' }) : ok({ kind: 'passphrase', bytes: encodeUtf8(secret.text) });
  const seed = seedFrom(secret.text);
  return seed.ok ? ok({ kind: 'words', seed: seed.value }) : seed;
}

function wipeKey(suite: Suite, key: BackupKey): void {
  suite.wipe(key.kind === 'passphrase' ? key.bytes : key.seed);
}

/** Whether the words are those of the account whose archive it is. */
function isSeedOf(suite: Suite, seed: Bytes, records: readonly ArchiveRecord[]): boolean {
  const [first, second] = [rootPair(suite, seed, 0).publicKey, rootPair(suite, seed, 1).publicKey];
  const account = accountIdOf(suite, first, commitmentTo(suite, second));
  return records.some((record) => record.kind === 'profile' && sameBytes(record.account, account));
}

/** Rows that are read again soon after they were written: a receipt changes the message it is for. */
const READ_AGAIN: readonly Space[] = ['messages', 'messageIndex'];

/**
 * Starts a messenger on a link and a store, which it then owns and closes.
 * Resolves when the profile is read and the link told to listen. Throws what the store throws (`StoreFailed`, `StoreNewer`).
 */
export async function createMessenger(options: MessengerOptions): Promise<Messenger> {
  const suite = await loadSodiumSuite();
  const { store, clock } = options;
  const listeners = new Set<(event: MessengerEvent) => void>();
  const calls = new Map<number, Pending>();
  /** Calls that are answered only when the link has said something. */
  const waiting = new Set<number>();
  let node: PersonNode | undefined;
  let nextCall = 1;
  let stoppedWhy: string | undefined;

  const tell = (event: MessengerEvent): void => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        // A mistake of whoever listens: it is reported where theirs are, and must not stop the node.
        void Promise.reject(error);
      }
    }
  };

  const host = new Host<PersonInput, PersonEvent>({
    build: async () => {
      node = new PersonNode(suite, options.entropy, await readPerson(suite, store));
      return node;
    },
    first: { kind: 'start', wasSetBack: options.wasRolledBack ?? false },
    again: { kind: 'start' },
    store: new RecentRows(store, READ_AGAIN),
    link: options.link,
    clock,
    log: options.log ?? SILENT,
    durability: options.durability ?? 'relaxed',
    onEvents: (events) => {
      for (const event of events) {
        if (event.kind === 'answer') settle(event.call, event.answer);
        else if (event.kind === 'archive-wanted') void giveArchive();
        else if (event.kind === 'waits') waiting.add(event.call);
        else tell(event);
      }
    },
    onNotSaved: (inputs, why) => {
      for (const input of inputs) if ('call' in input) settleUnsaved(input, why);
      if (why === 'full') host.input({ kind: 'disk-full' });
      tell({ kind: 'not-saved', why });
      tell({ kind: 'overview-changed' });
    },
    // What the link was asked for, nobody remembers any more.
    onRebuilt: () => {
      for (const call of waiting) settle(call, { ok: false, refusal: { kind: 'not-saved', why: 'failed' } });
      tell({ kind: 'by-hand', byHand: { account: undefined, step: 'failed', why: 'timed-out' } });
    },
    onStopped: (why) => {
      stoppedWhy = why;
      for (const call of [...calls.keys()]) settle(call, { ok: false, refusal: { kind: 'not-saved', why: 'failed' } });
      tell({ kind: 'stopped', why });
    },
  });

  function settle(call: number, answer: unknown): void {
    calls.get(call)?.resolve(answer as never);
    calls.delete(call);
    waiting.delete(call);
  }

  function settleUnsaved(input: Exclude<PersonInput | HostInput, { kind: 'start' }>, why: 'full' | 'failed'): void {
    if ('call' in input) settle(input.call, { ok: false, refusal: { kind: 'not-saved', why } });
  }

  type Asked<Kind extends PersonCall['kind']> = Omit<Extract<PersonCall, { kind: Kind }>, 'kind' | 'call'>;
  function ask<Kind extends PersonCall['kind']>(kind: Kind, asked: Asked<Kind>): Promise<Answers[Kind]> {
    return new Promise((resolve) => {
      const call = nextCall++;
      calls.set(call, { kind, resolve });
      if (stoppedWhy === undefined) host.input({ kind, call, ...asked } as unknown as PersonInput);
      else settle(call, { ok: false, refusal: { kind: 'not-saved', why: 'failed' } });
    });
  }

  /** A device is being linked: what only the store knows is read for it. */
  async function giveArchive(): Promise<void> {
    // What cannot be read is not moved; the device is linked all the same.
    const parts = await readMessagePieces(store).catch((): readonly Bytes[] => []);
    host.input({ kind: 'give-archive', parts });
  }

  async function backup(secret: BackupSecret): Promise<Result<Uint8Array<ArrayBuffer>, BackupRefusal>> {
    const key = backupKey(secret);
    if (!key.ok) return key;
    const records = await readArchive(store, suite);
    if (!records.some((record) => record.kind === 'profile')) return refuse({ kind: 'no-profile' });
    if (key.value.kind === 'words' && !isSeedOf(suite, key.value.seed, records)) return refuse({ kind: 'other-words' });
    const file = sealBackup(suite, options.entropy, key.value, records);
    wipeKey(suite, key.value);
    return ok(file);
  }

  async function restore(file: Bytes, secret: BackupSecret, words: string | undefined): Promise<Result<Restored, RestoreRefusal>> {
    const key = backupKey(secret);
    // An empty passphrase opens nothing.
    if (!key.ok) return key.refusal.kind === 'empty-passphrase' ? refuse({ kind: 'wrong-secret' }) : refuse(key.refusal);
    const enrolling = words ?? (secret.kind === 'words' ? secret.text : undefined);
    const seed = enrolling === undefined ? undefined : seedFrom(enrolling);
    if (seed?.ok === false) return seed;
    const opened = openBackup(suite, file, key.value);
    wipeKey(suite, key.value);
    if (!opened.ok) return opened;
    const answer = await ask('restore', { records: await withoutKnown(store, opened.value), seed: seed?.value });
    if (seed !== undefined) suite.wipe(seed.value);
    return answer;
  }

  async function whereIs(id: MessageId): Promise<Whereabouts | undefined> {
    const answer = await ask('where-is', { message: id });
    return answer.ok ? answer.value : undefined;
  }

  function takeBundle(file: Bytes): Promise<Result<BundleTaken, BundleRefusal>> {
    if (view().profile === undefined) return Promise.resolve(refuse({ kind: 'no-profile' }));
    return importBundle(suite, file, (frame) => ask('carry-in', { frame }));
  }

  await host.start();
  const view = () => (node as PersonNode).view(clock.nowMs());
  const quiet = async (asking: Promise<Result<unknown, unknown> | undefined>): Promise<void> => void (await asking);
  return {
    begin: (name) => ask('begin', { name }),
    invite: (options) => ask('invite', { byHand: options?.byHand === true }),
    meetAgain: (account) => ask('meet-again', { account }),
    revokeInvitations: () => ask('revoke-invitations', {}),
    endByHand: () => quiet(ask('end-by-hand', {})),
    introduce: (account, to) => ask('introduce', { account, to }),
    answerIntroduction: (id, isWanted) => quiet(ask('answer-introduction', { id, isWanted })),
    recover: (words, name) => ask('recover', { words, name }),
    words: () => ask('words', {}),
    wordsWritten: () => quiet(ask('words-written', {})),
    accept: (text, how) => ask('accept', { text, how: how ?? 'link' }),
    safetyNumber: (account) => ask('safety-number', { account }),
    verifyByCode: (account, code) => ask('verify-by-code', { account, code }),
    setVerified: (account, isVerified) => quiet(ask('set-verified', { account, isVerified })),
    newsSeen: (account) => quiet(ask('news-seen', { account })),
    compare: (account) => quiet(ask('compare', { account })),
    endComparison: (account, isEqual) => quiet(ask('end-comparison', { account, isEqual })),
    devices: () => ask('devices', {}),
    offerLink: () => ask('offer-link', {}),
    link: (text) => ask('link-device', { text }),
    confirmLink: (isEqual) => quiet(ask('confirm-link', { isEqual })),
    cancelLink: () => quiet(ask('cancel-link', {})),
    removeDevice: (id, why) => ask('remove-device', { id, why }),
    backup,
    restore,
    send: (to, text) => ask('send', { to, text }),
    markRead: (account) => quiet(ask('mark-read', { account })),
    useRelay: (relay) => quiet(ask('use-relay', { relay })),
    whereIs,
    exportBundle: (bytesMax) => exportBundle(store, suite, bytesMax, clock.nowMs()),
    importBundle: takeBundle,
    setPull: (pull) => quiet(ask('set-pull', { pull })),
    awake: () => quiet(ask('awake', {})),
    overview: () => readOverview(store, view()),
    timeline: (account, page) => readTimeline(store, account, page?.before, page?.limit),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: async () => {
      await host.close();
      stoppedWhy ??= 'closed';
      for (const call of [...calls.keys()]) settle(call, { ok: false, refusal: { kind: 'not-saved', why: 'failed' } });
    },
  };
}
