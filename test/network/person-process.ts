/**
 * A person without a screen, as a program: the real node on the real adapters (TCP and discovery on the local network, LevelDB).
 * Reads one JSON command a line, `{ id, call, args }`, and prints one JSON line for each answer and each event. It knows no relay unless told.
 *
 *   tsx person-process.ts <folder of the store> <TCP port> [<PersonManner as JSON>]
 */
import { createInterface } from 'node:readline';
import { createNodeLink } from '../../packages/core/src/adapters/link-libp2p/node/index.ts';
import { openLevelStore } from '../../packages/core/src/adapters/store-leveldb/index.ts';
import { systemClock, systemEntropy } from '../../packages/core/src/adapters/system/index.ts';
import type { Clock } from '../../packages/core/src/ports/clock.ts';
import { createMessenger } from '../../packages/core/src/runtime/create-messenger.ts';
import type { Messenger, MessengerEvent } from '../../packages/core/src/runtime/messenger.ts';

/** What may be asked: methods of the facade that take and give plain data. */
const CALLS = [
  'begin',
  'invite',
  'accept',
  'send',
  'markRead',
  'useRelay',
  'setPull',
  'exportBundle',
  'overview',
  'timeline',
  'devices',
  'close',
] as const;

export type PersonCallName = (typeof CALLS)[number];

export type PersonLine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'event'; readonly event: MessengerEvent };

export interface PersonManner {
  /** How far its clock is ahead, in milliseconds. */
  readonly aheadMs?: number;
  /** It announces itself by the beacon too. */
  readonly beacon?: boolean;
}

interface Command {
  readonly id: number;
  readonly call: PersonCallName;
  readonly args: readonly unknown[];
}

/** A neighbour whose cable was pulled is missed sooner than by the program's own 45 s; both sides of a lab agree on it. */
const TUNING = { keepAliveMs: 1000, silentMs: 4000, dialTimeoutMs: 3000 } as const;

function say(line: PersonLine): void {
  // Bytes as a list of numbers: as they are they would come out as an object.
  process.stdout.write(`${JSON.stringify(line, (_, value) => (value instanceof Uint8Array ? [...value] : value))}\n`);
}

/** The system's clock, so far ahead. */
function clockAhead(aheadMs: number): Clock {
  const clock = systemClock();
  return { ...clock, nowMs: () => clock.nowMs() + aheadMs, at: (atMs, callback) => clock.at(atMs - aheadMs, callback) };
}

async function main(folder: string, port: number, { aheadMs = 0, beacon = false }: PersonManner): Promise<void> {
  const messenger: Messenger = await createMessenger({
    link: createNodeLink({ tcp: { host: '0.0.0.0', port }, mdns: true, beacon, ...TUNING }),
    store: await openLevelStore(folder),
    clock: clockAhead(aheadMs),
    entropy: systemEntropy(),
  });
  messenger.subscribe((event) => say({ kind: 'event', event }));
  say({ kind: 'ready' });
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, call, args } = JSON.parse(line) as Command;
    if (!CALLS.includes(call)) throw new Error(`a person does not know ${call}`);
    const answer = await (messenger[call] as (...given: readonly unknown[]) => Promise<unknown>).apply(messenger, args as unknown[]);
    say({ kind: 'answer', id, answer });
    if (call === 'close') process.exit(0);
  }
}

// The types above are what the other side reads; the program runs only when it is started.
const [folder, port, manner] = process.argv.slice(2);
if (import.meta.filename === process.argv[1]) await main(folder ?? '.', Number(port), JSON.parse(manner ?? '{}') as PersonManner);
