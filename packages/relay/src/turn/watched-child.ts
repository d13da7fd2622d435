/**
 * A program that lives as long as this one and no longer, even if this one is killed and can say nothing any more: a shell between them
 * waits on a pipe that breaks when its other end is gone. Never hears what the program says.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/** The watcher gets the pipe, the program does not; whichever ends first, the other follows. */
const WATCH = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
( trap '' TERM INT HUP; read -r line <&3; kill -TERM $child ) 2>/dev/null &
watcher=$!
wait $child
code=$?
kill -KILL $watcher 2>/dev/null
exit $code
`;

export interface WatchedChild {
  /** Resolves when it has ended in whatever way. */
  readonly ended: Promise<void>;
  /** Asks it to end, and insists after `withinMs`. */
  end(withinMs: number): Promise<void>;
}

export function spawnWatched(program: string, args: readonly string[]): WatchedChild {
  // a group of its own: Ctrl-C at a terminal is for the relay, which then ends this in its own order
  const child = spawn('/bin/sh', ['-c', WATCH, 'kith-watch', program, ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  child.stdin?.on('error', () => {}); // it ended before it was told to
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  return {
    ended,
    end: async (withinMs) => {
      child.stdin?.end();
      const insist = setTimeout(() => killGroup(child), withinMs);
      await ended;
      clearTimeout(insist);
    },
  };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
