/** Where tests of a store on disk have their folders, and a disk small enough to be filled, for as long as they run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Scratch {
  readonly home: string;
  /** A disk of 160 MiB in memory, where root may have one. */
  readonly smallDisk: string | undefined;
  remove(): void;
}

export function makeScratch(name: string): Scratch {
  const home = mkdtempSync(join(tmpdir(), `kith-${name}-`));
  const smallDisk = mountSmallDisk(join(home, 'disk'));
  return {
    home,
    smallDisk,
    remove: () => {
      if (smallDisk !== undefined) spawnSync('umount', ['-l', smallDisk]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function mountSmallDisk(at: string): string | undefined {
  mkdirSync(at);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', at]).status === 0 ? at : undefined;
}
