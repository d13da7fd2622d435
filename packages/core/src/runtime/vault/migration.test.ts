/** A profile from before the vault: its rows are sealed in place, whatever happens in between. */
import { beforeAll, expect, test } from 'vitest';
import { MemoryStore } from '../../adapters/store-memory/index.ts';
import { loadSodiumSuite } from '../../crypto/sodium-suite.ts';
import type { Suite } from '../../crypto/suite.ts';
import { type Bytes, bytesOf, concat, EMPTY, toHex } from '../../kernel/bytes.ts';
import { encodeUtf8 } from '../../kernel/utf8.ts';
import { SPACES, type Space, type Write } from '../../node/machine.ts';
import { StoreFailed } from '../../ports/store.ts';
import { SeededRandom } from '../../testing/index.ts';
import { MemoryDeviceKey } from '../../testing/memory-device-key.ts';
import { createVault, openVault, readLock, type VaultPorts } from './vault.ts';

const ALL = Object.keys(SPACES) as Space[];
const NAME = encodeUtf8('Annemarie Winterthal');

let suite: Suite;
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

/** Some rows in every space, with the keys that profiles have: names, 16 and 32 bytes, and messages. */
function plainRows(): readonly (Write & { readonly value: Bytes })[] {
  const random = new SeededRandom('plain');
  const keyIn = (space: Space, n: number): Bytes => {
    if (space === 'self') return encodeUtf8(`row ${n}`);
    return space === 'messages' ? random.bytes(57) : random.bytes(n % 2 === 0 ? 32 : 16);
  };
  const count = (space: Space): number => (space === 'seen' ? 350 : 12);
  return ALL.flatMap((space) =>
    [...Array(count(space)).keys()].map((n) => ({ space, key: keyIn(space, n), value: concat(NAME, bytesOf([n & 255])) })),
  );
}

class Dying extends MemoryStore {
  commitsLeft: number = Number.POSITIVE_INFINITY;

  override async commit(batch: readonly Write[]): Promise<void> {
    if (this.commitsLeft === 0) throw new StoreFailed('the power is gone');
    this.commitsLeft--;
    this.commitNow(batch);
  }
}

function before(): { readonly inner: Dying; readonly ports: VaultPorts } {
  const inner = new Dying();
  inner.commitNow(plainRows());
  return { inner, ports: { inner, suite, entropy: new SeededRandom('vault'), deviceKey: new MemoryDeviceKey() } };
}

async function assertSealed({ inner, ports }: ReturnType<typeof before>): Promise<void> {
  const answer = await openVault(ports, { kind: 'device' });
  if (!answer.ok) throw new Error(answer.refusal.kind);
  const { store } = answer.value;
  const rows = plainRows();
  expect(await store.get(rows)).toEqual(rows.map((row) => row.value));
  for (const space of ALL) {
    const kept = rows.filter((row) => row.space === space);
    const seen = await store.range({ space, prefix: EMPTY, limit: 1000 });
    expect(seen.map((row) => toHex(row.key)).toSorted()).toEqual(kept.map((row) => toHex(row.key)).toSorted());
    for (const { key, value } of inner.rangeNow({ space, prefix: EMPTY, limit: 1000 })) {
      expect(toHex(value)).not.toContain(toHex(NAME));
      expect(kept.some((row) => toHex(row.key) === toHex(key))).toBe(false);
    }
  }
}

test('every row of every space is sealed, and none of it is left in the open', async () => {
  const world = before();
  expect(await readLock(world.ports)).toEqual({ kind: 'empty' });
  await createVault(world.ports);
  await assertSealed(world);
});

test('a crash between any two commits is made good at the next start', async () => {
  const whole = before();
  let commits = 0;
  whole.inner.commit = async (batch) => {
    commits++;
    whole.inner.commitNow(batch);
  };
  await createVault(whole.ports);
  expect(commits).toBeGreaterThan(ALL.length);
  for (let died = 0; died < commits; died++) {
    const world = before();
    world.inner.commitsLeft = died;
    await expect(createVault(world.ports), `death after ${died} commits`).rejects.toThrow('the power is gone');
    world.inner.commitsLeft = died === 0 ? Number.POSITIVE_INFINITY : 2;
    if (died === 0) await createVault(world.ports);
    // It dies once more, two commits later.
    else await openVault(world.ports, { kind: 'device' }).catch(() => {});
    world.inner.commitsLeft = Number.POSITIVE_INFINITY;
    await assertSealed(world);
  }
});

test('a new profile on an empty store is whole at once', async () => {
  const inner = new Dying();
  inner.commitsLeft = 1;
  const ports = { inner, suite, entropy: new SeededRandom('vault'), deviceKey: new MemoryDeviceKey() };
  await createVault(ports);
  inner.commitsLeft = 1;
  expect((await openVault(ports, { kind: 'device' })).ok).toBe(true);
});
