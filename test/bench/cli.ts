/**
 * `npm run bench -- <name> [--json]`: runs test/bench/<name>.ts, which exports `bench: Bench`. With --json one object a line and
 * nothing else on standard output; without, a table.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Bench, Figure } from './report.ts';

const OWN = new Set(['cli.ts', 'pairs.ts', 'report.ts']);
const folder = import.meta.dirname;
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('.part.') && !OWN.has(file))
  .map((file) => file.slice(0, -3));

const args = process.argv.slice(2);
const asJson = args.includes('--json');
const wanted = args.find((one) => !one.startsWith('--'));

function rounded(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function table(figures: readonly Figure[]): string {
  const rows = figures.map((one) => [
    one.name,
    rounded(one.value),
    one.unit,
    one.ratio === undefined ? '' : `${one.ratio.toFixed(2)} ×`,
    one.peer ?? '',
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}

async function main(): Promise<number> {
  if (wanted === undefined || !names.includes(wanted)) {
    console.error(`usage: npm run bench -- <name> [--json]\nnames: ${names.length === 0 ? '(none yet)' : names.join(', ')}`);
    return 2;
  }
  const { bench } = (await import(pathToFileURL(join(folder, `${wanted}.ts`)).href)) as { readonly bench: Bench };
  const figures: Figure[] = [];
  await bench({
    figure(name, value, unit, beside) {
      const figure: Figure = {
        bench: wanted,
        name,
        value,
        unit,
        ...(beside === undefined ? {} : { peer: beside.peer }),
        ...(beside?.ratio === undefined ? {} : { ratio: beside.ratio }),
      };
      figures.push(figure);
      if (asJson) process.stdout.write(`${JSON.stringify(figure)}\n`);
    },
    progress: (text) => console.error(text),
  });
  if (!asJson) console.log(table(figures));
  return figures.length > 0 ? 0 : 1;
}

process.exitCode = await main();
