/** Collects one `Outcome` while a machine works through one input. */
import type { Bytes } from '../kernel/bytes.ts';
import type { LinkCommand, Outcome, Send, Space, Write } from './machine.ts';

export class OutcomeBuilder<Event> {
  readonly #writes: Write[] = [];
  readonly #sends: Send[] = [];
  readonly #commands: LinkCommand[] = [];
  readonly #events: Event[] = [];
  #wakeAtMs: number | undefined;

  put(space: Space, key: Bytes, value: Bytes): void {
    this.#writes.push({ space, key, value });
  }

  remove(space: Space, key: Bytes): void {
    this.#writes.push({ space, key });
  }

  send(send: Send): void {
    this.#sends.push(send);
  }

  command(command: LinkCommand): void {
    this.#commands.push(command);
  }

  event(event: Event): void {
    this.#events.push(event);
  }

  /** The earliest of all calls counts. */
  wakeAt(atMs: number | undefined): void {
    if (atMs !== undefined) this.#wakeAtMs = Math.min(this.#wakeAtMs ?? atMs, atMs);
  }

  finish(): Outcome<Event> {
    return { writes: this.#writes, sends: this.#sends, commands: this.#commands, events: this.#events, wakeAtMs: this.#wakeAtMs };
  }
}
