/**
 * How much mail the disk may still take: what is free on it, less a floor that is left to the machine. Measures and says so in words; what is
 * refused for lack of room is for the relay's node to decide.
 */
import { statfs } from 'node:fs/promises';

const MIB = 1 << 20;

/**
 * What stays free unless the keeper says otherwise: enough that the machine's logs, updates and other programs go on, and on a small card no
 * more than a twentieth of it.
 */
const FLOOR_BYTES = 256 * MIB;
const FLOOR_SHARE = 0.05;

export interface DiskRoom {
  readonly freeBytes: number;
  /** What the relay leaves free. */
  readonly floorBytes: number;
  /** What mail may still take; at most 0 when nothing. */
  readonly roomBytes: number;
}

/** `floorBytes`: what is left free; without it, the default for a disk of this size. */
export function roomOf(disk: { readonly totalBytes: number; readonly freeBytes: number }, floorBytes: number | undefined): DiskRoom {
  const floor = floorBytes ?? Math.min(FLOOR_BYTES, Math.floor(disk.totalBytes * FLOOR_SHARE));
  return { freeBytes: disk.freeBytes, floorBytes: floor, roomBytes: disk.freeBytes - floor };
}

/** Throws what the file system throws. */
export async function diskRoom(folder: string, floorBytes: number | undefined): Promise<DiskRoom> {
  const { blocks, bavail, bsize } = await statfs(folder);
  return roomOf({ totalBytes: blocks * bsize, freeBytes: bavail * bsize }, floorBytes);
}

/** For `/readyz`: why no new mail is taken; `undefined` while it is. */
export function roomTrouble({ freeBytes, floorBytes, roomBytes }: DiskRoom): string | undefined {
  if (roomBytes > 0) return undefined;
  return `the disk is nearly full: ${mib(freeBytes)} are free, ${mib(floorBytes)} are left to the machine, so no new mail is taken`;
}

/** For the keeper, when it begins and when it is over. */
export function roomSentence(room: DiskRoom, data: string): string {
  if (room.roomBytes > 0) return `There is room again on the disk that holds ${data}: new mail is taken.`;
  return `The disk that holds ${data} is nearly full: ${mib(room.freeBytes)} are free, and ${mib(room.floorBytes)} are left to the machine (--keep-free). New mail is refused until there is room; what is kept is safe and is handed on.`;
}

/** For the greeting. */
export function roomLine({ roomBytes, floorBytes }: DiskRoom): string {
  return roomBytes > 0
    ? `The disk has room for ${mib(roomBytes)} of mail; ${mib(floorBytes)} are always left free.`
    : `The disk has no room for new mail: ${mib(floorBytes)} are always left free.`;
}

function mib(bytes: number): string {
  return `${Math.max(0, Math.floor(bytes / MIB)).toLocaleString('en')} MiB`;
}
