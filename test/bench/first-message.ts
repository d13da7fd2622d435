/**
 * `npm run bench -- first-message`: how long until somebody new is understood, and how long a message takes from then on: two programs on
 * Node through the relay, and two browsers that open the app from it. All on loopback. What each figure means: docs/benchmarks.md.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createNodeLink } from '../../packages/core/src/adapters/link-libp2p/node/index.ts';
import { MemoryStore } from '../../packages/core/src/adapters/store-memory/index.ts';
import { systemClock, systemEntropy } from '../../packages/core/src/adapters/system/index.ts';
import { createMessenger, type Message, type Messenger, type RelayInfo } from '../../packages/core/src/index.ts';
import { chromiumUnavailable } from '../browser/chromium.ts';
import { openHouse, Phone } from '../browser/household.ts';
import { freePort } from '../browser/ports.ts';
import { startProcess, type Teller } from '../story.ts';
import { median, percentile } from './pairs.ts';
import type { Bench, Report } from './report.ts';

const RUNS = 5;
const MESSAGES = 200;
const TYPED = 40;

/** What the stories' helpers want of their teller, without a story. */
export function stagehand(): { readonly t: Teller; clean(): Promise<void> } {
  const cleanups: (() => unknown)[] = [];
  const t: Teller = {
    long: false,
    claim: async (_text, act) => act(),
    skip: () => {},
    note: () => {},
    cleanup: (act) => void cleanups.push(act),
    evidence: () => {},
    folder: async (what = 'bench') => {
      const path = mkdtempSync(join(tmpdir(), `kith-${what}-`));
      cleanups.push(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
      return path;
    },
    spawn: (command, args, options) => {
      const started = startProcess(command, args, options);
      cleanups.push(() => started.stop());
      return started;
    },
  };
  return {
    t,
    clean: async () => {
      for (let act = cleanups.pop(); act !== undefined; act = cleanups.pop()) await act();
    },
  };
}

function value<Value>(result: { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: unknown }): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

async function program(name: string, relay: RelayInfo): Promise<Messenger> {
  const messenger = await createMessenger({
    link: createNodeLink(),
    store: new MemoryStore(),
    clock: systemClock(),
    entropy: systemEntropy(),
  });
  value(await messenger.begin(name));
  await messenger.useRelay(relay);
  return messenger;
}

/** The next text that comes to a messenger. */
function nextText(messenger: Messenger): Promise<Message> {
  return new Promise((resolve) => {
    const stop = messenger.subscribe((event) => {
      if (event.kind !== 'message-changed' || !event.isNew || event.message.mine) return;
      stop();
      resolve(event.message);
    });
  });
}

function contactAdded(messenger: Messenger): Promise<string> {
  return new Promise((resolve) => {
    const stop = messenger.subscribe((event) => {
      if (event.kind !== 'contact-added') return;
      stop();
      resolve(event.contact.account);
    });
  });
}

async function betweenPrograms(relay: RelayInfo, report: Report): Promise<void> {
  const first: number[] = [];
  const trips: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const ann = await program('Ann', relay);
    const { text } = value(await ann.invite());
    const heard = nextText(ann);
    const startedMs = performance.now();
    const bo = await program('Bo', relay);
    const met = contactAdded(bo);
    value(await bo.accept(text));
    const account = await met;
    value(await bo.send(account, 'hello'));
    const { conversation } = await heard;
    first.push(performance.now() - startedMs);
    for (let i = 0; i < MESSAGES; i++) {
      const sentMs = performance.now();
      const there = nextText(bo);
      value(await ann.send(conversation, 'ping'));
      await there;
      const back = nextText(ann);
      value(await bo.send(account, 'pong'));
      await back;
      trips.push(performance.now() - sentMs);
    }
    await Promise.all([ann.close(), bo.close()]);
    report.progress(`programs, run ${run + 1} of ${RUNS}`);
  }
  report.figure('first-message-ms', median(first), 'ms');
  report.figure('round-trip-relay-p50-ms', percentile(trips, 0.5), 'ms');
  report.figure('round-trip-relay-p99-ms', percentile(trips, 0.99), 'ms');
}

