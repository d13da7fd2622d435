/**
 * The names of LevelDB's logs. It begins a new log for each megabyte and syncs what it writes there, but not the name (leveldb 1.20,
 * util/env_posix.cc: the folder is synced for a MANIFEST alone), so that a file system may lose a log with all that was synced in it.
 */
import type { Disk } from './disk.ts';

export class LogNames {
  readonly #disk: Disk;
  readonly #folder: string;
  #synced: ReadonlySet<string> = new Set<string>();

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  /** Puts the names of logs on the disk that are not there yet: a look at the folder, and a sync for one in some hundred commits. */
  async sync(): Promise<void> {
    const logs = (await this.#disk.names(this.#folder)).filter((name) => name.endsWith('.log'));
    if (logs.every((name) => this.#synced.has(name))) return;
    await this.#disk.syncFolder(this.#folder);
    this.#synced = new Set(logs);
  }
}
