/**
 * The segment files themselves: append, sync, read a piece, cut, remove. They lie beside LevelDB's own files, which does not know their names.
 * At most one file, the last written, is not wholly on the disk: a next one is begun when it is.
 * What a failed read means is for `bulk-rows.ts` to say, and when to sync.
 */
import { join } from 'node:path';
import type { Disk, DiskFile } from './disk.ts';
import type { Segment } from './segment-table.ts';

/** Files held open for reading. */
const OPEN_MAX = 32;

const NAME = /^bulk-(\d{8,10})$/;

/** Errors that say: these bytes cannot be had. A file that was removed in between is among them. */
const LOST: ReadonlySet<unknown> = new Set(['ENOENT', 'EIO']);

/** Times a file is opened for one read: whatever else is read may close it to stay within `OPEN_MAX`. */
const OPENINGS_MAX = 4;

/** Whoever asks for more than this at once is believed only if the file is as long. */
const UNASKED_BYTES_MAX: number = 1 << 20;

export class SegmentFiles {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #open: Map<number, Promise<DiskFile>> = new Map<number, Promise<DiskFile>>();
  #appending: { readonly number: number; readonly file: DiskFile } | undefined;
  /** The file that holds something a power cut would take. */
  #unsynced: number | undefined;
  /** So with the names of files. */
  #hasUnsyncedName = false;

  constructor(disk: Disk, folder: string) {
    this.#disk = disk;
    this.#folder = folder;
  }

  /** Makes the files be as far as `known` says and no further; answers those that are shorter than that, or not there. */
  async settle(known: ReadonlyMap<number, Segment>): Promise<readonly number[]> {
    const found = new Map<number, number>();
    for (const name of await this.#disk.names(this.#folder)) {
      const number = Number(NAME.exec(name)?.[1] ?? Number.NaN);
      if (Number.isNaN(number)) continue;
      const end = known.get(number)?.endBytes;
      if (end === undefined) await this.remove(number);
      else found.set(number, await this.#cut(number, end));
    }
    // Whoever wrote last may have been killed before it was synced.
    this.#unsynced = found.size === 0 ? undefined : Math.max(...found.keys());
    this.#hasUnsyncedName = found.size > 0;
    return [...known].flatMap(([number, { endBytes }]) => ((found.get(number) ?? -1) < endBytes ? [number] : []));
  }

  /** Writes behind `at`; at 0 the file is new. It is on the disk after the next `sync`. */
  async write(number: number, at: number, bytes: Uint8Array): Promise<void> {
    if (this.#unsynced !== number) await this.sync();
    this.#unsynced = number;
    if (at === 0) this.#hasUnsyncedName = true;
    const file = await this.#appendTo(number, at === 0 ? 'w' : 'r+');
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }

  /** When it returns, everything that was ever written is on the disk, and so are the names of the files. */
  async sync(): Promise<void> {
    if (this.#unsynced !== undefined) await (await this.#appendTo(this.#unsynced, 'r+')).datasync();
    this.#unsynced = undefined;
    if (this.#hasUnsyncedName) await this.#disk.syncFolder(this.#folder);
    this.#hasUnsyncedName = false;
  }

  /** `undefined` when they cannot be had; fewer than asked for at the end of the file. */
  async read(number: number, at: number, bytes: number): Promise<Uint8Array | undefined> {
    for (let opening = 1; ; opening++) {
      try {
        return await readPiece(await this.#openToRead(number), at, bytes);
      } catch (error) {
        const { code } = error as { code?: unknown };
        if (LOST.has(code)) return undefined;
        if (code !== 'EBADF' || opening === OPENINGS_MAX) throw error;
      }
    }
  }

  async remove(number: number): Promise<void> {
    if (this.#appending?.number === number) await this.#endAppending();
    if (this.#unsynced === number) this.#unsynced = undefined;
    await this.#endReading(number);
    await this.#disk.remove(this.#path(number));
  }

  async close(): Promise<void> {
    await this.#endAppending();
    for (const number of [...this.#open.keys()]) await this.#endReading(number);
  }

  #path(number: number): string {
    return join(this.#folder, `bulk-${String(number).padStart(8, '0')}`);
  }

  /** Answers how long the file is after it. */
  async #cut(number: number, endBytes: number): Promise<number> {
    const size = await this.#disk.sizeOf(this.#path(number));
    if (size > endBytes) await this.#disk.cut(this.#path(number), endBytes);
    return Math.min(size, endBytes);
  }

  async #appendTo(number: number, flags: 'r+' | 'w'): Promise<DiskFile> {
    if (this.#appending?.number === number) return this.#appending.file;
    await this.#endAppending();
    const file = await this.#disk.open(this.#path(number), flags);
    this.#appending = { number, file };
    return file;
  }

  async #endAppending(): Promise<void> {
    const file = this.#appending?.file;
    this.#appending = undefined;
    await file?.close();
  }

  #openToRead(number: number): Promise<DiskFile> {
    const held = this.#open.get(number);
    this.#open.delete(number);
    const handle = held ?? this.#disk.open(this.#path(number), 'r');
    this.#open.set(number, handle);
    handle.catch(() => {
      if (this.#open.get(number) === handle) this.#open.delete(number);
    });
    const [oldest] = this.#open.keys();
    if (this.#open.size > OPEN_MAX && oldest !== undefined) void this.#endReading(oldest);
    return handle;
  }

  /** Closing a file that was only read has nothing to tell. */
  async #endReading(number: number): Promise<void> {
    const held = this.#open.get(number);
    this.#open.delete(number);
    await held?.then((file) => file.close()).catch(() => {});
  }
}

async function readPiece(file: DiskFile, at: number, bytes: number): Promise<Uint8Array> {
  if (bytes > UNASKED_BYTES_MAX && at + bytes > (await file.stat()).size) return new Uint8Array(0);
  const into = new Uint8Array(bytes);
  let done = 0;
  while (done < bytes) {
    const { bytesRead } = await file.read(into, done, bytes - done, at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return into.subarray(0, done);
}
