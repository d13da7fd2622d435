/**
 * Locks: what opens a vault, what does not, what a lost device key, a duress passphrase, an erase and a crash leave.
 * Long because all of it is asked in one small world of a store, a device and what a person hands in.
 */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MemoryStore } from '../../adapters/store-memory/index.ts';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { type Bytes, bytesOf, EMPTY, sameBytes } from '../../kernel/bytes.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';
import { SPACES, type Space, type Write } from '../../node/machine.ts';
import { type Durability, StoreFailed } from '../../ports/store.ts';
import { SeededRandom } from '../../testing/index.ts';
import { MemoryDeviceKey, MemoryWitness } from '../../testing/memory-device-key.ts';
import { withQuickStretch } from '../../testing/quick-stretch.ts';
import { STRETCH_COST } from './limits.ts';
import { SLOTS_ROW } from './reserved.ts';
import { decodeSlots, encodeSlots, type SlotsRow } from './slots.ts';
import type { Unlock } from './unlock.ts';
import { createVault, eraseVault, openVault, readLock, type UnlockRefusal, type Vault, type VaultPorts } from './vault.ts';

const ROW: Write & { readonly value: Bytes } = { space: 'contacts', key: bytesOf([1, 2, 3]), value: encodeUtf8('Ann') };
const ALL = Object.keys(SPACES) as Space[];

let slowSuite: Suite;
let suite: Suite;
beforeAll(async () => {
  slowSuite = await loadSodiumSuite();
  suite = withQuickStretch(slowSuite);
});

/** A memory store that tells of its commits, and dies before the one it is told to. */
class Watched extends MemoryStore {
  readonly commits: { readonly batch: readonly Write[]; readonly durability: Durability }[] = [];
  failFrom: number = Number.POSITIVE_INFINITY;

  override async commit(batch: readonly Write[], durability: Durability): Promise<void> {
    if (this.commits.length >= this.failFrom) throw new StoreFailed('the power is gone');
    this.commits.push({ batch, durability });
    await super.commit(batch, durability);
  }
}

let inner: Watched;
let ports: VaultPorts;
beforeEach(() => {
  inner = new Watched();
  ports = { inner, suite, entropy: new SeededRandom('locks'), deviceKey: new MemoryDeviceKey() };
});

const pass = (text: string): Unlock & { readonly kind: 'passphrase' } => ({ kind: 'passphrase', text: encodeUtf8(text) });
const prf = (byte: number): Unlock & { readonly kind: 'prf' } => ({ kind: 'prf', output: new Uint8Array(32).fill(byte) });
const words = (byte: number): Unlock => ({ kind: 'words', seed: new Uint8Array(32).fill(byte) });
const DEVICE: Unlock = { kind: 'device' };

/** `open`, or why not. */
async function trying(unlock: Unlock, from: VaultPorts = ports): Promise<'open' | UnlockRefusal['kind']> {
  const answer = await openVault(from, unlock);
  if (!answer.ok) return answer.refusal.kind;
  expect(await answer.value.store.get([ROW]), 'and its rows are there').toEqual([ROW.value]);
  return 'open';
}

async function opening(unlock: Unlock, from: VaultPorts = ports): Promise<Vault> {
  const answer = await openVault(from, unlock);
  if (!answer.ok) throw new Error(answer.refusal.kind);
  return answer.value;
}

async function made(lock?: Parameters<typeof createVault>[1]): Promise<Vault> {
  const vault = await createVault(ports, lock);
  await vault.store.commit([ROW], 'durable');
  return vault;
}

function slotsRow(): SlotsRow {
  const found = decodeSlots(inner.getNow([SLOTS_ROW])[0]);
  if (found.kind !== 'row') throw new Error(found.kind);
  return found.row;
}

const withoutDevice = (): VaultPorts => ({ inner, suite, entropy: ports.entropy });
const onAnotherDevice = (): VaultPorts => ({ ...ports, deviceKey: new MemoryDeviceKey('another') });
const kind = async (from: VaultPorts = ports): Promise<string> => (await readLock(from)).kind;

