/** Packages of other projects, from test/bench/peers and nowhere else: the product neither installs nor bundles them. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = join(import.meta.dirname, 'peers');

/** `undefined` while it is not installed (`npm run bench:peers`). */
export async function peerModule<Module>(name: string): Promise<{ readonly module: Module; readonly version: string } | undefined> {
  const about = join(folder, 'node_modules', name, 'package.json');
  if (!existsSync(about)) return undefined;
  const { version } = JSON.parse(readFileSync(about, 'utf8')) as { readonly version: string };
  const path = createRequire(join(folder, 'package.json')).resolve(name);
  const module = (await import(pathToFileURL(path).href)) as Module;
  return { module, version };
}
