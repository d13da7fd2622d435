/**
 * Our sessions as a person's node uses them: the suite of the product, the table of tags followed at every step on both sides, the
 * session's row encoded after every step. Where a store is given, every step is a commit of it, and is waited for.
 */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLevelStore } from '../../packages/core/src/adapters/store-leveldb/index.ts';
import { systemEntropy } from '../../packages/core/src/adapters/system/index.ts';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { HEADER_BYTES } from '../../packages/core/src/envelope/envelope.ts';
import { accountIdOf, commitmentTo, rootPair } from '../../packages/core/src/identity/account.ts';
import { prekeysFrom, readBundle, signBundle } from '../../packages/core/src/identity/bundle.ts';
import { signDeviceList } from '../../packages/core/src/identity/device-list.ts';
import type { Bytes } from '../../packages/core/src/kernel/bytes.ts';
import type { Result } from '../../packages/core/src/kernel/result.ts';
import { TagTable } from '../../packages/core/src/node/person/tag-table.ts';
import type { Store } from '../../packages/core/src/ports/store.ts';
import type { Occasion, OwnDevice } from '../../packages/core/src/session/handshake.ts';
import {
  acceptSession,
  encodeSession,
  openFirst,
  openNext,
  openSession,
  type Session,
  type SessionOpened,
  sealNext,
} from '../../packages/core/src/session/session.ts';
import { PLAINTEXT_BYTES, type Protocol, type Talk } from './session.part.protocol.ts';

const HOUR = 500_000;
const random = systemEntropy();
const plaintext = random.bytes(PLAINTEXT_BYTES);

function good<Value>(result: Result<Value, { readonly kind: string }>): Value {
  if (!result.ok) throw new Error(`the session is refused: ${result.refusal.kind}`);
  return result.value;
}

function makeDevice(suite: Suite): OwnDevice {
  const seed = random.bytes(32);
  const root = rootPair(suite, seed, 0);
  const nextRootCommitment = commitmentTo(suite, rootPair(suite, seed, 1).publicKey);
  const signing = suite.signingPair(random.bytes(32));
  const agreement = suite.agreementPair(random.bytes(32));
  const list = {
    rootIndex: 0,
    sequence: HOUR,
    previousHash: new Uint8Array(32),
    minimumSuite: 1,
    rootKey: root.publicKey,
    nextRootCommitment,
    devices: [{ signingKey: signing.publicKey, agreementKey: agreement.publicKey }],
  };
  const account = accountIdOf(suite, root.publicKey, nextRootCommitment);
  return { account, listRecord: signDeviceList(suite, list, root.secretKey), signing, agreement };
}

/** An envelope's header as far as a session cares: bytes that the body is bound to, with the tag in its place. */
function headerWith(tag: Bytes): Bytes {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(tag, 4);
  return header;
}

interface Sealed {
  readonly tag: Bytes;
  readonly header: Bytes;
  readonly body: Bytes;
}

/** One device's end of a session. */
class End {
  readonly #suite: Suite;
  readonly #store: Store | undefined;
  readonly #tags: TagTable;
  #session: Session | undefined;

  constructor(suite: Suite, store?: Store) {
    this.#suite = suite;
    this.#store = store;
    this.#tags = new TagTable(suite);
  }

