/** All rows of one space, page by page: for what a node holds in memory. */
import { EMPTY } from '../kernel/bytes.ts';
import type { Space } from '../node/machine.ts';
import type { Row, Store } from '../ports/store.ts';

const PAGE = 1000;

/** All rows of a space, in order. */
export async function readSpace(store: Store, space: Space): Promise<readonly Row[]> {
  const all: Row[] = [];
  for (;;) {
    const after = all.at(-1)?.key;
    const page = await store.range({ space, prefix: EMPTY, limit: PAGE, ...(after === undefined ? {} : { after }) });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}
