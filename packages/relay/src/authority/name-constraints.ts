/**
 * The extension that makes a household's key harmless: it counts for one host and for nothing else in the world.
 * Always critical, and always says something about names and about addresses, because a kind left out is a kind left open.
 * Rule: RFC 5280 §4.2.1.10; docs/decisions/0003-household-ca.md.
 */
import 'reflect-metadata';
import { isIP } from 'node:net';
import { AsnConvert } from '@peculiar/asn1-schema';
import { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } from '@peculiar/asn1-x509';
import { Extension } from '@peculiar/x509';
import type { Origin } from './origin.ts';

const ID_NAME_CONSTRAINTS = '2.5.29.30';
const EVERY_IP4 = new Uint8Array(8);
const EVERY_IP6 = new Uint8Array(32);

/** Permits exactly this host; every other name and address is outside. (Mail is kept out by the extended key usage.) */
export function nameConstraintsFor(origin: Pick<Origin, 'host' | 'kind'>): Extension {
  const permitted: GeneralName[] = [];
  const excluded: GeneralName[] = [];
  switch (origin.kind) {
    case 'name':
      permitted.push(new GeneralName({ dNSName: origin.host }));
      excluded.push(subnet(EVERY_IP4), subnet(EVERY_IP6));
      break;
    case 'ip4':
      permitted.push(subnet(exactly(addressBytes(origin.host))));
      excluded.push(subnet(EVERY_IP6), new GeneralName({ dNSName: '' }));
      break;
    case 'ip6':
      permitted.push(subnet(exactly(addressBytes(origin.host))));
      excluded.push(subnet(EVERY_IP4), new GeneralName({ dNSName: '' }));
      break;
  }
  const constraints = new NameConstraints({ permittedSubtrees: subtrees(permitted), excludedSubtrees: subtrees(excluded) });
  return new Extension(ID_NAME_CONSTRAINTS, true, AsnConvert.serialize(constraints));
}

/** The 4 or 16 bytes of an address. */
export function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.'), Number);
  const [left = '', right] = address.split('::');
  const words = (text: string): number[] => (text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16)));
  const head = words(left);
  const tail = right === undefined ? [] : words(right);
  const all = [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 255]));
}

function subtrees(names: readonly GeneralName[]): GeneralSubtrees {
  return new GeneralSubtrees(names.map((base) => new GeneralSubtree({ base })));
}

function exactly(address: Uint8Array): Uint8Array {
  const out = new Uint8Array(address.length * 2).fill(255);
  out.set(address);
  return out;
}

/** Address and mask as one name; the library's own converter for text knows single addresses only, so the DER is parsed. */
function subnet(addressAndMask: Uint8Array): GeneralName {
  return AsnConvert.parse(Uint8Array.of(0x87, addressAndMask.length, ...addressAndMask), GeneralName);
}
