import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadSodiumSuite } from '../../packages/core/src/crypto/sodium-suite.ts';
import { type Hostile, makeHostile, refusalOf } from './hostile.ts';

const suite = await loadSodiumSuite();
const frozen: Hostile = JSON.parse(readFileSync(new URL('hostile.json', import.meta.url), 'utf8')).vectors;
const lists = Object.keys(frozen) as (keyof Hostile)[];

describe.each(lists)('%s', (list) => {
  test.each(frozen[list].cases)('$name: $refusal', ({ bytes, refusal }) => {
    expect(refusalOf(suite, list, bytes)).toBe(refusal);
  });

  test('begins with one that is sound, and no two are the same', () => {
    expect(frozen[list].cases[0]?.refusal).toBe('none');
    expect(new Set(frozen[list].cases.map(({ bytes }) => bytes)).size).toBe(frozen[list].cases.length);
  });
});

test('the code still makes what was frozen', () => {
  expect(makeHostile(suite)).toEqual(frozen);
});
