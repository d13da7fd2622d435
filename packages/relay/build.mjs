// Bundles the relay into dist/main.js. What is only needed later stays in its own chunk, so that it is not in memory until it is used;
// native modules stay outside, where npm put them.
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

// Another folder may be given, so that a test can have a build of its own.
const out = process.argv[2] ?? at('dist');
const KEPT = new Set(['types', 'test']);

await mkdir(out, { recursive: true });
for (const old of await readdir(out)) if (!KEPT.has(old)) await rm(join(out, old), { recursive: true });
await build({
  absWorkingDir: at('.'),
  entryPoints: { main: 'src/main.ts' },
  outdir: out,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  // Names of errors and of classes are part of what is said and compared, so identifiers stay. (`keepNames` would say them again to every
  // closure at run time: a quarter of the memory of a connection, and a tenth of the processor time of a message.)
  minifyWhitespace: true,
  minifySyntax: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['kith-source'],
  external: ['classic-level', 'node-datachannel', '@ipshipyard/node-datachannel'],
  banner: { js: "import{createRequire as kithRequire}from'node:module';const require=kithRequire(import.meta.url);" },
  legalComments: 'none',
  logLevel: 'warning',
});
await mkdir(join(out, 'http/trust'), { recursive: true });
for (const asset of ['trust.css', 'check.js']) await cp(at(`src/http/trust/${asset}`), join(out, 'http/trust', asset));
