/** The steps of `npm run verify`, and running them two at a time. `npm test` runs the same ones. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const home = fileURLToPath(new URL('..', import.meta.url));

const bin = (name) => join(home, 'node_modules', '.bin', name);

/** Tests that start programs, fill disks and open sockets: `npm test` runs them by themselves, `npm run verify` leaves them to it. */
export const PROGRAMS = 'program.test';

/** Each is a command that fails with words; they do not depend on one another. The longest first. */
export const STEPS = [
  { name: 'build', command: bin('tsc'), args: ['-b', '--pretty', 'false'] },
  { name: 'unit and house tests', vitest: ['packages', 'test/house', 'test/vectors', `--exclude=**/*.${PROGRAMS}.ts`] },
  { name: 'types of tests', command: bin('tsc'), args: ['-p', 'tsconfig.test.json', '--pretty', 'false'] },
  { name: 'unused code', command: bin('knip'), args: ['--no-progress'] },
  { name: 'boundaries', command: process.execPath, args: ['scripts/boundaries.mjs'] },
  { name: 'format and lint', command: bin('biome'), args: ['check', '.', '--max-diagnostics=40', '--colors=off', '--error-on-warnings'] },
];

function run(command, args, signal) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    });
    let output = '';
    const hear = (chunk) => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', (error) => resolve({ code: 1, output: `${command} did not start: ${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
    signal?.addEventListener('abort', () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    });
  });
}

/** Reads vitest's own account: how many claims held, and what failed or was skipped in words. */
function readVitest(file, output) {
  const sum = { passed: 0, failed: [], skipped: [] };
  let account;
  try {
    account = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    sum.failed.push(`vitest gave no account of itself: ${output.trim().split('\n').at(-1) ?? 'no output'}`);
    return sum;
  }
  for (const suite of account.testResults) {
    const where = relative(home, suite.name);
    for (const test of suite.assertionResults) {
      const claim = `${where}: ${test.fullName}`;
      if (test.status === 'passed') sum.passed += 1;
      else if (test.status === 'failed') sum.failed.push(`${claim}: ${(test.failureMessages[0] ?? '').split('\n')[0]}`);
      else sum.skipped.push(`${claim} # marked so in the test`);
    }
    if (suite.status === 'failed' && !suite.assertionResults.some((one) => one.status === 'failed')) {
      sum.failed.push(`${where}: ${(suite.message ?? 'could not be run').split('\n')[0]}`);
    }
  }
  return sum;
}

/** Runs vitest over these folders and counts. */
export async function runVitest(filters, signal) {
  const folder = mkdtempSync(join(tmpdir(), 'kith-vitest-'));
  const file = join(folder, 'account.json');
  try {
    const { code, output } = await run(
      bin('vitest'),
      ['run', ...filters, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
      signal,
    );
    const sum = readVitest(file, output);
    if (code !== 0 && sum.failed.length === 0) sum.failed.push(`vitest ended with code ${code} though no test failed`);
    return { code: sum.failed.length === 0 ? 0 : 1, output, sum };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs the steps, two at a time, and prints each with its seconds. With `stopAtFirst`, the first failure ends the others.
 * Answers one sum per step: a plain step counts as one claim, the tests as many as they are.
 */
export async function runSteps(steps, { stopAtFirst }) {
  const sums = [];
  const waiting = [...steps];
  const stop = new AbortController();
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const startMs = performance.now();
      const result =
        step.vitest === undefined ? await run(step.command, step.args, stop.signal) : await runVitest(step.vitest, stop.signal);
      if (stop.signal.aborted) return;
      const ok = result.code === 0;
      const seconds = ((performance.now() - startMs) / 1_000).toFixed(1).padStart(5);
      console.log(
        `${ok ? 'ok    ' : 'not ok'} ${seconds} s  ${step.name}${result.sum === undefined ? '' : ` (${result.sum.passed} passed)`}`,
      );
      sums.push(result.sum ?? { passed: ok ? 1 : 0, failed: ok ? [] : [`${step.name}: see above`], skipped: [] });
      if (ok) continue;
      console.log(result.output.trimEnd().slice(-20_000));
      if (stopAtFirst) {
        stop.abort();
        return;
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return sums;
}
