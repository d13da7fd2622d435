/**
 * The built app, as a closed list of files read once: a path that is not on the list does not exist, so no path can lead out of the folder.
 * The list is read again when the app was built anew. Never follows links, never lists a folder to anyone.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Answer, FileBody } from './answer.ts';

export interface AppFiles {
  /** The answer for a path of the app; `undefined` when the app has no such file. */
  find(path: string, ask: { readonly acceptEncoding: string; readonly isPage: boolean }): Promise<Answer | undefined>;
}

interface AppFile {
  readonly etag: string;
  readonly type: string;
  readonly isForEver: boolean;
  readonly plain: FileBody;
  readonly packed: readonly { readonly coding: 'br' | 'gzip'; readonly file: FileBody }[];
}

const FILES_MAX = 5000;
const PACKED = { br: '.br', gzip: '.gz' } as const;
/** Only what a web app is made of is served; whatever else lies in the folder is not there. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
};

/** Opens the folder of a built app; `undefined` when there is none. */
export async function openAppFiles(folder: string): Promise<AppFiles | undefined> {
  let builtAt = await builtAtMs(folder);
  if (builtAt === undefined) return undefined;
  let files = await readList(folder);
  return {
    find: async (path, { acceptEncoding, isPage }) => {
      const now = await builtAtMs(folder);
      if (now !== undefined && now !== builtAt) {
        files = await readList(folder);
        builtAt = now;
      }
      const file = files.get(path === '/' ? '/index.html' : path) ?? (isPage ? files.get('/index.html') : undefined);
      return file === undefined ? undefined : answerWith(file, acceptEncoding);
    },
  };
}

function answerWith(file: AppFile, acceptEncoding: string): Answer {
  const accepted = new Set(
    acceptEncoding
      .split(',')
      .filter((one) => !/;\s*q=0(\.0*)?\s*$/.test(one))
      .map((one) => one.split(';')[0]?.trim()),
  );
  const packed = file.packed.find(({ coding }) => accepted.has(coding));
  return {
    status: 200,
    headers: {
      'Content-Type': file.type,
      'Cache-Control': file.isForEver ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: packed === undefined ? `"${file.etag}"` : `"${file.etag}-${packed.coding}"`,
      ...(file.packed.length > 0 ? { Vary: 'Accept-Encoding' } : {}),
      ...(packed === undefined ? {} : { 'Content-Encoding': packed.coding }),
    },
    body: packed?.file ?? file.plain,
  };
}

async function builtAtMs(folder: string): Promise<number | undefined> {
  return stat(join(folder, 'index.html')).then(
    (found) => found.mtimeMs,
    () => undefined,
  );
}

async function readList(folder: string): Promise<ReadonlyMap<string, AppFile>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  if (entries.length > FILES_MAX) throw new Error(`${folder} holds ${entries.length} files, which is no built app`);
  const sizes = new Map<string, FileBody>();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    sizes.set(path.slice(folder.length).replaceAll('\\', '/').replace(/^\/*/, '/'), { path, size: (await stat(path)).size });
  }
  const list = new Map<string, AppFile>();
  for (const [path, plain] of sizes) {
    const type = TYPES[extname(path).toLowerCase()];
    if (type === undefined || path.includes('/.')) continue;
    const packed = (['br', 'gzip'] as const).flatMap((coding) => {
      const file = sizes.get(path + PACKED[coding]);
      return file === undefined || file.size >= plain.size ? [] : [{ coding, file }];
    });
    list.set(path, {
      etag: createHash('sha256')
        .update(await readFile(plain.path))
        .digest('base64url')
        .slice(0, 22),
      type,
      // The build puts a hash of the content into these names.
      isForEver: /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/.test(path),
      plain,
      packed,
    });
  }
  return list;
}
