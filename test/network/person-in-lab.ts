/** A person's program in a host of the lab, as its story sees it: calls that answer, and events that are waited for. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message, Messenger, MessengerEvent } from '../../packages/core/src/runtime/messenger.ts';
import type { Teller } from '../story.ts';
import type { Host } from './lab.ts';
import type { PersonCallName, PersonLine, PersonManner } from './person-process.ts';
import { ProgramInLab } from './program-in-lab.ts';

const PORT = 4001;
const ANSWER_MS = 30_000;

type Answer<Call extends PersonCallName> = Awaited<ReturnType<Messenger[Call]>>;

/** What was answered; throws a refusal. */
export function must<Value>(answer: { readonly ok: boolean; readonly value?: Value }): Value {
  if (!answer.ok) throw new Error(JSON.stringify(answer));
  return answer.value as Value;
}

export class PersonInLab {
  readonly name: string;
  /** What the program keeps lies in here. */
  readonly folder: string;
  readonly #program: ProgramInLab<PersonLine>;
  #nextId = 1;

  /** Starts the program and resolves when it listens for commands. `folder`: of an earlier run. */
  static async start(
    t: Teller,
    name: string,
    host: Host,
    { folder, ...manner }: PersonManner & { readonly folder?: string } = {},
  ): Promise<PersonInLab> {
    const person = new PersonInLab(t, name, host, folder ?? (await t.folder(name.toLowerCase())), manner);
    await person.#program.until('it runs', ANSWER_MS, () => person.#program.lines.length > 0);
    return person;
  }

  private constructor(t: Teller, name: string, host: Host, folder: string, manner: PersonManner) {
    this.name = name;
    this.folder = folder;
    this.#program = new ProgramInLab(t, name, host, 'person-process.ts', [join(folder, 'store'), `${PORT}`, JSON.stringify(manner)]);
  }

  /** What it told so far. */
  get events(): readonly MessengerEvent[] {
    return this.#program.lines.flatMap((line) => (line.kind === 'event' ? [line.event] : []));
  }

  async call<Call extends PersonCallName>(call: Call, ...args: Parameters<Messenger[Call]>): Promise<Answer<Call>> {
    const id = this.#nextId++;
    this.#program.tell(JSON.stringify({ id, call, args }));
    const isIt = (line: PersonLine): boolean => line.kind === 'answer' && line.id === id;
    const line = await this.#program.until(`${call} is answered`, ANSWER_MS, () => this.#program.lines.findLast(isIt));
    return (line.kind === 'answer' ? line.answer : undefined) as Answer<Call>;
  }

  /** Resolves once `isSo` holds; it is asked after each line the program says. */
  async until(what: string, withinMs: number, isSo: () => boolean): Promise<void> {
    await this.#program.until(what, withinMs, isSo);
  }

  /** Resolves once the overview is so; it is read again whenever the program tells something. */
  async untilOverview(what: string, withinMs: number, isSo: (overview: Answer<'overview'>) => boolean): Promise<void> {
    const endMs = Date.now() + withinMs;
    for (;;) {
      const told = this.events.length;
      if (isSo(await this.call('overview'))) return;
      await this.until(what, endMs - Date.now(), () => this.events.length > told);
    }
  }

  /** The newest that was told of the message with this text. */
  message(text: string): Message | undefined {
    return this.#told(text).at(-1)?.message;
  }

  /** How often the message with this text was shown as new. */
  timesShown(text: string): number {
    return this.#told(text).filter(({ isNew }) => isNew).length;
  }

  /** Whether the text lies open in what the program keeps. */
  async holds(text: string): Promise<boolean> {
    const files = await readdir(this.folder, { recursive: true, withFileTypes: true });
    for (const file of files) {
      if (file.isFile() && (await readFile(join(file.parentPath, file.name))).includes(text)) return true;
    }
    return false;
  }

  #told(text: string): readonly Extract<MessengerEvent, { kind: 'message-changed' }>[] {
    return this.events.flatMap((event) => (event.kind === 'message-changed' && event.message.text === text ? [event] : []));
  }
}
