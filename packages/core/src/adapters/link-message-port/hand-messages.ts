/**
 * The commands and events of connections made by hand, as they cross the port: plain data, checked on arrival, like `messages.ts`.
 * What the codes hold is for the real link to judge.
 */
import { type HandAgain, type HandCommand, type HandEvent, type HandFailure, transportKey } from '../../node/machine.ts';
import { type Fields, isBytes, isCount, isText } from './plain-data.ts';

const HASH_BYTES = 32;

export function readHandCommand(data: Fields): HandCommand | undefined {
  const { kind, hand, name } = data;
  switch (kind) {
    case 'hand-certify':
    case 'hand-forget':
      return isText(name) ? { kind, name } : undefined;
    case 'hand-drop':
      return isCount(hand) ? { kind, hand } : undefined;
    case 'hand-offer': {
      const { codeBytesMax } = data;
      return isCount(hand) && isCount(codeBytesMax) ? { kind, hand, codeBytesMax } : undefined;
    }
    case 'hand-answer': {
      const { offer, expectedKey, codeBytesMax } = data;
      if (!isCount(hand) || !isBytes(offer) || !isText(expectedKey) || !isCount(codeBytesMax)) return undefined;
      return { kind, hand, offer, expectedKey: transportKey(expectedKey), codeBytesMax };
    }
    case 'hand-accept': {
      const { answer, expectedKey } = data;
      if (!isCount(hand) || !isBytes(answer) || !isText(expectedKey)) return undefined;
      return { kind, hand, answer, expectedKey: transportKey(expectedKey) };
    }
    case 'hand-again': {
      const again = readAgain(data);
      return isCount(hand) && again !== undefined ? { kind, hand, ...again } : undefined;
    }
    default:
      return undefined;
  }
}

function readAgain({ secret, certificate, peerFingerprint, shown, expectedKey }: Fields): HandAgain | undefined {
  if (!isHash(secret) || !isText(certificate) || !isHash(peerFingerprint)) return undefined;
  if (shown !== undefined && !isBytes(shown)) return undefined;
  if (expectedKey !== undefined && !isText(expectedKey)) return undefined;
  return {
    secret,
    certificate,
    peerFingerprint,
    ...(shown === undefined ? {} : { shown }),
    ...(expectedKey === undefined ? {} : { expectedKey: transportKey(expectedKey) }),
  };
}

const FAILURES: readonly HandFailure[] = ['no-transport', 'no-address', 'bad-code', 'wrong-key', 'no-certificate', 'timed-out'];

export function readHandEvent(data: Fields): HandEvent | undefined {
  const { kind, hand, name, code, fingerprint } = data;
  switch (kind) {
    case 'hand-code':
      return isCount(hand) && isBytes(code) ? { kind, hand, code } : undefined;
    case 'hand-failed': {
      const reason = FAILURES.find((known) => known === data['reason']);
      return isCount(hand) && reason !== undefined ? { kind, hand, reason } : undefined;
    }
    case 'hand-certificate':
      return isText(name) && (fingerprint === undefined || isHash(fingerprint)) ? { kind, name, fingerprint } : undefined;
    default:
      return undefined;
  }
}

function isHash(value: unknown): value is HandAgain['secret'] {
  return isBytes(value) && value.length === HASH_BYTES;
}
