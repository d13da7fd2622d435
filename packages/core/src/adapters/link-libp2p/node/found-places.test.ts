import { expect, test } from 'vitest';
import { FoundPlaces } from './found-places.ts';

const [HERE, THERE] = ['/ip4/10.0.0.1/tcp/4001', '/ip4/10.0.1.1/tcp/4001'];

test('what one kind of discovery says stands beside what another one said', () => {
  const places = new FoundPlaces();
  expect(places.note('ann', [THERE], 0)).toEqual([THERE]);
  expect(places.note('ann', [HERE], 1)).toEqual([THERE, HERE]);
  expect(places.note('ann', [THERE], 2)).toEqual([THERE, HERE]);
  expect(places.note('bo', [HERE], 3)).toEqual([HERE]);
});

test('a place that nobody names any more is forgotten', () => {
  const places = new FoundPlaces();
  places.note('ann', [HERE, THERE], 0);
  expect(places.note('ann', [THERE], 29_999)).toEqual([HERE, THERE]);
  expect(places.note('ann', [THERE], 30_000)).toEqual([THERE]);
});

test('however many places are made up, eight are kept, and those said last', () => {
  const places = new FoundPlaces();
  for (let i = 0; i < 100; i++) places.note('ann', [`/ip4/10.0.0.${i}/tcp/4001`], i);
  const kept = places.note('ann', [HERE], 100);
  expect(kept).toHaveLength(8);
  expect(kept).toContain(HERE);
});
