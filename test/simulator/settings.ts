/** Settings from a command line: `key=value` names a number of a profile, or a number of a person's limits of gossip, with dots for what is inside. */
import { type GossipLimits, PERSON_LIMITS } from '../../packages/core/src/gossip/limits.ts';
import { PROFILES, type Profile, type ProfileName } from './profiles.ts';

export interface Settings {
  readonly changes: Partial<Profile>;
  readonly limits: Partial<GossipLimits>;
}

type Tree = { [name: string]: number | boolean | string | Tree };

/** Throws in words for a name that nothing has. */
export function settingsFrom(profile: ProfileName, assignments: readonly string[]): Settings {
  const changes: Tree = {};
  const limits: Tree = {};
  for (const assignment of assignments) {
    const [path = '', text = ''] = assignment.split('=', 2);
    const value =
      text === 'true' || text === 'false' ? text === 'true' : Number.isFinite(Number(text)) && text !== '' ? Number(text) : text;
    const names = path.split('.');
    if (!put(changes, PROFILES[profile] as unknown as Tree, names, value) && !put(limits, PERSON_LIMITS as unknown as Tree, names, value))
      throw new Error(`Neither the profile nor the limits of gossip have "${path}".`);
  }
  return { changes: changes as Partial<Profile>, limits: limits as unknown as Partial<GossipLimits> };
}

function put(into: Tree, like: Tree, [name = '', ...rest]: readonly string[], value: number | boolean | string): boolean {
  const known = like[name];
  if (known === undefined) return false;
  if (rest.length === 0) {
    if (typeof known !== typeof value) return false;
    into[name] = value;
    return true;
  }
  if (typeof known !== 'object') return false;
  const inner: Tree = (into[name] as Tree | undefined) ?? { ...known };
  if (!put(inner, known, rest, value)) return false;
  into[name] = inner;
  return true;
}
