/** Documents that do not lie: links lead somewhere, decisions have their four parts, folders explain themselves, commands exist. */
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { files, PROTOCOL_FOLDERS, shipped, textOf } from './tree.ts';

const pages = files.filter((path) => path.endsWith('.md'));
const known = new Set(files);
for (const path of files) for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) known.add(folder);

/** A page without its blocks and spans of code, in which brackets mean something else. */
function prose(page: string): string {
  return textOf(page)
    .replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
}

/** The anchor that a heading gets on the usual hosts. */
function anchors(page: string): ReadonlySet<string> {
  const headings = textOf(page).matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map((one) =>
      (one[1] ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test('every link in a document leads to a file, and to a heading that is there', () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, target = ''] of prose(page).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)) {
      if (/^(https?:|mailto:)/.test(target)) continue;
      const [path = '', heading] = target.split('#');
      const file = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), path)).replace(/\/$/, '');
      if (!known.has(file)) broken.push(`${page} → ${target}`);
      else if (heading !== undefined && file.endsWith('.md') && !anchors(file).has(heading))
        broken.push(`${page} → ${target} (no such heading)`);
    }
  }
  expect(broken).toEqual([]);
});

test('a document that code cites is there', () => {
  const broken: string[] = [];
  for (const path of shipped) {
    for (const [cited] of textOf(path).matchAll(/\bdocs\/[\w/.-]+\.md\b/g)) if (!known.has(cited)) broken.push(`${path} cites ${cited}`);
  }
  expect(broken).toEqual([]);
});

test('every decision says its situation, choice, cost and what would change our mind', () => {
  const decisions = pages.filter((path) => /^docs\/decisions\/\d{4}-/.test(path));
  expect(decisions.length).toBeGreaterThan(0);
  for (const page of decisions) {
    const headings = [...textOf(page).matchAll(/^## (.+)$/gm)].map((one) => (one[1] ?? '').toLowerCase());
    expect(headings, page).toEqual(['situation', 'choice', 'cost', 'what would change our mind']);
  }
});

test('every decision is in the list of decisions', () => {
  const list = textOf('docs/decisions/README.md');
  const missing = pages.filter((path) => /^docs\/decisions\/\d{4}-/.test(path) && !list.includes(posix.basename(path)));
  expect(missing).toEqual([]);
});

test('no heading stands over nothing', () => {
  const empty: string[] = [];
  for (const page of pages) {
    const lines = textOf(page)
      .replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, 'code')
      .split('\n')
      .filter((line) => line.trim() !== '');
    for (const [index, line] of lines.entries()) {
      const level = /^(#+) /.exec(line)?.[1]?.length;
      const next = lines[index + 1];
      if (level !== undefined && (next === undefined || (/^(#+) /.exec(next)?.[1]?.length ?? 99) <= level)) empty.push(`${page}: ${line}`);
    }
  }
  expect(empty).toEqual([]);
});

test('every protocol folder explains itself and names its limits', () => {
  const missing: string[] = [];
  for (const folder of PROTOCOL_FOLDERS) {
    const path = `packages/core/src/${folder}/`;
    const inside = shipped.filter((one) => one.startsWith(path));
    if (inside.length === 0) continue;
    for (const name of ['README.md', 'limits.ts']) if (!known.has(path + name)) missing.push(path + name);
    // A folder whose code answers with refusals names them in one place.
    const refuses = inside.some((one) => /\bexport type \w+Refusal\b/.test(textOf(one)) && !one.endsWith('/refusals.ts'));
    if (refuses) missing.push(`${path}refusals.ts (a refusal is defined elsewhere)`);
  }
  expect(missing).toEqual([]);
});

test('the commands that documents name are in package.json', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  const unknown: string[] = [];
  for (const page of pages) {
    for (const [, name = ''] of textOf(page).matchAll(/\bnpm run ([a-z][\w:-]*)/g))
      if (scripts[name] === undefined) unknown.push(`${page}: npm run ${name}`);
  }
  expect(unknown).toEqual([]);
});

test('whatever the public entrances give out is explained where it is written', () => {
  const silent: string[] = [];
  for (const entrance of ['packages/core/src/index.ts', 'packages/core/src/relay.ts']) {
    if (!known.has(entrance)) continue;
    for (const [, names = '', from = ''] of textOf(entrance).matchAll(/^export \{([^}]*)\} from '([^']+)';/gm)) {
      const file = posix.join(posix.dirname(entrance), from);
      for (const name of names.split(',').map((one) => one.trim().split(' as ')[0] ?? '')) {
        // Types say what they are by their fields; functions, classes and constants need a sentence.
        if (name === '' || name.startsWith('type ')) continue;
        if (!new RegExp(`\\*/\\s*export (async )?(function|class|const) ${name}\\b`).test(textOf(file))) silent.push(`${file}: ${name}`);
      }
    }
  }
  expect(silent).toEqual([]);
});
