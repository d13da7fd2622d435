/** Many runs, a few processes: each process takes the next run when it is done with one. Results come in the order in which they are ready. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figures } from './figures.ts';
import type { Run } from './run.ts';

/** More would only get in each other's way, and in that of whoever works beside them. */
export const PROCESSES_MAX = 2;

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

export async function runAll(runs: readonly Run[], processes: number, onFigures: (figures: Figures, run: Run) => void): Promise<void> {
  let next = 0;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(WORKER, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      let at = -1;
      const give = (): void => {
        at = next++;
        const run = runs[at];
        if (run === undefined) child.disconnect();
        else child.send(run);
      };
      child.on('message', (figures) => {
        onFigures(figures as Figures, runs[at] as Run);
        give();
      });
      child.on('error', reject);
      child.on('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`a process ended with ${code} in run ${JSON.stringify(runs[at])}`)),
      );
      give();
    });
  await Promise.all(Array.from({ length: Math.min(processes, PROCESSES_MAX, runs.length) }, work));
}
