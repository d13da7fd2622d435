import { expect, test } from 'vitest';
import { strengthOf } from './strength.ts';

test('one word, a name with a year, and a row of keys are quickly guessed', () => {
  for (const text of ['a', 'password', 'password123', 'Mira1987', 'qwertyuiop', 'correct correct correct correct correct'])
    expect([text, strengthOf(text)]).toEqual([text, 'weak']);
});

test('five words that do not belong together are strong, four are fair', () => {
  expect(strengthOf('correct horse battery staple')).toBe('fair');
  expect(strengthOf('correct horse battery staple window')).toBe('strong');
});

test('letters and signs drawn by a machine are strong', () => {
  expect(strengthOf('xK7_qpZ3vN0aR8tY')).toBe('strong');
});

test('nothing at all has no strength, and other scripts count like ours', () => {
  expect(strengthOf('')).toBeUndefined();
  expect(strengthOf('подкова зонтик чайник весна облако')).toBe('strong');
});
