/**
 * Opens the machine's Chromium for a story: its own home, its own trust (an NSS store), if wanted inside a host of the lab.
 * It never ignores certificate errors: that would hide the very faults the stories look for, and a service worker would not install.
 */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Host } from '../network/lab.ts';
import type { Teller } from '../story.ts';

const run = promisify(execFile);

/**
 * Chromium asks its maker about updates and accounts whatever flags it is given; here these names lead nowhere, so that a lab that
 * counts every packet hears only what the pages do. What the pages themselves ask for is in `requests()`, these names included.
 */
const MAKERS_OWN = ['*.google.com', '*.googleapis.com', '*.gvt1.com', '*.gstatic.com'];

export interface BrowserOptions {
  /** Whose browser it is, for what is printed when a story fails. */
  readonly name: string;
  /** The host of the lab it runs in; without, it runs on this machine and should be given only loopback addresses. */
  readonly host?: Host;
  /** A home left by an earlier browser of this story (`Browser.home`), to open the same profile again. */
  readonly home?: string;
  /** Certificate authorities it trusts: files in PEM form. Needs certutil. */
  readonly trust?: readonly string[];
  /** Where names lead, in place of DNS: `{ 'kith-abc.local': '10.77.0.1' }`. */
  readonly names?: Readonly<Record<string, string>>;
  readonly permissions?: readonly string[];
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly touch?: boolean;
  readonly args?: readonly string[];
}

export interface Browser {
  readonly context: BrowserContext;
  /** The page the browser opened with. */
  readonly page: Page;
  readonly home: string;
  /** Console lines and page errors so far, of all pages. */
  console(): readonly string[];
  /** Every address that a page asked for so far. */
  requests(): readonly string[];
  close(): Promise<void>;
}

function chromiumPath(): string | undefined {
  const named = process.env['CHROMIUM'];
  return [named, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (path): path is string => path !== undefined && existsSync(path),
  );
}

/** The reason why no browser can be opened here, or `undefined`. `needsTrust`: the story brings its own certificate authority. */
export function chromiumUnavailable(needsTrust: boolean): string | undefined {
  if (chromiumPath() === undefined) return 'Chromium is not installed (apt-get install chromium, or set CHROMIUM to its path)';
  if (!needsTrust) return undefined;
  try {
    execFileSync('sh', ['-c', 'command -v certutil'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'certutil is not installed (apt-get install libnss3-tools)';
  }
}

async function trustAuthorities(home: string, files: readonly string[]): Promise<void> {
  const store = join(home, '.pki', 'nssdb');
  if (!existsSync(store)) {
    await mkdir(store, { recursive: true, mode: 0o700 });
    await run('certutil', ['-d', `sql:${store}`, '-N', '--empty-password']);
  }
  for (const [index, file] of files.entries()) {
    await run('certutil', ['-d', `sql:${store}`, '-A', '-t', 'C,,', '-n', `household-${index}`, '-i', file]);
  }
}

/** Opens a browser; it is closed with the story. */
export async function openBrowser(t: Teller, options: BrowserOptions): Promise<Browser> {
  const executable = chromiumPath();
  if (executable === undefined) throw new Error('Chromium is not installed');
  const home = options.home ?? (await t.folder(`browser-${options.name}`));
  if (options.trust !== undefined) await trustAuthorities(home, options.trust);

  let entrance = executable;
  if (options.host !== undefined) {
    entrance = await options.host.wrapper(executable, home);
  } else {
    entrance = join(home, 'chromium.sh');
    await writeFile(entrance, `#!/bin/sh\nexec ${executable} "$@"\n`);
    await chmod(entrance, 0o700);
  }
  const names = [
    ...Object.entries(options.names ?? {}).map(([name, address]) => `MAP ${name} ${address}`),
    ...MAKERS_OWN.map((name) => `MAP ${name} ~NOTFOUND`),
  ];
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: entrance,
    headless: true,
    chromiumSandbox: process.getuid?.() !== 0,
    env: { ...definedEnvironment(), HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_CACHE_HOME: join(home, '.cache') },
    args: [
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-domain-reliability',
      '--disable-sync',
      '--no-first-run',
      '--no-pings',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--host-resolver-rules=${names.join(',')}`,
      ...(options.args ?? []),
    ],
    viewport: options.viewport ?? { width: 360, height: 780 },
    locale: options.locale ?? 'en-GB',
    colorScheme: options.colorScheme ?? 'light',
    hasTouch: options.touch ?? false,
    ...(options.permissions === undefined ? {} : { permissions: [...options.permissions] }),
  });

  const lines: string[] = [];
  const requests: string[] = [];
  const watch = (page: Page): void => {
    page.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => lines.push(`error: ${error.stack ?? error.message}`));
    page.on('crash', () => lines.push('error: the page crashed'));
  };
  for (const page of context.pages()) watch(page);
  context.on('page', watch);
  context.on('request', (request) => requests.push(request.url()));
  context.on('serviceworker', (worker) => lines.push(`service worker: ${worker.url()}`));
  context.on('weberror', (error) => lines.push(`unhandled: ${error.error().message}`));

  let open = true;
  const close = async (): Promise<void> => {
    if (!open) return;
    open = false;
    await context.close();
  };
  t.cleanup(close);
  t.evidence(`what ${options.name}'s browser said`, () => lines.slice(-60).join('\n'));
  t.evidence(`what ${options.name}'s browser shows`, async () => {
    if (!open) return '(closed)';
    const shown: string[] = [];
    for (const page of context.pages()) shown.push(`${page.url()}\n${(await page.innerText('body', { timeout: 2_000 })).slice(0, 2_000)}`);
    return shown.join('\n');
  });
  const page = context.pages()[0] ?? (await context.newPage());
  return { context, page, home, console: () => lines, requests: () => requests, close };
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
