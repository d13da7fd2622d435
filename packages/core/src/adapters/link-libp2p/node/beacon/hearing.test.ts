import { expect, test } from 'vitest';
import { Hearing } from './hearing.ts';
import { NEWCOMER_AFTER_MS, PACKETS_MAX, PACKETS_OF_SOURCE_MAX } from './limits.ts';
import type { BeaconNetwork } from './networks.ts';
import { encodeBeacon } from './packet.ts';

const LAN: BeaconNetwork = { family: 4, interface: 'eth0', address: '10.0.0.1', broadcast: '10.0.255.255', bits: 16 };
const keyOf = (n: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(n);
const packetOf = (n: number): Uint8Array => encodeBeacon(keyOf(n), 4001);
const MINE = '01'.repeat(32);

test('somebody is where the packet came from, and a newcomer until it was heard', () => {
  const hearing = new Hearing();
  const hear = (nowMs: number) => hearing.hear(packetOf(2), '10.0.0.2', MINE, [LAN], nowMs);
  expect(hear(0)).toEqual({ key: '02'.repeat(32), address: '/ip4/10.0.0.2/tcp/4001', network: LAN, isNewcomer: true });
  expect(hear(1)?.isNewcomer).toBe(false);
  expect(hear(NEWCOMER_AFTER_MS)?.isNewcomer).toBe(false);
  expect(hear(2 * NEWCOMER_AFTER_MS)?.isNewcomer).toBe(true);
  expect(hearing.count(2 * NEWCOMER_AFTER_MS)).toBe(1);
});

test('one’s own packet, one from elsewhere and one that is none are not heard', () => {
  const hearing = new Hearing();
  expect(hearing.hear(packetOf(1), '10.0.0.1', MINE, [LAN], 0)).toBeUndefined();
  expect(hearing.hear(packetOf(2), '10.1.0.2', MINE, [LAN], 0)).toBeUndefined();
  expect(hearing.hear(Uint8Array.of(1, 2, 3), '10.0.0.2', MINE, [LAN], 0)).toBeUndefined();
});

test('whoever sends without end is heard so often a second, and the others are heard beside it', () => {
  const hearing = new Hearing();
  const heard = (source: string, nowMs: number): number =>
    Array.from({ length: 1000 }, () => hearing.hear(packetOf(2), source, MINE, [LAN], nowMs)).filter((one) => one !== undefined).length;
  expect(heard('10.0.0.2', 0)).toBe(PACKETS_OF_SOURCE_MAX);
  expect(heard('10.0.0.3', 999)).toBe(PACKETS_OF_SOURCE_MAX);
  expect(heard('10.0.0.2', 1000)).toBe(PACKETS_OF_SOURCE_MAX);
});

test('of however many sources there are, so many packets a second are looked at', () => {
  const hearing = new Hearing();
  const heard = Array.from({ length: 1000 }, (_, n) => hearing.hear(packetOf(2), `10.0.${n >> 8}.${n & 255}`, MINE, [LAN], 0));
  expect(heard.filter((one) => one !== undefined)).toHaveLength(PACKETS_MAX);
});
