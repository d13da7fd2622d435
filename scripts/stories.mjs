/**
 * Tells the stories of a folder (test/browser, test/network) one after the other, each in its own process, and sums their lines:
 * `ok - …`, `not ok - …: why`, `skip - … # reason`, and `note - …`, which is not part of the sum. A story that says nothing, dies or takes too long has failed.
 * Whatever a story leaves running is ended by its mark in the environment; nothing else is touched.
 *
 *   node scripts/stories.mjs browser|network [--only <part of a name>] [--long]
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sumLine } from './sum.mjs';

const home = fileURLToPath(new URL('..', import.meta.url));
const TIMEOUT_SECONDS = 300;

function endMarked(mark) {
  if (process.platform !== 'linux') return;
  for (const pid of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`KITH_STORY=${mark}`)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It is gone already, or not ours to see.
    }
  }
}

function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}

/** A story may say in its top comment how long it may take: `story-timeout: 600 s`. */
function timeoutOf(file) {
  const said = /story-timeout: (\d+) s/.exec(readFileSync(file, 'utf8').slice(0, 2_000));
  return said === null ? TIMEOUT_SECONDS : Number(said[1]);
}

function tell(file, long) {
  return new Promise((resolve) => {
    const mark = randomUUID();
    const seconds = timeoutOf(file);
    const child = spawn(process.execPath, ['--conditions=kith-source', '--import', 'tsx', file], {
      cwd: home,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, KITH_STORY: mark, KITH_LONG: long ? '1' : '0' },
    });
    const name = basename(file, '.story.ts');
    const result = { name, passed: 0, failed: [], skipped: [] };
    let rest = '';
    let aside = '';
    const hear = (line) => {
      if (line.startsWith('ok - ')) result.passed += 1;
      else if (line.startsWith('not ok - ')) result.failed.push(line.slice(9));
      else if (line.startsWith('skip - ')) result.skipped.push(line.slice(7));
      else if (!line.startsWith('note - ')) {
        aside += `${line}\n`;
        return;
      }
      console.log(`  ${line}`);
    };
    child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop();
      for (const line of lines) hear(line);
    });
    child.stderr.on('data', (chunk) => {
      aside = (aside + chunk.toString('utf8')).slice(-100_000);
    });
    let late = false;
    const tooLong = setTimeout(() => {
      late = true;
      // First asked, so that it can take down what it made; then made to.
      child.kill('SIGTERM');
      setTimeout(() => killGroup(child.pid, 'SIGKILL'), 10_000).unref();
    }, seconds * 1_000);
    let ended = false;
    const end = (code, signal) => {
      if (ended) return;
      ended = true;
      clearTimeout(tooLong);
      killGroup(child.pid, 'SIGKILL');
      endMarked(mark);
      if (rest !== '') hear(rest);
      if (late) result.failed.push(`${name}: took longer than ${seconds} s`);
      else if (code !== 0 && result.failed.length === 0) result.failed.push(`${name}: ended with ${signal ?? `code ${code}`}`);
      else if (result.passed + result.failed.length + result.skipped.length === 0) result.failed.push(`${name}: said nothing`);
      if (result.failed.length > 0) console.log(aside.replaceAll(/^/gm, '  | '));
      resolve(result);
    };
    // `exit` rather than `close`: a grandchild that keeps the pipe open must not keep us waiting for ever.
    child.once('exit', (code, signal) => setTimeout(() => end(code, signal), 200));
    child.once('error', (error) => {
      aside += error.message;
      end(1, undefined);
    });
  });
}

/** Tells all stories of a kind; answers how many claims held, and what failed or was skipped in words. */
export async function tellStories(kind, { only, long = false } = {}) {
  const sum = { passed: 0, failed: [], skipped: [] };
  const folder = join(home, 'test', kind);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return sum;
  const files = readdirSync(folder)
    .filter((one) => one.endsWith('.story.ts') && (only === undefined || one.includes(only)))
    .sort();
  for (const one of files) {
    if (one.endsWith('.long.story.ts') && !long) {
      sum.skipped.push(`${kind}/${basename(one, '.story.ts')} # told with --long`);
      continue;
    }
    console.log(`${kind}/${basename(one, '.story.ts')}`);
    const startMs = performance.now();
    const result = await tell(join(folder, one), long);
    console.log(`  ${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
    sum.passed += result.passed;
    sum.failed.push(...result.failed.map((line) => `${kind}/${result.name}: ${line}`));
    sum.skipped.push(...result.skipped.map((line) => `${kind}/${result.name}: ${line}`));
  }
  return sum;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kind, ...options] = process.argv.slice(2);
  if (kind !== 'browser' && kind !== 'network') {
    console.error('usage: node scripts/stories.mjs browser|network [--only <part of a name>] [--long]');
    process.exit(2);
  }
  const onlyAt = options.indexOf('--only');
  const sum = await tellStories(kind, { only: onlyAt < 0 ? undefined : options[onlyAt + 1], long: options.includes('--long') });
  process.exitCode = sumLine([sum]);
}
