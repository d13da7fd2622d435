/** The text of `--help`: every option of config.ts in plain words, and what the exit codes mean. */
import { OPTIONS } from '../config.ts';
import { EXIT } from './exit.ts';

const WIDTH = 92;
const INDENT = ' '.repeat(6);

export function helpText(): string {
  const lines = [
    'Kith relay: serves the app in the house, connects people, and keeps their sealed mail. It cannot read it.',
    '',
    'Use: kith-relay [options]        (from a checkout: npm start -- [options])',
    '',
    'Options, each also by its name in the environment; an option given here wins.',
    '',
  ];
  for (const { flag, value, env, byDefault, meaning } of OPTIONS) {
    const notes = [env, byDefault === undefined ? undefined : `without it: ${byDefault}`].filter((note) => note !== undefined).join('; ');
    lines.push(`  --${flag}${value === undefined ? '' : ` ${value}`}${notes === '' ? '' : `   (${notes})`}`, ...wrap(meaning), '');
  }
  lines.push('Stop it with Ctrl-C. It ends with', ...Object.values(EXIT).map(({ code, meaning }) => `  ${code}  ${meaning}`));
  return `${lines.join('\n')}\n`;
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = INDENT;
    }
    line += line === INDENT ? word : ` ${word}`;
  }
  return [...lines, line];
}
