/**
 * Real browsers and the house key: what they accept, and above all what they refuse. Listens on loopback only; trust lives in a home folder of its own.
 * Prints one line a claim; exits non-zero when one is false. Rule: docs/decisions/0003-household-ca.md.
 */
import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { canonicalName } from '../../packages/relay/src/authority/canonical-name.ts';
import { issueLeaf, type KeyPair, makeAuthority } from '../../packages/relay/src/authority/certificates.ts';
import { originOf } from '../../packages/relay/src/authority/origin.ts';

interface Household {
  readonly name: string;
  readonly authority: KeyPair;
}

interface House {
  readonly port: number;
  readonly server: Server;
  /** What the clients did, in order: paths asked for, and `refused` when a client hung up on the certificate. */
  readonly seen: string[];
}

const CHROMIUM = '/usr/bin/chromium';
const FIREFOX = '/usr/bin/firefox-esr';
const folder = mkdtempSync(join(tmpdir(), 'kith-house-key-'));
const houses: House[] = [];
let failed = false;

function claim(name: string, held: boolean, detail: string): void {
  if (!held) failed = true;
  process.stdout.write(held ? `ok - ${name}\n` : `not ok - ${name} (${detail})\n`);
}

async function household(host?: string): Promise<Household> {
  const authority = await makeAuthority((name) => originOf(host ?? name, 8443), Date.now());
  const key = new X509Certificate(authority.certificate).publicKey.export({ type: 'spki', format: 'der' });
  return { name: host ?? canonicalName(key), authority };
}

const PAGE = `<!doctype html><title>house</title><script src="page.js"></script>`;
const SCRIPT = `navigator.serviceWorker.register('sw.js').then(() => navigator.serviceWorker.ready).then(() => fetch('worker-' + isSecureContext), (error) => fetch('no-worker'))`;

async function house(by: Household, host: string): Promise<House> {
  const leaf = await issueLeaf(by.authority, originOf(host, 8443), Date.now());
  const seen: string[] = [];
  const server = createServer({ key: leaf.privateKey, cert: leaf.certificate }, (request, response) => {
    const path = request.url ?? '/';
    seen.push(path);
    response.setHeader('Content-Type', path.endsWith('.js') ? 'text/javascript' : 'text/html');
    response.end(path === '/page.js' ? SCRIPT : path === '/sw.js' ? 'self.addEventListener("fetch", () => {});' : PAGE);
  });
  server.on('tlsClientError', () => seen.push('refused'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const made = { port: (server.address() as AddressInfo).port, server, seen };
  houses.push(made);
  return made;
}

function trust(nssFolder: string, households: readonly Household[]): void {
  mkdirSync(nssFolder, { recursive: true });
  execFileSync('certutil', ['-d', `sql:${nssFolder}`, '-N', '--empty-password']);
  households.forEach((one, index) => {
    const file = join(nssFolder, `${index}.pem`);
    writeFileSync(file, one.authority.certificate);
    execFileSync('certutil', ['-d', `sql:${nssFolder}`, '-A', '-t', 'C,,', '-n', `household-${index}`, '-i', file]);
  });
}

/** Opens the page in Chromium: what the page could do, or the name of the refusal. */
async function inChromium(trusted: readonly Household[], host: string, at: House): Promise<string> {
  const home = mkdtempSync(join(folder, 'home-'));
  trust(join(home, '.pki/nssdb'), trusted);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', `--host-resolver-rules=MAP ${host} 127.0.0.1`],
    env: { ...process.env, HOME: home } as Record<string, string>,
  });
  try {
    const page = await browser.newPage();
    const told = page.waitForRequest((request) => request.url().includes('worker-'), { timeout: 20_000 });
    told.catch(() => {});
    const failure = await page.goto(`https://${host}:${at.port}/`).then(
      () => undefined,
      (error: Error) => /ERR_[A-Z_]+/.exec(error.message)?.[0] ?? error.message,
    );
    return failure ?? new URL((await told).url()).pathname;
  } finally {
    await browser.close();
  }
}

