/** The check of the import table is checked itself: planted in a small copy of the tree, violations must be found, and nothing seen is no success. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { home } from './tree.ts';

const folders: string[] = [];

function plant(planted: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'kith-house-'));
  folders.push(root);
  mkdirSync(join(root, 'node_modules/@kith'), { recursive: true });
  mkdirSync(join(root, 'packages/core'), { recursive: true });
  cpSync(join(home, 'packages/core/package.json'), join(root, 'packages/core/package.json'));
  symlinkSync('../../packages/core', join(root, 'node_modules/@kith/core'));
  for (const [path, text] of Object.entries(planted)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

function check(root: string): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(home, 'scripts/boundaries.mjs'), '--root', root], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : 1, said: stdout + stderr }),
    );
  });
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const CLEAN = {
  'packages/core/src/kernel/bytes.ts': 'export const bytes = 1;',
  'packages/core/src/session/session.ts': `import { bytes } from '../kernel/bytes.ts'; export type Key = number; export const key: Key = bytes;`,
  'packages/core/src/node/person/person.ts': `export { key } from '../../session/session.ts';`,
  'packages/core/src/index.ts': `export { key } from './node/person/person.ts';`,
  'packages/core/src/relay.ts': `export { relay } from './node/relay/relay.ts';`,
  'packages/core/src/node/relay/relay.ts': `export const relay = 1;`,
  'packages/core/src/adapters/link-a/index.ts': 'export const link = 1;',
  'packages/pwa/src/view-models/home.ts': `import { key } from '@kith/core'; export const home = key;`,
  'packages/pwa/src/views/home.tsx': `import { home } from '../view-models/home.ts'; export const view = home;`,
  'packages/relay/src/main.ts': `import { relay } from '@kith/core/relay'; import { link } from '@kith/core/adapters/link-a'; export const all = [relay, link];`,
};

test.concurrent('a tree that keeps the table is clean', async ({ expect }) => {
  const { code, said } = await check(plant(CLEAN));
  expect(said).toContain('10 source files');
  expect(code, said).toBe(0);
});

test.concurrent('every kind of forbidden road is found', async ({ expect }) => {
  const { code, said } = await check(
    plant({
      ...CLEAN,
      'packages/core/src/gossip/gossip.ts': `import type { Key } from '../session/session.ts'; export type Leak = Key;`,
      'packages/core/src/node/relay/relay.ts': `import { bytes } from '../../kernel/borrowed.ts'; export const relay = bytes;`,
      'packages/core/src/kernel/borrowed.ts': `export { key as bytes } from '../session/session.ts';`,
      'packages/core/src/adapters/link-b/index.ts': `export { link } from '../link-a/index.ts';`,
      'packages/core/src/envelope/envelope.ts': `import { readFileSync } from 'node:fs'; export const read = readFileSync;`,
      'packages/core/src/content/one.ts': `import { two } from './two.ts'; export const one: number = two;`,
      'packages/core/src/content/two.ts': `import { one } from './one.ts'; export const two: number = one;`,
      'packages/relay/src/cli/peek.ts': `export { key } from '@kith/core';`,
      'packages/pwa/src/views/peek.tsx': `export { link } from '@kith/core/adapters/link-a';`,
      'packages/pwa/src/views/lost.tsx': `import './nowhere.ts';`,
    }),
  );
  expect(code).toBe(1);
  for (const line of [
    'gossip-has-no-road-to-a-person: packages/core/src/gossip/gossip.ts',
    'relay-has-no-road-to-a-session: packages/relay/src/main.ts',
    'relay-has-no-road-to-a-session: packages/core/src/relay.ts',
    'kernel: packages/core/src/kernel/borrowed.ts',
    'adapters-apart: packages/core/src/adapters/link-b/index.ts',
    'envelope: packages/core/src/envelope/envelope.ts',
    'no-cycles: packages/core/src/content/',
    'relay-package: packages/relay/src/cli/peek.ts',
    'views-have-no-road-to-the-network: packages/pwa/src/views/peek.tsx',
    'resolves: packages/pwa/src/views/lost.tsx',
  ]) {
    expect(said).toContain(line);
  }
});

test.concurrent('a check that saw nothing has failed', async ({ expect }) => {
  const { code, said } = await check(plant({}));
  expect(said).toContain('the check saw nothing');
  expect(code).toBe(1);
});

test('the house itself was left alone', () => {
  expect(folders.every((folder) => folder.startsWith(tmpdir()))).toBe(true);
});