describe('what opens it', () => {
  test('a new profile opens by the device key alone, and by nothing else', async () => {
    expect(await kind()).toBe('empty');
    expect(await trying(DEVICE)).toBe('no-vault');
    const vault = await made();
    expect(vault.methods()).toEqual({ passphrase: false, prf: false, words: false });
    expect(await kind()).toBe('open');
    expect(await trying(DEVICE)).toBe('open');
    expect(await trying(pass(''))).toBe('wrong');
    expect(await trying(prf(0))).toBe('wrong');
    expect(await trying(words(0))).toBe('wrong');
  });

  test('a passphrase locks it, another is wrong, and without it the device opens it again', async () => {
    const vault = await made();
    await vault.setPassphrase(encodeUtf8('linden'));
    expect(vault.methods().passphrase).toBe(true);
    expect(await kind()).toBe('locked');
    expect(await trying(DEVICE)).toBe('wrong');
    expect(await trying(pass('Linden'))).toBe('wrong');
    const later = await opening(pass('linden'));
    expect(later.methods()).toEqual({ passphrase: true, prf: false, words: false });
    await later.setPassphrase(encodeUtf8('oak'));
    expect(await trying(pass('linden'))).toBe('wrong');
    expect(await trying(pass('oak'))).toBe('open');
    await later.setPassphrase(undefined);
    expect(await trying(pass('oak'))).toBe('wrong');
    expect(await kind()).toBe('open');
    expect(await trying(DEVICE)).toBe('open');
  });

  test('a PRF output locks it too; the device opens it only when both locks are gone', async () => {
    const vault = await made();
    await vault.setPrf(prf(1).output);
    expect(await kind()).toBe('locked');
    expect(await trying(prf(1))).toBe('open');
    expect(await trying(prf(2))).toBe('wrong');
    await vault.setPassphrase(encodeUtf8('linden'));
    expect(vault.methods()).toEqual({ passphrase: true, prf: true, words: false });
    await vault.setPrf(undefined);
    expect(await trying(prf(1))).toBe('wrong');
    expect(await kind()).toBe('locked');
    await vault.setPassphrase(undefined);
    expect(await kind()).toBe('open');
  });

  test('the words open it whether it is locked or not, and are no lock themselves', async () => {
    const vault = await made();
    const seed = new Uint8Array(32).fill(9);
    await vault.setWords(seed);
    expect(seed, 'an account is made of it, so it stays').toEqual(new Uint8Array(32).fill(9));
    expect(await kind()).toBe('open');
    expect(await trying(words(9))).toBe('open');
    await vault.setPassphrase(encodeUtf8('linden'));
    expect(await trying(words(9))).toBe('open');
    expect(await trying(words(8))).toBe('wrong');
    expect((await opening(words(9))).methods()).toEqual({ passphrase: true, prf: false, words: true });
  });

  test('one secret in the wrong place opens nothing', async () => {
    const vault = await made();
    await vault.setPrf(prf(5).output);
    expect(await trying(words(5))).toBe('wrong');
    await vault.setWords(new Uint8Array(32).fill(6));
    expect(await trying(prf(6))).toBe('wrong');
  });

  test('a profile can be locked from its first commit, and never has an open slot then', async () => {
    await made(pass('linden'));
    expect(inner.commits[0]?.durability).toBe('durable');
    expect(await kind()).toBe('locked');
    expect(await trying(DEVICE)).toBe('wrong');
    expect(await trying(pass('linden'))).toBe('open');
  });

  test('with the cost that is shipped, by the real function', async () => {
    ports = { ...ports, suite: slowSuite };
    await made(pass('linden'));
    expect(slotsRow().cost).toEqual({ passes: 3, memoryBytes: 67_108_864 });
    expect(await trying(pass('linden'))).toBe('open');
    expect(await trying(pass('oak'))).toBe('wrong');
  });

  test('what was handed in is zeros afterwards, right or wrong', async () => {
    const vault = await made();
    const given = { set: encodeUtf8('linden'), prf: prf(3).output, right: pass('linden'), wrong: pass('oak'), words: words(1) };
    await vault.setPassphrase(given.set);
    await vault.setPrf(given.prf);
    await trying(given.right);
    await trying(given.wrong);
    await trying(given.words);
    inner.commitNow([SLOTS_ROW]);
    const unheard = pass('early');
    await trying(unheard);
    for (const unlock of [given.right, given.wrong, unheard]) expect(unlock.text.every((byte) => byte === 0)).toBe(true);
    for (const bytes of [given.set, given.prf]) expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(given.words.kind === 'words' && given.words.seed.every((byte) => byte === 0)).toBe(true);
  });
});

