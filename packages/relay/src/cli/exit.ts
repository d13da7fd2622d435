/**
 * Why the relay ends, in sentences for its keeper: what happened, and what to do. Every trouble that has a cure has its own code.
 * Never prints and never exits; `main.ts` does.
 */
import { AuthorityDamaged, AuthorityForAnotherHost } from '../authority/authority.ts';
import { BadOption, type Config } from '../config.ts';

type EndingName = 'stopped' | 'mistake' | 'option' | 'port' | 'folder' | 'damaged' | 'newer' | 'second' | 'origin';

export const EXIT: Readonly<Record<EndingName, { readonly code: number; readonly meaning: string }>> = {
  stopped: { code: 0, meaning: 'it was asked to stop' },
  mistake: { code: 1, meaning: 'a mistake in this program' },
  option: { code: 2, meaning: 'an option that cannot be used' },
  port: { code: 3, meaning: 'a port or address that cannot be used' },
  folder: { code: 4, meaning: 'a folder that cannot be written, or a full disk' },
  damaged: { code: 5, meaning: 'kept data that cannot be read' },
  newer: { code: 6, meaning: 'data kept by a newer version' },
  second: { code: 7, meaning: 'another relay runs with the same data' },
  origin: { code: 8, meaning: 'an address that differs from the one phones know' },
};

export interface Ending {
  readonly code: number;
  readonly sentence: string;
}

/** A port that could not be opened, with the option that chose it. */
export class PortTrouble extends Error {
  override readonly name = 'PortTrouble';
  readonly port: number;
  readonly option: string;
  readonly reason: string;
  constructor(port: number, option: string, cause: unknown) {
    super(`port ${port} cannot be opened`, { cause });
    this.port = port;
    this.option = option;
    this.reason = String((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
  }
}

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'EISDIR']);

/** What to say about an error that ended the start or the run. */
export function endingFor(error: unknown, config: Pick<Config, 'data'> | undefined): Ending {
  const data = config?.data ?? '';
  if (error instanceof BadOption) return { code: EXIT.option.code, sentence: `${error.message} "--help" explains every option.` };
  if (error instanceof PortTrouble) return portEnding(error);
  if (error instanceof AuthorityForAnotherHost) {
    return {
      code: EXIT.origin.code,
      sentence: `Phones know this house as ${error.host}, and its key counts for nothing else. Start without --origin, or remove ${data}/authority to begin anew: every phone must then trust the new key.`,
    };
  }
  if (error instanceof AuthorityDamaged) {
    return {
      code: EXIT.damaged.code,
      sentence: `The house key cannot be used: ${error.message}. Bring ${data}/authority back from a copy, or remove it to make a new key: every phone must then trust the new one.`,
    };
  }
  // By name, not by class: the bundle and a test may each hold their own copy of the ports.
  const name = error instanceof Error ? error.name : '';
  if (name === 'StoreLocked') {
    return {
      code: EXIT.second.code,
      sentence: `Another relay is running with the data in ${data}. Stop it first, or give this one a folder of its own with --data.`,
    };
  }
  if (name === 'StoreNewer') {
    return {
      code: EXIT.newer.code,
      sentence: `The data in ${data} was kept by a newer version of Kith. Use that version, or an older copy of the folder. Nothing was changed.`,
    };
  }
  if (name === 'StoreFull') return fullEnding(data);
  const code = deviceCode(error);
  if (NO_ROOM.has(code)) return fullEnding(data);
  if (name === 'StoreFailed' && !NOT_WRITABLE.has(code)) {
    return {
      code: EXIT.damaged.code,
      sentence: `The data in ${data} cannot be read: ${firstLine(error)}. Bring the folder back from a copy, or start with another one with --data.`,
    };
  }
  if (NOT_WRITABLE.has(code)) {
    return {
      code: EXIT.folder.code,
      sentence: `The folder ${data} cannot be used (${code}). Make it writable for this user, or choose another one with --data.`,
    };
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: EXIT.mistake.code,
    sentence: `Kith stopped because of a mistake in the program. What is kept is safe; start it again. For a report:\n${trace}`,
  };
}

function fullEnding(data: string): Ending {
  return {
    code: EXIT.folder.code,
    sentence: `There is no room on the disk that holds ${data}. Make room and start again. Nothing that was accepted is lost.`,
  };
}

function portEnding({ port, option, reason }: PortTrouble): Ending {
  const code = EXIT.port.code;
  switch (reason) {
    case 'EADDRINUSE':
      return { code, sentence: `Port ${port} is used by another program. Stop that program, or choose another port with ${option}.` };
    case 'EACCES':
      return { code, sentence: `This user may not open port ${port}. Choose one above 1023 with ${option}.` };
    case 'EADDRNOTAVAIL':
      return { code, sentence: 'This machine does not have the address given with --host. Leave it out to listen at all of them.' };
    default:
      return { code, sentence: `Port ${port} (${option}) cannot be opened${reason === '' ? '' : `: ${reason}`}.` };
  }
}

/** The system's code of the error, or of the first error behind it that has one. */
function deviceCode(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    const code = (at as NodeJS.ErrnoException).code;
    if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return code;
  }
  return '';
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.replace(/\.$/, '') ?? '';
}
