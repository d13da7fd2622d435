/**
 * The hoop of a person: three numbers taken from the account id, so that the same person looks the same on every phone. It helps to
 * recognise and proves nothing. Inside one's own contacts no two look alike. Rule: the look, "Avatars: hoops".
 */
import type { AccountId, Contact } from './ports.ts';

export interface Hoop {
  /** 0 to 7. */
  readonly weave: number;
  /** 0 to 7. */
  readonly hue: number;
  /** 0 to 3, in eighths of a full turn. */
  readonly turn: number;
  readonly letter: string;
}

const WEAVES = 8;
const HUES = 8;
const TURNS = 4;

/** FNV-1a, 32 bits, finished by murmur3's mixer: enough to spread ids over 256 drawings, and no secret is at stake. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first letter of a name as a person would count letters; a middle dot where there is none. */
export function letterOf(name: string): string {
  const [first] = graphemes.segment(name.trim());
  return first === undefined ? '·' : first.segment.toLocaleUpperCase();
}

export function hoopOf(account: AccountId, name: string): Hoop {
  const hash = spread(`kith/hoop${account}`);
  return { weave: hash % WEAVES, hue: (hash >>> 8) % HUES, turn: (hash >>> 16) % TURNS, letter: letterOf(name) };
}

const look = (hoop: Hoop): number => (hoop.weave * HUES + hoop.hue) * TURNS + hoop.turn;

/** One hoop for each contact, the earliest met choosing first: on a clash the newer one takes the next turn, then the next weave. */
export function hoopsOf(contacts: readonly Contact[]): ReadonlyMap<AccountId, Hoop> {
  const taken = new Set<number>();
  const hoops = new Map<AccountId, Hoop>();
  const byMeeting = contacts.toSorted((a, b) => a.metAtMs - b.metAtMs || (a.account < b.account ? -1 : 1));
  for (const contact of byMeeting) {
    let hoop = hoopOf(contact.account, contact.name);
    for (let step = 1; taken.has(look(hoop)) && step < TURNS * WEAVES; step += 1) {
      const turn = (hoop.turn + 1) % TURNS;
      hoop = step % TURNS === 0 ? { ...hoop, turn, weave: (hoop.weave + 1) % WEAVES } : { ...hoop, turn };
    }
    taken.add(look(hoop));
    hoops.set(contact.account, hoop);
  }
  return hoops;
}
