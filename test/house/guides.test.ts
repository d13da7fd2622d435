/** The programs that guides show are programs that compile: a block of TypeScript in a guide is the file beside it, word for word. */
import { expect, test } from 'vitest';
import { files, textOf } from './tree.ts';

const guides = files.filter((path) => /^docs\/guides\/[^/]+\.md$/.test(path));

/** The blocks of TypeScript on a page. */
function programs(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((block) => block[1] ?? '');
}

test('every guide shows the program beside it, as it is', () => {
  expect(guides.length).toBeGreaterThan(0);
  for (const guide of guides) expect(programs(guide), guide).toEqual([textOf(guide.replace(/\.md$/, '.ts'))]);
});

test('every program in the folder of guides is explained by a guide', () => {
  const alone = files.filter((path) => /^docs\/guides\/[^/]+\.ts$/.test(path) && !guides.includes(path.replace(/\.ts$/, '.md')));
  expect(alone).toEqual([]);
});
