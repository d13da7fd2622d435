import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OutsideStatus } from '@kith/core/adapters/link-libp2p/node';
import { afterAll, expect, test } from 'vitest';
import { forgetOutside, notedOutside, noteOutside, outsideSentences } from './outside.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-outside-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PLACE = { host: '9.8.7.6', port: 4001 };
const UNKNOWN: OutsideStatus = { dialable: 'unknown', place: undefined, punched: 0 };

test('a keeper is told whether the relay can be dialled, where that was tried, and what to do', () => {
  expect(outsideSentences({ dialable: 'yes', place: PLACE, punched: 0 }, 'ID')).toEqual([
    'This relay can be dialled from outside: a relay of --peer has done it, at 9.8.7.6, port 4001.',
  ]);
  const [no, direct] = outsideSentences({ dialable: 'no', place: PLACE, punched: 2 }, 'ID');
  expect(no).toContain('cannot be dialled from outside: a relay of --peer has tried 9.8.7.6, port 4001, in vain');
  expect(no).toContain('/p2p-circuit/p2p/ID');
  expect(direct).toContain('2 of the relays');
  expect(outsideSentences(UNKNOWN, 'ID')[0]).toContain('is not known');
});

test('what a relay notes is found by its doctor, until the next one starts', async () => {
  const status = { dialable: 'no', place: PLACE, punched: 1 } as const;
  await noteOutside(folder, status);
  expect(await notedOutside(folder)).toEqual(status);
  await forgetOutside(folder);
  expect(await notedOutside(folder)).toEqual(UNKNOWN);
  await noteOutside(join(folder, 'nowhere'), status);
});

test('of many notes at once the last one stays, and whoever reads meanwhile finds a whole one', async () => {
  const of = (punched: number): OutsideStatus => ({
    dialable: 'yes',
    place: { ...PLACE, host: punched % 2 ? '9.8.7.6' : '109.108.107.106' },
    punched,
  });
  await noteOutside(folder, of(0));
  let isDone = false;
  const written = Promise.all(Array.from({ length: 20 }, (_, i) => noteOutside(folder, of(i + 1)))).then(() => {
    isDone = true;
  });
  while (!isDone) expect((await notedOutside(folder)).dialable).toBe('yes');
  await written;
  expect(await notedOutside(folder)).toEqual(of(20));
  await forgetOutside(folder);
});

test.each([
  'null',
  '7',
  '{"dialable":"yes","punched":0}',
  '{"dialable":"yes","punched":0,"place":{"host":"a\\u001b[2J","port":1}}',
  '{"dialable":"no","punched":-1,"place":{"host":"9.8.7.6","port":1}}',
  '{"dialable":"maybe","punched":0,"place":{"host":"9.8.7.6","port":1}}',
])('a file with %s in it says nothing', async (text) => {
  writeFileSync(join(folder, 'outside.json'), text);
  expect(await notedOutside(folder)).toEqual(UNKNOWN);
});
