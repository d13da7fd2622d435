/** The repository as the house tests see it: every file that is ours, read once. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const home: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

const NOT_OURS = new Set(['node_modules', 'dist', '.git', 'coverage', '.stryker-tmp']);

function walk(folder: string, found: string[]): void {
  for (const entry of readdirSync(join(home, folder), { withFileTypes: true })) {
    if (NOT_OURS.has(entry.name)) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) walk(path, found);
    else if (entry.isFile() && !entry.name.endsWith('.tsbuildinfo')) found.push(path);
  }
}

/** Every file of the repository, with `/` between folders, in order. */
export const files: readonly string[] = (() => {
  const found: string[] = [];
  walk('', found);
  return found.sort();
})();

const read = new Map<string, string>();

export function textOf(path: string): string {
  const known = read.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(join(home, path), 'utf8');
  read.set(path, text);
  return text;
}

export const texts: readonly string[] = files.filter(
  (path) => /\.(ts|tsx|mjs|cjs|js|json|md|css|html|svg|yml|webmanifest)$/.test(path) || path === '.ci/run',
);

/** TypeScript of ours, tests included. */
export const code: readonly string[] = files.filter((path) => /\.tsx?$/.test(path));

/** TypeScript that ships: no tests, nothing under test/. */
export const shipped: readonly string[] = code.filter(
  (path) => /^packages\/[^/]+\/src\//.test(path) && !/\.(test\.tsx?|d\.ts)$/.test(path),
);

/** The text without comments and without what stands in quotes, line by line as it was: for looking up identifiers. */
export function bare(text: string): string {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ');
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, blank);
}

/** Where a pattern is found, as `path:line`. */
export function places(paths: readonly string[], pattern: RegExp, view: (text: string) => string = (text) => text): string[] {
  const found: string[] = [];
  for (const path of paths) {
    for (const [index, line] of view(textOf(path)).split('\n').entries()) {
      const hit = pattern.exec(line);
      if (hit !== null) found.push(`${path}:${index + 1} ${hit[0].trim()}`);
    }
  }
  return found;
}

/** The folders in which a machine or a piece of protocol lives; each appears when it has something in it. */
export const PURE_FOLDERS = [
  'kernel',
  'crypto',
  'identity',
  'session',
  'group',
  'envelope',
  'gossip',
  'neighbours',
  'rendezvous',
  'transfer',
  'content',
  'conversation',
  'node',
  'ports',
] as const;

export const PROTOCOL_FOLDERS: readonly string[] = PURE_FOLDERS.filter((one) => !['kernel', 'crypto', 'node', 'ports'].includes(one));
