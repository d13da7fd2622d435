/**
 * The initiator's side of libp2p's Noise (Noise_XX_25519_ChaChaPoly_SHA256, libp2p specs/noise) on Node's own cryptography, for load
 * clients only: it does not check who answers. The product uses @libp2p/noise.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';

const TAG_BYTES = 16;
const KEY_BYTES = 32;
const SPKI_X25519 = Buffer.from('302a300506032b656e032100', 'hex');
const EMPTY = Buffer.alloc(0);

/** What two-byte lengths can say, less the tag. */
export const PLAINTEXT_MAX: number = 65_535 - TAG_BYTES;

class Cipher {
  readonly #key: Buffer;
  readonly #nonce: Buffer = Buffer.alloc(12);
  #count = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  #next(): Buffer {
    this.#nonce.writeUInt32LE(this.#count % 0x1_0000_0000, 4);
    this.#nonce.writeUInt32LE(Math.floor(this.#count / 0x1_0000_0000), 8);
    this.#count++;
    return this.#nonce;
  }

  encrypt(plain: Uint8Array, associated: Uint8Array = EMPTY): Buffer[] {
    const cipher = createCipheriv('chacha20-poly1305', this.#key, this.#next(), { authTagLength: TAG_BYTES });
    if (associated.length > 0) cipher.setAAD(associated as Buffer, { plaintextLength: plain.length });
    const sealed = cipher.update(plain);
    cipher.final();
    return [sealed, cipher.getAuthTag()];
  }

  decrypt(sealed: Buffer, associated: Uint8Array = EMPTY): Buffer {
    const plainBytes = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv('chacha20-poly1305', this.#key, this.#next(), { authTagLength: TAG_BYTES });
    if (associated.length > 0) decipher.setAAD(associated as Buffer, { plaintextLength: plainBytes });
    decipher.setAuthTag(sealed.subarray(plainBytes));
    const plain = decipher.update(sealed.subarray(0, plainBytes));
    decipher.final();
    return plain;
  }
}

function hkdf(chaining: Buffer, input: Uint8Array): [Buffer, Buffer] {
  const temporary = createHmac('sha256', chaining).update(input).digest();
  const first = createHmac('sha256', temporary)
    .update(Buffer.from([1]))
    .digest();
  return [
    first,
    createHmac('sha256', temporary)
      .update(first)
      .update(Buffer.from([2]))
      .digest(),
  ];
}

function rawOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-KEY_BYTES);
}

function agree(privateKey: KeyObject, theirs: Buffer): Buffer {
  const publicKey = createPublicKey({ key: Buffer.concat([SPKI_X25519, theirs]), type: 'spki', format: 'der' });
  return diffieHellman({ privateKey, publicKey });
}

/** Who a client says it is (a fresh Ed25519 key), and the muxer it wants: libp2p's NoiseHandshakePayload. */
function payloadFor(staticKey: Buffer, muxer: string): Buffer {
  const identity = generateKeyPairSync('ed25519');
  const key = Buffer.concat([Buffer.from([0x08, 0x01, 0x12, KEY_BYTES]), rawOf(identity.publicKey)]);
  const signature = sign(null, Buffer.concat([Buffer.from('noise-libp2p-static-key:'), staticKey]), identity.privateKey);
  const muxers = Buffer.concat([Buffer.from([0x12, muxer.length]), Buffer.from(muxer)]);
  const field = (tag: number, bytes: Buffer): Buffer => Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
  return Buffer.concat([field(0x0a, key), field(0x12, signature), field(0x22, muxers)]);
}

export interface Secured {
  readonly sending: Cipher;
  readonly receiving: Cipher;
}

/** Shakes hands as the initiator; `write` and `read` carry whole handshake messages without their two-byte length. */
export async function shakeHands(write: (message: Buffer) => void, read: () => Promise<Buffer>, muxer: string): Promise<Secured> {
  let hash: Buffer = Buffer.from('Noise_XX_25519_ChaChaPoly_SHA256');
  let chaining = hash;
  let cipher: Cipher | undefined;
  const mixHash = (data: Uint8Array): void => {
    hash = createHash('sha256').update(hash).update(data).digest();
  };
  const mixKey = (secret: Buffer): void => {
    const [next, key] = hkdf(chaining, secret);
    chaining = next;
    cipher = new Cipher(key);
  };
  const seal = (plain: Uint8Array): Buffer => {
    const sealed = Buffer.concat((cipher as Cipher).encrypt(plain, hash));
    mixHash(sealed);
    return sealed;
  };
  const open = (sealed: Buffer): Buffer => {
    const plain = (cipher as Cipher).decrypt(sealed, hash);
    mixHash(sealed);
    return plain;
  };

  const ephemeral = generateKeyPairSync('x25519');
  const own = generateKeyPairSync('x25519');
  mixHash(EMPTY);
  mixHash(rawOf(ephemeral.publicKey));
  mixHash(EMPTY);
  write(rawOf(ephemeral.publicKey));

  const answer = await read();
  const theirEphemeral = answer.subarray(0, KEY_BYTES);
  mixHash(theirEphemeral);
  mixKey(agree(ephemeral.privateKey, theirEphemeral));
  const theirStatic = open(answer.subarray(KEY_BYTES, 2 * KEY_BYTES + TAG_BYTES));
  mixKey(agree(ephemeral.privateKey, theirStatic));
  open(answer.subarray(2 * KEY_BYTES + TAG_BYTES));

  const sealedStatic = seal(rawOf(own.publicKey));
  mixKey(agree(own.privateKey, theirEphemeral));
  write(Buffer.concat([sealedStatic, seal(payloadFor(rawOf(own.publicKey), muxer))]));
  const [sending, receiving] = hkdf(chaining, EMPTY);
  return { sending: new Cipher(sending), receiving: new Cipher(receiving) };
}