describe('without a device key', () => {
  test('a vault needs a lock from the start, and keeps one', async () => {
    ports = withoutDevice();
    await expect(createVault(ports)).rejects.toMatchObject({ name: 'AssertionFailed' });
    const vault = await made(prf(7));
    expect(await trying(prf(7))).toBe('open');
    expect(await trying(DEVICE)).toBe('wrong');
    await expect(vault.setPrf(undefined)).rejects.toMatchObject({ name: 'AssertionFailed' });
    await vault.setPassphrase(encodeUtf8('linden'));
    await vault.setPrf(undefined);
    expect(await trying(pass('linden'))).toBe('open');
  });
});

describe('the device key', () => {
  test('a copy of the store on another device opens by the words alone', async () => {
    const vault = await made(pass('linden'));
    await vault.setPrf(prf(1).output);
    await vault.setWords(new Uint8Array(32).fill(9));
    for (const elsewhere of [onAnotherDevice(), withoutDevice()]) {
      expect(await kind(elsewhere)).toBe('locked');
      for (const unlock of [DEVICE, pass('linden'), prf(1)]) expect(await trying(unlock, elsewhere)).toBe('device-key-lost');
      expect(await trying(words(8), elsewhere)).toBe('wrong');
      expect(await trying(words(9), elsewhere)).toBe('open');
    }
  });

  test('a program that leaves the device secret out opens nothing bound to it, though it knows the passphrase', async () => {
    const vault = await made(pass('linden'));
    await vault.setPrf(prf(1).output);
    inner.commitNow([{ ...SLOTS_ROW, value: encodeSlots({ ...slotsRow(), wrapped: EMPTY }) }]);
    expect(await trying(pass('linden'))).toBe('wrong');
    expect(await trying(prf(1))).toBe('wrong');
    await vault.setPassphrase(undefined);
    await vault.setPrf(undefined);
    inner.commitNow([{ ...SLOTS_ROW, value: encodeSlots({ ...slotsRow(), wrapped: EMPTY }) }]);
    expect(await trying(DEVICE)).toBe('wrong');
  });

  test('after a loss, a profile that was locked asks for the words until a new lock is set', async () => {
    const vault = await made(pass('linden'));
    await vault.setDuress(encodeUtf8('oak'));
    await vault.setWords(new Uint8Array(32).fill(9));
    ports = onAnotherDevice();
    const later = await opening(words(9), ports);
    expect(later.methods()).toEqual({ passphrase: false, prf: false, words: true });
    expect(await kind(ports)).toBe('locked');
    expect(await later.setDuress(encodeUtf8('elm'))).toEqual({ ok: false, refusal: { kind: 'needs-passphrase' } });
    await later.setPassphrase(encodeUtf8('beech'));
    expect(later.methods()).toEqual({ passphrase: true, prf: false, words: true });
    expect(await trying(pass('beech'))).toBe('open');
    expect(await trying(pass('linden'))).toBe('wrong');
    expect(await trying(pass('oak')), 'the duress passphrase went with the device key').toBe('wrong');
    expect(await trying(words(9))).toBe('open');
  });

  test('after a loss, a profile that was not locked opens by itself again once the words opened it', async () => {
    const vault = await made();
    await vault.setWords(new Uint8Array(32).fill(9));
    ports = onAnotherDevice();
    expect(await kind()).toBe('locked');
    expect(await trying(words(9))).toBe('open');
    expect(await kind()).toBe('open');
    expect(await trying(DEVICE)).toBe('open');
  });
});

