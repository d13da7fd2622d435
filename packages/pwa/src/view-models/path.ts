/** By which way somebody is reached now, as truly as this phone knows: the reach of a contact, and beside it a relay that only passes bytes on. Pure. */
import type { Contact, Overview, Reach } from './ports.ts';

/** `circuit`: connected, but every byte goes through a relay, which neither keeps nor reads it. */
export type Way = Reach['kind'] | 'circuit';

export function wayTo(contact: Contact, overview: Overview): Way {
  if (contact.reach.kind !== 'relay') return contact.reach.kind;
  const connected = overview.neighbours.find((neighbour) => neighbour.account === contact.account);
  return connected === undefined || connected.path === 'direct' ? 'relay' : 'circuit';
}
