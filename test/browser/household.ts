/**
 * A household for the stories: a real relay as its own process, and phones as browsers that trust its house key. What a person does
 * is said in a person's words here, so that stories read as such; nothing reaches past what is on the screen.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { Host } from '../network/lab.ts';
import { type Spoken, startProcess, type Teller, waitFor } from '../story.ts';
import { type Browser, type BrowserOptions, openBrowser } from './chromium.ts';

const RELAY = fileURLToPath(new URL('../../packages/relay/dist/main.js', import.meta.url));

export interface Ports {
  readonly http: number;
  readonly https: number;
}

export interface House {
  /** The canonical origin, `https://kith-….local:PORT` unless it was started with another. */
  readonly origin: string;
  readonly name: string;
  /** The house's certificate authority, PEM. */
  readonly key: string;
  readonly ports: Ports;
  output(): string;
  /** Ends the relay as a power cut would. */
  kill(): Promise<void>;
  /** Starts it again on what it kept. */
  start(): Promise<void>;
}

/** Starts a relay: in a host of the lab, where it listens everywhere, or on loopback. `more`: options of the relay besides. */
export async function openHouse(t: Teller, ports: Ports, host?: Host, more: readonly string[] = []): Promise<House> {
  if (!existsSync(RELAY)) throw new Error('the relay is not built: run npm run build first');
  const data = await t.folder('house');
  const args = [
    RELAY,
    '--data',
    data,
    '--http-port',
    String(ports.http),
    '--https-port',
    String(ports.https),
    '--tcp-port',
    '0',
    '--webrtc-port',
    '0',
    ...(host === undefined ? ['--host', '127.0.0.1', '--mdns', 'off'] : []),
    ...more,
  ];
  let relay: Spoken | undefined;
  const start = async (): Promise<void> => {
    const started = host === undefined ? startProcess(process.execPath, args) : host.spawn(process.execPath, args);
    relay = started;
    await waitFor(() => started.output().includes('Stop with Ctrl-C'), {
      withinMs: 30_000,
      what: 'the relay is ready',
      seen: started.output,
    });
  };
  await start();
  t.cleanup(() => relay?.stop());
  t.evidence('what the relay said', () => relay?.output() ?? '');
  const origin = /^Phones that trust this house open\n(https:\S+)$/m.exec(relay?.output() ?? '')?.[1];
  if (origin === undefined) throw new Error(`the relay named no address: ${relay?.output()}`);
  return {
    origin,
    name: new URL(origin).hostname,
    key: join(data, 'authority', 'house-key.crt'),
    ports,
    output: () => relay?.output() ?? '',
    kill: async () => relay?.stop('SIGKILL'),
    start,
  };
}

export class Phone {
  readonly browser: Browser;
  readonly name: string;
  readonly #house: House;

  private constructor(browser: Browser, name: string, house: House) {
    this.browser = browser;
    this.name = name;
    this.#house = house;
  }

  static async open(t: Teller, name: string, house: House, options: Omit<BrowserOptions, 'name'> = {}): Promise<Phone> {
    const address = options.host === undefined ? '127.0.0.1' : undefined;
    const names = address === undefined ? options.names : { [house.name]: address };
    const browser = await openBrowser(t, { ...options, name, trust: [house.key], ...(names === undefined ? {} : { names }) });
    return new Phone(browser, name, house);
  }

  get page(): Page {
    return this.browser.page;
  }

  /** Opens the app for the first time, and waits until it would open without the relay. */
  async begin(): Promise<void> {
    await this.page.goto(`${this.#house.origin}/`);
    await this.page.getByLabel('Your name').fill(this.name);
    await this.page.getByRole('button', { name: 'Continue' }).click();
    // The words can be written down later.
    await this.page.getByRole('button', { name: 'Not now' }).click();
    await this.page.getByRole('heading', { name: 'Messages' }).waitFor();
    const isWorkerReady = () =>
      this.page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.active?.state === 'activated'));
    await waitFor(isWorkerReady, { withinMs: 15_000, what: `${this.name}'s service worker is ready` });
  }

  /** The link that this phone offers. */
  async invitationLink(): Promise<string> {
    await this.page.goto(`${this.#house.origin}/#/meet/link`);
    const field = this.page.getByLabel('Link', { exact: true });
    return waitFor(async () => (await field.inputValue()).trim(), { withinMs: 10_000, what: `${this.name}'s link` });
  }

  async takeUp(link: string): Promise<void> {
    await this.page.goto(`${this.#house.origin}/#/meet/link`);
    await this.page.getByLabel('Code or link').fill(link);
    await this.page.getByRole('button', { name: 'Meet', exact: true }).click();
  }

  /** Opens the conversation with somebody from the list of conversations. */
  async openConversation(other: string, withinMs = 30_000): Promise<void> {
    await this.page.goto(`${this.#house.origin}/#/messages`);
    await this.page.getByRole('region', { name: 'Conversations' }).getByRole('link', { name: other }).first().click({ timeout: withinMs });
    await this.page.getByRole('log', { name: `Conversation with ${other}` }).waitFor();
  }

  async write(text: string): Promise<void> {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.getByRole('button', { name: 'Send' }).click();
    await this.log().getByText(text, { exact: true }).waitFor();
  }

  log() {
    return this.page.getByRole('log');
  }

  /** How often a text stands in the open conversation. */
  async count(text: string): Promise<number> {
    return this.log().getByText(text, { exact: true }).count();
  }

  async sees(text: string, withinMs: number): Promise<void> {
    await waitFor(async () => (await this.count(text)) > 0, {
      withinMs,
      what: `${this.name} sees "${text}"`,
      seen: () => 'not on the screen',
    });
  }

  /** The head of the open conversation says how the other is reached. */
  async isReached(words: string, withinMs: number): Promise<void> {
    const head = this.page.getByRole('main').or(this.page.locator('header')).filter({ hasText: words });
    await waitFor(async () => (await head.count()) > 0, { withinMs, what: `${this.name} reads "${words}"`, seen: () => 'other words' });
  }

  /** Reads the state under the last message of mine. */
  async lastState(words: RegExp, withinMs: number): Promise<void> {
    const state = this.log().getByText(words).last();
    await waitFor(async () => (await state.count()) > 0, { withinMs, what: `${this.name} reads ${words}`, seen: () => 'another state' });
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.getByRole('log').waitFor({ timeout: 20_000 });
  }
}
