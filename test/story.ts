/**
 * The small library the stories are told with: claims printed one a line, a cleanup stack that always runs, and patient waiting
 * that says what it last saw. One story is one process; `scripts/stories.mjs` reads its lines. It never sleeps in place of a condition.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Spoken {
  readonly process: ChildProcess;
  /** Everything it wrote so far, both streams. */
  output(): string;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Asks it to end, and insists after two seconds. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface Teller {
  /** Was the story started with `--long`? */
  readonly long: boolean;
  /** One line of the story: holds when `act` does not throw. The story ends at the first that fails. */
  claim<T>(text: string, act: () => T | Promise<T>): Promise<T>;
  /** Names something that is not shown this time, and why. */
  skip(text: string, reason: string): void;
  /** A remark for whoever reads a failure; not part of the result. */
  note(text: string): void;
  /** Runs when the story ends in whatever way, the last one first. */
  cleanup(act: () => unknown): void;
  /** Printed when the story fails: what was on the screen, in the log, on the wire. */
  evidence(name: string, look: () => string | Promise<string>): void;
  /** A new empty folder that is gone afterwards. */
  folder(name?: string): Promise<string>;
  /** Starts a program in its own process group; it is ended with the story. */
  spawn(command: string, args: readonly string[], options?: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv }): Spoken;
}

class StoryEnded extends Error {
  override readonly name = 'StoryEnded';
}

function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 600);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function groupGone(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return false;
  } catch {
    return true;
  }
}

export function startProcess(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Spoken {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString('utf8')).slice(-200_000);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => {
      said += `\n${command} did not start: ${error.message}\n`;
      resolve('did not start');
    });
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  return {
    process: child,
    output: () => said,
    ended,
    async stop(signal = 'SIGTERM') {
      const pid = child.pid;
      if (pid === undefined || groupGone(pid, signal)) return;
      const insist = setTimeout(() => groupGone(pid, 'SIGKILL'), 2_000);
      await ended;
      clearTimeout(insist);
      groupGone(pid, 'SIGKILL');
    },
  };
}

/**
 * Asks `look` again and again until it answers something true, and returns that.
 * Throws after `withinMs` with `what` was awaited and what was last seen (the last answer or the last error).
 */
export async function waitFor<T>(
  look: () => T | Promise<T>,
  options: { readonly withinMs: number; readonly what: string; readonly everyMs?: number; readonly seen?: () => unknown },
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const endMs = Date.now() + options.withinMs;
  let last: unknown = 'nothing yet';
  for (;;) {
    try {
      const answer = await look();
      if (answer) return answer as Exclude<T, undefined | null | false | 0 | ''>;
      last = answer;
    } catch (error) {
      last = oneLine(error);
    }
    if (Date.now() >= endMs) {
      const seen = options.seen === undefined ? last : options.seen();
      throw new Error(
        `${options.what}: not within ${options.withinMs} ms; last seen: ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 50));
  }
}

/** Tells one story and ends the process with its result. Called once, at the end of a `*.story.ts`. */
export function story(name: string, tell: (t: Teller) => Promise<void>): void {
  const cleanups: (() => unknown)[] = [];
  const evidence: { readonly name: string; readonly look: () => string | Promise<string> }[] = [];
  let failed = false;
  let stopped = false;
  let cleaning: Promise<void> | undefined;

  const clean = async (): Promise<void> => {
    for (let act = cleanups.pop(); act !== undefined; act = cleanups.pop()) {
      try {
        await act();
      } catch (error) {
        console.error(`# cleaning up: ${oneLine(error)}`);
      }
    }
  };
  const finish = async (code: number): Promise<never> => {
    cleaning ??= clean();
    await cleaning;
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(signal, () => {
      say(`not ok - ${name}: stopped by ${signal} before its end`);
      stopped = true;
      void finish(1);
    });
  }

  const t: Teller = {
    long: process.env['KITH_LONG'] === '1',
    async claim(text, act) {
      try {
        const answer = await act();
        say(`ok - ${text}`);
        return answer;
      } catch (error) {
        // What breaks while the story is being stopped says nothing.
        if (stopped) throw new StoryEnded();
        failed = true;
        say(`not ok - ${text}: ${oneLine(error)}`);
        if (error instanceof Error && error.stack !== undefined) console.error(error.stack);
        throw new StoryEnded();
      }
    },
    skip: (text, reason) => say(`skip - ${text} # ${reason}`),
    note: (text) => console.error(`# ${text}`),
    cleanup: (act) => void cleanups.push(act),
    evidence: (what, look) => void evidence.push({ name: what, look }),
    async folder(what = 'story') {
      const path = await mkdtemp(join(tmpdir(), `kith-${what}-`));
      t.cleanup(() => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
      return path;
    },
    spawn(command, args, options) {
      const started = startProcess(command, args, options);
      t.cleanup(() => started.stop());
      return started;
    },
  };

  const run = async (): Promise<never> => {
    try {
      await tell(t);
    } catch (error) {
      if (!(error instanceof StoryEnded) && !stopped) {
        failed = true;
        say(`not ok - ${name}: ${oneLine(error)}`);
        if (error instanceof Error && error.stack !== undefined) console.error(error.stack);
      }
    }
    if (failed) {
      for (const one of evidence) {
        let shown: string;
        try {
          shown = await one.look();
        } catch (error) {
          shown = `could not be had: ${oneLine(error)}`;
        }
        console.error(`# ${one.name}\n${shown.trimEnd()}`);
      }
    }
    return finish(failed ? 1 : 0);
  };
  void run();
}
