/**
 * Remembers the address under which phones keep the app, because everything they have belongs to it: scheme, name and port.
 * It is written once, by the first start whose port was chosen and not left to the system. Rule: docs/decisions/0003-household-ca.md.
 */
import type { Authority } from './authority.ts';
import { AuthorityForAnotherHost } from './authority.ts';
import type { KeyFolder } from './key-folder.ts';
import { type Origin, originOf, readOrigin } from './origin.ts';

/** `chosen`: what the keeper asked for now. `httpsPort`: where this relay listens; `isPortChosen` is false when the system picked it. */
export async function settleOrigin(
  folder: KeyFolder,
  authority: Authority,
  chosen: Origin | undefined,
  httpsPort: number,
  isPortChosen: boolean,
): Promise<Origin> {
  const kept = readOrigin(((await folder.read('origin')) ?? '').trim());
  if (chosen !== undefined && kept !== undefined && kept.href !== chosen.href) throw new AuthorityForAnotherHost(kept.href);
  if (kept !== undefined && (chosen !== undefined || isPortChosen)) return kept;
  const origin = chosen ?? originOf(authority.host.host, httpsPort);
  if (chosen !== undefined || isPortChosen) await folder.write('origin', `${origin.href}\n`);
  return origin;
}
