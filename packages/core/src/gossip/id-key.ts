/**
 * The key under which an id stands in the maps of this folder. One envelope is looked up in a dozen of them in one turn, by the same array:
 * its key is made once, and all maps hold the same string. Only for ids, which nobody changes once they are made.
 */
import { toKey } from '../kernel/bytes.ts';

let lastId: Uint8Array = new Uint8Array(0);
let lastKey = '';

export function idKey(id: Uint8Array): string {
  if (id !== lastId) {
    lastKey = toKey(id);
    lastId = id;
  }
  return lastKey;
}
