/**
 * Credentials that the TURN server believes without having heard of them, because both know one secret: a name that says until when it
 * counts, and a password made from it (the "TURN REST" way that coturn understands as `use-auth-secret`). Never logs them.
 */
import { createHmac, randomBytes } from 'node:crypto';

export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
}

/** A new secret: good for one run of the relay, and written nowhere but into the TURN server's own file. */
export function newTurnSecret(): string {
  return randomBytes(32).toString('hex');
}

/** `name`: chance, so that two answers have different names and neither says who asked. */
export function turnCredentials(secret: string, expiresAtMs: number, name: string = randomBytes(8).toString('hex')): TurnCredentials {
  const username = `${Math.floor(expiresAtMs / 1_000)}:${name}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
