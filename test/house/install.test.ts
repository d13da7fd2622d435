/** Installing works where the environment asks for production only: the tools that build are development packages. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { home } from './tree.ts';

let root = '';
afterEach(() => rmSync(root, { recursive: true, force: true }));

test.each([{ NODE_ENV: 'production' }, { npm_config_omit: 'dev' }])('development packages are installed under %j', (asked) => {
  root = mkdtempSync(join(tmpdir(), 'kith-install-'));
  // A package of the folder itself, so that no registry is asked.
  mkdirSync(join(root, 'tool'));
  const tool = { name: 'tool', version: '1.0.0' };
  const project = { name: 'project', version: '1.0.0', devDependencies: { tool: 'file:tool' } };
  const packages = { '': project, 'node_modules/tool': { resolved: 'tool', link: true, dev: true }, tool: { version: '1.0.0', dev: true } };
  writeFileSync(join(root, 'tool/package.json'), JSON.stringify(tool));
  writeFileSync(join(root, 'package.json'), JSON.stringify(project));
  writeFileSync(
    join(root, 'package-lock.json'),
    JSON.stringify({ ...tool, name: 'project', lockfileVersion: 3, requires: true, packages }),
  );
  const script = `import { ensurePackages } from ${JSON.stringify(pathToFileURL(join(home, 'scripts/install.mjs')).href)}; ensurePackages(${JSON.stringify(root)});`;
  execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, ...asked }, stdio: 'pipe' });
  expect(existsSync(join(root, 'node_modules/tool/package.json'))).toBe(true);
});
