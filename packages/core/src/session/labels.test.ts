import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { label } from '../crypto/suite.ts';
import { toHex } from '../kernel/bytes.ts';

const SOURCES = fileURLToPath(new URL('..', import.meta.url));

interface Found {
  readonly text: string;
  readonly path: string;
}

/** Every label there is, and where it is made. Those of tests do not count. */
function labels(): readonly Found[] {
  const paths = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' });
  const sources = paths.filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'));
  return sources.flatMap((path) =>
    [...readFileSync(join(SOURCES, path), 'utf8').matchAll(/(?<!function )\blabel\(([^)]*)\)/g)].map((match) => ({
      text: match[1] as string,
      path,
    })),
  );
}

test('every label is written out where it is made, as a folder and a purpose', () => {
  const all = labels();
  expect(all.length).toBeGreaterThan(30);
  for (const { text, path } of all) expect(text, path).toMatch(/^'[a-z]+(\/[a-z0-9-]+)+'$/);
});

test('no two labels are the same', () => {
  const texts = labels().map(({ text, path }) => `${text} in ${path}`);
  const twice = texts.filter((one, at) => texts.findIndex((other) => other.split(' in ')[0] === one.split(' in ')[0]) !== at);
  expect(twice).toEqual([]);
});

test('no label is the beginning of another, as bytes', () => {
  const bytes = labels().map(({ text }) => toHex(label(text.slice(1, -1))));
  const confused = bytes.filter((one) => bytes.some((other) => other !== one && other.startsWith(one)));
  expect(confused).toEqual([]);
});

test('every label stands in the table of the protocol', () => {
  const page = readFileSync(join(SOURCES, '../../../docs/protocol/README.md'), 'utf8');
  const session = labels().filter(({ path }) => path.startsWith('session'));
  expect(session.length).toBeGreaterThan(10);
  for (const { text } of session) expect(page).toContain(`\`${text.slice(1, -1)}\``);
});
