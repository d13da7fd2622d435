/** A program of its own that commits to a store batch after batch, until it is killed in the midst of one. */
import { spawn } from 'node:child_process';

export interface Writer {
  readonly folder: string;
  readonly options: Readonly<Record<string, number>>;
  /** Statements that commit batch `n` to `store`; `SeededRandom` is at hand. */
  readonly commit: string;
}

const STORE_URL = JSON.stringify(new URL('../index.ts', import.meta.url).href);
const RANDOM_URL = JSON.stringify(new URL('../../../testing/seeded-random.ts', import.meta.url).href);

/** Lets it write from batch `first` on, kills it once it has acknowledged `wanted`, and answers how many it had acknowledged in all. */
export async function killWhileWriting({ folder, options, commit }: Writer, first: number, wanted: number): Promise<number> {
  const program = `
    import { writeSync } from 'node:fs';
    const { openLevelStore } = await import(${STORE_URL});
    const { SeededRandom } = await import(${RANDOM_URL});
    const store = await openLevelStore(${JSON.stringify(folder)}, ${JSON.stringify(options)});
    for (let n = Number(process.argv[1]); ; n++) {
      ${commit}
      writeSync(1, n + '\\n');
    }`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
    if (said.split('\n').length > wanted) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself: ${String(signal)}`);
  const acknowledged = Number(said.split('\n').at(-2)) + 1;
  if (!(acknowledged >= first + wanted)) throw new Error(`it acknowledged ${acknowledged - first} of ${wanted}`);
  return acknowledged;
}