describe('the slots row', () => {
  test('is as long and as random whatever is set, and four slots are of one length', async () => {
    const vault = await made();
    const states: SlotsRow[] = [slotsRow()];
    for (const change of [
      () => vault.setPassphrase(encodeUtf8('linden')),
      () => vault.setPrf(prf(1).output),
      () => vault.setWords(new Uint8Array(32)),
      () => vault.setDuress(encodeUtf8('oak')),
    ]) {
      await change();
      states.push(slotsRow());
    }
    const lengths = states.map((row) => encodeSlots(row).length);
    expect(new Set(lengths).size).toBe(1);
    const slots = states.flatMap((row) => row.slots);
    expect(slots.map((slot) => slot.length)).toEqual(slots.map(() => 73));
    for (const slot of slots) {
      // 73 random bytes have about 64 different values; fewer than 45 happens once in 10^9 rows.
      expect(new Set(slot).size).toBeGreaterThan(45);
    }
  });

  test('with and without a duress passphrase, the rest of it stays as it was', async () => {
    const vault = await made(pass('linden'));
    const before = slotsRow();
    await vault.setDuress(encodeUtf8('oak'));
    const after = slotsRow();
    expect({ ...after, slots: after.slots.slice(0, 3) }).toEqual({ ...before, slots: before.slots.slice(0, 3) });
  });

  test('of a newer version is refused with its number, and not written over', async () => {
    await made();
    const row = inner.getNow([SLOTS_ROW])[0] as Bytes;
    inner.commitNow([{ ...SLOTS_ROW, value: row.with(0, 7) }]);
    expect(await readLock(ports)).toEqual({ kind: 'newer', version: 7 });
    expect(await openVault(ports, DEVICE)).toEqual({ ok: false, refusal: { kind: 'newer', version: 7 } });
    await expect(createVault(ports)).rejects.toMatchObject({ name: 'StoreFailed' });
  });

  test('cut anywhere, or of a cost out of bounds, is damaged, and nothing is stretched', async () => {
    await made(pass('linden'));
    const row = inner.getNow([SLOTS_ROW])[0] as Bytes;
    const parsed = slotsRow();
    const bad = [
      ...[...row.keys()].map((length) => row.slice(0, length)),
      row.with(0, 0),
      row.with(1, 9),
      ...[
        { passes: 0 },
        { passes: 11 },
        { memoryBytes: (8 << 20) - 1 },
        { memoryBytes: (512 << 20) + 1 },
        { memoryBytes: 0xffff_ffff },
      ].map((cost) => encodeSlots({ ...parsed, cost: { ...STRETCH_COST, ...cost } })),
    ];
    const never = new Proxy(suite, {
      get: (target, name) => (name === 'stretch' ? () => expect.unreachable('stretched') : Reflect.get(target, name)),
    });
    for (const value of bad) {
      inner.commitNow([{ ...SLOTS_ROW, value }]);
      expect(await kind({ ...ports, suite: never })).toBe('damaged');
      expect(await trying(pass('linden'), { ...ports, suite: never })).toBe('damaged');
    }
  });

  test('a passphrase set anew has the cost of this version, whatever cost was found; the duress passphrase of the other cost goes', async () => {
    const vault = await made(pass('linden'));
    await vault.setPrf(prf(1).output);
    await vault.setDuress(encodeUtf8('oak'));
    // Somebody lowers the cost in the row, so that the next passphrase could be guessed cheaply.
    inner.commitNow([{ ...SLOTS_ROW, value: encodeSlots({ ...slotsRow(), cost: { passes: 1, memoryBytes: 8 << 20 } }) }]);
    expect(await trying(pass('linden')), 'the slot is of another cost').toBe('wrong');
    const { salt } = slotsRow();
    await (await opening(prf(1))).setPassphrase(encodeUtf8('elm'));
    expect(slotsRow().cost).toEqual(STRETCH_COST);
    expect(slotsRow().salt).not.toEqual(salt);
    expect(await trying(pass('elm'))).toBe('open');
    expect(await trying(pass('oak'))).toBe('wrong');
  });

  test('a changed byte of a slot closes that slot and no other', async () => {
    const vault = await made(pass('linden'));
    await vault.setPrf(prf(1).output);
    const row = slotsRow();
    for (let i = 0; i < 73; i++) {
      const [first, ...rest] = row.slots;
      const slots = [first.with(i, (first[i] as number) ^ 1), ...rest] as unknown as SlotsRow['slots'];
      inner.commitNow([{ ...SLOTS_ROW, value: encodeSlots({ ...row, slots }) }]);
      expect(await trying(pass('linden'))).toBe('wrong');
    }
    expect(await trying(prf(1))).toBe('open');
  });

  test('slots of one profile do not open another, and a foreign row is damage', async () => {
    await made(prf(1));
    const row = inner.getNow([SLOTS_ROW])[0] as Bytes;
    const other = { ...ports, inner: new Watched() };
    await createVault(other, prf(2));
    other.inner.commitNow([{ ...SLOTS_ROW, value: row }]);
    expect(await trying(prf(1), other)).toBe('damaged');
  });
});