/** Opens the page in Firefox and listens at the door: it asks for the page only if it accepted the certificate. */
async function inFirefox(trusted: readonly Household[], host: string, at: House): Promise<string> {
  const profile = mkdtempSync(join(folder, 'firefox-'));
  trust(profile, trusted);
  writeFileSync(
    join(profile, 'user.js'),
    [
      `user_pref("network.dns.localDomains", "${host}");`,
      'user_pref("browser.shell.checkDefaultBrowser", false);',
      'user_pref("datareporting.policy.dataSubmissionEnabled", false);',
      'user_pref("browser.aboutwelcome.enabled", false);',
      'user_pref("app.update.enabled", false);',
      'user_pref("network.captive-portal-service.enabled", false);',
      'user_pref("dom.security.https_only_mode", false);',
      'user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);',
    ].join('\n'),
  );
  const before = at.seen.length;
  const browser = spawn(FIREFOX, ['--headless', '--no-remote', '--profile', profile, `https://${host}:${at.port}/`], {
    stdio: 'ignore',
    env: { ...process.env, HOME: mkdtempSync(join(folder, 'home-')) },
  });
  try {
    const deadline = Date.now() + 40_000;
    for (;;) {
      const told = at.seen.slice(before).find((step) => step === 'refused' || step.includes('worker-'));
      if (told !== undefined || Date.now() > deadline) return told ?? `silence after ${at.seen.slice(before).join(' ')}`;
      await new Promise((later) => setTimeout(later, 100));
    }
  } finally {
    const gone = new Promise((done) => browser.once('exit', done));
    browser.kill('SIGKILL');
    await gone;
  }
}

async function claims(browser: string, open: typeof inChromium, accepted: string, refused: (answer: string) => boolean): Promise<void> {
  const [ours, theirs, fixed] = await Promise.all([household(), household(), household('127.0.0.1')]);
  const both = [ours, theirs];
  const cases: readonly (readonly [claim: string, trusted: readonly Household[], host: string, at: House, accepts: boolean])[] = [
    [
      'a .local name under its own house key loads, is secure and runs a service worker',
      both,
      ours.name,
      await house(ours, ours.name),
      true,
    ],
    ['without the house key it is refused', [theirs], ours.name, await house(ours, ours.name), false],
    ["another household's key cannot vouch for the name, though both are trusted", both, ours.name, await house(theirs, ours.name), false],
    ['the house key cannot vouch for a bank', both, 'www.bank.example', await house(ours, 'www.bank.example'), false],
    ['the house key cannot vouch for another .local name', both, 'printer.local', await house(ours, 'printer.local'), false],
    ['the house key cannot vouch for an address', both, '127.0.0.1', await house(ours, '127.0.0.1'), false],
    ['a house key for a fixed address serves that address', [fixed], '127.0.0.1', await house(fixed, '127.0.0.1'), true],
    ['a house key for a fixed address cannot vouch for a name', [fixed], 'www.bank.example', await house(fixed, 'www.bank.example'), false],
  ];
  for (const [name, trusted, host, at, accepts] of cases) {
    const answer = await open(trusted, host, at);
    claim(`${browser}: ${name}`, accepts ? answer === accepted : refused(answer), `it answered ${answer}`);
  }
}

try {
  const certutil = existsSync('/usr/bin/certutil');
  if (certutil && existsSync(CHROMIUM)) await claims('Chromium', inChromium, '/worker-true', (answer) => answer.startsWith('ERR_CERT_'));
  else process.stdout.write('skip - Chromium and the house key # needs chromium and certutil\n');
  if (certutil && existsSync(FIREFOX)) await claims('Firefox', inFirefox, '/worker-true', (answer) => answer === 'refused');
  else process.stdout.write('skip - Firefox and the house key # needs firefox-esr and certutil\n');
} finally {
  for (const one of houses) {
    one.server.closeAllConnections();
    one.server.close();
  }
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
