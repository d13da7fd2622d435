/**
 * What the device's own lock (fingerprint, face, code) can give to a program: 32 bytes that only it can make again, through WebAuthn's
 * `prf` extension. The bytes are the caller's to use once and to wipe. What is remembered here opens nothing: which credential it is, and
 * what it is asked with.
 */
import type { Drawer } from '../view-models/ports.ts';

const CREDENTIAL = 'finger.id';
const ASKED_WITH = 'finger.salt';
const TIMEOUT_MS = 60_000;

export interface Finger {
  isOffered(): Promise<boolean>;
  /** One was set on this device. */
  isSet(): boolean;
  /** Makes a credential and answers with its bytes. `absent`: it has no such bytes to give. */
  set(): Promise<Uint8Array<ArrayBuffer> | 'absent' | 'not-given'>;
  ask(): Promise<Uint8Array<ArrayBuffer> | 'absent' | 'not-given'>;
  forget(): void;
}

type Credentials = Pick<CredentialsContainer, 'create' | 'get'>;
type Made = AuthenticationExtensionsClientOutputs['prf'];

export function deviceFinger(drawer: Drawer): Finger {
  const { credentials } = navigator as { readonly credentials?: Credentials };
  const finger: Finger = {
    isOffered,
    isSet: () => drawer.read(CREDENTIAL) !== undefined && drawer.read(ASKED_WITH) !== undefined,
    async set() {
      if (credentials === undefined) return 'absent';
      const salt = crypto.getRandomValues(new Uint8Array(32));
      let made: Credential | null;
      try {
        made = await credentials.create({ publicKey: enrolment(salt) });
      } catch (error) {
        return isTurnedAway(error) ? 'not-given' : 'absent';
      }
      if (!isPublicKey(made)) return 'absent';
      const { prf } = made.getClientExtensionResults();
      if (prf?.enabled === false) return 'absent';
      drawer.write(CREDENTIAL, toText(new Uint8Array(made.rawId)));
      drawer.write(ASKED_WITH, toText(salt));
      // Some devices give the bytes only when they are asked a second time.
      const output = bytesOf(prf) ?? (await finger.ask());
      if (typeof output === 'string') finger.forget();
      return output;
    },
    async ask() {
      const id = fromText(drawer.read(CREDENTIAL));
      const salt = fromText(drawer.read(ASKED_WITH));
      if (credentials === undefined || id === undefined || salt === undefined) return 'absent';
      try {
        const found = await credentials.get({
          publicKey: {
            challenge: crypto.getRandomValues(new Uint8Array(32)),
            allowCredentials: [{ type: 'public-key', id }],
            userVerification: 'required',
            timeout: TIMEOUT_MS,
            extensions: { prf: { eval: { first: salt } } },
          },
        });
        return (isPublicKey(found) ? bytesOf(found.getClientExtensionResults().prf) : undefined) ?? 'absent';
      } catch (error) {
        return isTurnedAway(error) ? 'not-given' : 'absent';
      }
    },
    forget() {
      const id = drawer.read(CREDENTIAL);
      drawer.write(CREDENTIAL, undefined);
      drawer.write(ASKED_WITH, undefined);
      if (id !== undefined) tellDevice(id);
    },
  };
  return finger;
}

async function isOffered(): Promise<boolean> {
  try {
    if (typeof PublicKeyCredential === 'undefined' || !isSecureContext) return false;
    const able = await PublicKeyCredential.getClientCapabilities?.();
    if (able?.['extension:prf'] === false) return false;
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false;
  }
}

function enrolment(salt: Uint8Array<ArrayBuffer>): PublicKeyCredentialCreationOptions {
  return {
    challenge: crypto.getRandomValues(new Uint8Array(32)),
    rp: { name: 'Kith' },
    // Says nothing about who it is: the device's list of passkeys is not Kith's to fill with names.
    user: { id: crypto.getRandomValues(new Uint8Array(16)), name: 'Kith', displayName: 'Kith' },
    // ES256, then Ed25519 and RS256 for those without it (the COSE registry). Nothing is ever signed with it.
    pubKeyCredParams: [-7, -8, -257].map((alg) => ({ type: 'public-key', alg })),
    authenticatorSelection: { authenticatorAttachment: 'platform', residentKey: 'preferred', userVerification: 'required' },
    timeout: TIMEOUT_MS,
    extensions: { prf: { eval: { first: salt } } },
  };
}

/** The device may take the passkey from its own list, where it can be told. */
function tellDevice(credentialId: string): void {
  const maker = PublicKeyCredential as unknown as {
    readonly signalUnknownCredential?: (one: { readonly rpId: string; readonly credentialId: string }) => Promise<void>;
  };
  maker.signalUnknownCredential?.({ rpId: location.hostname, credentialId }).catch(() => {});
}

function isTurnedAway(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotAllowedError' || error.name === 'AbortError');
}

function isPublicKey(made: Credential | null): made is PublicKeyCredential {
  return made instanceof PublicKeyCredential;
}

/** A copy of one's own, and the browser's cleared: both are wiped after use. */
function bytesOf(made: Made): Uint8Array<ArrayBuffer> | undefined {
  const first = made?.results?.first;
  if (first === undefined) return undefined;
  const given = ArrayBuffer.isView(first) ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength) : new Uint8Array(first);
  const own = new Uint8Array(given);
  given.fill(0);
  return own;
}

/** base64url, as WebAuthn writes ids. */
function toText(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromText(text: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (text === undefined) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
