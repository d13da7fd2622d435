import { loadSodiumSuite, type Messenger, type Store, type VaultPorts } from '@kith/core';
import { MemoryStore } from '@kith/core/adapters/store-memory';
import { SeededRandom } from '@kith/core/testing';
import { beforeAll, expect, test } from 'vitest';
import { Profile } from './profile.ts';
import { FakeMessenger } from './view-models/testing/fake-messenger.ts';
import type { Asked, FromWorker, Secret } from './worker-messages.ts';

/** Valid words of nobody: the seed of zeros (BIP-39, test vectors). */
const WORDS: readonly string[] = [...Array.from({ length: 23 }, () => 'abandon'), 'art'];

let suite: VaultPorts['suite'];
beforeAll(async () => {
  suite = await loadSodiumSuite();
});

const bytes = (text: string): Secret => new TextEncoder().encode(text) as Secret;
const passphrase = (text: string): Asked => ({ kind: 'open', by: 'passphrase', secret: bytes(text) });

class FakeDeviceKey {
  #number = 1;

  wrap(plain: Secret): Promise<Secret> {
    return Promise.resolve(new Uint8Array([this.#number, ...plain]));
  }

  unwrap(wrapped: Secret): Promise<Secret | undefined> {
    return Promise.resolve(wrapped[0] === this.#number ? wrapped.slice(1) : undefined);
  }

  forget(): Promise<void> {
    this.#number += 1;
    return Promise.resolve();
  }
}

/** A browser: what it keeps stays from one opening of the app to the next. */
class Browser {
  readonly inner: MemoryStore = new MemoryStore();
  readonly deviceKey: FakeDeviceKey = new FakeDeviceKey();
  witnessed: number | undefined;
  words: readonly string[] | undefined;
  readonly #entropy: SeededRandom = new SeededRandom(7);

  async open(): Promise<Opening> {
    const opening = new Opening(this.words);
    const { inner, deviceKey } = this;
    const witness = {
      read: () => Promise.resolve(this.witnessed),
      write: (generation: number) => {
        this.witnessed = generation;
        return Promise.resolve();
      },
    };
    opening.profile = new Profile({
      ports: { inner, deviceKey, suite, entropy: this.#entropy, witness },
      start: (store, wasRolledBack) => {
        opening.store = store;
        opening.wasRolledBack = wasRolledBack;
        return Promise.resolve(opening.messenger);
      },
      serve: (messenger) => {
        opening.served = messenger;
      },
      tell: (message) => void opening.told.push(message),
    });
    await opening.profile.begin();
    return opening;
  }
}

class Opening {
  readonly told: FromWorker[] = [];
  readonly messenger: Messenger;
  profile!: Profile;
  served: Messenger | undefined;
  store: Store | undefined;
  wasRolledBack: boolean | undefined;

  constructor(words: readonly string[] | undefined) {
    const fake = new FakeMessenger(0);
    // An object of functions, as `createMessenger` gives one.
    this.messenger = {
      begin: (name: string) => fake.begin(name),
      recover: (text: string, name: string) => fake.recover(text, name),
      words: () => Promise.resolve(words === undefined ? { ok: false, refusal: { kind: 'no-profile' } } : { ok: true, value: words }),
      close: () => fake.close(),
    } as Messenger;
  }

  get last(): FromWorker | undefined {
    return this.told.at(-1);
  }

  write(key: string, value: string): Promise<void> {
    return (this.store as Store).commit([{ space: 'self', key: bytes(key), value: bytes(value) }], 'durable');
  }

  async read(key: string): Promise<string | undefined> {
    const [value] = await (this.store as Store).get([{ space: 'self', key: bytes(key) }]);
    return value === undefined ? undefined : new TextDecoder().decode(value);
  }
}

test('a new profile is sealed from its first row, and opens by itself the next time', async () => {
  const browser = new Browser();
  const first = await browser.open();
  expect(first.last).toMatchObject({ kind: 'ready', openedBy: 'device', methods: { passphrase: false, finger: false } });
  await first.write('name', 'Mira of the hill');
  const rows = await browser.inner.range({ space: 'self', prefix: new Uint8Array(0), limit: 100 });
  const onDisk = rows.map(({ key, value }) => new TextDecoder('latin1').decode(new Uint8Array([...key, ...value]))).join();
  expect(onDisk).not.toContain('Mira of the hill');
  const second = await browser.open();
  expect(second.last).toMatchObject({ kind: 'ready', openedBy: 'device' });
  expect(await second.read('name')).toBe('Mira of the hill');
});

test('a profile from before there was a seal is sealed where it lies', async () => {
  const browser = new Browser();
  await browser.inner.commit([{ space: 'self', key: bytes('name'), value: bytes('Mira of the hill') }], 'durable');
  const opening = await browser.open();
  expect(await opening.read('name')).toBe('Mira of the hill');
  expect(await browser.inner.get([{ space: 'self', key: bytes('name') }])).toEqual([undefined]);
});

test('with a passphrase there is no node until it was typed, and a wrong one changes nothing', async () => {
  const browser = new Browser();
  const first = await browser.open();
  await first.write('name', 'Mira');
  expect(await first.profile.ask({ kind: 'set-passphrase', secret: bytes('correct horse') })).toEqual({ kind: 'done' });
  expect(first.last).toMatchObject({ kind: 'methods', methods: { passphrase: true } });
  const second = await browser.open();
  expect(second.told).toEqual([{ kind: 'locked', why: 'asks' }]);
  expect(second.served).toBeUndefined();
  expect(await second.profile.ask(passphrase('correct house'))).toEqual({ kind: 'not-opened', why: { kind: 'wrong' } });
  expect(await second.profile.ask(passphrase('correct horse'))).toEqual({ kind: 'done' });
  expect(second.last).toMatchObject({ kind: 'ready', openedBy: 'passphrase' });
  expect(await second.read('name')).toBe('Mira');
});

test('the bytes of a passphrase are zeros once they were used', async () => {
  const browser = new Browser();
  const opening = await browser.open();
  const typed = bytes('correct horse');
  await opening.profile.ask({ kind: 'set-passphrase', secret: typed });
  expect([...typed].every((byte) => byte === 0)).toBe(true);
  const again = bytes('correct horse');
  await (await browser.open()).profile.ask({ kind: 'open', by: 'passphrase', secret: again });
  expect([...again].every((byte) => byte === 0)).toBe(true);
});

test('the words are learnt when they are made, and open a profile whose key the browser lost', async () => {
  const browser = new Browser();
  browser.words = WORDS;
  const first = await browser.open();
  await first.served?.begin('Mira');
  expect(first.last).toMatchObject({ kind: 'methods', methods: { words: true } });
  await first.write('name', 'Mira');
  await first.profile.ask({ kind: 'set-passphrase', secret: bytes('correct horse') });
  await browser.deviceKey.forget();
  const second = await browser.open();
  expect(await second.profile.ask(passphrase('correct horse'))).toEqual({ kind: 'not-opened', why: { kind: 'key-lost' } });
  const words: Asked = { kind: 'open', by: 'words', secret: bytes(WORDS.join(' ')) };
  expect(await second.profile.ask(words)).toEqual({ kind: 'done' });
  expect(second.last).toMatchObject({ kind: 'ready', openedBy: 'words' });
  expect(await second.read('name')).toBe('Mira');
});

test('a key lost without a lock asks for the words, and after them it opens by itself again', async () => {
  const browser = new Browser();
  browser.words = WORDS;
  await (await browser.open()).served?.begin('Mira');
  await browser.deviceKey.forget();
  const second = await browser.open();
  expect(second.told).toEqual([{ kind: 'locked', why: 'key-lost' }]);
  await second.profile.ask({ kind: 'open', by: 'words', secret: bytes(WORDS.join(' ')) });
  expect((await browser.open()).last).toMatchObject({ kind: 'ready', openedBy: 'device' });
});

test('words that are no words are refused before anything is tried', async () => {
  const browser = new Browser();
  const first = await browser.open();
  await first.profile.ask({ kind: 'set-passphrase', secret: bytes('correct horse') });
  const second = await browser.open();
  expect(await second.profile.ask({ kind: 'open', by: 'words', secret: bytes('abandon ship') })).toEqual({
    kind: 'not-opened',
    why: { kind: 'word-count', found: 2, expected: 24 },
  });
});

test('a finger needs a passphrase beside it, opens by itself, and goes when the passphrase is removed', async () => {
  const browser = new Browser();
  const first = await browser.open();
  const finger = (): Secret => new Uint8Array(32).fill(9);
  expect(await first.profile.ask({ kind: 'set-finger', secret: finger() })).toEqual({ kind: 'not-set', why: 'needs-passphrase' });
  await first.profile.ask({ kind: 'set-passphrase', secret: bytes('correct horse') });
  expect(await first.profile.ask({ kind: 'set-finger', secret: finger() })).toEqual({ kind: 'done' });
  const second = await browser.open();
  expect(await second.profile.ask({ kind: 'open', by: 'finger', secret: finger() })).toEqual({ kind: 'done' });
  await second.profile.ask({ kind: 'set-passphrase', secret: undefined });
  expect(second.last).toMatchObject({ kind: 'methods', methods: { passphrase: false, finger: false } });
  expect((await browser.open()).last).toMatchObject({ kind: 'ready', openedBy: 'device' });
});

test('the passphrase under pressure erases, and says so only to the page', async () => {
  const browser = new Browser();
  const first = await browser.open();
  await first.write('name', 'Mira');
  await first.profile.ask({ kind: 'set-passphrase', secret: bytes('correct horse') });
  await first.profile.ask({ kind: 'set-duress', secret: bytes('battery') });
  const second = await browser.open();
  expect(await second.profile.ask(passphrase('battery'))).toEqual({ kind: 'erased' });
  expect(second.served).toBeUndefined();
  const third = await browser.open();
  expect(third.last).toMatchObject({ kind: 'ready', openedBy: 'device' });
  expect(await third.read('name')).toBeUndefined();
});

test('erasing works open and locked, and nothing opens what was there before', async () => {
  for (const isLocked of [false, true]) {
    const browser = new Browser();
    const first = await browser.open();
    await first.write('name', 'Mira');
    await first.profile.ask({ kind: 'set-passphrase', secret: bytes('correct horse') });
    const last = isLocked ? await browser.open() : first;
    expect(await last.profile.ask({ kind: 'erase' })).toEqual({ kind: 'done' });
    expect(await (await browser.open()).read('name')).toBeUndefined();
  }
});

test('an older copy of the store that was put back is noticed by the number the page kept', async () => {
  const browser = new Browser();
  await browser.open();
  const [first] = [browser.witnessed ?? 0];
  await browser.open();
  expect(browser.witnessed).toBeGreaterThan(first);
  browser.witnessed = (browser.witnessed ?? 0) + 5;
  expect((await browser.open()).wasRolledBack).toBe(true);
  expect((await browser.open()).wasRolledBack).toBe(false);
});
