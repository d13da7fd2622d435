/** Where coturn's program is on this machine. Looks, and never runs it. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Debian keeps it in `bin`, others in `sbin`, which is on few people's path. */
const BESIDES: readonly string[] = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];

/** `path`: as the environment has it. Answers `undefined` when coturn is not installed. */
export async function findTurnProgram(path: string | undefined): Promise<string | undefined> {
  for (const folder of new Set([...(path ?? '').split(delimiter).filter((one) => one.startsWith('/')), ...BESIDES])) {
    const program = join(folder, 'turnserver');
    if (
      await access(program, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return program;
  }
  return undefined;
}