  #step(session: Session, space: 'bodies' | 'messages', key: Bytes, value: Bytes): Promise<void> | undefined {
    this.#session = session;
    this.#tags.follow(session);
    const row = encodeSession(session);
    return this.#store?.commit(
      [
        { space: 'sessions', key: session.id, value: row },
        { space, key, value },
      ],
      'relaxed',
    );
  }

  start(session: Session): void {
    this.#session = session;
    this.#tags.follow(session);
  }

  /** The initiator's first message, or any later one. */
  seal(): { readonly sealed: Sealed; readonly saved: Promise<void> | undefined } {
    const sealing = sealNext(this.#suite, random, this.#session as Session, HOUR);
    const header = headerWith(sealing.tag);
    const body = sealing.seal(header, plaintext);
    return { sealed: { tag: sealing.tag, header, body }, saved: this.#step(sealing.session, 'bodies', sealing.tag, body) };
  }

  open({ tag, header, body }: Sealed): Promise<void> | undefined {
    const meaning = this.#tags.get(tag);
    if (meaning?.kind !== 'session') throw new Error('a message came under a tag that is not expected');
    return this.#read(good(openNext(this.#suite, this.#session as Session, { ...meaning, nowHour: HOUR }, header, body)), tag);
  }

  /** The first message, under the invitation's tag: nothing is known of its writer before. */
  accept(own: OwnDevice, prekeySeed: Bytes, occasion: Occasion, { tag, header, body }: Sealed): Promise<void> | undefined {
    this.#tags.set(tag, { kind: 'hello', invitation: '' });
    if (this.#tags.get(tag)?.kind !== 'hello') throw new Error('a first message came under a tag that is not expected');
    const { session } = good(acceptSession(this.#suite, own, prekeysFrom(this.#suite, prekeySeed), occasion, body, HOUR));
    return this.#read(good(openFirst(this.#suite, session, { number: 0, nowHour: HOUR }, header, body)), tag);
  }

  #read(opened: SessionOpened, tag: Bytes): Promise<void> | undefined {
    if (opened.plaintext.length !== PLAINTEXT_BYTES) throw new Error('a message opened to something else');
    return this.#step(opened.session, 'messages', tag, opened.plaintext);
  }
}

async function carry(from: End, to: End): Promise<number> {
  const { sealed, saved } = from.seal();
  if (saved !== undefined) await saved;
  const read = to.open(sealed);
  if (read !== undefined) await read;
  return sealed.body.length - PLAINTEXT_BYTES;
}

async function openFolder(): Promise<{ readonly store: Store; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-session-'));
  return { store: await openLevelStore(folder, { reserveBytes: 1 << 20 }), folder };
}

/** `isCommitted`: each side has a store of its own on disk. */
export async function kith(isCommitted = false): Promise<Protocol> {
  const suite = await loadSodiumSuite();
  const ann = makeDevice(suite);
  const bo = makeDevice(suite);
  const prekeySeed = random.bytes(32);
  const occasion: Occasion = { purpose: 'invitation', secret: random.bytes(32) };
  const device = { signingKey: bo.signing.publicKey, agreementKey: bo.agreement.publicKey };
  const record = signBundle(suite, bo.listRecord, device, bo.signing.secretKey, prekeysFrom(suite, prekeySeed), HOUR + 24);

  const begin = (end: End): Sealed => {
    const bundle = good(readBundle(suite, record, HOUR));
    const target = { account: bundle.list.account, device: bundle.device, prekeys: bundle.prekeys };
    end.start(good(openSession(suite, random, ann, target, occasion, HOUR)));
    return end.seal().sealed;
  };

  return {
    name: 'kith',
    version: '',
    initiate: () => {
      const sealed = begin(new End(suite));
      return () => void new End(suite).accept(bo, prekeySeed, occasion, sealed);
    },
    talk: async (): Promise<Talk> => {
      const folders = isCommitted ? [await openFolder(), await openFolder()] : [];
      const ends = [new End(suite, folders[0]?.store), new End(suite, folders[1]?.store)] as const;
      await ends[1].accept(bo, prekeySeed, occasion, begin(ends[0]));
      // Answered: from here on no message carries the opening, and messages come under tags of their chains.
      for (const from of [1, 0, 1, 0] as const) await carry(ends[from], ends[from === 0 ? 1 : 0]);
      return {
        carry: (from) => carry(ends[from], ends[from === 0 ? 1 : 0]),
        close: async () => {
          for (const { store, folder } of folders) {
            await store.close();
            rmSync(folder, { recursive: true, force: true });
          }
        },
      };
    },
  };
}
