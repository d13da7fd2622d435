import { expect, test } from 'vitest';
import { roomLine, roomOf, roomSentence, roomTrouble } from './disk-room.ts';

const MIB = 1 << 20;
const GIB = 1 << 30;

test('a large disk keeps 256 MiB free, a small one a twentieth', () => {
  expect(roomOf({ totalBytes: 100 * GIB, freeBytes: 10 * GIB }, undefined)).toEqual({
    freeBytes: 10 * GIB,
    floorBytes: 256 * MIB,
    roomBytes: 10 * GIB - 256 * MIB,
  });
  expect(roomOf({ totalBytes: 2000 * MIB, freeBytes: 300 * MIB }, undefined)).toMatchObject({
    floorBytes: 100 * MIB,
    roomBytes: 200 * MIB,
  });
});

test('a keeper may say how much, also nothing', () => {
  expect(roomOf({ totalBytes: GIB, freeBytes: 300 * MIB }, 500 * MIB).roomBytes).toBe(-200 * MIB);
  expect(roomOf({ totalBytes: GIB, freeBytes: 300 * MIB }, 0).roomBytes).toBe(300 * MIB);
});

test('what is said names the figures, and trouble begins where room ends', () => {
  const full = roomOf({ totalBytes: GIB, freeBytes: 40 * MIB }, 40 * MIB);
  expect(roomTrouble(full)).toBe('the disk is nearly full: 40 MiB are free, 40 MiB are left to the machine, so no new mail is taken');
  expect(roomSentence(full, '/data')).toContain('New mail is refused until there is room');
  expect(roomLine(full)).toContain('no room');
  const almost = { ...full, freeBytes: full.freeBytes + 1, roomBytes: full.roomBytes + 1 };
  expect(roomTrouble(almost)).toBeUndefined();
  expect(roomSentence(almost, '/data')).toBe('There is room again on the disk that holds /data: new mail is taken.');
  expect(roomLine(roomOf({ totalBytes: 100 * GIB, freeBytes: 5 * GIB }, 0))).toBe(
    'The disk has room for 5,120 MiB of mail; 0 MiB are always left free.',
  );
});
