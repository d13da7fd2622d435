/**
 * libolm (WebAssembly): the Double Ratchet without header encryption and without a post-quantum part. Its session lives in its own
 * memory and is not persisted here, which is in its favour. Messages are base64 on its surface; overhead is counted in decoded bytes.
 */
import { peerModule } from './session.part.peers.ts';
import { PLAINTEXT_BYTES, type Protocol } from './session.part.protocol.ts';

interface Sealed {
  readonly type: 0 | 1;
  readonly body: string;
}
interface OlmAccount {
  create(): void;
  generate_one_time_keys(count: number): void;
  one_time_keys(): string;
  identity_keys(): string;
  sign(message: string): string;
}
interface OlmSession {
  create_outbound(account: OlmAccount, identityKey: string, oneTimeKey: string): void;
  create_inbound(account: OlmAccount, message: string): void;
  encrypt(plaintext: string): Sealed;
  decrypt(type: 0 | 1, body: string): string;
  free(): void;
}

/** As much of the package as is used here: it is not there when the types are checked. */
interface Olm {
  init(): Promise<void>;
  readonly Account: new () => OlmAccount;
  readonly Session: new () => OlmSession;
  readonly Utility: new () => { ed25519_verify(key: string, message: string, signature: string): void };
}

const plaintext = 'x'.repeat(PLAINTEXT_BYTES);

/** `undefined` while the package is not installed. */
export async function olm(): Promise<Protocol | undefined> {
  const peer = await peerModule<{ readonly default: Olm }>('@matrix-org/olm');
  if (peer === undefined) return undefined;
  const lib = peer.module.default;
  await lib.init();
  const [ann, bo] = [new lib.Account(), new lib.Account()];
  ann.create();
  bo.create();
  bo.generate_one_time_keys(1);
  const { curve25519: identityKey, ed25519: signingKey } = JSON.parse(bo.identity_keys()) as Record<'curve25519' | 'ed25519', string>;
  const [oneTimeKey] = Object.values((JSON.parse(bo.one_time_keys()) as { readonly curve25519: Record<string, string> }).curve25519);
  if (oneTimeKey === undefined) throw new Error('libolm made no key');
  const signature = bo.sign(oneTimeKey);
  const utility = new lib.Utility();

  const check = (opened: string): void => {
    if (opened.length !== PLAINTEXT_BYTES) throw new Error('libolm opened a message to something else');
  };
  const begin = (): OlmSession => {
    utility.ed25519_verify(signingKey, oneTimeKey, signature);
    const session = new lib.Session();
    session.create_outbound(ann, identityKey, oneTimeKey);
    return session;
  };
  const accept = (first: Sealed): OlmSession => {
    const session = new lib.Session();
    session.create_inbound(bo, first.body);
    check(session.decrypt(first.type, first.body));
    return session;
  };

  return {
    name: 'olm',
    version: peer.version,
    initiate: () => {
      const session = begin();
      const first = session.encrypt(plaintext);
      session.free();
      return () => accept(first).free();
    },
    talk: () => {
      const mine = begin();
      const ends = [mine, accept(mine.encrypt(plaintext))] as const;
      const carry = (from: 0 | 1): number => {
        const { type, body } = ends[from].encrypt(plaintext);
        check(ends[from === 0 ? 1 : 0].decrypt(type, body));
        return Math.floor((body.length * 3) / 4) - PLAINTEXT_BYTES;
      };
      for (const from of [1, 0, 1, 0] as const) carry(from);
      const close = (): void => {
        for (const one of ends) one.free();
      };
      return { carry, close };
    },
  };
}
