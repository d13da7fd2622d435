/** Frozen examples of what lies at rest: rows and slots of a vault, and a backup file. Rules: docs/protocol/vault.md, docs/protocol/archive.md. */
import { messageKey } from '../../packages/core/src/conversation/message.ts';
import { label, type StretchCost, type Suite } from '../../packages/core/src/crypto/suite.ts';
import { type Bytes, concat, EMPTY, toHex } from '../../packages/core/src/kernel/bytes.ts';
import { Writer } from '../../packages/core/src/kernel/codec.ts';
import { encodeUtf8 } from '../../packages/core/src/kernel/utf8.ts';
import { SPACES, type Space } from '../../packages/core/src/node/machine.ts';
import { type ArchiveRecord, encodeRecords } from '../../packages/core/src/node/person/archive-records.ts';
import { type BackupKey, openBackup, sealBackup } from '../../packages/core/src/runtime/backup.ts';
import { STRETCH_COST, STRETCH_MEMORY_BYTES_MIN } from '../../packages/core/src/runtime/vault/limits.ts';
import { Seal } from '../../packages/core/src/runtime/vault/seal.ts';
import {
  emptySlots,
  encodeSlots,
  fillSlot,
  type Lock,
  openSlot,
  type SlotKind,
  type SlotsRow,
} from '../../packages/core/src/runtime/vault/slots.ts';
import { sealState, type VaultState } from '../../packages/core/src/runtime/vault/state.ts';
import { counting, Drawn, type Json, NOW_MS, person } from './inputs.ts';

const MASTER = counting(32, 11);
const DEVICE_SECRET = counting(32, 55);
const SEED = counting(32, 100);
const PASSPHRASE = 'correct horse – Zürich';
const DURESS = 'an other one';
/** The least that is read; a second implementation in a slow language can afford it often. */
const QUICK_COST: StretchCost = { passes: 1, memoryBytes: STRETCH_MEMORY_BYTES_MIN };

function rows(suite: Suite): Json {
  const account = counting(32, 66);
  const message = messageKey({ account, sentAtMs: NOW_MS, mine: true, id: counting(16, 12) });
  const kept: readonly (readonly [Space, Bytes, Bytes])[] = [
    ['self', encodeUtf8('identity'), encodeUtf8('what it holds')],
    ['contacts', account, EMPTY],
    ['messages', message, counting(40, 3)],
    ['prekeys', counting(16, 4), counting(5, 8)],
  ];
  return kept.map(([space, key, value], i) => {
    const random = new Drawn(20 + i);
    const seal = new Seal(suite, random, MASTER);
    const blinded = seal.blind(space, key);
    const sealed = seal.seal(space, blinded, key, value);
    const opened = seal.open(space, blinded, sealed);
    if (opened === undefined || toHex(opened.value) !== toHex(value)) throw new Error('a sealed row opens');
    const [nonce = ''] = random.draws;
    return { space, key: toHex(key), value: toHex(value), nonce, blinded: toHex(blinded), sealed: toHex(sealed) };
  });
}

function states(suite: Suite): Json {
  const none = { passphrase: false, prf: false, words: false, duress: false, setBack: false };
  const all: readonly VaultState[] = [
    { ...none, generation: 1 },
    { ...none, generation: 2 ** 40 + 7, passphrase: true, words: true, duress: true },
    { ...none, generation: 3, prf: true, setBack: true },
  ];
  return all.map((state, i) => {
    const random = new Drawn(30 + i);
    const sealed = sealState(suite, random, MASTER, state);
    return { state: { ...state }, nonce: random.draws[0] ?? '', sealed: toHex(sealed) };
  });
}

/** The label of the lock stands in `slots.ts` alone; that the key is this one, opening the slot with it proves. */
function slotKeyOf(suite: Suite, lock: Lock, secret: Uint8Array): Bytes {
  return suite.derive(lock === 'words' ? EMPTY : DEVICE_SECRET, secret, label(`vault/slot/${lock}`), 32);
}

function slots(suite: Suite): Json {
  const chance = new Drawn(130);
  const salt = counting(16, 88);
  const secrets: Readonly<Record<Lock, Uint8Array>> = {
    passphrase: suite.stretch(encodeUtf8(PASSPHRASE), salt, QUICK_COST),
    prf: counting(32, 99),
    words: SEED,
    device: EMPTY,
    duress: suite.stretch(encodeUtf8(DURESS), salt, QUICK_COST),
  };
  const empty: SlotsRow = { ...emptySlots(chance, 'whole', counting(60, 150)), cost: QUICK_COST, salt };
  const rowOf = (locks: readonly Lock[], first: number): Json => {
    let row = empty;
    const filled = locks.map((lock, i) => {
      const random = new Drawn(first + i);
      const kind: SlotKind = lock === 'duress' ? 'duress' : 'real';
      const content = lock === 'duress' ? random.bytes(32) : MASTER;
      const key = { lock, secret: secrets[lock], device: DEVICE_SECRET };
      row = { ...row, slots: fillSlot(suite, random, row.slots, key, kind, content) };
      const opened = openSlot(suite, row.slots, key);
      if (opened?.kind !== kind) throw new Error('a filled slot opens');
      const slotKey = toHex(slotKeyOf(suite, lock, secrets[lock]));
      return { lock, kind, content: toHex(content), slotKey, nonce: random.draws.at(-1) ?? '' };
    });
    return { filled, row: toHex(encodeSlots(row)) };
  };
  return {
    passphrase: PASSPHRASE,
    duressPassphrase: DURESS,
    deviceSecret: toHex(DEVICE_SECRET),
    wrapped: toHex(empty.wrapped),
    salt: toHex(salt),
    passes: QUICK_COST.passes,
    memoryBytes: QUICK_COST.memoryBytes,
    secrets: Object.fromEntries(Object.entries(secrets).map(([lock, secret]) => [lock, toHex(secret)])),
    empty: toHex(encodeSlots(empty)),
    byTheDevice: rowOf(['device', 'words'], 160),
    locked: rowOf(['passphrase', 'prf', 'words', 'duress'], 170),
  };
}

