/**
 * What is known of this relay's being dialled from outside, in sentences for its keeper, and kept in a file of the data folder while it runs so that
 * `--doctor` can say it too. Asks nobody; the link does, where `--reach` is on.
 */
import { readFile, rm } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import type { OutsideStatus } from '@kith/core/adapters/link-libp2p/node';
import { replaceFile } from './authority/key-folder.ts';

const FILE = 'outside.json';

/** `peerId`: of this relay, for others to name. */
export function outsideSentences({ dialable, place, punched }: OutsideStatus, peerId: string): readonly string[] {
  const where = place === undefined ? '' : `${place.host}, port ${place.port}`;
  const sentences: Readonly<Record<OutsideStatus['dialable'], string>> = {
    yes: `This relay can be dialled from outside: a relay of --peer has done it, at ${where}.`,
    no: `This relay cannot be dialled from outside: a relay of --peer has tried ${where}, in vain. Forward that TCP port to this machine in your router; or name it from other relays through one that both know, with --peer ADDRESS-OF-THAT-RELAY/p2p-circuit/p2p/${peerId}`,
    unknown: 'Whether this relay can be dialled from outside is not known: no relay of --peer has tried it yet.',
  };
  const direct = punched === 0 ? [] : [`Connected directly through routers: ${punched} of the relays that are named through another.`];
  return [sentences[dialable], ...direct];
}

/** The last note asked for in this process: each waits for the one before, so that the last one told is the one that stays. */
let noted: Promise<void> = Promise.resolve();

/** Never fails: it is a note for the keeper, and a full disk has sentences of its own. */
export function noteOutside(data: string, status: OutsideStatus): Promise<void> {
  noted = noted.then(() => replaceFile(join(data, FILE), `${JSON.stringify(status)}\n`, 0o600)).catch(() => {});
  return noted;
}

export async function forgetOutside(data: string): Promise<void> {
  await rm(join(data, FILE), { force: true }).catch(() => {});
}

/** What the relay that runs on this folder noted last; `unknown` when there is nothing to be read. */
export async function notedOutside(data: string): Promise<OutsideStatus> {
  const text = await readFile(join(data, FILE), 'utf8').catch(() => '');
  return readStatus(text) ?? { dialable: 'unknown', place: undefined, punched: 0 };
}

function readStatus(text: string): OutsideStatus | undefined {
  let read: Partial<Record<string, unknown>>;
  try {
    read = Object(JSON.parse(text)) as Partial<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const { dialable, place, punched } = read;
  if (typeof punched !== 'number' || !Number.isSafeInteger(punched) || punched < 0) return undefined;
  if (dialable === 'unknown') return { dialable, place: undefined, punched };
  const { host, port } = Object(place) as Partial<Record<string, unknown>>;
  const isRight = typeof host === 'string' && isIPv4(host) && typeof port === 'number' && Number.isInteger(port);
  return (dialable === 'yes' || dialable === 'no') && isRight ? { dialable, place: { host, port }, punched } : undefined;
}
