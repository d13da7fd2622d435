/**
 * The device key by Node's WebCrypto. fake-indexeddb cannot clone a `CryptoKey` as browsers do, so the key lies in a variable here; the
 * database around it is tried with a value that can be cloned.
 */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { type Bytes, bytesOf, sameBytes } from '../../kernel/bytes.ts';
import { openDeviceKey } from './index.ts';
import { indexedDbKeyPlace, type KeyPlace } from './key-place.ts';

interface Held extends KeyPlace {
  key: CryptoKey | undefined;
  writes: number;
}

function memoryPlace(): Held {
  return {
    key: undefined,
    writes: 0,
    async read() {
      return this.key;
    },
    async write(key) {
      this.writes++;
      this.key = key;
    },
    async remove() {
      this.key = undefined;
    },
  };
}

const SECRET: Bytes = bytesOf([...Array(32).keys()]);

test('what was wrapped is unwrapped, also after the program was started again', async () => {
  const place = memoryPlace();
  const wrapped = await openDeviceKey('a', place).wrap(SECRET);
  expect(wrapped.length).toBe(60);
  expect(await openDeviceKey('a', place).unwrap(wrapped)).toEqual(SECRET);
});

test('the key cannot be taken out of the browser, and two wraps at once make only one', async () => {
  const place = memoryPlace();
  const device = openDeviceKey('a', place);
  const [one, two] = await Promise.all([device.wrap(SECRET), device.wrap(SECRET)]);
  expect(place.writes).toBe(1);
  expect(sameBytes(one, two)).toBe(false);
  expect(await device.unwrap(one)).toEqual(SECRET);
  expect(place.key?.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('raw', place.key as CryptoKey)).rejects.toThrow();
});

test('every changed byte, a cut and another device are answered with nothing', async () => {
  const device = openDeviceKey('a', memoryPlace());
  const wrapped = await device.wrap(SECRET);
  for (let i = 0; i < wrapped.length; i++) {
    expect(await device.unwrap(wrapped.with(i, (wrapped[i] as number) ^ 1))).toBeUndefined();
    expect(await device.unwrap(wrapped.slice(0, i))).toBeUndefined();
  }
  const other = openDeviceKey('b', memoryPlace());
  expect(await other.unwrap(wrapped)).toBeUndefined();
  await other.wrap(SECRET);
  expect(await other.unwrap(wrapped)).toBeUndefined();
});

test('what was wrapped before the key was forgotten stays closed for good', async () => {
  const device = openDeviceKey('a', memoryPlace());
  const wrapped = await device.wrap(SECRET);
  await device.forget();
  expect(await device.unwrap(wrapped)).toBeUndefined();
  const again = await device.wrap(SECRET);
  expect(await device.unwrap(again)).toEqual(SECRET);
  expect(await device.unwrap(wrapped)).toBeUndefined();
});

test('a failing database is thrown, and never taken for a lost key', async () => {
  const place: KeyPlace = { ...memoryPlace(), read: () => Promise.reject(new Error('the disk is gone')) };
  await expect(openDeviceKey('a', place).unwrap(new Uint8Array(60))).rejects.toThrow('the disk is gone');
});

test('the database keeps one value by name, and is gone with it', async () => {
  const place = indexedDbKeyPlace('device-key');
  const value = { stands: 'for a key' } as unknown as CryptoKey;
  expect(await place.read()).toBeUndefined();
  await place.write(value);
  expect(await indexedDbKeyPlace('device-key').read()).toEqual(value);
  expect(await indexedDbKeyPlace('another').read()).toBeUndefined();
  await place.remove();
  expect((await indexedDB.databases()).map((one) => one.name)).not.toContain('device-key');
  expect(await place.read()).toBeUndefined();
  await place.remove();
});