describe('changing a lock', () => {
  const changes: readonly (readonly [string, (vault: Vault) => Promise<unknown>, readonly Unlock[], readonly Unlock[]])[] = [
    ['setting a passphrase', (vault) => vault.setPassphrase(encodeUtf8('new')), [pass('old'), pass('old')], [pass('new')]],
    ['removing it', (vault) => vault.setPassphrase(undefined), [pass('old')], [DEVICE]],
    ['setting a PRF output', (vault) => vault.setPrf(prf(1).output), [pass('old')], [pass('old'), prf(1)]],
    ['setting the words', (vault) => vault.setWords(new Uint8Array(32).fill(9)), [pass('old')], [pass('old'), words(9)]],
    ['setting a duress passphrase', (vault) => vault.setDuress(encodeUtf8('oak')), [pass('old')], [pass('old')]],
  ];

  const copy = (unlock: Unlock): Unlock => structuredClone(unlock);

  test.each(changes)(
    '%s is one durable commit: the old locks hold until it is there, and the new ones from then on',
    async (_, change, old, now) => {
      const vault = await made(pass('old'));
      inner.commits.length = 0;
      inner.failFrom = 0;
      await expect(change(vault)).rejects.toMatchObject({ name: 'StoreFailed' });
      inner.failFrom = Number.POSITIVE_INFINITY;
      for (const unlock of old) expect(await trying(copy(unlock))).toBe('open');
      inner.commits.length = 0;
      await change(vault);
      expect(inner.commits.map(({ batch, durability }) => [batch.length, durability])).toEqual([[2, 'durable']]);
      for (const unlock of now) expect(await trying(copy(unlock))).toBe('open');
    },
  );

  test('after a change that failed, the methods are those that hold', async () => {
    const vault = await made();
    inner.failNextCommit('full');
    await expect(vault.setPassphrase(encodeUtf8('linden'))).rejects.toMatchObject({ name: 'StoreFull' });
    expect(vault.methods().passphrase).toBe(false);
    expect(await trying(DEVICE)).toBe('open');
  });

  test('changes asked for at once are all there', async () => {
    const vault = await made();
    await Promise.all([
      vault.setPassphrase(encodeUtf8('linden')),
      vault.setPrf(prf(1).output),
      vault.setWords(new Uint8Array(32).fill(9)),
      vault.setDuress(encodeUtf8('oak')),
    ]);
    for (const unlock of [pass('linden'), prf(1), words(9)]) expect(await trying(unlock)).toBe('open');
    expect(await trying(pass('oak'))).toBe('erased');
  });

  test('an empty passphrase and secrets of other lengths are mistakes of ours', async () => {
    const vault = await made();
    await expect(vault.setPassphrase(EMPTY)).rejects.toMatchObject({ name: 'AssertionFailed' });
    await expect(vault.setPrf(new Uint8Array(16))).rejects.toMatchObject({ name: 'AssertionFailed' });
    expect(() => vault.setWords(new Uint8Array(16))).toThrow('32 bytes');
    expect(await trying(DEVICE)).toBe('open');
  });

  test('after forget no lock can be changed', async () => {
    const vault = await made();
    vault.forget();
    await expect(vault.setPassphrase(encodeUtf8('linden'))).rejects.toMatchObject({ name: 'StoreFailed' });
    expect(await trying(DEVICE)).toBe('open');
  });
});

/** Everything that is underneath, as a thief finds it. */
function rowsUnderneath(): number {
  return ALL.reduce((sum, space) => sum + inner.rangeNow({ space, prefix: EMPTY, limit: 1000 }).length, 0);
}

