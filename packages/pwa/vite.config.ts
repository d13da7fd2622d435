/**
 * The build of the app: the page, the node's worker, and a service worker that knows every file of the build. JSX is turned by
 * vite's own compiler; there is no plugin from elsewhere.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const dist = join(root, 'dist');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** Smaller files gain nothing by being packed. */
const PACK_FROM_BYTES = 1024;

function files(): readonly string[] {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted();
}

/** Writes the list of files into the service worker, and packed copies beside what a relay serves. */
function precache(): Plugin {
  return {
    name: 'kith-precache',
    apply: 'build',
    closeBundle() {
      const script = join(dist, 'service-worker.js');
      const kept = files().filter((file) => file !== 'service-worker.js');
      const hash = createHash('sha256');
      for (const file of kept)
        hash
          .update(file)
          .update('\0')
          .update(readFileSync(join(dist, file)));
      const list = JSON.stringify({ version: hash.digest('hex').slice(0, 16), files: kept });
      const code = readFileSync(script, 'utf8');
      writeFileSync(script, `const KITH_PRECACHE=${list};\n${code}`);
      for (const file of files().filter((name) => /\.(js|css|html|svg|webmanifest|wasm|json)$/.test(name))) {
        const bytes = readFileSync(join(dist, file));
        if (bytes.length < PACK_FROM_BYTES) continue;
        writeFileSync(join(dist, `${file}.br`), brotliCompressSync(bytes));
        writeFileSync(join(dist, `${file}.gz`), gzipSync(bytes, { level: 9 }));
      }
    },
  };
}

/** Vite's own page for developing puts styles in by script, which the policy forbids; the built page has the policy. */
function withoutPolicyWhileDeveloping(): Plugin {
  return {
    name: 'kith-without-policy',
    apply: 'serve',
    transformIndexHtml: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
  };
}

const jsx = { runtime: 'automatic', importSource: 'preact' } as const;
const conditions = ['kith-source', 'module', 'browser', 'development|production'];

export default defineConfig({
  root,
  base: './',
  define: { KITH_VERSION: JSON.stringify(version) },
  oxc: { jsx },
  resolve: { conditions },
  plugins: [precache(), withoutPolicyWhileDeveloping()],
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    outDir: 'dist',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: join(root, 'index.html'), 'service-worker': join(root, 'src/service-worker.ts') },
      output: {
        entryFileNames: (chunk) => (chunk.name === 'service-worker' ? 'service-worker.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
});
