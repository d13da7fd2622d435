/** How our files look. Biome says much of it too; here stands what it cannot say, and what must not depend on one tool. */
import { expect, test } from 'vitest';
import { bare, code, files, PURE_FOLDERS, places, shipped, textOf, texts } from './tree.ts';

const LINES_MAX = 500;

test('file and folder names are kebab-case', () => {
  const capitals = new Set(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'LICENSE']);
  const odd = files
    .flatMap((path) => path.split('/'))
    .filter((name) => !capitals.has(name) && !/^[.]?[a-z0-9]+(-[a-z0-9]+)*([.][a-z0-9]+(-[a-z0-9]+)*)*$/.test(name));
  expect([...new Set(odd)]).toEqual([]);
});

test(`a source file of more than ${LINES_MAX} lines says why at its top`, () => {
  const long = code.filter((path) => textOf(path).split('\n').length > LINES_MAX && !/long because/i.test(textOf(path).slice(0, 600)));
  expect(long).toEqual([]);
});

test('every source file says at its top what it is for', () => {
  const silent = shipped.filter((path) => !textOf(path).trimStart().startsWith('/*') && !textOf(path).startsWith('#!'));
  expect(silent).toEqual([]);
});

test('no default exports, enums, namespaces or any', () => {
  const allowed = code.filter((path) => !path.endsWith('.config.ts') && !path.endsWith('.d.ts'));
  expect(places(allowed, /^export default\b/, bare)).toEqual([]);
  expect(places(allowed, /^(export )?(declare )?(const )?enum \w/, bare)).toEqual([]);
  expect(places(allowed, /^(export )?(declare )?namespace \w/, bare)).toEqual([]);
  expect(places(allowed, /(:|\bas|<|\|)\s*any\b(?!\w)/, bare)).toEqual([]);
});

test('nothing is left to be done later in a comment', () => {
  const later = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|X{3})\\b`);
  expect(places(texts, later)).toEqual([]);
});

test('no test is skipped or runs alone by a left-over mark', () => {
  const tests = code.filter((path) => path.endsWith('.test.ts') || path.endsWith('.test.tsx'));
  expect(places(tests, /\b(test|it|describe)\.only\(/)).toEqual([]);
});

test('no file names the machine it was written on', () => {
  // Put together here, so that this file does not name them either.
  const words = [
    ['/', 'work/'],
    ['/', 'root/'],
    ['..', '/shared'],
    ['C:', String.raw`\\Users`],
  ].map((parts) => parts.join(''));
  const pattern = new RegExp(`(?<![\\w.~])(${words.map((word) => word.replaceAll('.', '\\.')).join('|')})`);
  expect(places(texts, pattern)).toEqual([]);
});

const IN_PURE_CODE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\b/, 'the time is an input'],
  [/\bMath\.random\b/, 'randomness is given at construction'],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask|requestAnimationFrame)\b/, 'the only timer is wakeAtMs'],
  [/\b(async|await|Promise)\b/, 'a machine is synchronous'],
  [/\bconsole\b/, 'log lines go through ports/log'],
  [/\b(window|document|navigator|localStorage|indexedDB|globalThis)\b/, 'no surroundings'],
  [/\b(process|Buffer)\./, 'no Node'],
  [/\b(localeCompare|toLocaleString|Intl)\b/, 'differs by machine'],
  [/\b(performance|crypto)\./, 'time and randomness are given'],
];

/** These describe what the outside may do, so they may speak of promises; and libsodium is awaited once before a suite is given out. */
const MAY_PROMISE = ['packages/core/src/ports/', 'packages/core/src/crypto/sodium-suite.ts'];

test('nothing ambient is named in pure code', () => {
  const pure = shipped.filter((path) => PURE_FOLDERS.some((folder) => path.startsWith(`packages/core/src/${folder}/`)));
  expect(pure.length).toBeGreaterThan(20);
  for (const [pattern, why] of IN_PURE_CODE) {
    const judged = pattern.source.includes('Promise') ? pure.filter((path) => !MAY_PROMISE.some((one) => path.startsWith(one))) : pure;
    expect(places(judged, pattern, bare), why).toEqual([]);
  }
});
