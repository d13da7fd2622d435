import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Authority, AuthorityDamaged, AuthorityForAnotherHost, EARLIEST_MS, openAuthority } from './authority.ts';
import { issueLeaf } from './certificates.ts';
import { type KeyFolder, openKeyFolder } from './key-folder.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2027, 0, 1);
let base: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'kith-authority-'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const freshFolder = (): Promise<KeyFolder> => openKeyFolder(mkdtempSync(join(base, 'keys-')));
const leafOf = (authority: Authority): X509Certificate => new X509Certificate(authority.leaf().certificate);

describe('the household authority', () => {
  test('the first opening makes keys that only the owner can read, the second finds them', async () => {
    const folder = await freshFolder();
    const first = await openAuthority(folder, undefined, NOW);
    const second = await openAuthority(folder, undefined, NOW + DAY_MS);
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second.certificate).toBe(first.certificate);
    expect(second.leaf()).toEqual(first.leaf());
    expect(second.words).toEqual(first.words);
    expect(first.host).toEqual({ host: first.name, kind: 'name' });
    const modes = readdirSync(folder.path)
      .sort()
      .map((file) => [file, (statSync(join(folder.path, file)).mode & 0o777).toString(8)]);
    expect(modes).toEqual([
      ['house-key.crt', '644'],
      ['house-key.pem', '600'],
      ['leaf.pem', '600'],
    ]);
    expect((statSync(folder.path).mode & 0o777).toString(8)).toBe('700');
  });

  test('the leaf is by the authority, for the canonical name, and fits its key', async () => {
    const authority = await openAuthority(await freshFolder(), undefined, NOW);
    const house = new X509Certificate(authority.certificate);
    const leaf = leafOf(authority);
    expect(leaf.checkIssued(house) && leaf.verify(house.publicKey)).toBe(true);
    expect(leaf.checkHost(authority.name)).toBe(authority.name);
    expect(leaf.ca).toBe(false);
    expect(house.ca).toBe(true);
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBe(397 * DAY_MS);
    expect(createSecureContext({ key: authority.leaf().privateKey, cert: authority.leaf().certificate })).toBeDefined();
  });

  test('the constraints on the house key are critical, name this one host and shut out every address', async () => {
    const authority = await openAuthority(await freshFolder(), undefined, NOW);
    const name = Buffer.from(authority.name).toString('hex');
    // nameConstraints, critical: { permitted [0] { dNSName }, excluded [1] { 0.0.0.0/0, ::/0 } }
    const permitted = `a01730158213${name}`;
    const excluded = `a130300a8708${'00'.repeat(8)}30228720${'00'.repeat(32)}`;
    const value = `304b${permitted}${excluded}`;
    expect(Buffer.from(authority.der).toString('hex')).toContain(`0603551d1e0101ff04${(value.length / 2).toString(16)}${value}`);
  });

  test('a leaf is renewed when fewer than 30 days are left, and not before', async () => {
    const authority = await openAuthority(await freshFolder(), undefined, NOW);
    const first = leafOf(authority).serialNumber;
    expect(await authority.renewIfDue(NOW + 366 * DAY_MS)).toBe('kept');
    expect(leafOf(authority).serialNumber).toBe(first);
    expect(await authority.renewIfDue(NOW + 366 * DAY_MS + 1000)).toBe('renewed');
    expect(leafOf(authority).serialNumber).not.toBe(first);
    expect(authority.leafEndsAtMs()).toBeGreaterThan(NOW + 730 * DAY_MS);
  });

  test('a clock that fell behind leaves the leaf alone', async () => {
    const authority = await openAuthority(await freshFolder(), undefined, NOW);
    expect(await authority.renewIfDue(NOW - 40 * DAY_MS)).toBe('clock-behind');
  });

  test('a machine that woke up in 1970 still issues a leaf that is good today', async () => {
    const authority = await openAuthority(await freshFolder(), undefined, 0);
    expect(Date.parse(leafOf(authority).validFrom)).toBe(EARLIEST_MS - DAY_MS);
  });

  test('a torn leaf, and the leaf of another house, are replaced', async () => {
    const folder = await freshFolder();
    const authority = await openAuthority(folder, undefined, NOW);
    const stranger = await openAuthority(await freshFolder(), undefined, NOW);
    for (const leaf of ['', authority.leaf().privateKey, stranger.leaf().privateKey + stranger.leaf().certificate]) {
      writeFileSync(join(folder.path, 'leaf.pem'), leaf);
      const again = await openAuthority(folder, undefined, NOW);
      expect(leafOf(again).checkIssued(new X509Certificate(authority.certificate))).toBe(true);
    }
  });

  test('a host the keeper chose is vouched for instead, and remembered; another one is refused', async () => {
    const folder = await freshFolder();
    const chosen = { host: '192.168.1.5', kind: 'ip4' } as const;
    await openAuthority(folder, chosen, NOW);
    const again = await openAuthority(folder, undefined, NOW);
    expect(again.host).toEqual(chosen);
    expect(leafOf(again).checkIP('192.168.1.5')).toBe('192.168.1.5');
    await expect(openAuthority(folder, { host: 'relay.home.arpa', kind: 'name' }, NOW)).rejects.toThrow(AuthorityForAnotherHost);
  });

  test('damaged keys are said to be damaged', async () => {
    const folder = await freshFolder();
    await openAuthority(folder, undefined, NOW);
    rmSync(join(folder.path, 'leaf.pem'));
    writeFileSync(join(folder.path, 'house-key.pem'), 'nothing');
    await expect(openAuthority(folder, undefined, NOW)).rejects.toThrow(AuthorityDamaged);
    writeFileSync(join(folder.path, 'house-key.crt'), 'nothing');
    await expect(openAuthority(folder, undefined, NOW)).rejects.toThrow(AuthorityDamaged);
  });

  test('a key that belongs to another certificate is noticed', async () => {
    const [one, two] = [await freshFolder(), await freshFolder()];
    await openAuthority(one, undefined, NOW);
    await openAuthority(two, undefined, NOW);
    writeFileSync(join(one.path, 'house-key.pem'), (await two.read('house-key.pem')) ?? '');
    rmSync(join(one.path, 'leaf.pem'));
    await expect(openAuthority(one, undefined, NOW)).rejects.toThrow('does not belong');
  });

  test('two leaves never share a key or a number', async () => {
    const folder = await freshFolder();
    const authority = await openAuthority(folder, undefined, NOW);
    const pair = { certificate: authority.certificate, privateKey: (await folder.read('house-key.pem')) ?? '' };
    const [a, b] = await Promise.all([issueLeaf(pair, authority.host, NOW), issueLeaf(pair, authority.host, NOW)]);
    expect(a.privateKey).not.toBe(b.privateKey);
    expect(new X509Certificate(a.certificate).serialNumber).not.toBe(new X509Certificate(b.certificate).serialNumber);
  });
});
