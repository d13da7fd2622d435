/**
 * A program of ours in a host of the lab that is told lines and says JSON lines. What it says is waited for, never looked for again and
 * again; it ends with the story.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Teller } from '../story.ts';
import type { Host } from './lab.ts';

/** So much of a line is shown when a story fails. */
const EVIDENT_MAX = 2_000;

const HOME = join(import.meta.dirname, '../..');

export class ProgramInLab<Line> {
  readonly name: string;
  /** Everything it said so far that was a line of its own. */
  readonly lines: Line[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #watchers: Set<() => void> = new Set();
  #said = '';
  #isOver = false;

  /** `file`: a program in this folder. */
  constructor(t: Teller, name: string, host: Host, file: string, args: readonly string[]) {
    this.name = name;
    const node = [process.execPath, '--conditions=kith-source', '--import', 'tsx', join(import.meta.dirname, file), ...args];
    this.#child = spawn('ip', ['netns', 'exec', host.namespace, ...node], { cwd: HOME });
    t.cleanup(() => this.#child.kill('SIGKILL'));
    t.evidence(`what ${name} said`, () => this.#said);
    this.#child.stderr.on('data', (chunk: Buffer) => this.#keep(chunk.toString('utf8')));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      // A file that it answers with would leave no room for all it said before.
      this.#keep(`${line.slice(0, EVIDENT_MAX)}\n`);
      this.lines.push(JSON.parse(line) as Line);
      this.#look();
    });
    // Not at its exit: what it said last may still be on the way.
    this.#child.once('close', (code, signal) => {
      this.#keep(`ended with ${signal ?? code}\n`);
      this.#isOver = true;
      this.#look();
    });
  }

  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Resolves with the first thing but nothing that `look` finds; it looks after each line. Throws when the program ended or the time is over. */
  until<Found>(what: string, withinMs: number, look: () => Found | undefined | false): Promise<Found> {
    return new Promise((resolve, reject) => {
      const end = (act: () => void): void => {
        clearTimeout(late);
        this.#watchers.delete(watcher);
        act();
      };
      const watcher = (): void => {
        const found = look();
        if (found !== undefined && found !== false) end(() => resolve(found));
        else if (this.#isOver) end(() => reject(new Error(`${what}: ${this.name} ended`)));
      };
      const late = setTimeout(() => end(() => reject(new Error(`${what}: not within ${withinMs} ms`))), Math.max(0, withinMs));
      this.#watchers.add(watcher);
      watcher();
    });
  }

  #keep(text: string): void {
    this.#said = (this.#said + text).slice(-20_000);
  }

  #look(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