describe('the duress passphrase', () => {
  test('needs a passphrase that is another', async () => {
    const vault = await made();
    expect(await vault.setDuress(encodeUtf8('oak'))).toEqual({ ok: false, refusal: { kind: 'needs-passphrase' } });
    await vault.setPassphrase(encodeUtf8('linden'));
    expect(await vault.setDuress(encodeUtf8('linden'))).toEqual({ ok: false, refusal: { kind: 'same-as-passphrase' } });
    expect(await trying(pass('linden'))).toBe('open');
  });

  test('erases everything and says so; nothing opens afterwards, the words included', async () => {
    const vault = await made(pass('linden'));
    await vault.setWords(new Uint8Array(32).fill(9));
    await vault.setDuress(encodeUtf8('oak'));
    expect(await trying(pass('linden'))).toBe('open');
    const copied = inner.getNow([SLOTS_ROW])[0] as Bytes;
    expect(await trying(pass('oak'))).toBe('erased');
    expect(rowsUnderneath()).toBe(0);
    for (const unlock of [DEVICE, pass('linden'), pass('oak'), words(9)]) expect(await trying(unlock)).toBe('no-vault');
    // Even with the slots row of before, what is bound to the device stays closed.
    inner.commitNow([{ ...SLOTS_ROW, value: copied }]);
    expect(await trying(pass('linden'))).toBe('device-key-lost');
  });

  test('does not hold the master key, whatever program it is tried with', async () => {
    const vault = await made(pass('linden'));
    await vault.setDuress(encodeUtf8('oak'));
    const masters: Bytes[] = [];
    const spying = new Proxy(suite, {
      get(target, name) {
        if (name !== 'open') return Reflect.get(target, name);
        return (...given: Parameters<Suite['open']>) => {
          const plain = target.open(...given);
          if (plain?.length === 33) masters.push(plain.slice(0, 32));
          return plain;
        };
      },
    });
    await trying(pass('linden'), { ...ports, suite: spying });
    await trying(pass('oak'), { ...ports, suite: spying });
    expect(masters.length).toBe(2);
    expect(sameBytes(masters[0] as Bytes, masters[1] as Bytes)).toBe(false);
  });

  test('stays when the passphrase is changed, and goes with it', async () => {
    const vault = await made(pass('linden'));
    await vault.setDuress(encodeUtf8('oak'));
    await vault.setPassphrase(encodeUtf8('elm'));
    const kept = inner.snapshot();
    await vault.setPassphrase(undefined);
    expect(await trying(pass('oak'))).toBe('wrong');
    inner.restore(kept);
    expect(await trying(pass('oak'))).toBe('erased');
  });

  test('a passphrase that was the duress one is the passphrase from then on', async () => {
    const vault = await made(pass('linden'));
    await vault.setDuress(encodeUtf8('oak'));
    await vault.setPassphrase(encodeUtf8('oak'));
    expect(await trying(pass('oak'))).toBe('open');
    await vault.setPassphrase(encodeUtf8('elm'));
    expect(await trying(pass('oak')), 'and does not erase later on').toBe('wrong');
  });

  test('can be taken back', async () => {
    const vault = await made(pass('linden'));
    await vault.setDuress(encodeUtf8('oak'));
    expect(await vault.setDuress(undefined)).toEqual({ ok: true, value: undefined });
    expect(await trying(pass('oak'))).toBe('wrong');
    expect(await trying(pass('linden'))).toBe('open');
  });
});

