/**
 * Two who write to each other without a pause, each message with its number, and what came of it: when each was written and when the other's screen
 * showed it. Reads nothing but the screens; decides nothing about the network.
 */
import type { Phone } from '../browser/household.ts';
import { waitFor } from '../story.ts';

/** Between two messages of one person, besides the time that writing takes. */
const PAUSE_MS = 250;

interface Written {
  readonly text: string;
  readonly atMs: number;
}

interface Shown {
  readonly text: string;
  readonly atMs: number;
}

/** How it went for one reader, in milliseconds. */
export interface Reading {
  readonly reader: string;
  readonly written: number;
  /** From the network's return until the first message was shown. */
  readonly firstMs: number;
  /** The longest from Enter on one screen to the text on the other. */
  readonly longestMs: number;
  /** The longest time without a message shown, from the trouble's beginning on. */
  readonly stillMs: number;
}

/** Runs in the page: what others wrote is noted when it is drawn, with the time by the clock that all share. */
function watchLog(): void {
  const healing = {
    seen: new WeakSet<Element>(),
    shown: [] as Shown[],
    news: [] as string[],
    look() {
      for (const slip of document.querySelectorAll('[role=log] li.msg:not(.mine)')) {
        if (this.seen.has(slip)) continue;
        this.seen.add(slip);
        this.shown.push({ text: slip.querySelector('.slip p span')?.textContent ?? '', atMs: Date.now() });
      }
    },
  };
  new MutationObserver(() => healing.look()).observe(document.body, { childList: true, subtree: true });
  for (const kind of ['online', 'offline']) window.addEventListener(kind, () => healing.news.push(`${kind} ${Date.now()}`));
  Object.assign(globalThis, { healing });
}

interface Noted {
  readonly shown: readonly Shown[];
  readonly news: readonly string[];
}

/** Runs in the page. */
function noted(): Noted {
  const { shown, news } = Reflect.get(globalThis, 'healing') as Noted;
  return { shown, news };
}

/** Runs in the page: what stands in the log from somebody else, from the top to the foot. */
function standing(): readonly string[] {
  return [...document.querySelectorAll('[role=log] li.msg:not(.mine) .slip p span')].map((one) => one.textContent ?? '');
}

/** Runs in the page: to where older messages are read again, or back to the newest. */
function scroll(to: string): void {
  const log = document.querySelector('main.log');
  log?.scrollTo({ top: to === 'top' ? -log.scrollHeight : 0 });
}

class Writer {
  readonly written: Written[] = [];
  readonly phone: Phone;
  #isOver = false;
  #run: Promise<void> = Promise.resolve();
  #count = 0;

  constructor(phone: Phone) {
    this.phone = phone;
  }

  begin(about: string): void {
    this.#isOver = false;
    this.#run = (async () => {
      while (!this.#isOver) {
        await this.write(about);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    })();
  }

  async write(about: string): Promise<string> {
    const text = `${about}, ${this.phone.name} ${++this.#count}`;
    const field = this.phone.page.getByLabel('Message', { exact: true });
    await field.fill(text);
    this.written.push({ text, atMs: Date.now() });
    await field.press('Enter');
    // Whoever writes on before the field is empty would write into the message before.
    await waitFor(async () => (await field.inputValue()) === '', { withinMs: 20_000, what: `${this.phone.name} has written "${text}"` });
    return text;
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#run;
  }
}

/** Two phones with the conversation open. */
export class Talk {
  readonly #writers: readonly [Writer, Writer];

  static async open(ann: Phone, bo: Phone): Promise<Talk> {
    const talk = new Talk(ann, bo);
    await talk.watch();
    return talk;
  }

  private constructor(ann: Phone, bo: Phone) {
    this.#writers = [new Writer(ann), new Writer(bo)];
  }

  /** Begins to note what is shown; again after a page was opened anew. */
  async watch(): Promise<void> {
    for (const { phone } of this.#writers) await phone.page.evaluate(watchLog);
  }

  /** From now on both write. */
  begin(about: string): void {
    for (const writer of this.#writers) writer.begin(about);
  }

  /** Both stop; resolves when all they wrote about this stands on the other's screen, once and in order. */
  async end(
    about: string,
    from: { readonly brokenAtMs: number; readonly backAtMs: number },
    withinMs: number,
  ): Promise<readonly Reading[]> {
    await Promise.all(this.#writers.map((writer) => writer.end()));
    const [ann, bo] = this.#writers;
    return Promise.all([this.#readBy(ann.phone, bo, about, from, withinMs), this.#readBy(bo.phone, ann, about, from, withinMs)]);
  }

  /** One message of one of them, when it is quiet; answers its text. */
  async write(about: string, who: Phone): Promise<string> {
    return this.#writers[this.#writers[0].phone === who ? 0 : 1].write(about);
  }

  /** What the browsers told their pages of the network. */
  async news(): Promise<readonly (readonly string[])[]> {
    return Promise.all(this.#writers.map(async ({ phone }) => (await phone.page.evaluate(noted)).news));
  }

  async #readBy(
    reader: Phone,
    { written: all, phone }: Writer,
    about: string,
    { brokenAtMs, backAtMs }: { readonly brokenAtMs: number; readonly backAtMs: number },
    withinMs: number,
  ): Promise<Reading> {
    const written = all.filter(({ text }) => text.startsWith(`${about}, `));
    const texts = written.map(({ text }) => text);
    const read = async (): Promise<readonly string[]> =>
      (await reader.page.evaluate(standing)).filter((text) => text.startsWith(`${about}, `));
    let now: readonly string[] = [];
    await waitFor(
      async () => {
        now = await read();
        // Of many only the newest are laid out.
        if (!now.includes(texts[0] ?? '')) await reader.page.evaluate(scroll, 'top');
        return texts.every((text) => now.includes(text));
      },
      {
        withinMs,
        what: `${reader.name} reads all that ${phone.name} wrote`,
        seen: () => `missing: ${texts.filter((text) => !now.includes(text)).join('; ')}`,
      },
    );
    now = await read();
    await reader.page.evaluate(scroll, 'foot');
    const wrong = now.findIndex((text, at) => text !== texts[at]);
    if (wrong >= 0 || now.length !== texts.length)
      throw new Error(`${reader.name} reads ${now.length} of ${texts.length}, and as number ${wrong + 1} "${now[wrong]}"`);
    return measured(reader.name, written, (await reader.page.evaluate(noted)).shown, brokenAtMs, backAtMs);
  }
}

function measured(reader: string, written: readonly Written[], all: readonly Shown[], brokenAtMs: number, backAtMs: number): Reading {
  const texts = new Set(written.map(({ text }) => text));
  const shown = all.filter(({ text }) => texts.has(text));
  const drawn = new Map(shown.map(({ text, atMs }) => [text, atMs]));
  const times = [brokenAtMs, ...shown.map(({ atMs }) => atMs).filter((atMs) => atMs > brokenAtMs)];
  return {
    reader,
    written: written.length,
    firstMs: Math.min(...times.filter((atMs) => atMs > backAtMs)) - backAtMs,
    longestMs: Math.max(...written.map(({ text, atMs }) => (drawn.get(text) ?? atMs) - atMs)),
    stillMs: Math.max(...times.slice(1).map((atMs, at) => atMs - (times[at] ?? atMs))),
  };
}
