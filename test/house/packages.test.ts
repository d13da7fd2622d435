/** What we depend on: exact versions, the pins with a reason, licences, and the compiler settings that keep the core pure. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { files, home, PURE_FOLDERS, textOf } from './tree.ts';

interface Package {
  readonly name: string;
  readonly license?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
}

interface Settings {
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  readonly include?: readonly string[];
}

function json<T>(path: string): T {
  return JSON.parse(textOf(path)) as T;
}

const ours = files.filter((path) => path === 'package.json' || path.endsWith('/package.json'));
const root = json<Package>('package.json');

test('every dependency names one exact version', () => {
  const loose = ours.flatMap((path) => {
    const one = json<Package>(path);
    return Object.entries({ ...one.dependencies, ...one.devDependencies })
      .filter(([, version]) => !/^(npm:[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${path}: ${name} ${version}`);
  });
  expect(loose).toEqual([]);
});

test('the tools that newer versions would break stay where they are', () => {
  // Newer majors ask for Node 22; TypeScript 7 makes dependency-cruiser 17 see nothing and call it clean.
  expect(root.devDependencies?.['vitest']).toBe('4.1.12');
  expect(root.devDependencies?.['@vitest/coverage-v8']).toBe('4.1.12');
  expect(root.devDependencies?.['typescript']).toBe('6.0.3');
  expect(root.devDependencies?.['dependency-cruiser']).toBe('17.4.3');
  expect(root.overrides?.['react-native-webrtc']).toContain('empty');
});

test('the pure folders compile without a browser and without Node', () => {
  const pure = json<Settings>('packages/core/tsconfig.pure.json');
  expect(pure.compilerOptions['lib']).toEqual(['ES2023']);
  expect(pure.compilerOptions['types']).toEqual([]);
  expect(pure.include).toEqual(expect.arrayContaining(PURE_FOLDERS.map((folder) => `src/${folder}`)));
});

test('the compiler is strict', () => {
  const { compilerOptions } = json<Settings>('tsconfig.base.json');
  for (const option of [
    'strict',
    'noUncheckedIndexedAccess',
    'exactOptionalPropertyTypes',
    'noImplicitOverride',
    'noPropertyAccessFromIndexSignature',
    'noImplicitReturns',
    'verbatimModuleSyntax',
    'erasableSyntaxOnly',
    'isolatedDeclarations',
  ]) {
    expect(compilerOptions[option], option).toBe(true);
  }
});

/** Licences that ask for no more than their text. */
const ALLOWED = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
  'WTFPL',
]);

/** Weak copyleft, per file; used unmodified as a native module under @libp2p/webrtc in Node. */
const MPL = (name: string): boolean => name === 'node-datachannel' || name.startsWith('@node-datachannel/');

function licenceHolds(name: string, licence: unknown): boolean {
  if (typeof licence !== 'string') return false;
  if (MPL(name) && /^MPL.2\.0$/.test(licence)) return true;
  const alternatives = licence.replaceAll(/[()]/g, '').split(/\s+OR\s+/);
  return alternatives.some((one) => one.split(/\s+AND\s+/).every((part) => ALLOWED.has(part.trim())));
}

test('every package that ships has a licence of the list', () => {
  const lock = json<{ readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly link?: boolean }>> }>(
    'package-lock.json',
  );
  const wrong: string[] = [];
  let seen = 0;
  for (const [path, entry] of Object.entries(lock.packages)) {
    const file = join(home, path, 'package.json');
    // Packages of other platforms are in the lock file and not on this disk.
    if (!path.includes('node_modules/') || entry.dev === true || entry.link === true || !existsSync(file)) continue;
    const one = JSON.parse(readFileSync(file, 'utf8')) as Package;
    seen += 1;
    if (!licenceHolds(one.name, one.license)) wrong.push(`${one.name}: ${JSON.stringify(one.license)}`);
  }
  expect(seen).toBeGreaterThan(50);
  expect(wrong).toEqual([]);
});

test('our own packages are under Apache-2.0', () => {
  expect(ours.map((path) => json<Package>(path).license)).toEqual(ours.map(() => 'Apache-2.0'));
  expect(textOf('LICENSE')).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION');
});