describe('an erase', () => {
  test('takes the slots in its first commit, durably, then the device key, then the rows', async () => {
    const vault = await made(pass('linden'));
    await vault.setWords(new Uint8Array(32).fill(9));
    const before = slotsRow();
    inner.commits.length = 0;
    inner.failFrom = 1;
    await expect(eraseVault(ports)).rejects.toThrow('the power is gone');
    const [first] = inner.commits;
    expect(first?.durability).toBe('durable');
    expect(first?.batch.map((write) => write.key)).toEqual([SLOTS_ROW.key]);
    expect(rowsUnderneath(), 'the rows are still there').toBe(3);
    for (const slot of before.slots) expect(slotsRow().slots.some((each) => sameBytes(each, slot))).toBe(false);
    expect(await ports.deviceKey?.unwrap(before.wrapped), 'the device key is gone').toBeUndefined();
    for (const unlock of [DEVICE, pass('linden'), words(9)]) expect(await trying(unlock)).toBe('no-vault');
    expect(await kind()).toBe('empty');
  });

  test('that was cut off is finished before a new profile is made, which sees nothing of the old one', async () => {
    const vault = await made();
    for (let n = 0; n < 450; n++) await vault.store.commit([{ space: 'seen', key: bytesOf([n >> 8, n & 255]), value: EMPTY }], 'relaxed');
    for (const commitsDone of [1, 2, 3, 4]) {
      const kept = inner.snapshot();
      inner.commits.length = 0;
      inner.failFrom = commitsDone;
      await expect(eraseVault(ports)).rejects.toThrow();
      inner.failFrom = Number.POSITIVE_INFINITY;
      const again = await createVault(ports);
      expect(await again.store.get([ROW])).toEqual([undefined]);
      expect(rowsUnderneath()).toBe(2);
      inner.restore(kept);
    }
  });

  test('goes on to the device key and the rows when the slots cannot be written', async () => {
    await made();
    const { wrapped } = slotsRow();
    inner.failNextCommit('failed');
    await expect(eraseVault(ports)).rejects.toMatchObject({ name: 'StoreFailed' });
    expect(await ports.deviceKey?.unwrap(wrapped)).toBeUndefined();
    expect(rowsUnderneath()).toBe(0);
  });

  test('works on a full disk', async () => {
    await made();
    inner.failNextCommit('full');
    await eraseVault(ports);
    expect(rowsUnderneath()).toBe(0);
    expect(await kind()).toBe('empty');
  });

  test('that was cut off on a full disk is known as one, too', async () => {
    await made();
    inner.commits.length = 0;
    inner.failNextCommit('full');
    inner.failFrom = 2;
    await expect(eraseVault(ports)).rejects.toThrow('the power is gone');
    inner.failFrom = Number.POSITIVE_INFINITY;
    expect(inner.getNow([SLOTS_ROW]), 'the slots went at once').toEqual([undefined]);
    expect(await kind()).toBe('empty');
    expect(await trying(DEVICE)).toBe('no-vault');
    expect(await (await createVault(ports)).store.get([ROW])).toEqual([undefined]);
    expect(rowsUnderneath()).toBe(2);
  });

  test('of an opened vault closes it at once: what was under way is not written any more', async () => {
    const vault = await made();
    const late = [vault.setPassphrase(encodeUtf8('linden')), vault.wipe(), vault.store.commit([ROW], 'relaxed')];
    const [set, wiped, commit] = await Promise.allSettled(late);
    expect([set?.status, wiped?.status, commit?.status]).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(rowsUnderneath()).toBe(0);
    expect(await trying(DEVICE)).toBe('no-vault');
  });

  test('of a store that never had a vault leaves nothing either', async () => {
    inner.commitNow([ROW]);
    await eraseVault(ports);
    expect(rowsUnderneath()).toBe(0);
  });
});

describe('a store that is older than it was', () => {
  test('is noticed at each opening until it was acted on; a crash before the witness was told is none', async () => {
    const witness = new MemoryWitness();
    ports = { ...ports, witness };
    await made();
    const old = inner.snapshot();
    expect((await opening(DEVICE)).rolledBack).toBe(false);
    expect((await opening(DEVICE)).rolledBack).toBe(false);
    inner.restore(old);
    expect((await opening(DEVICE)).rolledBack).toBe(true);
    const again = await opening(DEVICE);
    expect(again.rolledBack).toBe(true);
    await again.healed();
    expect((await opening(DEVICE)).rolledBack).toBe(false);

    witness.write = () => Promise.reject(new Error('no power'));
    await expect(openVault(ports, DEVICE)).rejects.toThrow('no power');
    ports = { ...ports, witness: Object.assign(new MemoryWitness(), { generation: witness.generation }) };
    expect((await opening(DEVICE)).rolledBack).toBe(false);
  });

  test('a new profile after an erased one, and a lost witness, are no rollback', async () => {
    const witness = new MemoryWitness();
    ports = { ...ports, witness };
    await made();
    for (let n = 0; n < 5; n++) await opening(DEVICE);
    await eraseVault(ports);
    expect((await made()).rolledBack).toBe(false);
    expect(witness.generation, 'what was seen never falls').toBe(7);
    expect((await opening(DEVICE)).rolledBack).toBe(false);
    expect((await opening(DEVICE, { ...ports, witness: new MemoryWitness() })).rolledBack).toBe(false);
  });

  test('a full disk keeps nobody out', async () => {
    await made();
    inner.setRoomBytes(0);
    inner.failNextCommit('full');
    expect(await trying(DEVICE)).toBe('open');
  });
});
