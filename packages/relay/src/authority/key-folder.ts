/**
 * Where the household's keys lie: small files, each replaced whole or not at all, private ones readable by their owner only.
 * Never decides what goes into them.
 */
import { chmod, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type KeyFile = 'house-key.crt' | 'house-key.pem' | 'leaf.pem' | 'origin' | 'webrtc.pem';

export interface KeyFolder {
  readonly path: string;
  read(file: KeyFile): Promise<string | undefined>;
  write(file: KeyFile, text: string): Promise<void>;
}

export async function openKeyFolder(path: string): Promise<KeyFolder> {
  await makeFolder(path);
  await chmod(path, 0o700);
  return {
    path,
    read: async (file) => {
      try {
        return await readFile(join(path, file), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: (file, text) => replaceFile(join(path, file), text, file.endsWith('.pem') ? 0o600 : 0o644),
  };
}

/** Makes a folder for its owner alone, and those above it. Not `recursive`: Node tries for ever where the system answers ENOENT, as in /proc. */
export async function makeFolder(path: string): Promise<void> {
  const make = (): Promise<void> => mkdir(path, { mode: 0o700 });
  try {
    await make();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await make();
  }
}

/** Writes beside, syncs, renames: after a power cut there is the old text or the new one, never half of it. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'w', mode);
  try {
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
