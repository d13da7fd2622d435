/**
 * libsignal as its own programs use it: native code behind asynchronous stores, which are maps in memory here. `records`: what the session
 * store keeps. `bytes`, as a store that persists has to: a record is read from bytes before and written to bytes after every message.
 * `objects`: the record itself, which costs nothing, and which no program that is ever restarted can do.
 */
import { randomBytes } from 'node:crypto';
import { peerModule } from './session.part.peers.ts';
import { PLAINTEXT_BYTES, type Protocol } from './session.part.protocol.ts';

type Handle = { readonly handle: unique symbol };
type Bytes = Uint8Array<ArrayBuffer>;
interface PublicHalf {
  serialize(): Bytes;
}
interface PrivateHalf {
  getPublicKey(): PublicHalf & Handle;
  sign(message: Bytes): Bytes;
}
interface Kept {
  serialize(): Bytes;
}
interface Ciphertext extends Kept {
  type(): number;
}
type Kind<Arguments extends readonly unknown[], Value> = { new: (...args: Arguments) => Value; deserialize(bytes: Bytes): Value };
type Store = object;

/** As much of the package as is used here: it is not there when the types are checked. */
interface Libsignal {
  readonly PrivateKey: { generate(): PrivateHalf };
  readonly KEMKeyPair: { generate(): { getPublicKey(): PublicHalf } };
  readonly ProtocolAddress: { new: (name: string, device: number) => { name(): string } };
  readonly PreKeyRecord: Kind<[number, PublicHalf, PrivateHalf], Kept>;
  readonly SignedPreKeyRecord: Kind<[number, number, PublicHalf, PrivateHalf, Bytes], Kept>;
  readonly KyberPreKeyRecord: Kind<[number, number, object, Bytes], Kept>;
  readonly PreKeyBundle: { new: (...args: readonly unknown[]) => object };
  readonly SessionRecord: { deserialize(bytes: Bytes): Kept };
  readonly SignalMessage: { deserialize(bytes: Bytes): object };
  readonly PreKeySignalMessage: { deserialize(bytes: Bytes): object };
  readonly SessionStore: new () => object;
  readonly IdentityKeyStore: new () => object;
  readonly PreKeyStore: new () => object;
  readonly SignedPreKeyStore: new () => object;
  readonly KyberPreKeyStore: new () => object;
  processPreKeyBundle(bundle: object, to: object, own: object, sessions: Store, identities: Store): Promise<void>;
  signalEncrypt(plaintext: Bytes, to: object, own: object, sessions: Store, identities: Store): Promise<Ciphertext>;
  signalDecrypt(message: object, from: object, own: object, sessions: Store, identities: Store): Promise<Bytes>;
  signalDecryptPreKey(
    message: object,
    from: object,
    own: object,
    sessions: Store,
    identities: Store,
    prekeys: Store,
    signed: Store,
    kyber: Store,
  ): Promise<Bytes>;
}

const PREKEY_MESSAGE = 3;
const ID = 1;
const plaintext: Bytes = Uint8Array.from(randomBytes(PLAINTEXT_BYTES));

type Address = { name(): string };

