/**
 * Room that is kept for a full disk: a file of noise beside the store's own. LevelDB writes to delete and writes to be opened,
 * so on a disk without any room it could do neither; then this file goes, and comes back once there is room for more than itself.
 */
import { randomFillSync } from 'node:crypto';
import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { storeError } from './level-errors.ts';

const CHUNK_BYTES_MAX = 1 << 20;

export class DiskReserve {
  readonly bytes: number;
  readonly #folder: string;
  readonly #path: string;
  #isKept = false;

  constructor(folder: string, bytes: number) {
    this.bytes = bytes;
    this.#folder = folder;
    this.#path = join(folder, 'reserve');
  }

  get isKept(): boolean {
    return this.#isKept;
  }

  /** Makes the reserve whole; false when there is no room for it and a quarter more. */
  async keep(): Promise<boolean> {
    if (this.#isKept) return true;
    const found = await stat(this.#path).catch(() => undefined);
    if (found?.size === this.bytes) {
      this.#isKept = true;
      return true;
    }
    await this.release();
    const disk = await statfs(this.#folder);
    if (disk.bavail * disk.bsize < this.bytes * 1.25) return false;
    try {
      await this.#write();
    } catch (error) {
      await this.release();
      if (storeError(error).name === 'StoreFull') return false;
      throw error;
    }
    this.#isKept = true;
    return true;
  }

  async release(): Promise<void> {
    this.#isKept = false;
    await rm(this.#path, { force: true });
  }

  /** Noise, because a file system that compresses would keep no room for zeros. */
  async #write(): Promise<void> {
    const noise = randomFillSync(new Uint8Array(Math.min(this.bytes, CHUNK_BYTES_MAX)));
    const file = await open(this.#path, 'w', 0o600);
    try {
      for (let left = this.bytes; left > 0; ) {
        const { bytesWritten } = await file.write(noise, 0, Math.min(left, noise.length));
        left -= bytesWritten;
      }
    } finally {
      await file.close();
    }
  }
}
