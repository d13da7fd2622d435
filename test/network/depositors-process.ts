/**
 * Many who write to one relay at a time, as a program: each hands over mail without end and keeps count of what was promised. When the
 * relay is gone they wait to be told that it is back, and offer again what nobody answered for. Commands are words on stdin, answers
 * JSON lines on stdout.
 *
 *   tsx depositors-process.ts <address> <HTTPS port> <how many>
 *   connect   all of them connect and write
 *   rest      none begins anything new; ends with what was promised
 *   fetch     all that was promised is asked for, by as many readers
 */
import { createInterface } from 'node:readline';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import type { Suite } from '../../packages/core/src/crypto/suite.ts';
import { Depositor, Fetcher, type SealedMail, sealedMail } from '../relay-clients.ts';

export type DepositorsLine =
  | { readonly kind: 'promised'; readonly promised: number }
  /** All of them lost their connection; so many pieces were on their way. */
  | { readonly kind: 'cut'; readonly unanswered: number }
  | { readonly kind: 'rested'; readonly promised: number; readonly refused: readonly string[] }
  | { readonly kind: 'fetched'; readonly fetched: number; readonly missing: readonly string[] };

const UNDER_WAY = 8;
const TELL_EVERY = 100;
/** Most mail is short; some has a body that a store keeps elsewhere than in its table. */
const BODY_BYTES: readonly number[] = [256, 256, 256, 512, 256, 8192, 256, 1024, 256, 32_768];

function say(line: DepositorsLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

class Writer {
  readonly #suite: Suite;
  readonly #unanswered: Map<string, SealedMail> = new Map();
  readonly promised: SealedMail[] = [];
  readonly refused: string[] = [];
  #depositor: Depositor | undefined;
  #written = 0;
  isResting = false;
  onPromise: () => void = () => {};

  constructor(suite: Suite) {
    this.#suite = suite;
  }

  get unanswered(): number {
    return this.#unanswered.size;
  }

  async connect(host: string, port: number): Promise<void> {
    this.#depositor = await Depositor.open(host, port);
    this.#depositor.onResult = (id, result) => this.#hear(id, result);
  }

  /** Writes until the connection is over, or until it rests and all is answered for. */
  async write(): Promise<void> {
    this.#depositor?.deposit(...this.#unanswered.values());
    this.#sendOn();
    await this.#depositor?.idle();
  }

  #sendOn(): void {
    while (!this.isResting && this.#unanswered.size < UNDER_WAY) {
      const mail = sealedMail(this.#suite, BODY_BYTES[this.#written++ % BODY_BYTES.length]);
      this.#unanswered.set(mail.id, mail);
      this.#depositor?.deposit(mail);
    }
  }

  #hear(id: string, result: string): void {
    const mail = this.#unanswered.get(id);
    if (mail === undefined) return;
    this.#unanswered.delete(id);
    // What it says it has already is promised as well.
    if (result === 'accepted' || result === 'have') this.promised.push(mail);
    else this.refused.push(result);
    this.onPromise();
    this.#sendOn();
  }
}

async function fetchAll(suite: Suite, host: string, port: number, mail: readonly SealedMail[]): Promise<ReadonlySet<string>> {
  const fetcher = await Fetcher.open(suite, host, port);
  fetcher.ask(mail.map(({ tag }) => tag));
  // What does not come is named by whoever compares.
  await fetcher.until(mail.length).catch(() => {});
  fetcher.close();
  return fetcher.fetched;
}

async function main(host: string, port: number, count: number): Promise<void> {
  const suite = await loadSodiumSuite();
  const writers = Array.from({ length: count }, () => new Writer(suite));
  const promised = (): number => writers.reduce((sum, writer) => sum + writer.promised.length, 0);
  for (const writer of writers) {
    writer.onPromise = () => {
      const sum = promised();
      if (sum % TELL_EVERY === 0) say({ kind: 'promised', promised: sum });
    };
  }
  let writing: Promise<unknown> = Promise.resolve();
  for await (const command of createInterface({ input: process.stdin })) {
    if (command === 'connect') {
      // First all of them, so that none is in the middle of connecting when the relay goes.
      await Promise.all(writers.map((writer) => writer.connect(host, port)));
      writing = Promise.all(writers.map((writer) => writer.write())).then(() => {
        const unanswered = writers.reduce((sum, writer) => sum + writer.unanswered, 0);
        if (!writers.some((writer) => writer.isResting)) say({ kind: 'cut', unanswered });
      });
    } else if (command === 'rest') {
      for (const writer of writers) writer.isResting = true;
      await writing;
      say({ kind: 'rested', promised: promised(), refused: [...new Set(writers.flatMap((writer) => writer.refused))] });
    } else if (command === 'fetch') {
      const sets = await Promise.all(writers.map((writer) => fetchAll(suite, host, port, writer.promised)));
      const missing = writers.flatMap((writer, at) => writer.promised.filter(({ id }) => sets[at]?.has(id) !== true).map(({ id }) => id));
      say({ kind: 'fetched', fetched: promised() - missing.length, missing: missing.slice(0, 3) });
    } else throw new Error(`depositors do not know ${command}`);
  }
}

// The types above are what the other side reads; the program runs only when it is started.
const [host, port, count] = process.argv.slice(2);
if (import.meta.filename === process.argv[1]) await main(host ?? '', Number(port), Number(count));