/** One person: stores, keys, and a bundle that may be used any number of times. */
function makePerson(lib: Libsignal, name: string, records: 'bytes' | 'objects') {
  const address = lib.ProtocolAddress.new(name, 1);
  const identity = lib.PrivateKey.generate();
  const identities = new Map<string, PublicHalf>();
  class Identities extends lib.IdentityKeyStore {
    getIdentityKey = async () => identity;
    getLocalRegistrationId = async () => ID;
    saveIdentity = async (of: Address, key: PublicHalf) => {
      identities.set(of.name(), key);
      return 0;
    };
    isTrustedIdentity = async () => true;
    getIdentity = async (of: Address) => identities.get(of.name()) ?? null;
  }
  const held = new Map<string, Bytes | Kept>();
  class Sessions extends lib.SessionStore {
    saveSession = async (of: Address, record: Kept) => {
      held.set(of.name(), records === 'bytes' ? record.serialize() : record);
    };
    getSession = async (of: Address) => {
      const record = held.get(of.name());
      return record === undefined ? null : record instanceof Uint8Array ? lib.SessionRecord.deserialize(record) : record;
    };
    getExistingSessions = async (of: readonly Address[]) => Promise.all(of.map((one) => this.getSession(one)));
  }
  const [oneTime, signed, kyber] = [lib.PrivateKey.generate(), lib.PrivateKey.generate(), lib.KEMKeyPair.generate()];
  const signedBy = identity.sign(signed.getPublicKey().serialize());
  const kyberBy = identity.sign(kyber.getPublicKey().serialize());
  const rows = {
    oneTime: lib.PreKeyRecord.new(ID, oneTime.getPublicKey(), oneTime).serialize(),
    signed: lib.SignedPreKeyRecord.new(ID, 0, signed.getPublicKey(), signed, signedBy).serialize(),
    kyber: lib.KyberPreKeyRecord.new(ID, 0, kyber, kyberBy).serialize(),
  };
  class Prekeys extends lib.PreKeyStore {
    getPreKey = async () => lib.PreKeyRecord.deserialize(rows.oneTime);
    removePreKey = async () => {};
  }
  class Signed extends lib.SignedPreKeyStore {
    getSignedPreKey = async () => lib.SignedPreKeyRecord.deserialize(rows.signed);
  }
  class Kyber extends lib.KyberPreKeyStore {
    getKyberPreKey = async () => lib.KyberPreKeyRecord.deserialize(rows.kyber);
    markKyberPreKeyUsed = async () => {};
  }
  const bundle = lib.PreKeyBundle.new(
    ID,
    1,
    ID,
    oneTime.getPublicKey(),
    ID,
    signed.getPublicKey(),
    signedBy,
    identity.getPublicKey(),
    ID,
    kyber.getPublicKey(),
    kyberBy,
  );
  const stores = { identities: new Identities(), prekeys: new Prekeys(), signed: new Signed(), kyber: new Kyber() };
  return { address, bundle, newSessions: () => new Sessions(), forget: () => held.clear(), ...stores };
}

type Person = ReturnType<typeof makePerson>;

/** `undefined` while the package is not installed. */
export async function libsignal(records: 'bytes' | 'objects'): Promise<Protocol | undefined> {
  const peer = await peerModule<Libsignal>('@signalapp/libsignal-client');
  if (peer === undefined) return undefined;
  const lib = peer.module;

  async function seal(from: Person, to: Person, sessions: Store): Promise<{ readonly type: number; readonly bytes: Bytes }> {
    const message = await lib.signalEncrypt(plaintext, to.address, from.address, sessions, from.identities);
    return { type: message.type(), bytes: message.serialize() };
  }

  async function open(from: Person, to: Person, sessions: Store, { type, bytes }: { type: number; bytes: Bytes }): Promise<void> {
    const opened =
      type === PREKEY_MESSAGE
        ? await lib.signalDecryptPreKey(
            lib.PreKeySignalMessage.deserialize(bytes),
            from.address,
            to.address,
            sessions,
            to.identities,
            to.prekeys,
            to.signed,
            to.kyber,
          )
        : await lib.signalDecrypt(lib.SignalMessage.deserialize(bytes), from.address, to.address, sessions, to.identities);
    if (opened.length !== PLAINTEXT_BYTES) throw new Error('libsignal opened a message to something else');
  }

  const [ann, bo] = [makePerson(lib, 'ann', records), makePerson(lib, 'bo', records)];
  const meet = (sessions: Store) => lib.processPreKeyBundle(bo.bundle, bo.address, ann.address, sessions, ann.identities);

  return {
    name: records === 'bytes' ? 'libsignal' : 'libsignal-objects',
    version: peer.version,
    initiate: async () => {
      ann.forget();
      const sessions = ann.newSessions();
      await meet(sessions);
      const first = await seal(ann, bo, sessions);
      return async () => {
        bo.forget();
        await open(ann, bo, bo.newSessions(), first);
      };
    },
    talk: async () => {
      const people = [makePerson(lib, 'ann', records), makePerson(lib, 'bo', records)] as const;
      const sessions = people.map((person) => person.newSessions()) as [Store, Store];
      const [first, second] = people;
      await lib.processPreKeyBundle(second.bundle, second.address, first.address, sessions[0], first.identities);
      const carry = async (from: 0 | 1): Promise<number> => {
        const to = from === 0 ? 1 : 0;
        const sealed = await seal(people[from], people[to], sessions[from]);
        await open(people[from], people[to], sessions[to], sealed);
        return sealed.bytes.length - PLAINTEXT_BYTES;
      };
      for (const from of [0, 1, 0, 1] as const) await carry(from);
      return { carry, close: () => {} };
    },
  };
}
