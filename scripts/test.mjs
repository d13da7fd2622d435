/**
 * `npm test`: everything, straight after a clone. Installs what is missing (as root on Debian also by apt), runs the steps of verify,
 * tests that start programs, the simulator's scenarios, the browser stories and the network stories. Reads no input. The last line is the sum.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensurePackages } from './install.mjs';

/** What stories need from the system, the Debian package that brings it, and which stories are skipped without it. */
const TOOLS = [
  { program: 'chromium', found: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium', stories: 'all browser stories' },
  { program: 'firefox-esr', debian: 'firefox-esr', stories: 'Firefox beside Chromium' },
  { program: 'certutil', debian: 'libnss3-tools', stories: 'stories in which a browser trusts a household' },
  { program: 'ip', debian: 'iproute2', stories: 'all network stories' },
  { program: 'nft', debian: 'nftables', stories: 'all network stories' },
  { program: 'turnserver', debian: 'coturn', service: 'coturn', stories: 'what STUN and TURN do for phones behind routers' },
  { program: 'tcpdump', debian: 'tcpdump', stories: 'what strangers see on the wire' },
  { program: 'socat', debian: 'socat', stories: 'long roads between hosts' },
];

function onPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isThere(tool) {
  if (tool.program === 'chromium' && process.env.CHROMIUM !== undefined && existsSync(process.env.CHROMIUM)) return true;
  return (tool.found ?? [tool.program]).some(onPath);
}

function ensureTools() {
  if (process.platform !== 'linux') return;
  const missing = TOOLS.filter((one) => !isThere(one));
  if (missing.length === 0) return;
  const names = missing.map((one) => one.debian);
  if (process.getuid() === 0 && existsSync('/etc/debian_version') && onPath('apt-get')) {
    console.log(`installing by apt: ${names.join(' ')}`);
    const apt = (...args) =>
      spawnSync('apt-get', ['-q', '-y', ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        encoding: 'utf8',
        // What is installed for a test does not start to serve the network.
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_OFFLINE: '1' },
      });
    apt('update');
    const done = apt('install', '--no-install-recommends', ...names);
    for (const { service } of missing) if (service !== undefined) spawnSync('systemctl', ['disable', service], { stdio: 'ignore' });
    if (done.status !== 0)
      console.log(`apt-get did not succeed:\n${`${done.stdout}${done.stderr}`.trim().split('\n').slice(-8).join('\n')}`);
  } else {
    console.log(`To run everything, install these and run again: ${names.join(' ')}`);
    if (existsSync('/etc/debian_version')) console.log(`  sudo apt-get install ${names.join(' ')}`);
  }
  for (const one of TOOLS.filter((tool) => !isThere(tool))) console.log(`without ${one.program}, skipped: ${one.stories}`);
}

/** Builds the app and the relay, which the stories open and start. */
function buildAll() {
  const startMs = performance.now();
  const build = spawnSync('npm', ['run', 'build', '--silent'], { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  const ok = build.status === 0;
  console.log(`${ok ? 'ok    ' : 'not ok'} ${((performance.now() - startMs) / 1_000).toFixed(1).padStart(5)} s  app and relay are built`);
  if (!ok) console.log(`${build.stdout}${build.stderr}`.trimEnd().slice(-20_000));
  return ok;
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.log(`Kith needs Node 20.19 or newer; this is ${process.versions.node}.`);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exit(1);
}
process.chdir(join(import.meta.dirname, '..'));
const startMs = performance.now();
try {
  ensurePackages();
} catch (error) {
  console.log(error.message);
  console.log('0 passed, 1 failed, 0 skipped');
  process.exit(1);
}
ensureTools();

// Only now: these need what was just installed.
const { PROGRAMS, runSteps, runVitest, STEPS } = await import('./steps.mjs');
const { tellStories } = await import('./stories.mjs');
const { sumLine } = await import('./sum.mjs');

const sums = await runSteps(STEPS, { stopAtFirst: false });

for (const [name, filters] of [
  ['programs', [PROGRAMS]],
  ['scenarios', ['test/scenarios', 'test/simulator', '--passWithNoTests']],
]) {
  console.log(name);
  const told = await runVitest(filters);
  if (told.code !== 0) console.log(told.output.trimEnd().slice(-20_000));
  console.log(`  ${told.sum.passed} passed`);
  sums.push(told.sum);
}

if (buildAll()) {
  sums.push({ passed: 1, failed: [], skipped: [] });
  sums.push(await tellStories('browser'));
  sums.push(await tellStories('network'));
} else {
  sums.push({ passed: 0, failed: ['build of app and relay: see above; no story was told'], skipped: [] });
}

console.log(`${((performance.now() - startMs) / 60_000).toFixed(1)} minutes in all`);
process.exitCode = sumLine(sums);
