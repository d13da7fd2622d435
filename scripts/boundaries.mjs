/**
 * Checks the import table (.dependency-cruiser.cjs) and that the check itself saw every source file: a tool that saw nothing must
 * not be taken for a clean house. `--root <folder>` checks another tree of the same shape (the house test does).
 */
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const home = fileURLToPath(new URL('..', import.meta.url));
const rootAt = process.argv.indexOf('--root');
const root = resolve(rootAt > 0 ? process.argv[rootAt + 1] : home);
process.chdir(root);

function sourcesUnder(folder) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...sourcesUnder(path));
    else if (/\.tsx?$/.test(entry.name)) found.push(relative(root, path).split(sep).join('/'));
  }
  return found;
}

const folders = ['packages/core/src', 'packages/pwa/src', 'packages/relay/src'].filter((one) =>
  statSync(one, { throwIfNoEntry: false })?.isDirectory(),
);
const sources = folders.flatMap((one) => sourcesUnder(one));

const { options, forbidden } = createRequire(import.meta.url)(join(home, '.dependency-cruiser.cjs'));
const tsConfigFile = join(home, options.tsConfig.fileName);
const { output } = await cruise(
  folders,
  { ...options, validate: true, ruleSet: { forbidden }, tsConfig: { fileName: tsConfigFile } },
  options.enhancedResolveOptions,
  { tsConfig: extractTSConfig(tsConfigFile) },
);

const seen = new Set(output.modules.map((one) => one.source));
const unseen = sources.filter((one) => !seen.has(one));
const wrong = [];
if (sources.length === 0) wrong.push('no source file was found: the check saw nothing');
for (const one of unseen) wrong.push(`${one}: was not seen by the check`);
for (const violation of output.summary.violations) {
  const road = (violation.via ?? violation.cycle ?? []).map((one) => one.name ?? one).join(' → ');
  wrong.push(`${violation.rule.name}: ${violation.from} → ${road === '' ? violation.to : road}`);
}
for (const line of wrong) console.error(line);
console.log(`${sources.length} source files, ${output.summary.totalDependenciesCruised} imports, ${wrong.length} wrong`);
process.exit(wrong.length === 0 ? 0 : 1);
