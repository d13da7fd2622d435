import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openAuthority } from './authority.ts';
import { openKeyFolder } from './key-folder.ts';
import { readOrigin } from './origin.ts';
import { settleOrigin } from './origin-memory.ts';
import { webrtcFile } from './webrtc-file.ts';

const base = mkdtempSync(join(tmpdir(), 'kith-origin-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const fresh = () => openKeyFolder(mkdtempSync(join(base, 'keys-')));

test('the first chosen port is part of the address for ever, also when another port is listened at later', async () => {
  const folder = await fresh();
  const authority = await openAuthority(folder, undefined, Date.now());
  const first = await settleOrigin(folder, authority, undefined, 8443, true);
  expect(first.href).toBe(`https://${authority.name}:8443`);
  expect(await settleOrigin(folder, authority, undefined, 9443, true)).toEqual(first);
});

test('a port the system picked is not remembered', async () => {
  const folder = await fresh();
  const authority = await openAuthority(folder, undefined, Date.now());
  expect((await settleOrigin(folder, authority, undefined, 40_001, false)).port).toBe(40_001);
  expect((await settleOrigin(folder, authority, undefined, 40_002, false)).port).toBe(40_002);
});

test('an address the keeper chose is remembered, and another one is refused', async () => {
  const folder = await fresh();
  const chosen = readOrigin('https://kith.home.arpa');
  const authority = await openAuthority(folder, chosen, Date.now());
  expect(await settleOrigin(folder, authority, chosen, 8443, true)).toEqual(chosen);
  expect(await settleOrigin(folder, authority, undefined, 8443, true)).toEqual(chosen);
  await expect(settleOrigin(folder, authority, readOrigin('https://kith.home.arpa:9000'), 8443, true)).rejects.toThrow('kith.home.arpa');
});

test('the certificate of webrtc-direct is found again', async () => {
  const folder = await fresh();
  const file = webrtcFile(folder);
  expect(await file.load()).toBeUndefined();
  const pair = {
    privateKey: '-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----\n',
    certificate: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
  };
  await file.save(pair);
  expect(await file.load()).toEqual(pair);
});
