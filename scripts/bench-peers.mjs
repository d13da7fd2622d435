/** `npm run bench:peers`: installs what the benchmarks measure beside ours, in test/bench/peers, outside the workspaces and the product. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'test', 'bench', 'peers');
const names = Object.entries(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).dependencies);
if (names.length === 0) {
  console.log('No benchmark needs a peer from the package registry today.');
  console.log('The relay is measured beside Prosody when it is installed: apt-get install prosody');
} else {
  for (const [name, version] of names) console.log(`${name} ${version}`);
  const npm = spawnSync('npm', ['install', '--no-save', '--prefix', folder, '--workspaces=false', '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  process.exitCode = npm.status ?? 1;
}