async function betweenPhones(t: Teller, house: Awaited<ReturnType<typeof openHouse>>, report: Report): Promise<void> {
  const options = { args: ['--disable-features=WebRtcHideLocalIpsWithMdns'] };
  const ready: number[] = [];
  const first: number[] = [];
  const shown: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const ann = await Phone.open(t, 'Ann', house, options);
    await ann.begin();
    const link = await ann.invitationLink();
    const bo = await Phone.open(t, 'Bo', house, options);
    const openedMs = performance.now();
    await bo.page.goto(`${house.origin}/`);
    await bo.page.getByLabel('Your name').waitFor();
    ready.push(performance.now() - openedMs);
    await bo.page.getByLabel('Your name').fill('Bo');
    await bo.page.getByRole('button', { name: 'Continue' }).click();
    await bo.takeUp(link);
    await bo.openConversation('Ann');
    await bo.write('hello');
    await ann.openConversation('Bo');
    await ann.sees('hello', 30_000);
    first.push(performance.now() - openedMs);
    if (run === RUNS - 1) {
      await ann.isReached('Directly, phone to phone', 30_000);
      for (let i = 0; i < TYPED; i++) shown.push(await typedToShown(ann, bo, `direct ${i}`));
    }
    await Promise.all([ann.browser.close(), bo.browser.close()]);
    report.progress(`phones, run ${run + 1} of ${RUNS}`);
  }
  report.figure('app-ready-ms', median(ready), 'ms');
  report.figure('app-first-message-ms', median(first), 'ms');
  report.figure('app-typed-to-shown-p50-ms', percentile(shown, 0.5), 'ms');
  report.figure('app-typed-to-shown-p95-ms', percentile(shown, 0.95), 'ms');
}

/** From Enter on one screen to the text on the other, by the clock both pages share. */
export async function typedToShown(from: Phone, to: Phone, text: string): Promise<number> {
  const seen = to.page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const log = document.querySelector('[role=log]');
        const look = new MutationObserver(() => {
          if (log?.textContent?.includes(wanted) !== true) return;
          look.disconnect();
          resolve(performance.timeOrigin + performance.now());
        });
        look.observe(log as Element, { childList: true, subtree: true, characterData: true });
      }),
    text,
  );
  await from.page.getByLabel('Message', { exact: true }).fill(text);
  const typed = from.page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        document.addEventListener('keydown', () => resolve(performance.timeOrigin + performance.now()), { once: true, capture: true });
      }),
  );
  await from.page.getByLabel('Message', { exact: true }).press('Enter');
  return (await seen) - (await typed);
}

/** Brotli sizes of what the app loads: before its first screen, and in all. */
function sizes(report: Report): void {
  const dist = fileURLToPath(new URL('../../packages/pwa/dist/', import.meta.url));
  const page = readFileSync(join(dist, 'index.html'), 'utf8');
  const files = readdirSync(join(dist, 'assets')).filter((file) => file.endsWith('.js'));
  const kib = (chosen: readonly string[]): number =>
    chosen.reduce((bytes, file) => {
      const path = join(dist, 'assets', file);
      // The smallest are served as they are.
      return bytes + statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
    }, 0) / 1024;
  report.figure('app-js-first-screen-kib', kib(files.filter((file) => page.includes(file))), 'KiB brotli');
  report.figure('app-js-total-kib', kib(files), 'KiB brotli');
}

export const bench: Bench = async (report) => {
  const { t, clean } = stagehand();
  try {
    const house = await openHouse(t, { http: await freePort(), https: await freePort() });
    const answer = await fetch(`http://localhost:${house.ports.http}/.well-known/kith.json`);
    const { relay } = (await answer.json()) as { readonly relay: RelayInfo };
    await betweenPrograms(relay, report);
    sizes(report);
    const why = chromiumUnavailable(true);
    if (why === undefined) await betweenPhones(t, house, report);
    else report.progress(`the app is not measured: ${why}`);
  } finally {
    await clean();
  }
};
