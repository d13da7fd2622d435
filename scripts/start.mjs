// `npm start`, also straight after a clone: installs what is missing, builds what is old, then becomes the relay.
// Plain Node without dependencies, since nothing may be installed yet. Says one line a step; a second start goes straight to the relay.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensurePackages } from './install.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STAMP = join(ROOT, 'node_modules/.kith-start.json');
const RELAY = join(ROOT, 'packages/relay/dist/main.js');
const APP = join(ROOT, 'packages/pwa/dist/index.html');
const SKIPPED = new Set(['node_modules', 'dist', 'coverage']);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  stop(`Kith needs Node 20.19 or newer; this is ${process.versions.node}. Get it from https://nodejs.org.`);

const stamp = readStamp();
try {
  ensurePackages();
} catch (error) {
  stop(error.message);
}
const lock = readFileSync(join(ROOT, 'package-lock.json'));
const core = sources('packages/core');
await build('app', 'the app', [core, sources('packages/pwa'), lock], APP, '@kith/pwa');
await build('relay', 'the relay', [core, sources('packages/relay'), lock], RELAY, '@kith/relay');

// A signal to npm ends npm and its shell but does not reach this process: without them it ends as if it had been asked.
const parent = process.ppid;
if (process.env.npm_lifecycle_event !== undefined)
  setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGTERM'), 500).unref();

process.argv[1] = RELAY;
await import(pathToFileURL(RELAY).href);

async function build(name, words, parts, result, workspace) {
  const from = hashOf(parts);
  if (stamp[name] === from && existsSync(result)) return;
  await step(`Building ${words}`, ['run', 'build', '--workspace', workspace]);
  keepStamp({ [name]: from });
}

/** Runs npm without a word, unless it fails. */
function step(words, args) {
  process.stderr.write(`${words} …\n`);
  const npm = process.env.npm_execpath;
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: npm === undefined && process.platform === 'win32',
    });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(part));
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    child.on('error', (error) => stop(`npm could not be started: ${error.message}`));
    child.on('close', (code, signal) => {
      process.removeListener('SIGINT', pass).removeListener('SIGTERM', pass);
      if (signal !== null) process.exit(1);
      if (code !== 0) stop(`${Buffer.concat(said)}\n${words} did not work; what npm said is above.`);
      resolve();
    });
  });
}

/** The content of everything a package is built from, in a fixed order. */
function sources(folder) {
  const hash = createHash('sha256');
  const walk = (at) => {
    for (const entry of readdirSync(join(ROOT, at), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) walk(path);
      } else if (entry.isFile() && !/\.test\.tsx?$|\.tsbuildinfo$|\.md$/.test(entry.name)) {
        hash
          .update(`${path}\0`)
          .update(readFileSync(join(ROOT, path)))
          .update('\0');
      }
    }
  };
  walk(folder);
  return hash.digest();
}

function hashOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8'));
  } catch {
    return {};
  }
}

function keepStamp(news) {
  Object.assign(stamp, news);
  mkdirSync(join(ROOT, 'node_modules'), { recursive: true });
  writeFileSync(STAMP, JSON.stringify(stamp));
}

function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
