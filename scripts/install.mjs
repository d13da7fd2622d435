/**
 * Makes sure that what the lock file names is in node_modules. Uses nothing but Node, because it runs straight after a clone.
 * It never changes the lock file.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('..', import.meta.url));

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return undefined;
  }
}

/** Why packages must be installed, or `undefined` when all that the lock file names is there. */
export function packagesMissing(root = home) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  if (wanted === undefined) throw new Error(`package-lock.json cannot be read in ${root}`);
  const there = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (there === undefined) return 'no packages are installed yet';
  for (const [path, one] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') || one.optional === true || one.devOptional === true || one.peer === true) continue;
    if (there[path] === undefined) return `${path.slice('node_modules/'.length)} is not installed`;
    if (one.version !== undefined && there[path].version !== one.version) {
      return `${path.slice('node_modules/'.length)} is ${there[path].version} and should be ${one.version}`;
    }
  }
  return undefined;
}

/** The tools that build are development packages: NODE_ENV=production and npm's omit=dev must not leave them out. */
const INSTALL = ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Installs what is missing, as the lock file says. Throws with npm's own words when that fails.
 * Not `npm ci`: a lock file written where the registry offers only some platforms' binaries does not name the others, and `npm ci`
 * refuses such a file everywhere. `--no-save` takes the locked versions and leaves the lock file as it is.
 */
export function ensurePackages(root = home) {
  const why = packagesMissing(root);
  if (why === undefined) return;
  console.log(`installing packages: ${why}`);
  const npm = spawnSync('npm', INSTALL, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    throw new Error(
      `npm install did not succeed; is there a way to the package registry?\n${npm.stdout ?? ''}${npm.stderr ?? ''}${npm.error?.message ?? ''}`,
    );
  }
  const still = packagesMissing(root);
  if (still !== undefined) throw new Error(`npm install ran, and still ${still}`);
}
