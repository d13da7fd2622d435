/** A real coturn for the pages of `bench -- connect`. On loopback it has to be told that it may carry there: one that serves a household never does. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findTurnProgram } from '../../packages/relay/src/turn/turn-program.ts';
import { freePort } from '../browser/ports.ts';
import type { Teller } from '../story.ts';

const LOOPBACK = '127.0.0.1';

/** Answers where it listens, for the fragment of a page; `undefined` where coturn is not installed. */
export async function startTurn(t: Teller): Promise<string | undefined> {
  const program = await findTurnProgram(process.env['PATH']);
  if (program === undefined) return undefined;
  const port = await freePort();
  const where = [`--listening-ip=${LOOPBACK}`, `--relay-ip=${LOOPBACK}`, `--listening-port=${port}`, '--allow-loopback-peers'];
  const how = ['--lt-cred-mech', '--realm=kith', '--user=page:bench', '--no-tls', '--no-dtls', '--no-cli'];
  const pidFile = `--pidfile=${await t.folder('turn')}/pid`;
  const child = spawn(program, ['-n', ...where, ...how, pidFile, '--log-file=stdout'], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.cleanup(() => void child.kill('SIGKILL'));
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error('coturn ended by itself')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('Total General servers')) resolve();
    });
  });
  return `turn:${LOOPBACK}:${port}`;
}