export function vault(suite: Suite): Json {
  const spaces = Object.keys(SPACES) as readonly Space[];
  const keyOf = (name: 'record-key' | 'blind-key', space: number): string =>
    toHex(suite.mac(MASTER, label(`vault/${name}`), Uint8Array.of(space)));
  const salt = counting(16, 44);
  return {
    master: toHex(MASTER),
    stateKey: toHex(suite.mac(MASTER, label('vault/state-key'), EMPTY)),
    spaces: spaces.map((space, number) => ({
      space,
      number,
      recordKey: keyOf('record-key', number),
      blindKey: keyOf('blind-key', number),
    })),
    rows: rows(suite),
    states: states(suite),
    /** As a passphrase is set. */
    stretched: {
      passphrase: PASSPHRASE,
      salt: toHex(salt),
      passes: STRETCH_COST.passes,
      memoryBytes: STRETCH_COST.memoryBytes,
      result: toHex(suite.stretch(encodeUtf8(PASSPHRASE), salt, STRETCH_COST)),
    },
    slots: slots(suite),
  };
}

function archive(suite: Suite): readonly ArchiveRecord[] {
  const [ann, bo] = [person(suite, 100), person(suite, 110)];
  const relays = [{ key: counting(32, 60), addresses: ['/dns4/kith-abcdefgh.local/tcp/8443/tls/ws'] }];
  const told = { name: 'Bö', metAtMs: NOW_MS, listRecord: bo.device.listRecord, contactKey: counting(32, 10) };
  const id = counting(16, 12);
  const key = messageKey({ account: bo.account, sentAtMs: NOW_MS + 1, mine: true, id });
  const cid = person(suite, 120).account;
  return [
    { kind: 'profile', account: ann.account, name: 'Ann', listRecord: ann.device.listRecord, contactKey: counting(32, 9), relays },
    { kind: 'contact', account: bo.account, ...told, relays, verified: 'scanned', spares: [] },
    {
      kind: 'contact',
      account: cid,
      name: '',
      metAtMs: 0,
      listRecord: EMPTY,
      contactKey: EMPTY,
      relays: [],
      verified: undefined,
      spares: [],
    },
    { kind: 'message', key, row: counting(48, 2) },
    { kind: 'undelivered', id, messageKey: key },
  ];
}

function file(suite: Suite, key: BackupKey, first: number, records: readonly ArchiveRecord[]): { readonly [name: string]: Json } {
  const random = new Drawn(first);
  const sealed = sealBackup(suite, random, key, records);
  const opened = openBackup(suite, sealed, key);
  if (!opened.ok || opened.value.length !== records.length) throw new Error('a sealed backup opens');
  const salt = counting(16, first);
  const secret = key.kind === 'words' ? key.seed : suite.stretch(key.bytes, salt, STRETCH_COST);
  const fileKey = suite.derive(salt, secret, label(`backup/${key.kind}`), 32);
  return {
    salt: random.draws[0] ?? '',
    secret: toHex(secret),
    fileKey: toHex(fileKey),
    keyCheck: toHex(suite.mac(fileKey, label('backup/check'), sealed.subarray(0, 39))),
    chunkKey: toHex(suite.mac(fileKey, label('backup/chunks'), EMPTY)),
    header: toHex(sealed.subarray(0, 103)),
    file: toHex(sealed),
  };
}

/** Records that make more than one chunk: nothing but messages whose rows count up. */
function many(): readonly ArchiveRecord[] {
  const account = counting(32, 66);
  return Array.from({ length: 3 }, (_, i): ArchiveRecord => {
    const key = concat(
      account,
      new Writer(9)
        .u64(NOW_MS + i)
        .u8(1)
        .finish(),
      counting(16, i),
    );
    return { kind: 'message', key, row: counting(30_000, i) };
  });
}

export function backup(suite: Suite): Json {
  const records = archive(suite);
  const words: BackupKey = { kind: 'words', seed: SEED };
  const long = sealBackup(suite, new Drawn(210), words, many());
  return {
    seed: toHex(SEED),
    records: records.map((record) => ({ kind: record.kind, bytes: toHex(encodeRecords([record])) })),
    byWords: file(suite, words, 40, records),
    byPassphrase: { passphrase: PASSPHRASE, ...file(suite, { kind: 'passphrase', bytes: encodeUtf8(PASSPHRASE) }, 50, records) },
    empty: file(suite, words, 200, []),
    /** Two chunks, too long to write out: messages of 30,000 counting bytes each, by the words. */
    twoChunks: {
      salt: toHex(counting(16, 210)),
      records: many().map((record) => toHex(encodeRecords([record]).subarray(0, 80))),
      bytes: long.length,
      header: toHex(long.subarray(0, 103)),
      lastTag: toHex(long.subarray(-16)),
      hash: toHex(suite.hash(label('test/vector'), long)),
    },
  };
}
