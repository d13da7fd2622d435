import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AppFiles, openAppFiles } from './app-files.ts';

let folder: string;
let app: AppFiles;
const PLAIN = { acceptEncoding: '', isPage: false };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kith-app-'));
  mkdirSync(join(folder, 'assets'));
  for (const [path, content] of [
    ['index.html', '<p>'],
    ['sw.js', '1'],
    ['assets/main-Ab3dEf9_.js', 'x'.repeat(99)],
    ['assets/main-Ab3dEf9_.js.br', 'b'],
    ['assets/main-Ab3dEf9_.js.gz', 'gz'],
    ['assets/main-Ab3dEf9_.js.map', '{}'],
    ['.secret', 's'],
    ['app.webmanifest', '{}'],
    ['a.wasm', ''],
  ] as const)
    writeFileSync(join(folder, path), content);
  symlinkSync('/etc/passwd', join(folder, 'link.txt'));
  app = (await openAppFiles(folder)) as AppFiles;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the files of the app', () => {
  test('the root is the page, always asked about again', async () => {
    expect(await app.find('/', PLAIN)).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' },
    });
  });

  test('a file with its hash in the name is kept for ever', async () => {
    expect((await app.find('/assets/main-Ab3dEf9_.js', PLAIN))?.headers['Cache-Control']).toContain('immutable');
    expect((await app.find('/sw.js', PLAIN))?.headers['Cache-Control']).toBe('no-cache');
  });

  test.each([
    ['br, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip;q=1, br;q=0', 'gzip'],
    ['', undefined],
    ['identity', undefined],
  ])('for "%s" the packed form is %s', async (acceptEncoding, coding) => {
    const answer = await app.find('/assets/main-Ab3dEf9_.js', { acceptEncoding, isPage: false });
    expect(answer?.headers['Content-Encoding']).toBe(coding);
    expect(answer?.headers).toMatchObject({ Vary: 'Accept-Encoding', 'Content-Type': 'text/javascript; charset=utf-8' });
  });

  test.each([
    '/../etc/passwd',
    '/..%2fetc/passwd',
    '//etc/passwd',
    '/assets/../index.html',
    '/assets',
    '/assets/',
    '/.secret',
    '/link.txt',
    '/assets/main-Ab3dEf9_.js.br',
    '/assets/main-Ab3dEf9_.js.map',
    '/index.html/',
    '/INDEX.html',
    '',
    '\0',
    '/constructor',
    '/__proto__',
  ])('%j is not there', async (path) => {
    expect(await app.find(path, PLAIN)).toBeUndefined();
  });

  test('an unknown address of a page is the page', async () => {
    expect((await app.find('/meet', { acceptEncoding: '', isPage: true }))?.headers['Content-Type']).toContain('text/html');
  });

  test('manifest and WebAssembly have the types browsers insist on', async () => {
    expect((await app.find('/app.webmanifest', PLAIN))?.headers['Content-Type']).toBe('application/manifest+json');
    expect((await app.find('/a.wasm', PLAIN))?.headers['Content-Type']).toBe('application/wasm');
  });

  test('a new build is noticed', async () => {
    const before = (await app.find('/', PLAIN))?.headers['ETag'];
    writeFileSync(join(folder, 'index.html'), '<p>new');
    utimesSync(join(folder, 'index.html'), new Date(1), new Date(1));
    expect((await app.find('/', PLAIN))?.headers['ETag']).not.toBe(before);
  });

  test('a folder without a page is no app', async () => {
    expect(await openAppFiles(join(folder, 'assets'))).toBeUndefined();
  });
});
