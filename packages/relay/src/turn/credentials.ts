/**
 * Credentials that the TURN server believes without having heard of them, because both know one secret: a name that says until when it
 * counts, and a password made from it (the "TURN REST" way that coturn understands as `use-auth-secret`). Never logs them.
 */
import { createHmac, randomBytes } from 'node:crypto';

export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
}

/** Enough that no two of a relay's peers share one by chance. */
const NAME_DIGITS = 16;

/** A new secret: good for one run of the relay, and written nowhere but into the TURN server's own file. */
export function newTurnSecret(): string {
  return randomBytes(32).toString('hex');
}

/**
 * `peer`: the id of whoever asks. It has one name as long as the secret lives, because the server counts what one may use by name; and the
 * name says who it is only to those who know the secret.
 */
export function turnCredentials(secret: string, expiresAtMs: number, peer: string): TurnCredentials {
  const name = createHmac('sha256', secret).update(`name ${peer}`).digest('hex').slice(0, NAME_DIGITS);
  const username = `${Math.floor(expiresAtMs / 1_000)}:${name}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
