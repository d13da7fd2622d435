/**
 * What the store asks of a disk for the files that are its own, and for the names of all. It is an interface so that a test can put a disk
 * there that forgets whatever was not synced; programs take `nodeDisk`.
 */
import { open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** A file that is open. `write` and `read` say how much they did; `datasync` returns when what was written is on the disk. */
export interface DiskFile {
  write(from: Uint8Array, offset: number, bytes: number, at: number): Promise<{ readonly bytesWritten: number }>;
  read(into: Uint8Array, offset: number, bytes: number, at: number): Promise<{ readonly bytesRead: number }>;
  stat(): Promise<{ readonly size: number }>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface Disk {
  /** `r` to read, `r+` to go on writing, `w` for a file that begins empty and belongs to its owner alone. */
  open(path: string, flags: 'r' | 'r+' | 'w'): Promise<DiskFile>;
  names(folder: string): Promise<readonly string[]>;
  sizeOf(path: string): Promise<number>;
  cut(path: string, bytes: number): Promise<void>;
  /** Does nothing when there is no such file. */
  remove(path: string): Promise<void>;
  /** When it returns, the names in the folder are on the disk; without it a file may be whole and have none. */
  syncFolder(folder: string): Promise<void>;
}

export const nodeDisk: Disk = {
  open: (path, flags) => open(path, flags, 0o600),
  names: (folder) => readdir(folder),
  sizeOf: async (path) => (await stat(path)).size,
  cut: truncate,
  remove: (path) => rm(path, { force: true }),
  async syncFolder(folder) {
    // Windows opens no folder, and keeps names by itself.
    if (process.platform === 'win32') return;
    const file = await open(folder, 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  },
};

/** The names of folders that were just made, from `first` down to `last`. One whose parent may be written and not read stays as it is. */
export async function syncMadeFolders(disk: Disk, first: string, last: string): Promise<void> {
  const top = dirname(resolve(first));
  for (let parent = dirname(resolve(last)); parent.length >= top.length; parent = dirname(parent)) {
    await disk.syncFolder(parent).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== 'EACCES') throw error;
    });
    if (parent === dirname(parent)) return;
  }
}
